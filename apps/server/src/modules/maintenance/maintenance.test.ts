import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../platform/ids.ts';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { keptAfterRemoval, removedWithApp } from './removed-app-store.ts';

let app: TestApp;
let owner: TestPerson;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
});
afterAll(() => app.close());

const query = <T extends object>(text: string, values: unknown[] = []) =>
  app.services.pool.query<T>(text, values).then(({ rows }) => rows);

async function addApp(): Promise<string> {
  const answer = await owner.client.post('/console/api/apps', { name: 'Short-lived', mode: 'chat' });
  expect(answer.status).toBe(201);
  return answer.json.id;
}

async function addTurn(appId: string): Promise<void> {
  const { workspaceId } = owner;
  const [conversationId, messageId, runId] = [newId(), newId(), newId()];
  await query(
    `insert into conversations (id, workspace_id, app_id, mode, name, surface) values ($1, $2, $3, 'chat', 'n', 'console')`,
    [conversationId, workspaceId, appId],
  );
  await query(
    `insert into messages (id, workspace_id, app_id, conversation_id, run_id, query, status, surface)
     values ($1, $2, $3, $4, $5, 'q', 'normal', 'console')`,
    [messageId, workspaceId, appId, conversationId, runId],
  );
  await query(
    `insert into runs (id, workspace_id, app_id, kind, status, started_by) values ($1, $2, $3, 'chat', 'succeeded', 'x')`,
    [runId, workspaceId, appId],
  );
  await app.services.runLog.append({ runId, sequence: 1, kind: 'text', payload: { text: 'hello' } });
}

async function left(appId: string): Promise<number> {
  const [row] = await query<{ count: number }>(
    `select ((select count(*) from messages where app_id = $1) + (select count(*) from conversations where app_id = $1)
           + (select count(*) from runs where app_id = $1))::int as count`,
    [appId],
  );
  return row?.count ?? -1;
}

async function logRows(): Promise<number> {
  const [row] = await query<{ count: number }>('select count(*)::int as count from run_log');
  return row?.count ?? -1;
}

async function untilGone(appId: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while ((await left(appId)) > 0) {
    if (Date.now() > deadline) throw new Error('the rows are still there');
    await pause(20);
  }
}

describe('removing an app', () => {
  it('removes its conversations, messages, runs and their log in a job, and nothing of others', async () => {
    const [doomed, other] = [await addApp(), await addApp()];
    for (let turn = 0; turn < 3; turn += 1) await addTurn(doomed);
    await addTurn(other);
    expect((await owner.client.delete(`/console/api/apps/${doomed}`)).status).toBe(204);
    await untilGone(doomed);
    expect(await left(other)).toBe(3);
    expect(await logRows()).toBe(1);
  });

  it('leaves an app alone that is still there', async () => {
    const id = await addApp();
    await addTurn(id);
    await app.services.maintenance.removeApp(id);
    expect(await left(id)).toBe(3);
  });

  it('knows every table with rows of an app', async () => {
    const rows = await query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
       where a.attname = 'app_id' and not a.attisdropped and c.relkind in ('r', 'p') and not c.relispartition
         and c.relnamespace = 'public'::regnamespace
         and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'
                         and k.confrelid = 'apps'::regclass and k.confdeltype = 'c')`,
    );
    const known = [...removedWithApp, ...keptAfterRemoval].sort();
    expect(rows.map(({ name }) => name).sort()).toEqual(known);
  });
});

describe('housekeeping', () => {
  it('removes what has expired and keeps what has not', async () => {
    await query(`insert into attempt_counters (key, count, expires_at)
                 values ('old', 1, now() - interval '1 s'), ('new', 1, now() + interval '1 h')`);
    await query(`insert into one_time_tokens (token_hash, purpose, subject, expires_at)
                 values ('old', 'register', 's', now() - interval '1 s'), ('new', 'register', 's', now() + interval '1 h')`);
    await query(
      `insert into sessions (id, account_id, refresh_token_hash, expires_at, revoked_at)
                 values (gen_random_uuid(), $1, 'old', now() - interval '8 days', null),
                        (gen_random_uuid(), $1, 'revoked', now() + interval '1 day', now() - interval '8 days'),
                        (gen_random_uuid(), $1, 'new', now() + interval '1 day', null)`,
      [owner.accountId],
    );
    await app.services.maintenance.cleanUp(new Date());
    expect(await query(`select key from attempt_counters where key in ('old', 'new')`)).toEqual([
      { key: 'new' },
    ]);
    expect(await query('select token_hash from one_time_tokens')).toEqual([{ token_hash: 'new' }]);
    expect(
      await query(
        `select refresh_token_hash as hash from sessions where refresh_token_hash in ('old', 'revoked', 'new')`,
      ),
    ).toEqual([{ hash: 'new' }]);
    expect((await owner.client.get('/console/api/account/profile')).status).toBe(200);
  });

  it('finds what a lost removal or a late turn has left', async () => {
    const gone = newId();
    await addTurn(gone);
    await app.services.maintenance.cleanUp(new Date());
    await untilGone(gone);
  });
});
