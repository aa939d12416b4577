import type { Pool } from 'pg';
import { storableText, toDatabaseJson } from '../../platform/database-json.ts';
import { GroupCommit } from '../../platform/runs/group-commit.ts';
import type { Turn, TurnOutcome } from './turn.ts';
import { conversationRows, messageRows, turnColumns, turnRowOf } from './turn-rows.ts';

/** What is said in the record of a turn whose process died. */
export const interruptedMessage = 'The server stopped while this answer was being written.';

interface Finished {
  turn: Turn;
  outcome: TurnOutcome;
  latencySeconds: number;
}

/**
 * Writes turns down: one statement when they open, one when they end, each for all turns that open or end at about the
 * same time. A turn is open for its client only after the first has been committed.
 */
export class TurnWriter {
  readonly #opening: GroupCommit<Turn>;
  readonly #finishing: GroupCommit<Finished>;
  readonly #pool: Pool;
  readonly #ownerId: string;

  constructor(options: { pool: Pool; ownerId: string }) {
    this.#pool = options.pool;
    this.#ownerId = options.ownerId;
    this.#opening = new GroupCommit({ write: (turns) => this.#writeOpen(turns) });
    this.#finishing = new GroupCommit({ write: (turns) => this.#writeFinish(turns) });
  }

  /** Statements written so far. */
  get flushes(): number {
    return this.#opening.flushes + this.#finishing.flushes;
  }

  /** Records conversation, message and run; resolves when they are durable. */
  open(turn: Turn): Promise<void> {
    return this.#opening.add(turn);
  }

  /** Records how a turn ended. A turn that another process has taken over meanwhile is left as that one wrote it. */
  finish(finished: Finished): Promise<void> {
    return this.#finishing.add(finished);
  }

  /** Waits until everything handed in is written. */
  async settled(): Promise<void> {
    await this.#opening.settled();
    await this.#finishing.settled();
  }

  async #writeOpen(turns: Turn[]): Promise<void> {
    const rows = turns.map(turnRowOf);
    await this.#pool.query({
      name: 'turns-open',
      text: openStatement,
      values: [toDatabaseJson(rows), this.#ownerId],
    });
  }

  async #writeFinish(finished: Finished[]): Promise<void> {
    const rows = finished.map(({ turn, outcome, latencySeconds }) => ({
      run_id: turn.runId,
      message_id: turn.messageId,
      run_status: outcome.status,
      message_status:
        outcome.status === 'failed' ? 'error' : outcome.status === 'stopped' ? 'stopped' : 'normal',
      error: outcome.error?.message ?? null,
      answer: storableText(outcome.answer),
      prompt: outcome.prompt,
      metadata: outcome.metadata,
      model_provider: outcome.modelProvider,
      model_id: outcome.modelId,
      message_tokens: outcome.metadata.usage.prompt_tokens,
      answer_tokens: outcome.metadata.usage.completion_tokens,
      total_price: outcome.metadata.usage.total_price,
      currency: outcome.metadata.usage.currency,
      latency_seconds: latencySeconds,
    }));
    await this.#pool.query({
      name: 'turns-finish',
      text: finishStatement,
      values: [toDatabaseJson(rows), this.#ownerId],
    });
  }
}

const openStatement = `
with input as (
  select * from jsonb_to_recordset($1::jsonb) as t(${turnColumns})
), new_runs as (
  insert into runs (id, workspace_id, app_id, kind, status, message_id, started_by, owner_id, created_at)
  select run_id, workspace_id, app_id, kind, 'running', message_id, coalesce(end_user_id, account_id)::text, $2::uuid,
    created_at
  from input
), ${conversationRows}
${messageRows}`;

const finishStatement = `
with input as (
  select * from jsonb_to_recordset($1::jsonb) as t(
    run_id uuid, message_id uuid, run_status text, message_status text, error text, answer text, prompt jsonb,
    metadata jsonb, model_provider text, model_id text, message_tokens int, answer_tokens int, total_price numeric,
    currency text, latency_seconds double precision)
), ended as (
  update runs r set status = t.run_status, error = t.error, finished_at = now(), owner_id = null
  from input t where r.id = t.run_id and r.status = 'running' and r.owner_id = $2::uuid
  returning r.id
)
update messages m set answer = t.answer, status = t.message_status, error = t.error, prompt = t.prompt,
  metadata = t.metadata, model_provider = coalesce(t.model_provider, m.model_provider),
  model_id = coalesce(t.model_id, m.model_id), message_tokens = t.message_tokens, answer_tokens = t.answer_tokens,
  total_price = t.total_price, currency = t.currency, latency_seconds = t.latency_seconds, updated_at = now()
from input t join ended on ended.id = t.run_id
where m.id = t.message_id`;
