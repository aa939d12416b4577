import type { OutboundErrorCode } from '../errors.ts';

/** An address that no user, model or file may make the server request. */
export interface SsrfCase {
  readonly name: string;
  readonly url: string;
  /** Code of the refusal. */
  readonly code: OutboundErrorCode;
}

/** Answers of the fake name server that goes with the corpus. Unlisted names do not exist. */
export const ssrfNames: Readonly<Record<string, readonly string[]>> = {
  'loopback.ssrf.test': ['127.0.0.1'],
  'loopback6.ssrf.test': ['::1'],
  'private.ssrf.test': ['10.0.0.5'],
  'metadata.ssrf.test': ['169.254.169.254'],
  'mixed.ssrf.test': ['93.184.215.14', '192.168.1.1'],
  'mixed6.ssrf.test': ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', 'fd00::1'],
  'nat64.ssrf.test': ['64:ff9b::7f00:1'],
  'cgnat.ssrf.test': ['100.64.0.1'],
};

/** Resolver over `ssrfNames` and whatever a test adds. */
export function createFakeResolver(names: Readonly<Record<string, readonly string[]>> = {}) {
  return async (hostname: string): Promise<readonly string[]> => {
    const found = names[hostname] ?? ssrfNames[hostname];
    if (found) return found;
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
  };
}

const refusedAddress = (name: string, host: string): SsrfCase => ({
  name,
  url: `http://${host}/`,
  code: 'address_refused',
});

/**
 * Addresses that every input which takes a URL has to refuse, with the code the outbound client gives. The
 * behaviour of servers (rebinding, redirects, bombs, slowness) is tested on the client itself.
 */
