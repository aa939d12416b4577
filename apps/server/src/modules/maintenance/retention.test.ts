import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../platform/ids.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { Retention, type RetentionSettings } from './retention.ts';
import { RetentionStore } from './retention-store.ts';

const now = new Date('2026-11-30T02:00:00Z');
const workspaceId = newId();
const [appId, otherAppId] = [newId(), newId()];

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const query = <Row extends object>(text: string, values: unknown[] = []) =>
  app.services.pool.query<Row>(text, values).then(({ rows }) => rows);

const off: RetentionSettings = {
  workflowLogCleanup: false,
  workflowLogRetentionMs: 30 * 86_400_000,
  workflowLogBatch: 2,
  workflowLogOnly: [],
  cleanRuns: false,
  cleanMessages: false,
  recordRetentionMs: 10 * 86_400_000,
  recordBatch: 2,
  recordMaxIntervalMs: 0,
  timeZone: 'UTC',
};

function retention(settings: Partial<RetentionSettings>): Retention {
  return new Retention({
    settings: { ...off, ...settings },
    store: new RetentionStore(app.services.pool),
    jobs: {
      work: () => {},
      schedule: () => {},
      send: async () => {},
      start: async () => {},
      stop: async () => {},
    },
    log: app.services.log,
    dropPartitions: async () => [],
  });
}

const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

/** A run of a graph with a record, a large value and a form. */
async function addRun(input: {
  days: number;
  ended?: number;
  status?: string;
  app?: string;
  workflow?: string;
}) {
  const id = newId();
  const { days, ended = days, status = 'succeeded' } = input;
  const finished = status === 'running' || status === 'paused' ? null : daysAgo(ended);
  const values = [id, workspaceId, input.app ?? appId, status, daysAgo(days), finished];
  await query(
    `insert into runs (id, workspace_id, app_id, kind, status, started_by, created_at, finished_at)
     values ($1, $2, $3, 'workflow', $4, 'x', $5, $6)`,
    values,
  );
  await query(
    `insert into workflow_runs (id, workspace_id, app_id, status, created_at, finished_at, workflow_id, graph_id, mode,
       triggered_from, surface, version, user_id, input)
     values ($1, $2, $3, $4, $5, $6, $7, $7, 'workflow', 'app-run', 'service-api', '1', 'u', '{}')`,
    [...values, input.workflow ?? newId()],
  );
  await query(`insert into run_log (run_id, sequence, kind, payload) values ($1, 1, 'engine', '{}')`, [id]);
  await query(`insert into run_values (run_id, hash, payload) values ($1, 'h', '1')`, [id]);
  return id;
}

async function addMessage(input: { days: number; conversation: string; status?: string }) {
  const [id, runId] = [newId(), newId()];
  const { days, conversation, status = 'normal' } = input;
  await query(
    `insert into messages (id, workspace_id, app_id, conversation_id, run_id, query, status, surface, created_at)
     values ($1, $2, $3, $4, $5, 'q', $6, 'service-api', $7)`,
    [id, workspaceId, appId, conversation, runId, status, daysAgo(days)],
  );
  await query(
    `insert into runs (id, workspace_id, app_id, kind, status, started_by, created_at)
     values ($1, $2, $3, 'chat', $4, 'x', $5)`,
    [runId, workspaceId, appId, status === 'running' ? 'running' : 'succeeded', daysAgo(days)],
  );
  await query(`insert into run_log (run_id, sequence, kind, payload) values ($1, 1, 'text', '{}')`, [runId]);
  await query(
    `insert into message_feedbacks (id, workspace_id, app_id, message_id, conversation_id, rating, from_source)
     values ($1, $2, $3, $4, $5, 'like', 'user')`,
    [newId(), workspaceId, appId, id, conversation],
  );
  return id;
}

async function addConversation(days: number): Promise<string> {
  const id = newId();
  await query(
    `insert into conversations (id, workspace_id, app_id, mode, name, surface, created_at, updated_at)
     values ($1, $2, $3, 'chat', 'n', 'service-api', $4, $4)`,
    [id, workspaceId, appId, daysAgo(days)],
  );
  return id;
}

const idsOf = async (table: string, column = 'id') =>
  (await query<{ id: string }>(`select distinct ${column} as id from ${table}`)).map(({ id }) => id).sort();

