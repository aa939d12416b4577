import type { Pool } from 'pg';
import type { OneTimePurpose, OneTimeRecord, OneTimeStore } from './one-time-code.ts';

interface OneTimeRow {
  readonly token_hash: string;
  readonly purpose: string;
  readonly subject: string;
  readonly code_hash: string | null;
  readonly attempts: number;
  readonly payload: Record<string, string>;
  readonly expires_at: Date;
}

const COLUMNS = 'token_hash, purpose, subject, code_hash, attempts, payload, expires_at';

/** One-time codes and grants in the table `one_time_tokens`; each change is one statement and so atomic. */
export function createPostgresOneTimeStore(pool: Pick<Pool, 'query'>): OneTimeStore {
  return {
    async insert(record) {
      await pool.query(`insert into one_time_tokens (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`, [
        record.tokenHash,
        record.purpose,
        record.subject,
        record.codeHash,
        record.attempts,
        JSON.stringify(record.payload),
        new Date(record.expiresAtMs),
      ]);
    },

    async countAttempt(tokenHash, nowMs) {
      const { rows } = await pool.query<OneTimeRow>(
        `update one_time_tokens set attempts = attempts + 1
         where token_hash = $1 and expires_at > $2 returning ${COLUMNS}`,
        [tokenHash, new Date(nowMs)],
      );
      return rows[0] ? toRecord(rows[0]) : null;
    },

    async take(tokenHash, nowMs) {
      const { rows } = await pool.query<OneTimeRow>(
        `delete from one_time_tokens where token_hash = $1 and expires_at > $2 returning ${COLUMNS}`,
        [tokenHash, new Date(nowMs)],
      );
      return rows[0] ? toRecord(rows[0]) : null;
    },

    async deleteFor(purpose, subject) {
      await pool.query('delete from one_time_tokens where purpose = $1 and subject = $2', [purpose, subject]);
    },

    async deleteExpired(nowMs) {
      const { rowCount } = await pool.query('delete from one_time_tokens where expires_at <= $1', [
        new Date(nowMs),
      ]);
      return rowCount ?? 0;
    },
  };
}

function toRecord(row: OneTimeRow): OneTimeRecord {
  return {
    tokenHash: row.token_hash,
    // Only `insert` writes the column; another text simply fits no request.
    purpose: row.purpose as OneTimePurpose,
    subject: row.subject,
    codeHash: row.code_hash,
    attempts: row.attempts,
    expiresAtMs: row.expires_at.getTime(),
    payload: row.payload,
  };
}
