import ipaddr from 'ipaddr.js';

/** Networks of this size belong to one customer over IPv6; limits per single address would limit nobody. */
const IPV6_CUSTOMER_BITS = 64;

/**
 * The network that a limit per address counts under: an IPv4 address itself, an IPv6 address's /64. What is
 * no address (a broken proxy header) counts as one common caller.
 */
export function clientNetwork(ip: string): string {
  if (!ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/${IPV6_CUSTOMER_BITS}`)}/64`;
}
