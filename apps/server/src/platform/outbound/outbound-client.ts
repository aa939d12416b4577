import type { Dispatcher } from 'undici';
import { type AllowList, createAddressCheck, type OutboundPolicy } from './address-policy.ts';
import { collect, isIdentity, limitBody, tooLarge } from './body.ts';
import { createCheckedConnector, type Resolve, resolveWithSystem } from './connector.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { createDispatchers, type Dispatchers, type PoolSettings, type ProxySettings } from './dispatchers.ts';
import { OutboundError, toOutboundError } from './errors.ts';
import { firstHeader, prepareHeaders, type RequestHeaders, type ResponseHeaders } from './headers.ts';
import type { OutboundRequest, OutboundResponse, PolicyDefaults } from './outbound-request.ts';
import { type Hop, nextHop } from './redirect.ts';
import { hostOf, parseTarget, type TargetRules } from './target.ts';

/** Everything the client takes from the outside. */
export interface OutboundClientOptions {
  /** Exceptions for `untrusted` requests: SSRF_PROXY_ALLOW_PRIVATE_IPS and …_DOMAINS. */
  readonly allowList?: AllowList;
  /** False where several tenants share the installation: model addresses are then checked like untrusted ones. */
  readonly allowPrivateModelHosts?: boolean;
  /** Ports beyond the usual ones. */
  readonly extraPorts?: readonly number[];
  /** SSRF_PROXY_HTTP_URL and …_HTTPS_URL for `untrusted`, HTTP(S)_PROXY and NO_PROXY for `model`. */
  readonly proxies?: Partial<Record<OutboundPolicy, ProxySettings>>;
  /** Pools of all policies. */
  readonly pool?: Partial<PoolSettings>;
  /** Pools of single policies. */
  readonly pools?: Partial<Record<OutboundPolicy, Partial<PoolSettings>>>;
  readonly defaults?: Partial<Record<OutboundPolicy, Partial<PolicyDefaults>>>;
  /** Certificates (PEM) trusted besides the system's. */
  readonly ca?: readonly string[];
  readonly userAgent?: string;
  readonly resolve?: Resolve;
}

