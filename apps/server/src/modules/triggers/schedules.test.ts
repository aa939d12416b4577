import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../../schema/database.ts';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { SchedulePoller } from './schedule-poller.ts';
import { type Trigger, TriggerStore } from './store.ts';
import {
  createTriggered,
  lastOutputs,
  publishDraft,
  runsOf,
  saveDraft,
  type TriggeredApp,
  triggerGraph,
} from './testing.ts';

const hourly = { type: 'trigger-schedule', mode: 'cron', cron_expression: '0 * * * *', timezone: 'UTC' };
const hourMs = 3_600_000;

let app: TestApp;
let owner: TestPerson;
let second: pg.Pool;
let made: TriggeredApp;

beforeAll(async () => {
  app = await createTestApp({ environment: { ENABLE_WORKFLOW_SCHEDULE_POLLER_TASK: 'false' } });
  owner = await app.owner();
  second = new pg.Pool({ ...app.database.connection, application_name: 'second' });
  second.on('error', () => {});
  second.on('connect', (client) => client.on('error', () => {}));
});
afterAll(async () => {
  await second.end();
  await app.close();
});
afterEach(async () => {
  if (made) await owner.client.delete(made.base);
});

const create = async (data: object = hourly) => {
  made = await createTriggered(
    owner,
    triggerGraph({ tick: { ...hourly, ...data } }, ['tick', 'sys.timestamp']),
  );
};
const triggerOf = async (): Promise<Trigger> => {
  const { rows } = await app.services.pool.query(
    `select id, next_run_at as "nextRunAt", last_run_id as "lastRunId", last_error as "lastError"
     from app_triggers where app_id = $1`,
    [made.appId],
  );
  return rows[0];
};
const makeDue = (agoMs = 1_000) =>
  app.services.pool.query('update app_triggers set next_run_at = $2 where app_id = $1', [
    made.appId,
    new Date(Date.now() - agoMs),
  ]);

/** A poller like that of another process: its own connections, its own state. */
function otherPoller(): SchedulePoller {
  const { services } = app;
  return new SchedulePoller({
    store: new TriggerStore(createDatabase(second)),
    starter: services.triggers.starter,
    bus: services.bus,
    log: services.log,
    settings: services.environment.schedules,
  });
}

describe('a schedule', () => {
  it('has its next times as soon as it is published, in UTC', async () => {
    await create({ cron_expression: '30 9 * * *', timezone: 'Asia/Tokyo' });
    const [trigger] = (await owner.client.get(`${made.base}/triggers`)).json.data;
    expect(trigger).toMatchObject({
      trigger_type: 'trigger-schedule',
      status: 'enabled',
      timezone: 'Asia/Tokyo',
    });
    expect(trigger.next_runs).toHaveLength(5);
    const first = new Date(trigger.next_runs[0] * 1_000);
    expect(first.toISOString().slice(11)).toBe('00:30:00.000Z');
    expect(first.getTime() - Date.now()).toBeLessThanOrEqual(24 * hourMs);
    expect(trigger.next_runs[1] - trigger.next_runs[0]).toBe(86_400);
  });

  it('starts the workflow when it is due, and is due again later', async () => {
    await create();
    await makeDue();
    await app.services.triggers.schedules.tick();
    expect(Number((await lastOutputs(app, made.appId))['said'])).toBeGreaterThan(Date.now() / 1_000 - 60);
    const [run] = await runsOf(owner, made.base);
    expect(run.workflow_run.triggered_from).toBe('schedule');
    const [trigger] = (await owner.client.get(`${made.base}/triggers`)).json.data;
    expect(trigger).toMatchObject({ last_run_id: run.id, last_error: null });
    expect(trigger.next_runs[0] * 1_000).toBeGreaterThan(Date.now());
    await app.services.triggers.schedules.tick();
    expect(await runsOf(owner, made.base)).toHaveLength(1);
  });

  it('that is set without an expression is followed too', async () => {
    const visual = {
      type: 'trigger-schedule',
      mode: 'visual',
      frequency: 'weekly',
      visual_config: { time: '9:30 AM', weekdays: ['mon'], on_minute: 0, monthly_days: [] },
      timezone: 'UTC',
    };
    made = await createTriggered(owner, triggerGraph({ visual }, ['visual', 'x']));
    const [trigger] = (await owner.client.get(`${made.base}/triggers`)).json.data;
    expect(trigger.cron_expression).toBe('30 9 * * 1');
    expect(new Date(trigger.next_runs[0] * 1_000).getUTCDay()).toBe(1);
  });

  it('is refused when it is not valid or never due', async () => {
    for (const data of [
      { cron_expression: 'sometimes' },
      { cron_expression: '0 0 31 2 *' },
      { timezone: 'Mars/Base' },
    ]) {
      made = await createTriggered(owner, triggerGraph({ tick: { ...hourly, ...data } }, ['tick', 'x']), {
        publish: false,
      });
      const answer = await owner.client.post(`${made.base}/workflows/publish`, {});
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_param']);
    }
  });

  it('keeps what is due over a publication that leaves it as it was, and follows one that changes it', async () => {
    await create();
    await makeDue();
    await publishDraft(owner, made.base);
    expect((await triggerOf()).nextRunAt?.getTime()).toBeLessThan(Date.now());
    await saveDraft(
      owner,
      made.base,
      triggerGraph({ tick: { ...hourly, cron_expression: '5 * * * *' } }, ['tick', 'x']),
    );
    await publishDraft(owner, made.base);
    expect((await triggerOf()).nextRunAt?.getUTCMinutes()).toBe(5);
  });
});

