import type { LlmResult } from './llm-result.ts';

/** Stable codes of failed model calls. */
export type ModelErrorCode =
  | 'connection'
  | 'server_unavailable'
  | 'rate_limit'
  | 'authorization'
  | 'bad_request'
  | 'invoke'
  | 'credentials_invalid'
  | 'provider_not_initialized'
  | 'quota_exceeded'
  | 'model_not_supported';

const descriptions: Record<ModelErrorCode, string> = {
  connection: 'Connection Error',
  server_unavailable: 'Server Unavailable Error',
  rate_limit: 'Rate Limit Error',
  authorization: 'Incorrect model credentials provided, please check and try again.',
  bad_request: 'Bad Request Error',
  invoke: 'Error',
  credentials_invalid: 'Credentials validation failed',
  provider_not_initialized: 'Provider Token Not Init',
  quota_exceeded: 'Quota Exceeded',
  model_not_supported: 'Model Currently Not Support',
};

/** Codes of the API under which model errors are answered; the status is always 400. */
export type ModelApiCode =
  | 'completion_request_error'
  | 'provider_not_initialize'
  | 'provider_quota_exceeded'
  | 'model_currently_not_support'
  | 'invalid_param';

const apiCodes: Partial<Record<ModelErrorCode, ModelApiCode>> = {
  provider_not_initialized: 'provider_not_initialize',
  quota_exceeded: 'provider_quota_exceeded',
  model_not_supported: 'model_currently_not_support',
  credentials_invalid: 'invalid_param',
};

/** Details of a failed model call. */
export interface ModelErrorDetails {
  /** Provider named in the message. */
  provider?: string | undefined;
  /** HTTP status that the provider answered with. */
  status?: number | undefined;
  /** What the provider said, secrets removed; also kept for classes whose message hides it. */
  upstream?: string | undefined;
  /** The address that was called, without a query. */
  url?: string | undefined;
  /** The provider's own error code, such as `context_length_exceeded`. */
  upstreamCode?: string | undefined;
  /** How long the provider asks to wait. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** A failed model call. Compare `code`; the message is for people and holds no secret. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;
  readonly provider: string | undefined;
  readonly status: number | undefined;
  readonly upstream: string | undefined;
  readonly upstreamCode: string | undefined;
  readonly url: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** What had arrived when a streamed call failed, its usage estimated. */
  partial: LlmResult | undefined;

  constructor(code: ModelErrorCode, details: ModelErrorDetails = {}) {
    super(messageOf(code, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.provider = details.provider;
    this.status = details.status;
    this.upstream = details.upstream;
    this.upstreamCode = details.upstreamCode;
    this.url = details.url;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** The code under which the API answers this error, always with status 400. */
  get apiCode(): ModelApiCode {
    return apiCodes[this.code] ?? 'completion_request_error';
  }
}

/** An empty account is reported like a wrong key, but is nothing to keep quiet about. */
const accountCodes = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'insufficient_balance']);

function messageOf(code: ModelErrorCode, { provider, upstream, upstreamCode }: ModelErrorDetails): string {
  const prefix = provider === undefined ? '' : `[${provider}] `;
  const description = descriptions[code];
  if (code === 'authorization' && !accountCodes.has(upstreamCode ?? '')) return `${prefix}${description} `;
  if (code === 'invoke') return `${prefix}${description}: ${upstream ?? 'unknown'}`;
  if (code === 'credentials_invalid') return upstream ?? description;
  return upstream ? `${prefix}${description}, ${upstream}` : `${prefix}${description}`;
}

/** Any thrown value as a `ModelError`; aborts pass through untouched. */
export function toModelError(error: unknown, details: ModelErrorDetails): unknown {
  if (error instanceof ModelError || isAbort(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ModelError('connection', { ...details, upstream: message, cause: error });
}

/** Whether a call ended because its caller aborted it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
