import { beforeEach, describe, expect, it } from 'vitest';
import { type AccountLimits, createAccountLimits, type LimitedFlow } from './account-limits.ts';
import { clientNetwork } from './client-network.ts';
import { counterKey } from './counter-store.ts';
import { createMemoryCounterStore } from './memory-counter-store.ts';
import { describeCounterStore } from './testing/counter-store-contract.ts';

describeCounterStore('memory', async () => {
  let nowMs = 0;
  return {
    store: createMemoryCounterStore({ now: () => nowMs }),
    wait: async (ms) => {
      nowMs += ms;
    },
    close: async () => undefined,
  };
});

describe('the memory counter store', () => {
  it('does not grow without end', async () => {
    const store = createMemoryCounterStore({ maxKeys: 10 });
    for (let key = 0; key < 100; key += 1) await store.add(String(key), { ttlMs: 60_000 });
    expect(await store.read('99')).toMatchObject({ count: 1 });
    expect(await store.read('0')).toBeNull();
  });
});

describe('keys', () => {
  it('of different parts differ', () => {
    expect(counterKey('a', 'b c')).not.toBe(counterKey('a b', 'c'));
    expect(counterKey('a', 'b')).not.toBe(counterKey('a b'));
  });
});

describe('networks of callers', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2:0:0:0:0/64'],
    ['nonsense', 'unknown'],
  ])('%s counts as %s', (ip, network) => {
    expect(clientNetwork(ip).replace('::/', ':0:0:0:0/')).toBe(network);
  });
});

describe('limits of account flows', () => {
  const dayMs = 86_400_000;
  const ann = { subject: 'ann@example.org', ip: '203.0.113.7' };
  let nowMs: number;
  let limits: AccountLimits;

  beforeEach(() => {
    nowMs = 0;
    limits = createAccountLimits({
      counters: createMemoryCounterStore({ now: () => nowMs }),
      lockMs: {
        'sign-in': dayMs,
        'reset-password': dayMs,
        register: dayMs,
        'change-email': dayMs,
        'owner-transfer': dayMs,
      },
      mailsPerNetworkPerMinute: 50,
    });
  });

  const fail = async (flow: LimitedFlow, times: number, attempt = ann): Promise<void> => {
    for (let time = 0; time < times; time += 1) await limits.attempt(flow, attempt);
  };

  it.each([
    ['sign-in', 'email_code_login_limit'],
    ['reset-password', 'email_password_reset_limit'],
    ['register', 'email_register_limit'],
    ['change-email', 'email_change_limit'],
    ['owner-transfer', 'owner_transfer_limit'],
  ] as const)('%s locks after five tries, with %s', async (flow, code) => {
    await fail(flow, 4);
    expect(await limits.attempt(flow, ann)).toEqual({ allowed: true });
    expect(await limits.attempt(flow, ann)).toEqual({ allowed: false, code, retryAfterSeconds: 86_400 });
  });

  it('lets exactly five of a thousand parallel tries through', async () => {
    const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => limits.attempt('sign-in', ann)));
    expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(5);
  });

  it('prolongs the lock with every try', async () => {
    await fail('sign-in', 6);
    nowMs = dayMs - 1_000;
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(false);
    nowMs += dayMs - 1_000;
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(false);
    nowMs += dayMs;
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(true);
  });

  it('begins anew after a success', async () => {
    await fail('sign-in', 5);
    await limits.succeeded('sign-in', ann);
    await fail('sign-in', 4);
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(true);
  });

  it('does not count successes, however many', async () => {
    for (let time = 0; time < 300; time += 1) {
      expect((await limits.attempt('sign-in', ann)).allowed).toBe(true);
      await limits.succeeded('sign-in', ann);
    }
  });

  it('does not lock the owner out because a stranger guesses', async () => {
    await fail('sign-in', 50, { ...ann, ip: '198.51.100.1' });
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(true);
    expect((await limits.attempt('sign-in', { ...ann, subject: 'bob@example.org' })).allowed).toBe(true);
  });

  it('slows guesses from very many addresses down, for a quarter of an hour', async () => {
    for (let host = 0; host < 100; host += 1) await fail('sign-in', 1, { ...ann, ip: `198.51.100.${host}` });
    expect(await limits.attempt('sign-in', ann)).toMatchObject({ allowed: false, retryAfterSeconds: 900 });
    nowMs = 15 * 60_000;
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(true);
  });

  it('can be lifted by the operator for one person', async () => {
    const bob = { ...ann, subject: 'bob@example.org' };
    await fail('sign-in', 6);
    await fail('reset-password', 6);
    await fail('sign-in', 6, bob);
    await limits.unlock(ann.subject);
    expect((await limits.attempt('sign-in', ann)).allowed).toBe(true);
    expect((await limits.attempt('reset-password', ann)).allowed).toBe(true);
    expect((await limits.attempt('sign-in', bob)).allowed).toBe(false);
  });

  it.each([
    ['reset-password', 1, 60, 'password_reset_rate_limit_exceeded'],
    ['email-sign-in', 3, 300, 'email_code_login_rate_limit_exceeded'],
    ['register', 1, 60, 'email_register_rate_limit_exceeded'],
    ['change-email', 1, 60, 'email_change_rate_limit_exceeded'],
    ['owner-transfer', 1, 60, 'owner_transfer_rate_limit_exceeded'],
    ['delete-account', 1, 60, 'email_code_account_deletion_rate_limit_exceeded'],
  ] as const)('%s sends %i mails in %i s', async (flow, allowed, seconds, code) => {
    for (let mail = 0; mail < allowed; mail += 1)
      expect(await limits.sendMail(flow, ann)).toEqual({ allowed: true });
    expect(await limits.sendMail(flow, ann)).toEqual({ allowed: false, code, retryAfterSeconds: seconds });
    nowMs = seconds * 1_000;
    expect(await limits.sendMail(flow, ann)).toEqual({ allowed: true });
  });

  describe('for mails of one network', () => {
    const flood = async (count: number): Promise<Set<string>> => {
      const outcomes = new Set<string>();
      for (let mail = 0; mail < count; mail += 1) {
        const verdict = await limits.sendMail('register', { subject: `${nowMs}-${mail}@x.y`, ip: ann.ip });
        outcomes.add(verdict.allowed ? 'sent' : `${verdict.code} ${verdict.retryAfterSeconds}`);
      }
      return outcomes;
    };

    it('allow fifty a minute', async () => {
      expect(await flood(50)).toEqual(new Set(['sent']));
      nowMs += 60_000;
      expect(await flood(50)).toEqual(new Set(['sent']));
    });

    it('block ten minutes at the first breach and an hour at the next', async () => {
      expect(await flood(51)).toEqual(new Set(['sent', 'email_send_ip_limit 600']));
      nowMs += 599_000;
      expect(await flood(1)).toEqual(new Set(['email_send_ip_limit 1']));
      nowMs += 1_000;
      expect(await flood(51)).toEqual(new Set(['sent', 'email_send_ip_limit 3600']));
    });

    it('do not take parallel mails of one breach for several', async () => {
      const ip = ann.ip;
      const all = Array.from({ length: 200 }, (_, mail) =>
        limits.sendMail('register', { subject: `${mail}@x`, ip }),
      );
      expect((await Promise.all(all)).filter((verdict) => verdict.allowed)).toHaveLength(50);
      nowMs += 600_000;
      expect(await flood(1)).toEqual(new Set(['sent']));
    });
  });
});
