import type { MessageMetadata } from '@trellis/contracts';
import type { Pool } from 'pg';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { TurnOutcome } from './turn.ts';

/** An idempotency key, where it counts: in an app, for whoever asks. */
export interface TurnKey {
  appId: string;
  /** Id of the end user or account. */
  startedBy: string;
  key: string;
  /** Fingerprint of the request. */
  requestHash: string;
}

/** The turn that a key stands for, as it is stored. */
export interface StoredTurn {
  runId: string;
  requestHash: string;
  messageId: string;
  conversationId: string;
  createdAt: Date;
  status: 'running' | 'normal' | 'error' | 'stopped' | 'paused';
  answer: string;
  metadata: MessageMetadata | null;
  error: string | null;
  failure: TurnOutcome['error'];
}

/** Which turn an idempotency key stands for. `TurnWriter` writes them down with their turns. */
export class TurnKeyStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The turn of a key, as far as it has come. */
  async find(scope: WorkspaceScope, { appId, startedBy, key }: TurnKey): Promise<StoredTurn | null> {
    const { rows } = await this.#pool.query<StoredTurn>({
      name: 'turn-key-find',
      text: `select k.run_id as "runId", k.request_hash as "requestHash", k.failure, m.id as "messageId",
               m.conversation_id as "conversationId", m.created_at as "createdAt", m.status, m.answer, m.metadata,
               m.error
             from turn_keys k join runs r on r.id = k.run_id join messages m on m.id = r.message_id
             where k.app_id = $1 and k.started_by = $2 and k.key = $3 and k.workspace_id = $4`,
      values: [appId, startedBy, key, scope.workspaceId],
    });
    return rows[0] ?? null;
  }

  /** Notes how a failed turn is told, which its message does not say. */
  async noteFailure(
    scope: WorkspaceScope,
    { appId, startedBy, key }: TurnKey,
    failure: NonNullable<TurnOutcome['error']>,
  ): Promise<void> {
    await this.#pool.query(
      `update turn_keys set failure = $5
       where app_id = $1 and started_by = $2 and key = $3 and workspace_id = $4`,
      [appId, startedBy, key, scope.workspaceId, JSON.stringify(failure)],
    );
  }
}
