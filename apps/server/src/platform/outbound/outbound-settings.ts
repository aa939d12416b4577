import type { Environment } from '../environment.ts';
import type { OutboundClientOptions } from './outbound-client.ts';

/** Options of the outbound client out of the environment's SSRF_… variables. */
export function outboundSettings(
  environment: Pick<Environment, 'outbound' | 'server'>,
): Pick<OutboundClientOptions, 'allowList' | 'allowPrivateModelHosts' | 'proxies' | 'pools' | 'defaults'> {
  const { outbound, server } = environment;
  return {
    allowList: { addresses: outbound.allowedPrivateAddresses, domains: outbound.allowedPrivateDomains },
    // Where strangers share the installation, their model addresses must not reach its network.
    allowPrivateModelHosts: server.edition === 'SELF_HOSTED',
    proxies: { untrusted: { httpUrl: outbound.httpProxy, httpsUrl: outbound.httpsProxy } },
    pools: {
      untrusted: {
        maxConnectionsPerOrigin: outbound.maxConnections,
        connectTimeoutMs: outbound.connectTimeoutMs,
      },
    },
    defaults: {
      untrusted: { headersTimeoutMs: outbound.timeoutMs, idleTimeoutMs: outbound.readTimeoutMs },
    },
  };
}
