import { encodeRecord, type RunRecord } from '@trellis/engine';
import type { Pool } from 'pg';
import { storableText, toDatabaseJson } from '../../platform/database-json.ts';
import { newId } from '../../platform/ids.ts';
import { rowsWithPlaces } from '../../platform/runs/active-limit.ts';
import { GroupCommit } from '../../platform/runs/group-commit.ts';
import type { OpenedTurn } from '../turns/turn.ts';
import { conversationRows, messageRows, turnColumns, turnRowOf } from '../turns/turn-rows.ts';
import { pauseDetails } from './callbacks/callback-payload.ts';
import type { RunOutcome, WorkflowRun } from './run.ts';

/** A run to be written down, with its message where it answers one. */
export interface OpeningRun {
  run: WorkflowRun;
  turn: OpenedTurn | null;
  /** What its log begins with: the part of another run that it goes on from. */
  records?: readonly RunRecord[];
}

/** What became of a run: written down, or another one has its idempotency key, or its app has no place for it. */
export type OpenOutcome = 'opened' | 'known' | 'full';

interface Opening extends OpeningRun {
  /** Most runs of the app at a time, over all processes; null where that need not be counted. */
  limit: number | null;
  /** Set by the write. */
  outcome: OpenOutcome;
}

/** A run that ended or pauses. */
export interface EndedRun {
  run: WorkflowRun;
  outcome: RunOutcome;
}

/**
 * Writes runs down: one statement when they are accepted, one when they end, each for all runs at about the same
 * time. A run is accepted once the first has been committed.
 */
export class RunWriter {
  readonly #opening: GroupCommit<Opening>;
  readonly #ending: GroupCommit<EndedRun>;
  readonly #pool: Pool;
  readonly #ownerId: string;

  constructor(options: { pool: Pool; ownerId: string }) {
    this.#pool = options.pool;
    this.#ownerId = options.ownerId;
    this.#opening = new GroupCommit({ write: (runs) => this.#writeOpen(runs) });
    this.#ending = new GroupCommit({ write: (runs) => this.#writeEnd(runs) });
  }

  /** Statements written so far. */
  get flushes(): number {
    return this.#opening.flushes + this.#ending.flushes;
  }

  /** Resolves when the run is durable, or is not to be; `limit` is that of its app over all processes. */
  async open(opening: OpeningRun, limit: number | null = null): Promise<OpenOutcome> {
    const entry: Opening = { ...opening, limit, outcome: 'full' };
    await this.#opening.add(entry);
    return entry.outcome;
  }

  /** Records how a run ended. One that another process has taken over meanwhile is left as that one writes it. */
  end(ended: EndedRun): Promise<void> {
    return this.#ending.add(ended);
  }

  /** Waits until everything handed in is written. */
  async settled(): Promise<void> {
    await this.#opening.settled();
    await this.#ending.settled();
  }

