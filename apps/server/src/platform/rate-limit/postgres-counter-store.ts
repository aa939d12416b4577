import type { Pool } from 'pg';
import type { Counter, CounterStore } from './counter-store.ts';

interface CounterRow {
  readonly count: number;
  readonly expires_in_ms: number;
}

const expiresInMs = `extract(epoch from (expires_at - now())) * 1000 as expires_in_ms`;

/**
 * Counters in the table `attempt_counters`, shared by all processes and kept over restarts. The database's
 * clock counts, so that processes need not agree about the time.
 */
export function createPostgresCounterStore(pool: Pick<Pool, 'query'>): CounterStore {
  return {
    async read(key) {
      const { rows } = await pool.query<CounterRow>(
        `select count, ${expiresInMs} from attempt_counters where key = $1 and expires_at > now()`,
        [key],
      );
      return rows[0] ? toCounter(rows[0]) : null;
    },

    async add(key, { ttlMs, restart = false }) {
      const { rows } = await pool.query<CounterRow>(
        `insert into attempt_counters as counter (key, count, expires_at)
         values ($1, 1, now() + $2 * interval '1 millisecond')
         on conflict (key) do update set
           count = case when counter.expires_at > now() then counter.count + 1 else 1 end,
           expires_at = case when counter.expires_at > now() and not $3 then counter.expires_at
                             else excluded.expires_at end
         returning count, ${expiresInMs}`,
        [key, ttlMs, restart],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('The counter was not written.');
      return toCounter(row);
    },

    async reset(key) {
      await pool.query('delete from attempt_counters where key = $1', [key]);
    },

    async resetAll(prefix) {
      await pool.query('delete from attempt_counters where starts_with(key, $1)', [prefix]);
    },

    async deleteExpired() {
      const { rowCount } = await pool.query('delete from attempt_counters where expires_at <= now()');
      return rowCount ?? 0;
    },
  };
}

function toCounter(row: CounterRow): Counter {
  return { count: row.count, expiresInMs: Math.max(0, Math.round(Number(row.expires_in_ms))) };
}
