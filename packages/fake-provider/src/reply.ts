/**
 * An answer of the fake provider, independent of how it travels. A body that is a synchronous iterable is sent
 * without pauses between its pieces.
 */
export interface FakeReply {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | Iterable<string> | AsyncIterable<string>;
  /** The connection is cut after the body instead of being ended. */
  cut?: boolean;
}

/** A JSON answer. */
export function jsonReply(body: unknown, status = 200, headers: Record<string, string> = {}): FakeReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** An error in the form of the OpenAI protocol. */
export function errorReply(options: {
  status: number;
  message: string;
  code?: string;
  type?: string;
  headers?: Record<string, string>;
}): FakeReply {
  const { status, message, code = null, type = errorTypes[status] ?? 'server_error', headers = {} } = options;
  return jsonReply({ error: { message, type, param: null, code } }, status, headers);
}

const errorTypes: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'rate_limit_error',
};

/** A stream of server-sent events. */
export function eventStreamReply(body: Iterable<string> | AsyncIterable<string>): FakeReply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    body,
  };
}