  async #writeOpen(openings: Opening[]): Promise<void> {
    const turns = openings.flatMap(({ turn }) => (turn === null ? [] : [turnRowOf(turn)]));
    const isLimited = openings.some(({ limit }) => limit !== null);
    const runs = openings.map(({ run, records, limit }) => ({
      id: run.id,
      workspace_id: run.scope.workspaceId,
      app_id: run.app.id,
      kind: run.mode === 'workflow' ? 'workflow' : 'chatflow',
      workflow_id: run.workflowId,
      graph_id: run.definition.id,
      root_node_id: run.definition.root,
      mode: run.mode,
      triggered_from: run.triggeredFrom,
      surface: run.surface,
      version: run.definition.version,
      conversation_id: run.turn?.conversationId ?? null,
      message_id: run.turn?.messageId ?? null,
      end_user_id: run.asker.endUserId,
      account_id: run.asker.accountId,
      user_id: storableText(run.userId),
      input: run.input,
      idempotency_key: run.idempotencyKey,
      request_hash: run.requestHash,
      origin_run_id: run.origin?.runId ?? null,
      origin_kind: run.origin?.kind ?? null,
      origin_node_id: run.origin?.nodeId ?? null,
      callback_url: run.callbackUrl,
      records: records?.map((record): unknown => JSON.parse(encodeRecord(record))) ?? null,
      created_at: run.createdAt.toISOString(),
      ...(isLimited ? { active_limit: limit } : {}),
    }));
    const kind = turns.length === 0 ? 'workflow' : 'chatflow';
    const { rows } = await this.#pool.query<{ id: string; fresh: boolean }>({
      name: `${kind}-runs-open${isLimited ? '-limited' : ''}`,
      text: openStatements[kind][isLimited ? 'limited' : 'unlimited'],
      values: [toDatabaseJson(runs), this.#ownerId, ...(turns.length === 0 ? [] : [toDatabaseJson(turns)])],
    });
    const fresh = new Map(rows.map((row) => [row.id, row.fresh]));
    for (const opening of openings) {
      const isFresh = fresh.get(opening.run.id);
      opening.outcome = isFresh === undefined ? 'full' : isFresh ? 'opened' : 'known';
    }
  }

  async #writeEnd(ended: EndedRun[]): Promise<void> {
    const rows = ended.map(({ run, outcome }) => ({
      id: run.id,
      status: outcome.status,
      outputs: outcome.outputs,
      error: outcome.error === '' ? null : storableText(outcome.error),
      elapsed_seconds: outcome.elapsedSeconds,
      total_tokens: outcome.totalTokens,
      total_steps: outcome.totalSteps,
      exceptions_count: outcome.exceptionsCount,
      finished_at: outcome.finishedAt?.toISOString() ?? null,
      message_id: run.turn?.messageId ?? null,
      callback_id: run.callbackUrl === null ? null : newId(),
      callback_details: pauseOf(outcome),
    }));
    const messages = ended.flatMap(({ run, outcome }) => {
      if (run.turn === null) return [];
      const { usage } = outcome;
      return [
        {
          message_id: run.turn.messageId,
          run_id: run.id,
          status: messageStatus(outcome),
          error: outcome.status === 'failed' ? storableText(outcome.error) : null,
          answer: storableText(outcome.answer),
          metadata: { annotation_reply: null, retriever_resources: outcome.retrieverResources, usage },
          message_tokens: usage.prompt_tokens,
          answer_tokens: usage.completion_tokens,
          total_price: usage.total_price,
          currency: usage.currency,
          latency_seconds: outcome.elapsedSeconds,
        },
      ];
    });
    await this.#pool.query({
      name: messages.length === 0 ? 'workflow-runs-end' : 'chatflow-runs-end',
      text: messages.length === 0 ? endStatement : endChatStatement,
      values: [
        toDatabaseJson(rows),
        this.#ownerId,
        ...(messages.length === 0 ? [] : [toDatabaseJson(messages)]),
      ],
    });
  }
}

/** What a callback tells of a pause. */
function pauseOf({ closing }: RunOutcome): Record<string, unknown> | null {
  for (const { event } of closing) if (event.event === 'workflow_paused') return pauseDetails(event.data);
  return null;
}

function messageStatus({ status, isModerated }: RunOutcome): 'normal' | 'error' | 'stopped' | 'paused' {
  if (status === 'failed') return 'error';
  // Moderation ends a run, but not before its answer is whole.
  if (status === 'stopped' && isModerated) return 'normal';
  if (status === 'stopped' || status === 'paused') return status;
  return 'normal';
}

const runColumns = `
    id uuid, workspace_id uuid, app_id uuid, kind text, workflow_id uuid, graph_id uuid, root_node_id text,
    mode text, triggered_from text, surface text, version text, conversation_id uuid, message_id uuid, end_user_id uuid,
    account_id uuid, user_id text, input json, idempotency_key text, request_hash text, origin_run_id uuid,
    origin_kind text, origin_node_id text, callback_url text, records json, created_at timestamptz`;

const runInput = {
  unlimited: `run_input as (select * from json_to_recordset($1::json) as r(${runColumns}))`,
  limited: `asked as (select * from json_to_recordset($1::json) as r(${runColumns}, active_limit int)
), ${rowsWithPlaces('asked', 'run_input')}`,
};

