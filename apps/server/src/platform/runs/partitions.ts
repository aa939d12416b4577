import type { Pool } from 'pg';

/** Tables of which every month has a part of its own. */
const tables = ['run_log', 'run_values'] as const;
const monthsAhead = 2;
/** Dropping a part locks the table for a moment; when that cannot be had at once it is left for the next day. */
const dropLockTimeoutMs = 2_000;

/**
 * Makes this month's and the next two months' partitions of the log and its values. Called at start and hourly; a month
 * that exists already, or whose rows fell into the default partition, is left as it is.
 */
export async function ensureRunLogPartitions(pool: Pool, now: Date): Promise<void> {
  for (let ahead = 0; ahead <= monthsAhead; ahead += 1) {
    const from = monthOf(now, ahead);
    const to = monthOf(now, ahead + 1);
    for (const table of tables) {
      // A name and two dates that we made ourselves: DDL takes no parameters.
      await pool
        .query(
          `create table if not exists ${partitionName(table, from)} partition of ${table}
           for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
        )
        .catch((error: { code?: string }) => {
          const rowsInDefault = '23514';
          const alreadyThere = '42P07';
          if (error.code !== rowsInDefault && error.code !== alreadyThere) throw error;
        });
    }
  }
}

/** Drops the parts of months that ended before a moment and hold nothing any more; answers their names. */
export async function dropEmptyPartitions(pool: Pool, before: Date): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     join pg_class parent on parent.oid = i.inhparent
     where parent.relname = any($1) and c.relname ~ '_[0-9]{4}_[0-9]{2}$' order by 1`,
    [tables],
  );
  const dropped: string[] = [];
  for (const { name } of rows) {
    const [, year = '', month = ''] = /_(\d{4})_(\d{2})$/.exec(name) ?? [];
    const end = new Date(Date.UTC(Number(year), Number(month), 1));
    if (end <= before && (await dropIfEmpty(pool, name))) dropped.push(name);
  }
  return dropped;
}

async function dropIfEmpty(pool: Pool, name: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`set local lock_timeout = ${dropLockTimeoutMs}`);
    const { rowCount } = await client.query(`select from ${name} limit 1`);
    // Nobody writes into a month that is over: what was empty stays so.
    if (rowCount === 0) await client.query(`drop table ${name}`);
    await client.query('commit');
    return rowCount === 0;
  } catch (error) {
    await client.query('rollback');
    const lockNotAvailable = '55P03';
    if ((error as { code?: string }).code === lockNotAvailable) return false;
    throw error;
  } finally {
    client.release();
  }
}

function monthOf(now: Date, ahead: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
}

function partitionName(table: string, month: Date): string {
  return `${table}_${month.getUTCFullYear()}_${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
}
