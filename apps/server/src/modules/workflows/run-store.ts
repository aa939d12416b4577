import type { RunInput } from '@trellis/engine';
import type { GraphAppMode } from '@trellis/graph';
import type { Pool } from 'pg';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Surface, TurnFile } from '../turns/turn.ts';
import type { RunTrigger } from './run.ts';

/** A run as it is stored, with what carrying it on needs. */
export interface StoredRun {
  id: string;
  workspace_id: string;
  app_id: string;
  workflow_id: string;
  graph_id: string;
  /** The trigger that the run began at; null is the graph's first start step. */
  root_node_id: string | null;
  mode: GraphAppMode;
  triggered_from: RunTrigger;
  surface: Surface;
  version: string;
  conversation_id: string | null;
  message_id: string | null;
  end_user_id: string | null;
  account_id: string | null;
  account_name: string | null;
  account_email: string | null;
  user_id: string;
  status: 'running' | 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded' | 'paused';
  input: RunInput;
  outputs: Record<string, unknown> | null;
  error: string | null;
  elapsed_seconds: number;
  total_tokens: number;
  total_steps: number;
  exceptions_count: number;
  idempotency_key: string | null;
  request_hash: string | null;
  origin_run_id: string | null;
  origin_kind: 'retry' | 'rerun' | null;
  origin_node_id: string | null;
  callback_url: string | null;
  created_at: Date;
  finished_at: Date | null;
}

/** Which runs a list shows. */
export interface RunFilter {
  appId: string;
  triggeredFrom?: string | readonly string[] | undefined;
  status?: string | undefined;
  keyword?: string | undefined;
  createdBefore?: Date | undefined;
  createdAfter?: Date | undefined;
  sessionId?: string | undefined;
  accountId?: string | undefined;
}

const columns = `
  w.id, w.workspace_id, w.app_id, w.workflow_id, w.graph_id, w.root_node_id, w.mode, w.triggered_from, w.surface,
  w.version, w.conversation_id, w.message_id, w.end_user_id, w.account_id, a.name as account_name, a.email as account_email,
  w.user_id, w.status, w.input, w.outputs, w.error, w.elapsed_seconds, w.total_tokens, w.total_steps,
  w.exceptions_count, w.idempotency_key, w.request_hash, w.origin_run_id, w.origin_kind, w.origin_node_id,
  w.callback_url, w.created_at, w.finished_at`;

const source = 'from workflow_runs w left join accounts a on a.id = w.account_id';

