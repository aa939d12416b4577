/** A refused or failed request, as the interface shows it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Stable code of the server, or `network` / `unknown` when there was none. */
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Id to quote when asking for help. */
  readonly requestId: string | undefined;
  /** The field that was refused, where the server names one. */
  readonly field: string | undefined;

  constructor(options: {
    message: string;
    code: string;
    status: number;
    requestId?: string | undefined;
    field?: string | undefined;
    cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.status = options.status;
    this.requestId = options.requestId;
    this.field = options.field;
  }
}

/** Reads the server's error envelope from a response that is not OK. */
export async function errorFromResponse(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-trace-id') ?? response.headers.get('x-request-id') ?? undefined;
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    body = undefined;
  }
  const envelope = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (key: string) => (typeof envelope[key] === 'string' ? envelope[key] : undefined);
  return new ApiError({
    code: text('code') ?? 'unknown',
    message: text('message') ?? `HTTP ${response.status}`,
    status: response.status,
    requestId: requestId ?? text('request_id'),
    field: text('params'),
  });
}

/** Wraps what `fetch` throws: no network, or a request that was given up. */
export function networkError(cause: unknown): ApiError | DOMException {
  if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
  return new ApiError({ code: 'network', message: 'network', status: 0, cause });
}

/** Whether the request was given up by the page itself; such failures are not shown. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
