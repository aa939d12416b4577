import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { createDomainMatcher } from './address-policy.ts';
import { type TlsSettings, tlsOptions } from './tls-settings.ts';

/** A proxy that the operator configured. Addresses are then resolved and judged by the proxy. */
export interface ProxySettings {
  /** Used for http addresses. */
  readonly httpUrl?: string | undefined;
  /** Used for https addresses, by CONNECT. */
  readonly httpsUrl?: string | undefined;
  /** Hosts that are asked directly, `.example.org` with everything below; `*` for all. */
  readonly noProxy?: readonly string[] | undefined;
}

/** Sizes and times of connection pools. */
export interface PoolSettings {
  /** Connections to one origin. */
  readonly maxConnectionsPerOrigin: number;
  readonly keepAliveTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/** Chooses the dispatcher of a request. */
export interface Dispatchers {
  for(url: URL, host: string): { dispatcher: Dispatcher; viaProxy: boolean };
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** Builds the pools of one policy: one for direct connections and one per proxy, made at first use. */
export function createDispatchers(options: {
  connector: buildConnector.connector;
  proxy: ProxySettings | undefined;
  pool: PoolSettings;
  tls: TlsSettings;
}): Dispatchers {
  const { connector, proxy, pool, tls } = options;
  const shared = {
    connections: pool.maxConnectionsPerOrigin,
    keepAliveTimeout: pool.keepAliveTimeoutMs,
    keepAliveMaxTimeout: Math.max(pool.keepAliveTimeoutMs, 60_000),
    pipelining: 1,
    allowH2: false,
  };
  const bypassesProxy = createDomainMatcher(proxy?.noProxy ?? []);
  const bypassesAll = proxy?.noProxy?.includes('*') ?? false;
  const proxies = new Map<string, Dispatcher>();
  let direct: Dispatcher | null = null;

  function proxyDispatcher(address: string): Dispatcher {
    let dispatcher = proxies.get(address);
    if (dispatcher === undefined) {
      dispatcher = new ProxyAgent({
        ...shared,
        uri: address,
        connectTimeout: pool.connectTimeoutMs,
        requestTls: tlsOptions(tls),
      });
      proxies.set(address, dispatcher);
    }
    return dispatcher;
  }

  const all = (): Dispatcher[] => [...proxies.values(), ...(direct ? [direct] : [])];

  return {
    for(url, host) {
      const address = url.protocol === 'https:' ? proxy?.httpsUrl : proxy?.httpUrl;
      if (address && !bypassesAll && !bypassesProxy(host)) {
        return { dispatcher: proxyDispatcher(address), viaProxy: true };
      }
      direct ??= new Agent({ ...shared, connect: connector });
      return { dispatcher: direct, viaProxy: false };
    },
    async close() {
      await Promise.all(all().map((dispatcher) => dispatcher.close()));
    },
    async destroy() {
      await Promise.all(all().map((dispatcher) => dispatcher.destroy()));
    },
  };
}
