import { OutboundError } from './errors.ts';

/** Request headers; names in any case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Response headers with lower-case names; several values only where several lines came. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Headers that belong to one connection (RFC 9110 §7.6.1) or to the framing. The client sets them; what a
 * caller wrote is dropped, which also means that no request can ask to switch protocols.
 */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** All that follows a redirect to another origin. Keys travel in headers of any name, so the list is of what is harmless. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
  'user-agent',
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const FORBIDDEN_IN_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Headers ready to be sent, names in lower case. Throws OutboundError for what would break out of its line. */
export function prepareHeaders(
  headers: RequestHeaders,
  defaults: RequestHeaders,
): Record<string, string | string[]> {
  const prepared: Record<string, string | string[]> = {};
  for (const source of [defaults, headers]) {
    for (const [name, value] of Object.entries(source)) {
      if (value === undefined) continue;
      const lower = name.toLowerCase();
      if (CONNECTION_HEADERS.has(lower)) continue;
      if (!TOKEN.test(name)) throw new OutboundError('request_invalid', `"${name}" is not a header name.`);
      const values = typeof value === 'string' ? [value] : value;
      if (values.some((one) => FORBIDDEN_IN_VALUE.test(one))) {
        throw new OutboundError(
          'request_invalid',
          `The header ${name} contains a line break or control character.`,
        );
      }
      prepared[lower] = typeof value === 'string' ? encodeValue(value) : values.map(encodeValue);
    }
  }
  return prepared;
}

/** Keeps what may follow a redirect to another origin. */
export function withoutCredentials(
  headers: Record<string, string | string[]>,
): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS_HEADERS.has(name)));
}

/** Drops the description of a body that is not sent on. */
export function withoutBody(headers: Record<string, string | string[]>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}

/** First value of a response header. */
export function firstHeader(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Header lines are bytes: text beyond Latin-1 goes out as the bytes of its UTF-8 form. */
function encodeValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is that of Latin-1.
  return /^[\u0000-\u00ff]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}