/** The one way out of the server. */
export interface OutboundClient {
  /** Throws OutboundError; when `signal` aborts, its reason. */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** Throws OutboundError when the address cannot be requested; looks nothing up. For forms that store an address. */
  assertAllowed(url: string | URL, policy?: OutboundPolicy): URL;
  /** Waits for running requests and closes the pools. */
  close(): Promise<void>;
  /** Ends running requests. */
  destroy(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;
const READER_LIMIT_BYTES = 64 * MEGABYTE;
const MAX_INFLATION_RATIO = 200;

const DEFAULTS: Readonly<Record<OutboundPolicy, PolicyDefaults>> = {
  untrusted: {
    timeoutMs: 30_000,
    headersTimeoutMs: 10_000,
    idleTimeoutMs: 10_000,
    maxBytes: 100 * MEGABYTE,
    maxRedirects: 5,
  },
  // A slow local model may think for minutes before its first byte; the model runtime limits the silence.
  model: {
    timeoutMs: null,
    headersTimeoutMs: 600_000,
    idleTimeoutMs: 600_000,
    maxBytes: null,
    maxRedirects: 0,
  },
  operator: {
    timeoutMs: null,
    headersTimeoutMs: 30_000,
    idleTimeoutMs: 60_000,
    maxBytes: null,
    maxRedirects: 0,
  },
};

const DEFAULT_POOL: PoolSettings = {
  maxConnectionsPerOrigin: 100,
  keepAliveTimeoutMs: 5_000,
  connectTimeoutMs: 10_000,
};

const DEFAULT_POOLS: Readonly<Record<OutboundPolicy, PoolSettings>> = {
  untrusted: DEFAULT_POOL,
  // Every streaming answer holds a connection to its provider; how many there are, the runs decide.
  model: { ...DEFAULT_POOL, maxConnectionsPerOrigin: 10_000, keepAliveTimeoutMs: 30_000 },
  operator: { ...DEFAULT_POOL, keepAliveTimeoutMs: 30_000 },
};

/** What is built once per policy. */
interface Lane {
  readonly rules: TargetRules;
  readonly defaults: PolicyDefaults;
  readonly headers: RequestHeaders;
  readonly verified: Dispatchers;
  /** Made at first use; connections without verification never mix with the others. */
  unverified: Dispatchers | null;
  readonly makeDispatchers: (verify: boolean) => Dispatchers;
}

/** Builds the client. It reads no environment: proxies and exceptions are what the options say. */
export function createOutboundClient(options: OutboundClientOptions = {}): OutboundClient {
  const userAgent = options.userAgent ?? 'Trellis';
  const extraPorts = new Set(options.extraPorts ?? []);
  const lanes: Record<OutboundPolicy, Lane> = {
    untrusted: createLane('untrusted'),
    model: createLane('model'),
    operator: createLane('operator'),
  };

  function createLane(policy: OutboundPolicy): Lane {
    const checkedAs = policy === 'model' && options.allowPrivateModelHosts === false ? 'untrusted' : policy;
    const allowsAddress = createAddressCheck(checkedAs, options.allowList);
    const pool = { ...DEFAULT_POOLS[policy], ...options.pool, ...options.pools?.[policy] };
    const makeDispatchers = (verify: boolean): Dispatchers => {
      const tls = { verify, ...(options.ca ? { ca: options.ca } : {}) };
      const resolve = options.resolve ?? resolveWithSystem;
      const connector = createCheckedConnector({
        allowsAddress,
        resolve,
        connectTimeoutMs: pool.connectTimeoutMs,
        tls,
      });
      return createDispatchers({ connector, proxy: options.proxies?.[policy], pool, tls });
    };
    return {
      rules: { policy: checkedAs, allowsAddress, extraPorts },
      defaults: { ...DEFAULTS[policy], ...options.defaults?.[policy] },
      // Models stream: compression would buy little and make proxies hold tokens back.
      headers: {
        'user-agent': userAgent,
        ...(policy === 'model' ? {} : { 'accept-encoding': 'gzip, deflate, br' }),
      },
      verified: makeDispatchers(true),
      unverified: null,
      makeDispatchers,
    };
  }

  function dispatchersOf(lane: Lane, verify: boolean): Dispatchers {
    if (verify) return lane.verified;
    lane.unverified ??= lane.makeDispatchers(false);
    return lane.unverified;
  }

  async function request(input: OutboundRequest): Promise<OutboundResponse> {
    const lane = lanes[input.policy ?? 'untrusted'];
    const { rules, defaults } = lane;
    const url = parseTarget(input.url, rules);
    let hop: Hop = {
      url,
      method: (input.method ?? 'GET').toUpperCase(),
      headers: prepareHeaders(input.headers ?? {}, lane.headers),
      body: input.body ?? null,
    };
    const timeoutMs = (input.timeoutMs === undefined ? defaults.timeoutMs : input.timeoutMs) ?? undefined;
    const deadline = startDeadline({ timeoutMs, signal: input.signal, host: hostOf(url) });
    const maxRedirects = input.maxRedirects ?? defaults.maxRedirects;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const data = await send({ hop, lane, input, deadline });
        const following =
          maxRedirects > 0 ? nextHop(hop, { status: data.statusCode, headers: data.headers, rules }) : null;
        if (following === null) return respond({ data, hop, lane, input, deadline });
        data.body.on('error', ignore).destroy();
        if (redirects >= maxRedirects) {
          throw new OutboundError(
            'too_many_redirects',
            `${hostOf(url)} redirected more than ${maxRedirects} times.`,
          );
        }
        hop = following;
      }
    } catch (error) {
      deadline.clear();
      throw surface(error, { hop, input, deadline });
    }
  }

