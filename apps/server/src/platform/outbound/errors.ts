/** Stable codes of failed outbound requests; callers compare these, never the message. */
export type OutboundErrorCode =
  /** The address is not a usable http(s) URL, or hides something (control characters, backslashes). */
  | 'url_invalid'
  | 'url_scheme_refused'
  /** `user:password@host`: confuses parsers and people; credentials belong into headers. */
  | 'url_credentials_refused'
  | 'port_refused'
  /** The host is, or resolves to, an address that the policy does not let this request reach. */
  | 'address_refused'
  | 'request_invalid'
  | 'name_not_resolved'
  | 'connect_failed'
  | 'connect_timeout'
  | 'tls_failed'
  | 'proxy_refused'
  | 'headers_timeout'
  | 'idle_timeout'
  | 'timeout'
  | 'redirect_refused'
  | 'too_many_redirects'
  | 'response_too_large'
  | 'decompression_refused'
  /** The peer ended the connection too early or broke the protocol. */
  | 'connection_lost'
  | 'protocol_error'
  | 'client_closed';

/**
 * A request that was refused or failed. The message names the host as it was entered and never what it
 * resolved to, because the reader may be the one who is probing.
 */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode;
  /** Whether nothing of an answer had arrived, so that an idempotent request may be sent again. */
  readonly beforeResponse: boolean;

  constructor(
    code: OutboundErrorCode,
    message: string,
    options: ErrorOptions & { beforeResponse?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OutboundError';
    this.code = code;
    this.beforeResponse = options.beforeResponse ?? true;
  }

  /** Whether the request was refused by policy, as opposed to having failed on the way. */
  get isRefusal(): boolean {
    return REFUSALS.has(this.code);
  }
}

const REFUSALS: ReadonlySet<OutboundErrorCode> = new Set([
  'url_invalid',
  'url_scheme_refused',
  'url_credentials_refused',
  'port_refused',
  'address_refused',
  'proxy_refused',
  'redirect_refused',
]);

/** Codes of Node's and undici's errors, by ours. Timeouts of undici tell which phase they belong to. */
const CODES: Readonly<Record<string, OutboundErrorCode>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'headers_timeout',
  UND_ERR_BODY_TIMEOUT: 'idle_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'response_too_large',
  UND_ERR_SOCKET: 'connection_lost',
  UND_ERR_INVALID_ARG: 'request_invalid',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'request_invalid',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol_error',
  UND_ERR_DESTROYED: 'client_closed',
  UND_ERR_CLOSED: 'client_closed',
  UND_ERR_INFO: 'protocol_error',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  ECONNREFUSED: 'connect_failed',
  EHOSTUNREACH: 'connect_failed',
  ENETUNREACH: 'connect_failed',
  EADDRNOTAVAIL: 'connect_failed',
  ETIMEDOUT: 'connect_timeout',
  ENOTFOUND: 'name_not_resolved',
  EAI_AGAIN: 'name_not_resolved',
  Z_DATA_ERROR: 'protocol_error',
  Z_BUF_ERROR: 'protocol_error',
};

const MESSAGES: Partial<Record<OutboundErrorCode, string>> = {
  connect_timeout: 'took too long to accept the connection',
  headers_timeout: 'took too long to answer',
  idle_timeout: 'stopped sending',
  connection_lost: 'closed the connection',
  connect_failed: 'could not be reached',
  name_not_resolved: 'could not be found',
  tls_failed: 'could not prove its identity (TLS)',
  protocol_error: 'sent an answer that cannot be understood',
  response_too_large: 'sent too much',
  proxy_refused: 'was not asked: a rule of the outbound proxy forbids it',
  client_closed: 'was not asked: the server is shutting down',
};

/** Turns what the network stack threw into an OutboundError; errors of ours pass unchanged. */
export function toOutboundError(
  error: unknown,
  context: { host: string; beforeResponse: boolean },
): OutboundError {
  const own = findOwn(error);
  if (own) return own;
  const code = classify(error);
  const what = MESSAGES[code] ?? 'could not be asked';
  return new OutboundError(code, `${context.host} ${what}.`, {
    cause: error,
    beforeResponse: context.beforeResponse,
  });
}

function findOwn(error: unknown): OutboundError | null {
  for (let depth = 0; depth < 4 && error instanceof Error; depth += 1) {
    if (error instanceof OutboundError) return error;
    if (error instanceof AggregateError) {
      const inner = error.errors.find((one) => one instanceof OutboundError);
      if (inner instanceof OutboundError) return inner;
    }
    error = error.cause;
  }
  return null;
}

function classify(error: unknown): OutboundErrorCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = CODES[code];
  if (known) return known;
  if (code === 'UND_ERR_ABORTED' && error instanceof Error && /tunnel|proxy/i.test(error.message))
    return 'proxy_refused';
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError'))
    return 'protocol_error';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_OSSL)/.test(code)) return 'tls_failed';
  return 'connect_failed';
}