const everywhere = ['workflow_runs', 'runs', 'run_log', 'run_values'] as const;
const runsLeft = () =>
  Promise.all(everywhere.map((table) => idsOf(table, table.startsWith('run_') ? 'run_id' : 'id')));

beforeEach(async () => {
  const tables = [...everywhere, 'messages', 'conversations', 'message_feedbacks'];
  await query(`truncate ${tables.join(', ')} cascade`);
});

describe('keeping workflow logs for a time', () => {
  it('removes runs that are older with everything that belongs to them, in batches, in every app', async () => {
    for (let count = 0; count < 5; count += 1) await addRun({ days: 31 + count });
    await addRun({ days: 40, app: otherAppId });
    const kept = [await addRun({ days: 29 }), await addRun({ days: 0 })].sort();
    await retention({ workflowLogCleanup: true }).cleanRuns(now);
    expect(await runsLeft()).toEqual([kept, kept, kept, kept]);
  });

  it('never touches what is running or paused, however old, nor what ended late', async () => {
    const kept = [
      await addRun({ days: 400, status: 'running' }),
      await addRun({ days: 400, status: 'paused' }),
      await addRun({ days: 35, ended: 28 }),
    ].sort();
    await addRun({ days: 35, ended: 34, status: 'failed' });
    await retention({
      workflowLogCleanup: true,
      cleanRuns: true,
      recordRetentionMs: 29 * 86_400_000,
    }).cleanRuns(now);
    expect(await runsLeft()).toEqual([kept, kept, kept, kept]);
  });

  it('can be restricted to some workflows', async () => {
    const workflow = newId();
    await addRun({ days: 60, workflow });
    const kept = [await addRun({ days: 60 })];
    await retention({ workflowLogCleanup: true, workflowLogOnly: [workflow] }).cleanRuns(now);
    expect((await runsLeft())[0]).toEqual(kept);
  });

  it('has a second setting with a time of its own', async () => {
    await addRun({ days: 11 });
    const kept = [await addRun({ days: 9 })];
    await retention({ cleanRuns: true }).cleanRuns(now);
    expect((await runsLeft())[0]).toEqual(kept);
  });

  it('is off unless it is switched on', async () => {
    const kept = [await addRun({ days: 4_000 })];
    await retention({}).cleanRuns(now);
    await retention({}).cleanMessages(now);
    expect((await runsLeft())[0]).toEqual(kept);
  });

  it('stops between batches when it is told to', async () => {
    await addRun({ days: 60 });
    const stopped = retention({ workflowLogCleanup: true }).cleanRuns(
      now,
      AbortSignal.abort(new Error('stop')),
    );
    await expect(stopped).rejects.toThrow('stop');
    expect((await runsLeft())[0]).toHaveLength(1);
  });
});

describe('keeping messages for a time', () => {
  it('removes old messages with their ratings and runs, and conversations that have none left', async () => {
    const [old, both, busy] = [
      await addConversation(12),
      await addConversation(1),
      await addConversation(50),
    ];
    for (let count = 0; count < 5; count += 1) await addMessage({ days: 12, conversation: old });
    await addMessage({ days: 12, conversation: both });
    const kept = [
      await addMessage({ days: 1, conversation: both }),
      await addMessage({ days: 50, conversation: busy, status: 'running' }),
    ].sort();
    await retention({ cleanMessages: true }).cleanMessages(now);
    expect(await idsOf('messages')).toEqual(kept);
    expect(await idsOf('message_feedbacks', 'message_id')).toEqual(kept);
    expect(await idsOf('conversations')).toEqual([both, busy].sort());
    expect(await idsOf('runs')).toHaveLength(2);
    expect(await idsOf('run_log', 'run_id')).toEqual(await idsOf('runs'));
  });

  it('leaves runs of graphs to their own settings', async () => {
    const run = await addRun({ days: 60 });
    await query(
      `insert into messages (id, workspace_id, app_id, conversation_id, run_id, query, status, surface, created_at)
       values ($1, $2, $3, $4, $5, 'q', 'normal', 'service-api', $6)`,
      [newId(), workspaceId, appId, await addConversation(60), run, daysAgo(60)],
    );
    await retention({ cleanMessages: true }).cleanMessages(now);
    expect(await idsOf('messages')).toEqual([]);
    expect(await runsLeft()).toEqual([[run], [run], [run], [run]]);
  });
});
