import type { Pool } from 'pg';
import { storableText, toDatabaseJson } from '../../platform/database-json.ts';
import { GroupCommit } from '../../platform/runs/group-commit.ts';
import type { OpenedTurn } from '../turns/turn.ts';
import { conversationRows, messageRows, turnColumns, turnRowOf } from '../turns/turn-rows.ts';
import type { RunOutcome, WorkflowRun } from './run.ts';

/** A run to be written down, with its message where it answers one. */
export interface OpeningRun {
  run: WorkflowRun;
  turn: OpenedTurn | null;
}

interface Opening extends OpeningRun {
  /** Set by the write: false when another run has the same idempotency key. */
  opened: boolean;
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

  /** Resolves when the run is durable; false when there is a run with its idempotency key already. */
  async open(opening: OpeningRun): Promise<boolean> {
    const entry: Opening = { ...opening, opened: false };
    await this.#opening.add(entry);
    return entry.opened;
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
    const runs = openings.map(({ run }) => ({
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
      created_at: run.createdAt.toISOString(),
    }));
    const statement = turns.length === 0 ? openStatement : openChatStatement;
    const { rows } = await this.#pool.query<{ id: string }>({
      name: turns.length === 0 ? 'workflow-runs-open' : 'chatflow-runs-open',
      text: statement,
      values: [toDatabaseJson(runs), this.#ownerId, ...(turns.length === 0 ? [] : [toDatabaseJson(turns)])],
    });
    const opened = new Set(rows.map(({ id }) => id));
    for (const opening of openings) opening.opened = opened.has(opening.run.id);
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
    }));
    const messages = ended.flatMap(({ run, outcome }) => {
      if (run.turn === null) return [];
      const { usage } = outcome;
      return [
        {
          message_id: run.turn.messageId,
          run_id: run.id,
          status: messageStatus(outcome.status),
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

function messageStatus(status: RunOutcome['status']): 'normal' | 'error' | 'stopped' | 'paused' {
  if (status === 'failed') return 'error';
  if (status === 'stopped' || status === 'paused') return status;
  return 'normal';
}

const openedRuns = `run_input as (
  select * from json_to_recordset($1::json) as r(
    id uuid, workspace_id uuid, app_id uuid, kind text, workflow_id uuid, graph_id uuid,
    root_node_id text, mode text, triggered_from text, surface text, version text, conversation_id uuid, message_id uuid, end_user_id uuid,
    account_id uuid, user_id text, input json, idempotency_key text, created_at timestamptz)
), opened as (
  insert into workflow_runs (id, workspace_id, app_id, workflow_id, graph_id, root_node_id, mode, triggered_from,
    surface, version, conversation_id, message_id, end_user_id, account_id, user_id, status, input, idempotency_key, created_at)
  select id, workspace_id, app_id, workflow_id, graph_id, root_node_id, mode, triggered_from, surface, version,
    conversation_id, message_id, end_user_id, account_id, user_id, 'running', input, idempotency_key, created_at
  from run_input
  on conflict (app_id, user_id, idempotency_key) where idempotency_key is not null do nothing
  returning id
), new_runs as (
  insert into runs (id, workspace_id, app_id, kind, status, message_id, started_by, owner_id, created_at)
  select r.id, r.workspace_id, r.app_id, r.kind, 'running', r.message_id, coalesce(r.end_user_id, r.account_id)::text,
    $2::uuid, r.created_at
  from run_input r join opened on opened.id = r.id
)`;

const openStatement = `
with ${openedRuns}
select id from opened`;

const openChatStatement = `
with ${openedRuns}, input as (
  select t.* from jsonb_to_recordset($3::jsonb) as t(${turnColumns}) join opened on opened.id = t.run_id
), ${conversationRows}, new_messages as (${messageRows})
select id from opened`;

const endedRuns = `end_input as (
  select * from json_to_recordset($1::json) as r(
    id uuid, status text, outputs json, error text, elapsed_seconds double precision, total_tokens int,
    total_steps int, exceptions_count int, finished_at timestamptz)
), ended as (
  update runs set status = e.status, error = e.error, finished_at = e.finished_at, owner_id = null
  from end_input e where runs.id = e.id and runs.status = 'running' and runs.owner_id = $2::uuid
  returning runs.id
), ended_workflows as (
  update workflow_runs w set status = e.status, outputs = e.outputs, error = e.error,
    elapsed_seconds = e.elapsed_seconds, total_tokens = e.total_tokens, total_steps = e.total_steps,
    exceptions_count = e.exceptions_count, finished_at = e.finished_at
  from end_input e join ended on ended.id = e.id where w.id = e.id
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
