import { headerValue, type ResponseHeaders } from '../transport/transport.ts';
import { ModelError, type ModelErrorCode, type ModelErrorDetails } from './errors.ts';

const maxUpstreamCharacters = 2000;

/** The error class of an HTTP status. */
export function errorCodeOfStatus(status: number): ModelErrorCode {
  if (status === 401 || status === 402 || status === 403) return 'authorization';
  if (status === 429) return 'rate_limit';
  if ([400, 404, 405, 409, 413, 415, 422].includes(status)) return 'bad_request';
  if ([500, 502, 503, 504, 529].includes(status)) return 'server_unavailable';
  return 'invoke';
}

/** Vendor codes that say more than the status they come with. */
const codesByUpstreamCode: Readonly<Record<string, ModelErrorCode>> = {
  // No money left: for balancing that key is as bad as a wrong one.
  insufficient_quota: 'authorization',
  billing_hard_limit_reached: 'authorization',
  insufficient_balance: 'authorization',
  invalid_api_key: 'authorization',
  authentication_error: 'authorization',
  permission_error: 'authorization',
  unauthenticated: 'authorization',
  permission_denied: 'authorization',
  rate_limit_exceeded: 'rate_limit',
  rate_limit_error: 'rate_limit',
  resource_exhausted: 'rate_limit',
  overloaded_error: 'server_unavailable',
  api_error: 'server_unavailable',
  server_error: 'server_unavailable',
  internal_server_error: 'server_unavailable',
  unavailable: 'server_unavailable',
  internal: 'server_unavailable',
  context_length_exceeded: 'bad_request',
  invalid_request_error: 'bad_request',
  not_found_error: 'bad_request',
  request_too_large: 'bad_request',
  invalid_argument: 'bad_request',
};

interface ParsedError {
  message: string | undefined;
  code: string | undefined;
  type: string | undefined;
  status: number | undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads the error out of an answer, in any of the shapes that vendors use. */
export function parseErrorBody(body: unknown): ParsedError {
  // Google wraps its streamed errors in a list.
  const record = Array.isArray(body) ? body[0] : body;
  if (!isRecord(record))
    return { message: text(record), code: undefined, type: undefined, status: undefined };
  const error = isRecord(record['error']) ? record['error'] : record;
  const numeric = typeof error['code'] === 'number' ? error['code'] : undefined;
  return {
    message:
      text(error['message']) ??
      text(record['error']) ??
      text(record['detail']) ??
      text(record['message']) ??
      text(error['msg']),
    code: text(error['code']) ?? text(error['status']),
    type: text(error['type']),
    status: numeric !== undefined && numeric >= 400 && numeric < 600 ? numeric : undefined,
  };
}

/** Removes the secrets of a call from a text that is shown. */
export function redact(message: string, secrets: readonly string[]): string {
  const cleaned = secrets
    .filter((secret) => secret.length >= 4)
    .reduce((result, secret) => result.replaceAll(secret, '***'), message);
  // Providers echo keys in part; anything that looks like one goes as well.
  return cleaned.replace(/\b(?:sk|gsk|xai|AIza)[-_A-Za-z0-9*]{12,}/gu, '***').slice(0, maxUpstreamCharacters);
}

/** Context of a failed answer. */
export interface FailedAnswer {
  provider: string;
  url: string;
  status: number;
  headers: ResponseHeaders;
  body: string;
  secrets: readonly string[];
  nowMs: number;
}

/** The error for an HTTP answer that is not a success. */
export function errorFromAnswer(answer: FailedAnswer): ModelError {
  let parsed: unknown = answer.body;
  try {
    parsed = JSON.parse(answer.body);
  } catch {
    // Not JSON: gateways answer with HTML or plain text, which is shown as it is.
  }
  const { message, code, type } = parseErrorBody(parsed);
  const isHtml = /^\s*<(?:!doctype|html)/iu.test(answer.body);
  const said = isHtml
    ? 'the answer is an HTML page, so this address is probably not an API'
    : (message ?? answer.body.trim());
  const known = [code, type].map((name) =>
    name === undefined ? undefined : codesByUpstreamCode[name.toLowerCase()],
  );
  const byStatus = errorCodeOfStatus(answer.status);
  // A 429 for an empty account is not cured by waiting, hence the vendor's code wins there; elsewhere the status does.
  const errorCode =
    byStatus === 'rate_limit' || byStatus === 'invoke' ? (known[0] ?? known[1] ?? byStatus) : byStatus;
  return new ModelError(errorCode, {
    provider: answer.provider,
    status: answer.status,
    url: answer.url,
    upstreamCode: code ?? type,
    upstream: redact(`${answer.status}: ${said || 'no text'}${hintFor(answer.status, code)}`, answer.secrets),
    retryAfterMs: retryAfterMs(answer.headers, answer.nowMs),
  });
}

function hintFor(status: number, code: string | undefined): string {
  if (code === 'context_length_exceeded')
    return ' (shorten the input, or choose a model with a larger context)';
  if (status === 404)
    return ' (check the model name, and whether the base URL lacks or doubles its version segment)';
  if (status === 405) return ' (check the base URL: it does not accept this kind of request)';
  return '';
}

/** The error for an error object inside a stream or inside an answer with status 200. */
export function errorFromEvent(
  body: unknown,
  details: ModelErrorDetails & { secrets: readonly string[] },
): ModelError {
  const { message, code, type, status } = parseErrorBody(body);
  const errorCode =
    codesByUpstreamCode[(code ?? '').toLowerCase()] ??
    codesByUpstreamCode[(type ?? '').toLowerCase()] ??
    (status === undefined ? 'invoke' : errorCodeOfStatus(status));
  const { secrets, ...rest } = details;
  return new ModelError(errorCode, {
    ...rest,
    status: status ?? details.status,
    upstreamCode: code ?? type,
    upstream: redact(message ?? JSON.stringify(body), secrets),
  });
}

/** The wait that an answer asks for: `Retry-After` in seconds or as a date, or OpenAI's `retry-after-ms`. */
function retryAfterMs(headers: ResponseHeaders, nowMs: number): number | undefined {
  const exact = headerValue(headers, 'retry-after-ms');
  const milliseconds = Number(exact);
  if (exact !== undefined && Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  const value = headerValue(headers, 'retry-after');
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** The error for an answer that ought to be JSON and is not. */
export function notJsonError(text: string, provider: string, cause?: unknown): ModelError {
  const shown = /^\s*</u.test(text)
    ? 'an HTML page; the base URL is probably not that of an API'
    : text.slice(0, 200);
  return new ModelError('server_unavailable', {
    provider,
    upstream: `the answer is not JSON: ${shown}`,
    cause,
  });
}
