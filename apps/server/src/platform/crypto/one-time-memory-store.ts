import type { OneTimeRecord, OneTimeStore } from './one-time-code.ts';

/** One-time codes in this process's memory: for tests and for tools that live as long as their codes. */
export function createMemoryOneTimeStore(): OneTimeStore {
  const records = new Map<string, OneTimeRecord>();
  const live = (tokenHash: string, nowMs: number): OneTimeRecord | null => {
    const record = records.get(tokenHash);
    return record && record.expiresAtMs > nowMs ? record : null;
  };

  return {
    async insert(record) {
      records.set(record.tokenHash, record);
    },
    async countAttempt(tokenHash, nowMs) {
      const record = live(tokenHash, nowMs);
      if (record === null) return null;
      const counted = { ...record, attempts: record.attempts + 1 };
      records.set(tokenHash, counted);
      return counted;
    },
    async take(tokenHash, nowMs) {
      const record = live(tokenHash, nowMs);
      if (record !== null) records.delete(tokenHash);
      return record;
    },
    async deleteFor(purpose, subject) {
      for (const [hash, record] of records) {
        if (record.purpose === purpose && record.subject === subject) records.delete(hash);
      }
    },
    async deleteExpired(nowMs) {
      const before = records.size;
      for (const [hash, record] of records) if (record.expiresAtMs <= nowMs) records.delete(hash);
      return before - records.size;
    },
  };
}
