import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { newId } from '../ids.ts';
import { dropEmptyPartitions, ensureRunLogPartitions } from './partitions.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function partitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select relname as name from pg_class where relispartition and relkind = 'r' and relname ~ '_[0-9]{4}_[0-9]{2}$'
     order by 1`,
  );
  return rows.map(({ name }) => name);
}

describe('the parts of the run log', () => {
  it('are made for three months, for records and values, as often as one likes', async () => {
    await ensureRunLogPartitions(database.pool, new Date('2026-11-30T12:00:00Z'));
    await ensureRunLogPartitions(database.pool, new Date('2026-11-30T12:00:00Z'));
    expect(await partitions()).toEqual([
      'run_log_2026_11',
      'run_log_2026_12',
      'run_log_2027_01',
      'run_values_2026_11',
      'run_values_2026_12',
      'run_values_2027_01',
    ]);
  });

  it('go when their month is over and they are empty', async () => {
    const insert = (at: string) =>
      database.pool.query(
        `insert into run_log (run_id, sequence, kind, payload, created_at) values ($1, 1, 'text', '{}', $2)`,
        [newId(), at],
      );
    await insert('2026-12-05T00:00:00Z');
    const dropped = await dropEmptyPartitions(database.pool, new Date('2027-01-31T23:00:00Z'));
    expect(dropped).toEqual(['run_log_2026_11', 'run_values_2026_11', 'run_values_2026_12']);
    expect(await partitions()).toEqual(['run_log_2026_12', 'run_log_2027_01', 'run_values_2027_01']);
    await expect(insert('2026-11-05T00:00:00Z')).resolves.toBeDefined();
  });
});