/** Runs of graphs as they are stored. */
export class RunStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** A run of an app. */
  async find(scope: WorkspaceScope, appId: string, id: string): Promise<StoredRun | null> {
    const { rows } = await this.#pool.query<StoredRun>({
      name: 'workflow-run-find',
      text: `select ${columns} ${source} where w.id = $1 and w.app_id = $2 and w.workspace_id = $3`,
      values: [id, appId, scope.workspaceId],
    });
    return rows[0] ?? null;
  }

  /** The app of a run of the workspace. */
  async appIdOf(scope: WorkspaceScope, id: string): Promise<string | null> {
    const { rows } = await this.#pool.query<{ app_id: string }>(
      'select app_id from workflow_runs where id = $1 and workspace_id = $2',
      [id, scope.workspaceId],
    );
    return rows[0]?.app_id ?? null;
  }

  /** The run that has a key. */
  async findByKey(
    scope: WorkspaceScope,
    by: { appId: string; userId: string; idempotencyKey: string },
  ): Promise<StoredRun | null> {
    const { rows } = await this.#pool.query<StoredRun>(
      `select ${columns} ${source}
       where w.app_id = $1 and w.user_id = $2 and w.idempotency_key = $3 and w.workspace_id = $4`,
      [by.appId, by.userId, by.idempotencyKey, scope.workspaceId],
    );
    return rows[0] ?? null;
  }

  /** A page of runs, newest first, and how many there are. */
  async page(
    scope: WorkspaceScope,
    filter: RunFilter & { page: number; limit: number },
  ): Promise<{ rows: StoredRun[]; total: number }> {
    const { where, values } = conditionsOf(scope, filter);
    const [{ rows }, total] = await Promise.all([
      this.#pool.query<StoredRun>(
        `select ${columns} ${source} where ${where} order by w.created_at desc, w.id desc
         limit $${values.length + 1} offset $${values.length + 2}`,
        [...values, filter.limit, (filter.page - 1) * filter.limit],
      ),
      this.count(scope, filter),
    ]);
    return { rows, total };
  }

  /** How many runs there are. */
  async count(scope: WorkspaceScope, filter: RunFilter): Promise<number> {
    const { where, values } = conditionsOf(scope, filter);
    const { rows } = await this.#pool.query<{ total: number }>(
      `select count(*)::int as total ${source} where ${where}`,
      values,
    );
    return rows[0]?.total ?? 0;
  }

  /** Runs older than one of the list, newest first; one more than `limit` tells whether there are more. */
  async before(
    scope: WorkspaceScope,
    filter: RunFilter & { before: StoredRun | null; limit: number },
  ): Promise<StoredRun[]> {
    const { where, values } = conditionsOf(scope, filter);
    const edge = filter.before;
    const beyond =
      edge === null ? '' : `and (w.created_at, w.id) < ($${values.length + 2}, $${values.length + 3})`;
    const { rows } = await this.#pool.query<StoredRun>(
      `select ${columns} ${source} where ${where} ${beyond} order by w.created_at desc, w.id desc
       limit $${values.length + 1}`,
      [...values, filter.limit + 1, ...(edge === null ? [] : [edge.created_at, edge.id])],
    );
    return rows;
  }

  /** The app of a run as a run sees it; null when it is gone. For runs that are taken over. */
  async appOf(run: StoredRun): Promise<AppSnapshot | null> {
    const { rows } = await this.#pool.query<AppSnapshot>(
      `select id, workspace_id as "workspaceId", name, description, mode, model_config_id as "modelConfigId",
         workflow_id as "workflowId", max_active_requests as "maxActiveRequests"
       from apps where id = $1 and workspace_id = $2`,
      [run.app_id, run.workspace_id],
    );
    return rows[0] ?? null;
  }

  /** The answer in the record of a run that has ended; null while it has not. */
  async answerOf(scope: WorkspaceScope, runId: string): Promise<string | null> {
    const { rows } = await this.#pool.query<{ answer: string }>(
      `select m.answer from workflow_runs w join messages m on m.id = w.message_id
       where w.id = $1 and w.workspace_id = $2 and w.status in ('succeeded', 'failed', 'stopped', 'partial-succeeded')`,
      [runId, scope.workspaceId],
    );
    return rows[0]?.answer ?? null;
  }

  /** What of a message a run that goes on needs. */
  async turnOf(
    run: StoredRun,
  ): Promise<{ parentMessageId: string | null; query: string; createdAt: Date } | null> {
    const { rows } = await this.#pool.query<{
      parentMessageId: string | null;
      query: string;
      createdAt: Date;
    }>(
      `select parent_message_id as "parentMessageId", query, created_at as "createdAt"
       from messages where id = $1 and workspace_id = $2`,
      [run.message_id, run.workspace_id],
    );
    return rows[0] ?? null;
  }

  /** The files that came with the message of a run. */
  async filesOfMessage(run: StoredRun): Promise<TurnFile[]> {
    const { rows } = await this.#pool.query<TurnFile>(
      `select type, transfer_method as "transferMethod", url, upload_file_id as "uploadFileId"
       from message_files where message_id = $1 and workspace_id = $2 and belongs_to = 'user' order by created_at, id`,
      [run.message_id, run.workspace_id],
    );
    return rows;
  }

  /** The message that came right before one in its conversation; null for the first. */
  async messageBefore(
    scope: WorkspaceScope,
    of: { conversationId: string; messageId: string },
  ): Promise<string | null> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `select m.id from messages m, messages here
       where here.id = $1 and m.conversation_id = $2 and m.workspace_id = $3 and here.workspace_id = $3
         and (m.created_at, m.id) < (here.created_at, here.id)
       order by m.created_at desc, m.id desc limit 1`,
      [of.messageId, of.conversationId, scope.workspaceId],
    );
    return rows[0]?.id ?? null;
  }

  /** Takes own runs up that nobody carries out, and with `others` those of dead owners. Answers them. */
  async claim(input: {
    ownerId: string;
    local: readonly string[];
    others: boolean;
    limit: number;
  }): Promise<StoredRun[]> {
    const { rows } = await this.#pool.query<StoredRun>({
      name: 'workflow-runs-claim',
      text: claimStatement,
      values: [input.ownerId, input.local, input.limit, input.others],
    });
    return rows;
  }

  /** Takes one paused run up again; null when it does not wait. */
  async resume(ownerId: string, runId: string): Promise<StoredRun | null> {
    const { rows } = await this.#pool.query<StoredRun>(resumeStatement, [ownerId, runId]);
    return rows[0] ?? null;
  }

  /** Ends a run that nobody can carry on. */
  async abandon(ownerId: string, runId: string, error: string): Promise<void> {
    await this.#pool.query(abandonStatement, [ownerId, runId, error]);
  }

  /** Gives a run back, so that any process takes it over. */
  async release(ownerId: string, runId: string): Promise<void> {
    await this.#pool.query(
      "update runs set owner_id = null where id = $1 and owner_id = $2 and status = 'running'",
      [runId, ownerId],
    );
  }
}

