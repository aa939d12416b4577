import type { Pool } from 'pg';
import type { AttemptCounter } from './sign-in-guard.ts';

/** Attempts counted in the database, so that a restart or a second process does not forget them. */
export function createAttemptCounter(pool: Pool): AttemptCounter {
  return {
    async count(key) {
      const { rows } = await pool.query<{ count: number }>(
        'select count from attempt_counters where key = $1 and expires_at > now()',
        [key],
      );
      return rows[0]?.count ?? 0;
    },
    async increment(key, ttlMs) {
      const { rows } = await pool.query<{ count: number }>(
        `insert into attempt_counters (key, count, expires_at) values ($1, 1, now() + $2 * interval '1 millisecond')
         on conflict (key) do update set
           count = case when attempt_counters.expires_at > now() then attempt_counters.count + 1 else 1 end,
           expires_at = excluded.expires_at
         returning count`,
        [key, ttlMs],
      );
      return rows[0]?.count ?? 1;
    },
    async reset(key) {
      await pool.query('delete from attempt_counters where key = $1', [key]);
    },
  };
}
