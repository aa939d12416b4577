import { OutboundError } from './errors.ts';
import { firstHeader, type ResponseHeaders, withoutBody, withoutCredentials } from './headers.ts';
import type { OutboundBody } from './outbound-request.ts';
import { hostOf, parseTarget, type TargetRules } from './target.ts';

/** One request on the way to the final answer. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: OutboundBody;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The request that a redirect asks for, or null when the answer is none. The new address passes the same
 * checks as the first; https never becomes http; to another origin neither keys nor bodies travel.
 */
export function nextHop(
  hop: Hop,
  answer: { status: number; headers: ResponseHeaders; rules: TargetRules },
): Hop | null {
  const location = firstHeader(answer.headers, 'location');
  if (!REDIRECTS.has(answer.status) || location === undefined) return null;

  const url = parseTarget(location, answer.rules, hop.url);
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new OutboundError('redirect_refused', `${hostOf(hop.url)} redirected from https to http.`);
  }
  if (url.hash === '') url.hash = hop.url.hash;

  const becomesGet =
    (answer.status === 303 && hop.method !== 'HEAD') ||
    ((answer.status === 301 || answer.status === 302) && hop.method === 'POST');
  const isSameOrigin = url.origin === hop.url.origin || isUpgrade(hop.url, url);
  if (!becomesGet && hop.body !== null) {
    if (!isSameOrigin) {
      throw new OutboundError(
        'redirect_refused',
        `${hostOf(hop.url)} redirected the request's content to another site.`,
      );
    }
    if (typeof hop.body !== 'string' && !(hop.body instanceof Uint8Array)) {
      throw new OutboundError(
        'redirect_refused',
        `${hostOf(hop.url)} redirected content that cannot be sent twice.`,
      );
    }
  }
  const headers = isSameOrigin ? hop.headers : withoutCredentials(hop.headers);
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: becomesGet ? withoutBody(headers) : headers,
    body: becomesGet ? null : hop.body,
  };
}

/** The usual step from http to https of one host, on the default ports. */
function isUpgrade(from: URL, to: URL): boolean {
  return from.protocol === 'http:' && to.protocol === 'https:' && from.host === to.host && to.port === '';
}
