import { storage } from '../lib/storage.ts';
import { errorFromResponse } from './error.ts';
import { type ApiRequest, readJson, send, toRequestInit, withQuery } from './http.ts';

const base = '/console/api';
const refreshedAtKey = 'trellis.refreshedAt';

/** Calls that answer 401 for their own reasons: a renewed session would not change the answer. */
const withoutRefresh = new Set(['/login', '/refresh-token', '/logout', '/setup', '/init']);

function cookie(name: string): string | undefined {
  for (const part of document.cookie.split('; ')) {
    const separator = part.indexOf('=');
    if (part.slice(0, separator) === name) return decodeURIComponent(part.slice(separator + 1));
  }
  return undefined;
}

function csrfHeaders(method: string): Record<string, string> {
  if (method === 'GET') return {};
  const token = cookie('__Host-csrf_token') ?? cookie('csrf_token');
  return token ? { 'X-CSRF-Token': token } : {};
}

let refreshing: Promise<boolean> | undefined;

/** Runs one at a time over all tabs where the browser can (locks need a secure context), else over this tab. */
function exclusively<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('trellis-refresh', work) : work();
}

/**
 * Renews the session once for all requests and tabs that need it.
 *
 * @param failedAtMs when the refused request was sent: a renewal after that by another tab is used as it is
 */
function refreshSession(failedAtMs: number): Promise<boolean> {
  refreshing ??= exclusively(async () => {
    if (Number(storage.read(refreshedAtKey) ?? 0) > failedAtMs) return true;
    const response = await send(`${base}/refresh-token`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', ...csrfHeaders('POST') },
      body: '{}',
    });
    if (response.ok) storage.write(refreshedAtKey, String(Date.now()));
    return response.ok;
  }).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

/**
 * Calls the console API and gives the raw response (streams use it).
 *
 * A 401 renews the session once and repeats the request. Throws `ApiError` when there is no answer; other failures
 * are for the caller to read from the response.
 */
export async function consoleFetch(path: string, request: ApiRequest = {}): Promise<Response> {
  const url = withQuery(base + path, request.query);
  const sentAtMs = Date.now();
  const attempt = () => send(url, toRequestInit(request, csrfHeaders(request.method ?? 'GET')));
  const response = await attempt();
  if (response.status !== 401 || withoutRefresh.has(path)) return response;
  const refusal = await errorFromResponse(response.clone());
  // Other 401s (not set up, forced logout) are not about an expired session.
  if (refusal.code !== 'unauthorized') return response;
  return (await refreshSession(sentAtMs)) ? attempt() : response;
}

/** Calls the console API and parses its JSON; throws `ApiError` with the server's code on a refusal. */
export async function consoleApi<T>(path: string, request: ApiRequest = {}): Promise<T> {
  return readJson<T>(await consoleFetch(path, request));
}
