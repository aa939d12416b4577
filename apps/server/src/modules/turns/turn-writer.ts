import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { storableText, toDatabaseJson } from '../../platform/database-json.ts';
import { rowsWithPlaces } from '../../platform/runs/active-limit.ts';
import { GroupCommit } from '../../platform/runs/group-commit.ts';
import type { Turn, TurnOutcome } from './turn.ts';
import type { TurnKey } from './turn-key-store.ts';
import { conversationRows, messageRows, turnColumns, turnRowOf } from './turn-rows.ts';

/** What is said in the record of a turn whose process died. */
export const interruptedMessage = 'The server stopped while this answer was being written.';

/** Tries to write an ending before the turn is left to the take-over, which ends it with the text that was logged. */
const triesBeforeRelease = 5;
const maxPauseMs = 5_000;

interface Opening {
  turn: Turn;
  /** Most turns of the app at a time, over all processes; null where that need not be counted. */
  limit: number | null;
  /** Set by the write: whether there was a place for it. */
  opened: boolean;
}

interface Finished {
  turn: Turn;
  outcome: TurnOutcome;
  latencySeconds: number;
}

/**
 * Writes turns down: one statement when they open, one when they end, each for all turns that open or end at about the
 * same time. A turn is open for its client only after the first has been committed. What the database refuses is tried
 * again until it is written or the turn is given up for others to end: no turn stays running for ever.
 */
export class TurnWriter {
  readonly #opening: GroupCommit<Opening>;
  readonly #finishing: GroupCommit<Finished>;
  readonly #pool: Pool;
  readonly #ownerId: string;
  readonly #retryMs: number;
  readonly #unfinished = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: { pool: Pool; ownerId: string; retryMs?: number }) {
    this.#pool = options.pool;
    this.#ownerId = options.ownerId;
    this.#retryMs = options.retryMs ?? 200;
    this.#opening = new GroupCommit({ write: (openings) => this.#writeOpen(openings) });
    this.#finishing = new GroupCommit({ write: (turns) => this.#writeFinish(turns) });
  }

  /** Statements written so far. */
  get flushes(): number {
    return this.#opening.flushes + this.#finishing.flushes;
  }

  /**
   * Records conversation, message and run; resolves when they are durable. A turn that fails to open never runs. False
   * when `limit` turns of its app are under way in all processes together, and nothing was written.
   */
  async open(turn: Turn, limit: number | null = null): Promise<boolean> {
    const opening: Opening = { turn, limit, opened: false };
    try {
      await this.#opening.add(opening);
      return opening.opened;
    } catch (error) {
      // The rows may be there all the same, when only the database's answer was lost.
      this.#insist(() => this.#release(turn.runId));
      throw error;
    }
  }

  /**
   * The same for a turn with an idempotency key, whose row is written with it: `known` when another turn has the key.
   * Never in one statement with other turns, which are not to wait for a key.
   */
  async openKeyed(turn: Turn, key: TurnKey, limit: number | null): Promise<'opened' | 'known' | 'full'> {
    const row = { ...turnRowOf(turn), active_limit: limit, started_by: key.startedBy };
    try {
      const { rows } = await this.#pool.query<{ opened: boolean; known: boolean }>({
        name: 'turn-open-keyed',
        text: openKeyedStatement,
        values: [toDatabaseJson([row]), this.#ownerId, storableText(key.key), key.requestHash],
      });
      if (rows[0]?.opened) return 'opened';
      return rows[0]?.known ? 'known' : 'full';
    } catch (error) {
      this.#insist(() => this.#release(turn.runId));
      throw error;
    }
  }

  /**
   * Records how a turn ended. A turn that another process has taken over meanwhile is left as that one wrote it. Throws
   * when the first try fails; the others go on in the background.
   */
  async finish(finished: Finished): Promise<void> {
    try {
      await this.#finishing.add(finished);
    } catch (error) {
      this.#insist(async (tries) => {
        try {
          await this.#finishing.add(finished);
        } catch (cause) {
          if (tries < triesBeforeRelease && !this.#closing.signal.aborted) throw cause;
          await this.#release(finished.turn.runId);
        }
      });
      throw error;
    }
  }

  /** Waits until everything handed in is written; what the database still refuses is tried once more and given up. */
  async settled(): Promise<void> {
    await this.#opening.settled();
    await this.#finishing.settled();
    this.#closing.abort();
    await Promise.all(this.#unfinished);
  }

  /** Tries until it works, with growing pauses; at shutdown once more, without a pause. */
  #insist(attempt: (tries: number) => Promise<void>): void {
    const work = this.#repeat(attempt).finally(() => this.#unfinished.delete(work));
    this.#unfinished.add(work);
  }

  async #repeat(attempt: (tries: number) => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    for (let tries = 1; ; tries += 1) {
      const pauseMs = Math.min(this.#retryMs * 2 ** (tries - 1), maxPauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      const last = signal.aborted;
      try {
        await attempt(tries);
        return;
      } catch {
        // Whoever handed it in has logged why; this process's lease ends with it, and then others end the turn.
        if (last) return;
      }
    }
  }

  /** Leaves a turn to whoever sweeps next. */
  async #release(runId: string): Promise<void> {
    await this.#pool.query(
      "update runs set owner_id = null where id = $1 and owner_id = $2 and status = 'running'",
      [runId, this.#ownerId],
    );
  }

  async #writeOpen(openings: Opening[]): Promise<void> {
    const isLimited = openings.some(({ limit }) => limit !== null);
    const rows = openings.map(({ turn, limit }) =>
      isLimited ? { ...turnRowOf(turn), active_limit: limit } : turnRowOf(turn),
    );
    const { rows: written } = await this.#pool.query<{ run_id: string }>({
      name: isLimited ? 'turns-open-limited' : 'turns-open',
      text: isLimited ? openLimitedStatement : openStatement,
      values: [toDatabaseJson(rows), this.#ownerId],
    });
    const opened = new Set(written.map(({ run_id: id }) => id));
    for (const opening of openings) opening.opened = !isLimited || opened.has(opening.turn.runId);
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

const openedRows = `new_runs as (
  insert into runs (id, workspace_id, app_id, kind, status, message_id, started_by, owner_id, created_at)
  select run_id, workspace_id, app_id, kind, 'running', message_id, coalesce(end_user_id, account_id)::text, $2::uuid,
    created_at
  from input
), ${conversationRows}`;

const openStatement = `
with input as (
  select * from jsonb_to_recordset($1::jsonb) as t(${turnColumns})
), ${openedRows}
${messageRows}`;

const openLimitedStatement = `
with asked as (
  select * from jsonb_to_recordset($1::jsonb) as t(${turnColumns}, active_limit int)
), ${rowsWithPlaces('asked', 'input')}, ${openedRows}
${messageRows}
returning run_id`;

const openKeyedStatement = `
with asked as (
  select * from jsonb_to_recordset($1::jsonb) as t(${turnColumns}, active_limit int, started_by text)
), ${rowsWithPlaces('asked', 'placed')}, keyed as (
  insert into turn_keys (app_id, started_by, key, workspace_id, request_hash, run_id)
  select app_id, started_by, $3, workspace_id, $4, run_id from placed
  on conflict do nothing returning run_id
), input as (
  select placed.* from placed join keyed on keyed.run_id = placed.run_id
), ${openedRows}, new_messages as (${messageRows})
select exists (select from keyed) as opened, exists (select from placed) as known`;

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