export const ssrfCorpus: readonly SsrfCase[] = [
  refusedAddress('loopback', '127.0.0.1'),
  refusedAddress('loopback elsewhere in 127/8', '127.8.9.10'),
  refusedAddress('loopback as a decimal number', '2130706433'),
  refusedAddress('loopback in octal', '0177.0.0.1'),
  refusedAddress('loopback in hexadecimal', '0x7f000001'),
  refusedAddress('loopback in mixed notation', '0x7f.1'),
  refusedAddress('loopback in short form', '127.1'),
  refusedAddress('loopback, percent-encoded', '%31%32%37.0.0.1'),
  refusedAddress('loopback in full-width digits', '１２７.0.0.1'),
  refusedAddress('loopback with ideographic dots', '127。0。0。1'),
  refusedAddress('loopback with a final dot', '127.0.0.1.'),
  refusedAddress('IPv6 loopback', '[::1]'),
  refusedAddress('IPv6 loopback written out', '[0:0:0:0:0:0:0:1]'),
  refusedAddress('IPv4-mapped loopback', '[::ffff:127.0.0.1]'),
  refusedAddress('IPv4-mapped loopback in hexadecimal', '[::ffff:7f00:1]'),
  refusedAddress('IPv4-compatible loopback', '[::127.0.0.1]'),
  refusedAddress('unspecified', '0.0.0.0'),
  refusedAddress('unspecified as zero', '0'),
  refusedAddress('IPv6 unspecified', '[::]'),
  refusedAddress('this network', '0.1.2.3'),
  refusedAddress('metadata service', '169.254.169.254'),
  refusedAddress('metadata service as a number', '2852039166'),
  refusedAddress('metadata service, IPv4-mapped', '[::ffff:169.254.169.254]'),
  refusedAddress('metadata service over IPv6 (AWS)', '[fd00:ec2::254]'),
  refusedAddress('metadata service of containers', '169.254.170.2'),
  refusedAddress('metadata service of Alibaba', '100.100.100.200'),
  refusedAddress('metadata service of Azure', '168.63.129.16'),
  refusedAddress('private 10/8', '10.1.2.3'),
  refusedAddress('private 172.16/12', '172.31.255.254'),
  refusedAddress('private 192.168/16', '192.168.0.1'),
  refusedAddress('carrier-grade NAT', '100.64.0.1'),
  refusedAddress('benchmarking network', '198.18.0.1'),
  refusedAddress('documentation network', '192.0.2.1'),
  refusedAddress('multicast', '224.0.0.1'),
  refusedAddress('broadcast', '255.255.255.255'),
  refusedAddress('reserved class E', '240.0.0.1'),
  refusedAddress('IPv6 unique local', '[fd12:3456::1]'),
  refusedAddress('IPv6 unique local, fc00', '[fc00::1]'),
  refusedAddress('IPv6 link local', '[fe80::1]'),
  refusedAddress('IPv6 site local', '[fec0::1]'),
  refusedAddress('IPv6 multicast', '[ff02::1]'),
  refusedAddress('NAT64 of loopback', '[64:ff9b::127.0.0.1]'),
  refusedAddress('NAT64 of the metadata service', '[64:ff9b::a9fe:a9fe]'),
  refusedAddress('local NAT64', '[64:ff9b:1::1]'),
  refusedAddress('6to4 of loopback', '[2002:7f00:1::]'),
  refusedAddress('Teredo', '[2001:0:7f00:1::]'),
  refusedAddress('localhost', 'localhost'),
  refusedAddress('localhost with a final dot', 'localhost.'),
  refusedAddress('localhost in capitals', 'LOCALHOST'),
  refusedAddress('below localhost', 'app.localhost'),
  refusedAddress('name of loopback', 'loopback.ssrf.test'),
  refusedAddress('name of IPv6 loopback', 'loopback6.ssrf.test'),
  refusedAddress('name of a private address', 'private.ssrf.test'),
  refusedAddress('name of the metadata service', 'metadata.ssrf.test'),
  refusedAddress('name with public and private addresses', 'mixed.ssrf.test'),
  refusedAddress('name with public and private IPv6 addresses', 'mixed6.ssrf.test'),
  refusedAddress('name of a NAT64 address', 'nat64.ssrf.test'),
  refusedAddress('name of a carrier-grade NAT address', 'cgnat.ssrf.test'),
  refusedAddress('name in capitals with a final dot', 'LOOPBACK.SSRF.TEST.'),
  { name: 'user name before the host', url: 'http://a@93.184.215.14/', code: 'url_credentials_refused' },
  {
    name: 'host-like user name',
    url: 'http://example.org:80@93.184.215.14/',
    code: 'url_credentials_refused',
  },
  { name: 'user and password', url: 'https://a:b@example.org/', code: 'url_credentials_refused' },
  { name: 'backslash before the host', url: 'http:\\\\127.0.0.1\\', code: 'url_invalid' },
  { name: 'backslash between two hosts', url: 'http://example.org\\@127.0.0.1/', code: 'url_invalid' },
  { name: 'tab in the host', url: 'http://127.0\t.0.1/', code: 'url_invalid' },
  { name: 'newline in the scheme', url: 'ht\ntp://127.0.0.1/', code: 'url_invalid' },
  { name: 'line break with a header behind', url: 'http://example.org/\r\nX-Evil: 1', code: 'url_invalid' },
  { name: 'null byte', url: 'http://example.org\u0000.evil.test/', code: 'url_invalid' },
  { name: 'space in the host', url: 'http://example.org evil.test/', code: 'url_invalid' },
  { name: 'no host', url: 'http:///', code: 'url_invalid' },
  { name: 'no scheme', url: '//127.0.0.1/', code: 'url_invalid' },
  { name: 'empty', url: '', code: 'url_invalid' },
  { name: 'port of SSH', url: 'http://93.184.215.14:22/', code: 'port_refused' },
  { name: 'port of SMTP', url: 'http://93.184.215.14:25/', code: 'port_refused' },
  { name: 'port of Redis', url: 'http://93.184.215.14:6379/', code: 'port_refused' },
  { name: 'port of PostgreSQL', url: 'http://93.184.215.14:5432/', code: 'port_refused' },
  { name: 'port zero', url: 'http://93.184.215.14:0/', code: 'port_refused' },
  { name: 'file', url: 'file:///etc/passwd', code: 'url_invalid' },
  { name: 'file with a host', url: 'file://example.org/etc/passwd', code: 'url_scheme_refused' },
  { name: 'gopher', url: 'gopher://127.0.0.1:6379/_FLUSHALL', code: 'url_scheme_refused' },
  { name: 'ftp', url: 'ftp://93.184.215.14/', code: 'url_scheme_refused' },
  { name: 'web socket', url: 'ws://93.184.215.14/', code: 'url_scheme_refused' },
  { name: 'data', url: 'data:text/plain,hello', code: 'url_invalid' },
  { name: 'script', url: 'javascript:alert(1)', code: 'url_invalid' },
  { name: 'blob', url: 'blob:http://127.0.0.1/x', code: 'url_invalid' },
];