describe('runs that are due', () => {
  it('start once, however many processes look', async () => {
    await create();
    await makeDue();
    const pollers = [app.services.triggers.schedules, otherPoller(), otherPoller(), otherPoller()];
    await Promise.all(pollers.map((poller) => poller.tick()));
    expect(await runsOf(owner, made.base)).toHaveLength(1);
  });

  it('start once when a process dies between starting and noting it', async () => {
    await create();
    await makeDue();
    const { starter } = app.services.triggers;
    const store = new TriggerStore(createDatabase(second));
    const dying = new SchedulePoller({
      store,
      starter: {
        start: async (...given: Parameters<typeof starter.start>) => {
          await starter.start(...given);
          // The connection that holds the row is gone; what it would have written is not.
          await app.services.pool.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'second' and state = 'idle in transaction'`,
          );
          return '';
        },
      } as typeof starter,
      bus: app.services.bus,
      log: app.services.log,
      settings: app.services.environment.schedules,
    });
    await expect(dying.tick()).rejects.toThrow();
    expect(await runsOf(owner, made.base)).toHaveLength(1);
    expect((await triggerOf()).lastRunId).toBeNull();
    await app.services.triggers.schedules.tick();
    const runs = await runsOf(owner, made.base);
    expect(runs).toHaveLength(1);
    expect((await triggerOf()).lastRunId).toBe(runs[0].id);
  });

  it('are made up for by one run after days of downtime', async () => {
    await create();
    await makeDue(3 * 24 * hourMs);
    await app.services.triggers.schedules.tick();
    await app.services.triggers.schedules.tick();
    expect(await runsOf(owner, made.base)).toHaveLength(1);
    expect((await triggerOf()).nextRunAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it('do not start while the trigger is off, and are not made up for', async () => {
    await create();
    const { id } = await triggerOf();
    const toggle = (enable_trigger: boolean) =>
      owner.client.post(`${made.base}/trigger-enable`, { trigger_id: id, enable_trigger });
    await toggle(false);
    expect((await triggerOf()).nextRunAt).toBeNull();
    await app.services.triggers.schedules.tick();
    const on = await toggle(true);
    expect(on.json.next_runs[0] * 1_000).toBeGreaterThan(Date.now());
    expect(await runsOf(owner, made.base)).toHaveLength(0);
  });

  it('do not start when the step is gone, the app is closed or deleted', async () => {
    await create();
    await saveDraft(owner, made.base, triggerGraph({ hook: { type: 'trigger-webhook' } }, ['hook', 'x']));
    await publishDraft(owner, made.base);
    expect((await triggerOf()).nextRunAt).toBeNull();
    await owner.client.delete(made.base);
    await create();
    await makeDue();
    await app.services.pool.query("update apps set status = 'disabled' where id = $1", [made.appId]);
    await app.services.triggers.schedules.tick();
    expect((await triggerOf()).nextRunAt?.getTime()).toBeGreaterThan(Date.now());
    expect(await runsOf(owner, made.base)).toHaveLength(0);
    await owner.client.delete(made.base);
    expect(await triggerOf()).toBeUndefined();
  });

  it('wait while the app has as many runs as it may, and say so', async () => {
    await create();
    await makeDue();
    const { starter } = app.services.triggers;
    const busy = new SchedulePoller({
      store: new TriggerStore(app.services.db),
      starter: {
        start: async () => {
          const { ApiError } = await import('../../platform/errors.ts');
          throw new ApiError('too_many_requests');
        },
      } as unknown as typeof starter,
      bus: app.services.bus,
      log: app.services.log,
      settings: app.services.environment.schedules,
    });
    expect(await busy.tick()).toEqual({ count: 1, stillDue: 1 });
    expect((await triggerOf()).lastError).toMatch(/Too many/i);
    await app.services.triggers.schedules.tick();
    expect(await runsOf(owner, made.base)).toHaveLength(1);
    expect((await triggerOf()).lastError).toBeNull();
  });
});

it('starts what is due by itself, without waiting for the end of its interval', async () => {
  const live = await createTestApp();
  try {
    const person = await live.owner();
    const ticking = await createTriggered(person, triggerGraph({ tick: hourly }, ['tick', 'sys.timestamp']));
    await live.services.pool.query('update app_triggers set next_run_at = $1', [new Date(Date.now() + 300)]);
    await live.services.workflows.triggers.registry.announce();
    expect(await lastOutputs(live, ticking.appId)).toHaveProperty('said');
  } finally {
    await live.close();
  }
});
