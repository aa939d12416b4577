import type { Pool } from 'pg';
import { storableText, toDatabaseJson } from '../../platform/database-json.ts';
import { newId } from '../../platform/ids.ts';
import { GroupCommit } from '../../platform/runs/group-commit.ts';
import type { Turn, TurnOutcome } from './turn.ts';

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
    const rows = turns.map((turn) => ({
      run_id: turn.runId,
      message_id: turn.messageId,
      conversation_id: turn.conversationId,
      is_new: turn.isNewConversation,
      workspace_id: turn.scope.workspaceId,
      app_id: turn.app.id,
      kind: turn.app.mode === 'completion' ? 'completion' : 'chat',
      mode: turn.app.mode,
      model_config_id: turn.configId,
      override_config: turn.overrideConfig,
      name: turn.conversationName,
      introduction: turn.introduction,
      surface: turn.surface,
      end_user_id: turn.asker.endUserId,
      account_id: turn.asker.accountId,
      query: turn.query,
      inputs: turn.inputs,
      parent_message_id: turn.parentMessageId,
      model_provider: turn.config.model?.provider ?? null,
      model_id: turn.config.model?.name ?? null,
      created_at: turn.createdAt.toISOString(),
      files: turn.files.map((file) => ({
        id: newId(),
        type: file.type,
        transfer_method: file.transferMethod,
        url: file.url,
        upload_file_id: file.uploadFileId,
      })),
    }));
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
  select * from jsonb_to_recordset($1::jsonb) as t(
    run_id uuid, message_id uuid, conversation_id uuid, is_new boolean, workspace_id uuid, app_id uuid, kind text,
    mode text, model_config_id uuid, override_config jsonb, name text, introduction text, surface text,
    end_user_id uuid, account_id uuid, query text, inputs jsonb, parent_message_id uuid, model_provider text,
    model_id text, created_at timestamptz, files jsonb)
), new_conversations as (
  insert into conversations (id, workspace_id, app_id, model_config_id, override_config, mode, name, inputs,
    introduction, surface, end_user_id, account_id, message_count, created_at, updated_at)
  select conversation_id, workspace_id, app_id, model_config_id, override_config, mode, name, inputs, introduction,
    surface, end_user_id, account_id, 1, created_at, created_at
  from input where is_new
), continued as (
  update conversations c set message_count = c.message_count + t.added, updated_at = t.latest, read_at = null
  from (select conversation_id, count(*)::int as added, max(created_at) as latest
        from input where not is_new group by conversation_id) t
  where c.id = t.conversation_id
), new_runs as (
  insert into runs (id, workspace_id, app_id, kind, status, message_id, started_by, owner_id, created_at)
  select run_id, workspace_id, app_id, kind, 'running', message_id, coalesce(end_user_id, account_id)::text, $2::uuid,
    created_at
  from input
), new_files as (
  insert into message_files (id, workspace_id, app_id, message_id, type, transfer_method, url, upload_file_id,
    belongs_to, created_at)
  select f.id, t.workspace_id, t.app_id, t.message_id, f.type, f.transfer_method, f.url, f.upload_file_id, 'user',
    t.created_at
  from input t cross join lateral jsonb_to_recordset(t.files) as f(
    id uuid, type text, transfer_method text, url text, upload_file_id uuid)
  where jsonb_array_length(t.files) > 0
)
insert into messages (id, workspace_id, app_id, conversation_id, run_id, parent_message_id, inputs, query, status,
  surface, end_user_id, account_id, model_provider, model_id, created_at, updated_at)
select message_id, workspace_id, app_id, conversation_id, run_id, parent_message_id, inputs, query, 'running',
  surface, end_user_id, account_id, model_provider, model_id, created_at, created_at
from input`;

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