/** Runs whose owner is gone; own runs that are not under way here are left over from a failed write. */
const claimStatement = `
with claimed as (
  update runs set owner_id = $1::uuid, fence = fence + 1
  where id in (
    select r.id from runs r
    where r.status = 'running' and r.kind in ('workflow', 'chatflow')
      and ($4 and not exists (select 1 from run_owners o where o.id = r.owner_id and o.lease_until > now())
        or (r.owner_id = $1::uuid and not r.id = any($2::uuid[]) and r.created_at < now() - interval '10 seconds'))
    order by r.created_at limit $3 for update skip locked)
  returning id
)
select ${columns} ${source} join claimed on claimed.id = w.id`;

const resumeStatement = `
with resumed as (
  update runs set status = 'running', owner_id = $1::uuid, fence = fence + 1
  where id = $2::uuid and status = 'paused' returning id, message_id
), shown as (
  update workflow_runs set status = 'running' from resumed where workflow_runs.id = resumed.id
), message as (
  update messages set status = 'running' from resumed where messages.id = resumed.message_id
)
select ${columns.replace('w.status', "'running' as status")} ${source} join resumed on resumed.id = w.id`;

const abandonStatement = `
with ended as (
  update runs set status = 'failed', error = $3, finished_at = now(), owner_id = null
  where id = $2::uuid and owner_id = $1::uuid and status = 'running' returning id, message_id
), message as (
  update messages set status = 'error', error = $3, updated_at = now() from ended where messages.id = ended.message_id
), owed as (
  insert into run_callbacks (id, workspace_id, app_id, run_id, event)
  select gen_random_uuid(), w.workspace_id, w.app_id, w.id, 'finished'
  from workflow_runs w join ended on ended.id = w.id where w.callback_url is not null
)
update workflow_runs set status = 'failed', error = $3, finished_at = now() from ended
where workflow_runs.id = ended.id`;

function conditionsOf(scope: WorkspaceScope, filter: RunFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [scope.workspaceId, filter.appId];
  const conditions = ['w.workspace_id = $1', 'w.app_id = $2'];
  const add = (condition: (place: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  const { triggeredFrom } = filter;
  if (typeof triggeredFrom === 'string') add((place) => `w.triggered_from = ${place}`, triggeredFrom);
  else add((place) => `w.triggered_from = any(${place}::text[])`, triggeredFrom);
  add((place) => `w.status = ${place}`, filter.status);
  add((place) => `w.created_at <= ${place}`, filter.createdBefore);
  add((place) => `w.created_at >= ${place}`, filter.createdAfter);
  add((place) => `w.end_user_id is not null and w.user_id = ${place}`, filter.sessionId);
  add((place) => `w.account_id = ${place}::uuid`, filter.accountId);
  add(
    (place) =>
      `(strpos(w.input::text, ${place}) > 0 or strpos(coalesce(w.outputs::text, ''), ${place}) > 0
        or strpos(w.user_id, ${place}) > 0 or w.id::text = ${place})`,
    filter.keyword,
  );
  return { where: conditions.join(' and '), values };
}