const openedRuns = `opened as (
  insert into workflow_runs (id, workspace_id, app_id, workflow_id, graph_id, root_node_id, mode, triggered_from,
    surface, version, conversation_id, message_id, end_user_id, account_id, user_id, status, input, idempotency_key,
    request_hash, origin_run_id, origin_kind, origin_node_id, callback_url, created_at)
  select id, workspace_id, app_id, workflow_id, graph_id, root_node_id, mode, triggered_from, surface, version,
    conversation_id, message_id, end_user_id, account_id, user_id, 'running', input, idempotency_key, request_hash,
    origin_run_id, origin_kind, origin_node_id, callback_url, created_at
  from run_input
  on conflict (app_id, user_id, idempotency_key) where idempotency_key is not null do nothing
  returning id
), new_runs as (
  insert into runs (id, workspace_id, app_id, kind, status, message_id, started_by, owner_id, created_at)
  select r.id, r.workspace_id, r.app_id, r.kind, 'running', r.message_id, coalesce(r.end_user_id, r.account_id)::text,
    $2::uuid, r.created_at
  from run_input r join opened on opened.id = r.id
), first_records as (
  insert into run_log (run_id, sequence, kind, payload)
  select r.id, l.place, 'engine', l.payload
  from run_input r join opened on opened.id = r.id
    cross join lateral json_array_elements(r.records) with ordinality as l(payload, place)
)`;

const openedTurns = `input as (
  select t.* from jsonb_to_recordset($3::jsonb) as t(${turnColumns}) join opened on opened.id = t.run_id
), ${conversationRows}, new_messages as (${messageRows})`;

/** Runs that found a place, and which of them are new. */
const answer =
  'select r.id, opened.id is not null as fresh from run_input r left join opened on opened.id = r.id';

const openStatements = {
  workflow: {
    unlimited: `with ${runInput.unlimited}, ${openedRuns} ${answer}`,
    limited: `with ${runInput.limited}, ${openedRuns} ${answer}`,
  },
  chatflow: {
    unlimited: `with ${runInput.unlimited}, ${openedRuns}, ${openedTurns} ${answer}`,
    limited: `with ${runInput.limited}, ${openedRuns}, ${openedTurns} ${answer}`,
  },
};

const endedRuns = `end_input as (
  select * from json_to_recordset($1::json) as r(
    id uuid, status text, outputs json, error text, elapsed_seconds double precision, total_tokens int,
    total_steps int, exceptions_count int, finished_at timestamptz, callback_id uuid, callback_details json)
), ended as (
  update runs set status = e.status, error = e.error, finished_at = e.finished_at, owner_id = null
  from end_input e where runs.id = e.id and runs.status = 'running' and runs.owner_id = $2::uuid
  returning runs.id
), ended_workflows as (
  update workflow_runs w set status = e.status, outputs = e.outputs, error = e.error,
    elapsed_seconds = e.elapsed_seconds, total_tokens = e.total_tokens, total_steps = e.total_steps,
    exceptions_count = e.exceptions_count, finished_at = e.finished_at
  from end_input e join ended on ended.id = e.id where w.id = e.id
), owed as (
  insert into run_callbacks (id, workspace_id, app_id, run_id, event, details)
  select e.callback_id, w.workspace_id, w.app_id, w.id, case e.status when 'paused' then 'paused' else 'finished' end,
    e.callback_details
  from end_input e join ended on ended.id = e.id join workflow_runs w on w.id = e.id
  where e.callback_id is not null
)`;

const endStatement = `
with ${endedRuns}
select id from ended`;

const endChatStatement = `
with ${endedRuns}, message_input as (
  select * from jsonb_to_recordset($3::jsonb) as t(
    message_id uuid, run_id uuid, status text, error text, answer text, metadata jsonb, message_tokens int,
    answer_tokens int, total_price numeric, currency text, latency_seconds double precision)
)
update messages m set answer = t.answer, status = t.status, error = t.error, metadata = t.metadata,
  message_tokens = t.message_tokens, answer_tokens = t.answer_tokens, total_price = t.total_price,
  currency = t.currency, latency_seconds = t.latency_seconds, updated_at = now()
from message_input t join ended on ended.id = t.run_id
where m.id = t.message_id`;
