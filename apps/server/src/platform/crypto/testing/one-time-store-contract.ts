import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOneTimeCodes, type OneTimeRecord, type OneTimeStore } from '../one-time-code.ts';

/** What every store of one-time codes must do, above all at the same moment. */
export function describeOneTimeStore(
  name: string,
  open: () => Promise<{ store: OneTimeStore; close: () => Promise<void> }>,
): void {
  describe(`${name} store of one-time codes`, () => {
    let store: OneTimeStore;
    let close: () => Promise<void>;
    const nowMs = Date.UTC(2026, 0, 1);

    const insert = async (overrides: Partial<OneTimeRecord> = {}): Promise<OneTimeRecord> => {
      const record: OneTimeRecord = {
        tokenHash: randomBytes(32).toString('hex'),
        purpose: 'reset-password',
        subject: 'ann@example.org',
        codeHash: 'c0de',
        attempts: 0,
        expiresAtMs: nowMs + 1_000,
        payload: { next: 'ü"\'' },
        ...overrides,
      };
      await store.insert(record);
      return record;
    };

    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    it('gives back what was stored, counted', async () => {
      const record = await insert();
      expect(await store.countAttempt(record.tokenHash, nowMs)).toEqual({ ...record, attempts: 1 });
      const grant = await insert({ codeHash: null, payload: {} });
      expect(await store.take(grant.tokenHash, nowMs)).toEqual(grant);
    });

    it('counts parallel attempts one by one', async () => {
      const { tokenHash } = await insert();
      const counted = await Promise.all(
        Array.from({ length: 30 }, () => store.countAttempt(tokenHash, nowMs)),
      );
      expect(new Set(counted.map((record) => record?.attempts)).size).toBe(30);
    });

    it('hands a record to exactly one of many takers', async () => {
      const { tokenHash } = await insert();
      const taken = await Promise.all(Array.from({ length: 30 }, () => store.take(tokenHash, nowMs)));
      expect(taken.filter((record) => record !== null)).toHaveLength(1);
    });

    it('knows nothing of expired and unknown tokens', async () => {
      const { tokenHash, expiresAtMs } = await insert();
      expect(await store.countAttempt(tokenHash, expiresAtMs)).toBeNull();
      expect(await store.take(tokenHash, expiresAtMs)).toBeNull();
      expect(await store.take('unknown', nowMs)).toBeNull();
      expect(await store.deleteExpired(expiresAtMs)).toBeGreaterThanOrEqual(1);
      expect(await store.take(tokenHash, nowMs)).toBeNull();
    });

    it('deletes by purpose and subject', async () => {
      const gone = await insert({ subject: 's1' });
      const other = [await insert({ subject: 's2' }), await insert({ subject: 's1', purpose: 'register' })];
      await store.deleteFor('reset-password', 's1');
      expect(await store.take(gone.tokenHash, nowMs)).toBeNull();
      for (const record of other) expect(await store.take(record.tokenHash, nowMs)).not.toBeNull();
    });

    it('carries a whole flow', async () => {
      const codes = createOneTimeCodes({
        store,
        secretKey: 'Zk3vQ8mW1xR5tY7uP0aS2dF4gH6jK9lC',
        now: () => nowMs,
      });
      const request = { purpose: 'change-email-new', subject: 'a1' } as const;
      const { token, code } = await codes.issueCode({
        ...request,
        ttlMs: 1_000,
        payload: { email: 'n@e.w' },
      });
      const wanted = { ok: true, subject: 'a1', payload: { email: 'n@e.w' } };
      expect(await codes.redeemCode({ ...request, token, code })).toEqual(wanted);
      expect(await codes.redeemCode({ ...request, token, code })).toMatchObject({ ok: false });
    });
  });
}
