import { errorFromResponse, networkError } from './error.ts';

/** One request to our own server. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a `FormData` is sent as it is. */
  readonly body?: unknown;
  /** Query parameters; absent and empty values are left out, arrays repeat the key. */
  readonly query?: Record<string, QueryValue | readonly QueryValue[]>;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Record<string, string>;
}

type QueryValue = string | number | boolean | undefined | null;

/** Appends query parameters to a path. */
export function withQuery(path: string, query: ApiRequest['query']): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== '') search.append(key, String(item));
    }
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** Turns a description into the arguments of `fetch`. */
export function toRequestInit(request: ApiRequest, headers: Record<string, string>): RequestInit {
  const init: RequestInit = {
    method: request.method ?? 'GET',
    credentials: 'same-origin',
    headers: { ...headers, ...request.headers },
    ...(request.signal ? { signal: request.signal } : {}),
  };
  if (request.body instanceof FormData) init.body = request.body;
  else if (request.body !== undefined) {
    init.body = JSON.stringify(request.body);
    init.headers = { 'Content-Type': 'application/json', ...headers, ...request.headers };
  }
  return init;
}

/** `fetch` whose network failures are {@link ApiError}s. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw networkError(cause);
  }
}

/** The JSON of a good answer; undefined for an empty one; throws {@link ApiError} otherwise. */
export async function readJson<T>(response: Response): Promise<T> {
  if (!response.ok) throw await errorFromResponse(response);
  const text = await response.text();
  // The caller names the shape: this is the edge where the server's contract is trusted.
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
