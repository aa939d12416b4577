import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openTestDatabase } from '../../apps/server/src/platform/database/testing.ts';
import { type Serving, startTrellis } from '../../bench/harness/server.ts';
import { chainGraph, prepareWorkflowApp } from '../../bench/harness/workflow-app.ts';

const times = 12;

describe('two servers on one database that both look for schedules', () => {
  it('start every due time once, also when one of them is killed', { timeout: 120_000 }, async () => {
    const database = await openTestDatabase({ migrated: false });
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-schedule-chaos-'));
    const { host, port, user, database: name } = database.connection;
    const env = {
      DB_HOST: String(host),
      DB_PORT: String(port),
      DB_USERNAME: String(user),
      DB_DATABASE: String(name),
      DB_PASSWORD: '',
      SECRET_KEY: 'chaos-secret-key-that-protects-nothing-0123456789',
      // 60 ms: both look nearly all the time.
      WORKFLOW_SCHEDULE_POLLER_INTERVAL: '0.001',
    };
    const servers: Serving[] = [await startTrellis(dataPath, env)];
    try {
      servers.push(await startTrellis(dataPath, env));
      const schedule = {
        type: 'trigger-schedule',
        mode: 'cron',
        cron_expression: '0 0 1 1 *',
        timezone: 'UTC',
      };
      const outputs = [{ variable: 'at', value_selector: ['tick', 'sys.timestamp'], value_type: 'number' }];
      await prepareWorkflowApp(
        servers[0]?.url ?? '',
        chainGraph({ tick: schedule, end: { type: 'end', outputs } }),
      );
      const count = async () => {
        const { rows } = await database.pool.query<{ count: number }>(
          'select count(*)::int from workflow_runs',
        );
        return rows[0]?.count ?? 0;
      };
      for (let time = 1; time <= times; time += 1) {
        await database.pool.query("update app_triggers set next_run_at = now() - interval '1 second'");
        const victim = time === times / 2 ? servers.pop() : undefined;
        if (victim) process.kill(victim.pid, 'SIGKILL');
        await expect.poll(count, { timeout: 20_000 }).toBe(time);
        await expect.poll(async () => (await dueRows(database.pool)).length, { timeout: 20_000 }).toBe(0);
      }
      await sleep(500);
      expect(await count()).toBe(times);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await database.close();
      await rm(dataPath, { recursive: true, force: true });
    }
  });
});

/** Schedules whose time has come and that nobody has taken yet. */
async function dueRows(pool: { query: (text: string) => Promise<{ rows: unknown[] }> }): Promise<unknown[]> {
  return (await pool.query('select id from app_triggers where next_run_at <= now()')).rows;
}
