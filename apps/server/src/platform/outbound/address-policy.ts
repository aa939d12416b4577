import ipaddr from 'ipaddr.js';

/**
 * Where a request may go.
 * - `untrusted`: addresses that users, models or files chose; the public internet only.
 * - `model`: base URLs that workspace administrators enter; private networks too (Ollama, vLLM), unless the
 *   installation says otherwise.
 * - `operator`: what the environment configures (object storage, mail); private networks and any port.
 * Addresses of instance metadata services are refused everywhere.
 */
export type OutboundPolicy = 'untrusted' | 'model' | 'operator';

/** What kind of place an address is. */
export type AddressKind = 'public' | 'private' | 'metadata' | 'reserved';

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
  'unspecified',
]);

/** Metadata services outside the link-local ranges: Alibaba, Azure, Oracle; AWS, Google and Oracle over IPv6. */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set(
  [
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
  ].map((address) => ipaddr.process(address).toNormalizedString()),
);

const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Classifies an IP address. IPv4 inside IPv6 (`::ffff:127.0.0.1`) counts as the IPv4 address; forms that
 * only translate or tunnel (NAT64, 6to4, Teredo, IPv4-compatible) are reserved whatever they hold.
 */
export function classifyAddress(address: string): AddressKind {
  if (!ipaddr.isValid(address)) return 'reserved';
  const parsed = ipaddr.process(address);
  if (METADATA_ADDRESSES.has(parsed.toNormalizedString())) return 'metadata';
  const range = parsed.range();
  if (range === 'linkLocal') return 'metadata';
  if (PRIVATE_RANGES.has(range)) return 'private';
  if (range !== 'unicast') return 'reserved';
  if (parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_UNICAST_V6)) return 'reserved';
  return 'public';
}

/** Exceptions that the operator grants to `untrusted` requests. */
export interface AllowList {
  /** Addresses and CIDR ranges (`10.1.2.3`, `192.168.0.0/16`, `fd12::/48`). */
  readonly addresses?: readonly string[];
  /** Host names; with a leading dot the domain and everything below it, as in squid's `dstdomain`. */
  readonly domains?: readonly string[];
}

/** Decides about one address of one host. */
export type AddressCheck = (hostname: string, address: string) => boolean;

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Builds the check of a policy. Throws RangeError, naming the entry, when the allow-list cannot be read. */
export function createAddressCheck(policy: OutboundPolicy, allowList: AllowList = {}): AddressCheck {
  const ranges = (allowList.addresses ?? []).map(parseRange);
  const isAllowedDomain = createDomainMatcher(allowList.domains ?? []);

  return (hostname, address) => {
    const kind = classifyAddress(address);
    if (kind === 'public') return true;
    const parsed = ipaddr.isValid(address) ? ipaddr.process(address) : null;
    if (parsed === null) return false;
    const covering = ranges.filter(
      ([network, bits]) => network.kind() === parsed.kind() && matches(parsed, network, bits),
    );
    // A wide range must not open the metadata service by accident: only its very address does.
    if (kind === 'metadata') return covering.some(([network, bits]) => bits === widthOf(network));
    if (covering.length > 0 || isAllowedDomain(hostname)) return true;
    return policy !== 'untrusted' && kind === 'private';
  };
}

/** Builds a matcher for a list of host names; `.example.org` covers the domain and all below it. */
export function createDomainMatcher(domains: readonly string[]): (hostname: string) => boolean {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of domains) {
    const domain = entry.trim().toLowerCase().replace(/\.$/, '');
    if (domain.startsWith('.')) {
      suffixes.push(domain);
      exact.add(domain.slice(1));
    } else if (domain !== '') exact.add(domain);
  }
  return (hostname) => exact.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix));
}

function parseRange(entry: string): Range {
  try {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry);
    const address = ipaddr.process(entry);
    return [address, widthOf(address)];
  } catch (cause) {
    throw new RangeError(`"${entry}" is neither an IP address nor a range such as 10.0.0.0/8.`, { cause });
  }
}

function widthOf(address: ipaddr.IPv4 | ipaddr.IPv6): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}

function matches(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  network: ipaddr.IPv4 | ipaddr.IPv6,
  bits: number,
): boolean {
  if (address instanceof ipaddr.IPv4 && network instanceof ipaddr.IPv4) return address.match(network, bits);
  if (address instanceof ipaddr.IPv6 && network instanceof ipaddr.IPv6) return address.match(network, bits);
  return false;
}
