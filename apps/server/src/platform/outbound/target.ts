import { isIP } from 'node:net';
import type { AddressCheck, OutboundPolicy } from './address-policy.ts';
import { OutboundError } from './errors.ts';

/**
 * Ports that speak something else than HTTP. A request line is harmless to most web servers and a command
 * to some of these.
 */
const FOREIGN_PORTS: ReadonlySet<number> = new Set([
  1433, 1521, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4369, 4444, 5060, 5061, 5432,
  5433, 5672, 5900, 5984, 6000, 6379, 6380, 6432, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 8472, 9042,
  9092, 9200, 9300, 10080, 10250, 11211, 25672, 27017, 27018, 27019,
]);

const MAX_URL_LENGTH = 16_384;
/** URL parsers disagree about control characters (some drop them), so such text is not parsed at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;
/** Up to the query a backslash is a slash for some parsers and part of a name for others. */
const BACKSLASH_BEFORE_QUERY = /^[^?#]*\\/;

/** Rules that a URL is checked against before anything is resolved. */
export interface TargetRules {
  readonly policy: OutboundPolicy;
  readonly allowsAddress: AddressCheck;
  /** Ports that are open to `untrusted` requests beyond the usual ones. */
  readonly extraPorts: ReadonlySet<number>;
}

/**
 * Parses an address once; the parsed object is what everything after works with. Throws OutboundError
 * (`url_…`, `port_refused`, `address_refused` for a literal address).
 */
export function parseTarget(address: string | URL, rules: TargetRules, base?: URL): URL {
  const text = typeof address === 'string' ? address : address.href;
  if (text.length > MAX_URL_LENGTH || CONTROL_CHARACTERS.test(text) || BACKSLASH_BEFORE_QUERY.test(text)) {
    throw new OutboundError('url_invalid', 'The address contains characters that are not allowed in a URL.');
  }
  const url = URL.parse(text, base?.href);
  if (url === null || url.hostname === '')
    throw new OutboundError('url_invalid', 'The address is not a URL.');
  assertTarget(url, rules);
  return url;
}

function assertTarget(url: URL, rules: TargetRules): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError(
      'url_scheme_refused',
      `Only http and https addresses can be requested, not ${url.protocol}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError(
      'url_credentials_refused',
      'The address must not contain a user name or password.',
    );
  }
  if (!isPortAllowed(url, rules)) {
    throw new OutboundError('port_refused', `Port ${url.port} of ${url.hostname} is not allowed.`);
  }
  const hostname = hostOf(url);
  const literal = literalAddress(hostname);
  if (literal !== null && !rules.allowsAddress(hostname, literal)) throw addressRefused(hostname);
}

/** Host of a URL as it is looked up: no brackets, no final dot, lower case. */
export function hostOf(url: URL): string {
  return normalizeHost(url.hostname);
}

/** The same for a host name that came out of the HTTP client. */
export function normalizeHost(hostname: string): string {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return bare.toLowerCase().replace(/\.$/, '');
}

/** The address that a host stands for without being looked up: itself, or loopback for localhost (RFC 6761). */
export function literalAddress(hostname: string): string | null {
  if (isIP(hostname) !== 0) return hostname;
  return hostname === 'localhost' || hostname.endsWith('.localhost') ? '127.0.0.1' : null;
}

/** The error for a host whose address is out of bounds. */
export function addressRefused(hostname: string): OutboundError {
  return new OutboundError(
    'address_refused',
    `Requests to ${hostname} are not allowed: it is, or leads to, an address inside a private network.`,
  );
}

function isPortAllowed(url: URL, rules: TargetRules): boolean {
  if (url.port === '' || rules.policy === 'operator') return true;
  const port = Number(url.port);
  if (port === 0) return false;
  if (rules.extraPorts.has(port)) return true;
  if (FOREIGN_PORTS.has(port)) return false;
  return port >= 1_024 || port === 80 || port === 443;
}
