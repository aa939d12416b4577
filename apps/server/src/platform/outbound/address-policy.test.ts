import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { classifyAddress, createAddressCheck, createDomainMatcher } from './address-policy.ts';

describe('kinds of addresses', () => {
  it.each([
    ['93.184.215.14', 'public'],
    ['2606:4700:4700::1111', 'public'],
    ['127.0.0.1', 'private'],
    ['10.0.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['fe80::1', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['64:ff9b::808:808', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['3fff::1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['not an address', 'reserved'],
    ['', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });

  it('do not depend on how an IPv4 address is wrapped', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(classifyAddress(`::ffff:${address}`)).toBe(classifyAddress(address));
      }),
    );
  });

  it('make nothing public outside the ranges that are routed', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (classifyAddress(address) !== 'public') return;
        const parsed = ipaddr.process(address);
        if (parsed instanceof ipaddr.IPv6) expect((parsed.toByteArray()[0] ?? 0) >> 5).toBe(1);
        else expect(classifyAddress(parsed.toString())).toBe('public');
      }),
    );
  });
});

describe('exceptions', () => {
  it('open ranges, addresses and domains to untrusted requests', () => {
    const allows = createAddressCheck('untrusted', {
      addresses: ['192.168.0.0/16', 'fd12::/48', '10.1.2.3'],
      domains: ['.corp.example', 'wiki.internal'],
    });
    expect(allows('x', '192.168.4.4')).toBe(true);
    expect(allows('x', '::ffff:192.168.4.4')).toBe(true);
    expect(allows('x', 'fd12::9')).toBe(true);
    expect(allows('x', '10.1.2.3')).toBe(true);
    expect(allows('x', '10.1.2.4')).toBe(false);
    expect(allows('git.corp.example', '10.9.9.9')).toBe(true);
    expect(allows('wiki.internal', '10.9.9.9')).toBe(true);
    expect(allows('evilcorp.example', '10.9.9.9')).toBe(false);
  });

  it('open the metadata service only when it is named by its very address', () => {
    const wide = createAddressCheck('untrusted', { addresses: ['0.0.0.0/0'], domains: ['.corp.example'] });
    expect(wide('x', '169.254.169.254')).toBe(false);
    expect(wide('a.corp.example', '169.254.169.254')).toBe(false);
    const exact = createAddressCheck('untrusted', { addresses: ['169.254.169.254'] });
    expect(exact('x', '169.254.169.254')).toBe(true);
  });

  it('match whole labels of domains', () => {
    const matches = createDomainMatcher(['.example.org', 'Exact.Test.']);
    expect(['example.org', 'a.example.org', 'a.b.example.org', 'exact.test'].every(matches)).toBe(true);
    expect(['badexample.org', 'sub.exact.test', 'org', ''].some(matches)).toBe(false);
  });
});