  async function send(context: {
    hop: Hop;
    lane: Lane;
    input: OutboundRequest;
    deadline: Deadline;
  }): Promise<Dispatcher.ResponseData> {
    const { hop, lane, input, deadline } = context;
    const host = hostOf(hop.url);
    const { dispatcher, viaProxy } = dispatchersOf(lane, input.verifyTls ?? true).for(hop.url, host);
    const data = await dispatcher.request({
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
      headers: hop.headers,
      body: hop.body,
      headersTimeout: input.headersTimeoutMs ?? lane.defaults.headersTimeoutMs,
      bodyTimeout: input.idleTimeoutMs ?? lane.defaults.idleTimeoutMs,
      ...(deadline.signal ? { signal: deadline.signal } : {}),
    });
    if (viaProxy && data.statusCode === 403 && data.headers['x-squid-error'] !== undefined) {
      data.body.on('error', ignore).destroy();
      throw new OutboundError('proxy_refused', `A rule of the outbound proxy forbids requests to ${host}.`);
    }
    return data;
  }

  return {
    request,
    assertAllowed: (url, policy = 'untrusted') => parseTarget(url, lanes[policy].rules),
    async close() {
      await Promise.all(allDispatchers(lanes).map((dispatchers) => dispatchers.close()));
    },
    async destroy() {
      await Promise.all(allDispatchers(lanes).map((dispatchers) => dispatchers.destroy()));
    },
  };
}

function allDispatchers(lanes: Record<OutboundPolicy, Lane>): Dispatchers[] {
  return Object.values(lanes).flatMap((lane) =>
    lane.unverified ? [lane.verified, lane.unverified] : [lane.verified],
  );
}

function respond(context: {
  data: Dispatcher.ResponseData;
  hop: Hop;
  lane: Lane;
  input: OutboundRequest;
  deadline: Deadline;
}): OutboundResponse {
  const { data, hop, lane, input, deadline } = context;
  const host = hostOf(hop.url);
  const maxBytes = (input.maxBytes === undefined ? lane.defaults.maxBytes : input.maxBytes) ?? undefined;
  const hasBody = hop.method !== 'HEAD' && data.statusCode !== 204 && data.statusCode !== 304;
  const encoding = hasBody ? firstHeader(data.headers, 'content-encoding') : undefined;
  data.body.once('close', deadline.clear).on('error', ignore);

  const announced = Number(firstHeader(data.headers, 'content-length') ?? 0);
  if (hasBody && isIdentity(encoding) && maxBytes !== undefined && announced > maxBytes) {
    data.body.on('error', ignore).destroy();
    throw tooLarge(host, maxBytes);
  }
  const body = limitBody(data.body, {
    encoding,
    host,
    maxBytes,
    maxInflationRatio: MAX_INFLATION_RATIO,
    signal: deadline.signal,
  });
  const bytes = (): Promise<Uint8Array> => collect(body, { maxBytes: maxBytes ?? READER_LIMIT_BYTES, host });
  const text = async (): Promise<string> => new TextDecoder().decode(await bytes());

  return {
    status: data.statusCode,
    headers: isIdentity(encoding) ? data.headers : withoutEncoding(data.headers),
    url: hop.url,
    body,
    bytes,
    text,
    async json() {
      try {
        return JSON.parse(await text()) as unknown;
      } catch (cause) {
        if (!(cause instanceof SyntaxError)) throw cause;
        throw new OutboundError('protocol_error', `${host} sent something that is not JSON.`, {
          cause,
          beforeResponse: false,
        });
      }
    },
    discard() {
      data.body.on('error', ignore).destroy();
    },
  };
}

/** Length and encoding describe the bytes on the wire, which the caller does not get to see. */
function withoutEncoding(headers: ResponseHeaders): ResponseHeaders {
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers;
  return rest;
}

function surface(error: unknown, context: { hop: Hop; input: OutboundRequest; deadline: Deadline }): unknown {
  const { hop, input, deadline } = context;
  if (input.signal?.aborted) return input.signal.reason;
  if (deadline.signal?.aborted) return deadline.signal.reason;
  return toOutboundError(error, { host: hostOf(hop.url), beforeResponse: true });
}

function ignore(): void {
  // A body that nobody reads may fail as it likes.
}
