import { beforeEach, describe, expect, it } from 'vitest';
import { createOneTimeCodes, type OneTimeCodes, type OneTimeStore } from './one-time-code.ts';
import { createMemoryOneTimeStore } from './one-time-memory-store.ts';

const secretKey = 'Zk3vQ8mW1xR5tY7uP0aS2dF4gH6jK9lC';
const ttlMs = 300_000;
let nowMs: number;
let store: OneTimeStore;
let codes: OneTimeCodes;

beforeEach(() => {
  nowMs = 1_000;
  store = createMemoryOneTimeStore();
  codes = createOneTimeCodes({ store, secretKey, now: () => nowMs });
});

const reset = { purpose: 'reset-password', subject: 'ann@example.org', ttlMs } as const;
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

describe('one-time codes', () => {
  it('work once, for whom and what they were made', async () => {
    const { token, code } = await codes.issueCode({ ...reset, payload: { next: 'x' } });
    expect(code).toMatch(/^\d{6}$/);
    const redeem = () => codes.redeemCode({ ...reset, token, code });
    expect(await redeem()).toEqual({ ok: true, subject: 'ann@example.org', payload: { next: 'x' } });
    expect(await redeem()).toEqual({ ok: false, reason: 'unknown-or-expired' });
  });

  it('are useless to another account and for another purpose', async () => {
    const { token, code } = await codes.issueCode(reset);
    const unknown = { ok: false, reason: 'unknown-or-expired' };
    expect(await codes.redeemCode({ ...reset, subject: 'bob@example.org', token, code })).toEqual(unknown);
    expect(await codes.redeemCode({ ...reset, purpose: 'email-sign-in', token, code })).toEqual(unknown);
    expect(await codes.redeemGrant({ purpose: 'reset-password', token })).toEqual(unknown);
  });

  it('lock after five wrong tries, even for the right digits', async () => {
    const { token, code } = await codes.issueCode(reset);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await codes.redeemCode({ ...reset, token, code: wrong(code) })).toMatchObject({
        reason: 'wrong-code',
      });
    }
    expect(await codes.redeemCode({ ...reset, token, code })).toEqual({ ok: false, reason: 'locked' });
  });

  it('give parallel guesses no more tries than serial ones', async () => {
    const { token, code } = await codes.issueCode(reset);
    const guesses = Array.from({ length: 50 }, () =>
      codes.redeemCode({ ...reset, token, code: wrong(code) }),
    );
    const reasons = (await Promise.all(guesses)).map((outcome) => (outcome.ok ? 'ok' : outcome.reason));
    expect(reasons.filter((reason) => reason === 'wrong-code')).toHaveLength(5);
    expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(45);
  });

  it('let exactly one of many parallel right answers through', async () => {
    const { token, code } = await codes.issueCode(reset);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => codes.redeemCode({ ...reset, token, code })));
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  });

  it('expire', async () => {
    const { token, code } = await codes.issueCode(reset);
    nowMs += ttlMs;
    expect(await codes.redeemCode({ ...reset, token, code })).toMatchObject({ reason: 'unknown-or-expired' });
    expect(await store.deleteExpired(nowMs)).toBe(1);
  });

  it('die when a newer one is sent', async () => {
    const first = await codes.issueCode(reset);
    const second = await codes.issueCode(reset);
    expect(await codes.redeemCode({ ...reset, ...first })).toMatchObject({ ok: false });
    expect(await codes.redeemCode({ ...reset, ...second })).toMatchObject({ ok: true });
  });

  it.each([[null], [''], [['123456']], [{ $ne: null }], [123456], [undefined]])(
    'refuse %j as token and as code',
    async (value) => {
      const { token, code } = await codes.issueCode(reset);
      expect(await codes.redeemCode({ ...reset, token: value, code })).toMatchObject({ ok: false });
      expect(await codes.redeemCode({ ...reset, token, code: value })).toMatchObject({
        reason: 'wrong-code',
      });
      expect(await codes.redeemGrant({ purpose: 'reset-password', token: value })).toMatchObject({
        ok: false,
      });
    },
  );

  it('store neither token nor digits', async () => {
    const seen: string[] = [];
    const spying = createOneTimeCodes({
      store: { ...store, insert: async (record) => void seen.push(JSON.stringify(record)) },
      secretKey,
    });
    const { token, code } = await spying.issueCode(reset);
    expect(seen[0]).not.toContain(token);
    expect(seen[0]).not.toContain(`"${code}"`);
  });
});

describe('grants', () => {
  it('can be looked at often and used once', async () => {
    const { token } = await codes.issueGrant({
      purpose: 'invitation',
      subject: 'm1',
      ttlMs,
      payload: { w: '1' },
    });
    const wanted = { ok: true, subject: 'm1', payload: { w: '1' } };
    for (let look = 0; look < 10; look += 1) {
      expect(await codes.peekGrant({ purpose: 'invitation', token })).toEqual(wanted);
    }
    expect(await codes.redeemGrant({ purpose: 'invitation', token })).toEqual(wanted);
    expect(await codes.redeemGrant({ purpose: 'invitation', token })).toMatchObject({ ok: false });
  });

  it('survive being shown to the wrong endpoint', async () => {
    const { token } = await codes.issueGrant(reset);
    expect(await codes.redeemGrant({ purpose: 'invitation', token })).toMatchObject({ ok: false });
    expect(await codes.redeemGrant({ ...reset, subject: 'bob@example.org', token })).toMatchObject({
      ok: false,
    });
    expect(await codes.redeemGrant({ ...reset, token })).toMatchObject({ ok: true });
  });

  it('do not pass as codes', async () => {
    const { token } = await codes.issueGrant(reset);
    expect(await codes.redeemCode({ ...reset, token, code: '123456' })).toMatchObject({ ok: false });
  });
});
