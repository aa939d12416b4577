import { setTimeout as sleep } from 'node:timers/promises';
import { type AppEvent, emptyUsage } from '@trellis/contracts';
import type { Logger } from 'pino';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError } from '../../platform/errors.ts';
import { LiveRun } from '../../platform/runs/live-run.ts';
import { assertSameRequest } from '../workflows/idempotency.ts';
import type { FollowedTurn, Turn, TurnOutcome } from './turn.ts';
import type { StoredTurn, TurnKey, TurnKeyStore } from './turn-key-store.ts';
import type { TurnService } from './turn-service.ts';

const pollMs = 250;
/** How often the message of a failed turn is read again for how the failure is told, which is noted right after it. */
const pollsForFailure = 4;

/** Whose key it is. */
interface KeyHolder {
  scope: WorkspaceScope;
  app: AppSnapshot;
}

/** Makes all requests with one idempotency key one turn, which each of them is told from its beginning. */
export class KeyedTurns {
  readonly #o: { turns: TurnService; store: TurnKeyStore; log: Logger };
  /** Turns that this process opens or carries out, by app, asker and key. */
  readonly #local = new Map<string, { requestHash: string; turn: Promise<FollowedTurn> }>();
  #closed = false;

  constructor(options: { turns: TurnService; store: TurnKeyStore; log: Logger }) {
    this.#o = options;
  }

  /** The turn of a key: the one that has it, else the one that `open` gives. 422 when that one was asked otherwise. */
  async start(holder: KeyHolder, key: TurnKey, open: () => Promise<Turn>): Promise<FollowedTurn> {
    const place = JSON.stringify([key.appId, key.startedBy, key.key]);
    const local = this.#local.get(place);
    if (local) {
      assertSameRequest(local.requestHash, key.requestHash);
      return local.turn;
    }
    // Nothing is awaited between looking and keeping: of requests at the same moment, one opens the turn.
    const turn = this.#start(holder, key, open);
    this.#local.set(place, { requestHash: key.requestHash, turn });
    turn
      .then(({ outcome }) => outcome)
      .catch(() => undefined)
      .finally(() => this.#local.delete(place));
    return turn;
  }

  /** Lets go of turns that other processes carry out: this one shuts down. */
  close(): void {
    this.#closed = true;
  }

  async #start(holder: KeyHolder, key: TurnKey, open: () => Promise<Turn>): Promise<FollowedTurn> {
    const known = await this.#known(holder, key);
    if (known) return known;
    const started = await this.#o.turns.startKeyed(await open(), key);
    if (started) return { ...started, outcome: this.#noted(holder, key, started.outcome) };
    const first = await this.#known(holder, key);
    if (!first) throw new ApiError('conflict');
    return first;
  }

  async #noted({ scope }: KeyHolder, key: TurnKey, ended: Promise<TurnOutcome>): Promise<TurnOutcome> {
    const outcome = await ended;
    if (outcome.error) {
      await this.#o.store.noteFailure(scope, key, outcome.error).catch((error) => {
        this.#o.log.error({ err: error, app_id: key.appId }, 'how a turn failed could not be noted');
      });
    }
    return outcome;
  }

  async #known(holder: KeyHolder, key: TurnKey): Promise<FollowedTurn | null> {
    const stored = await this.#o.store.find(holder.scope, key);
    if (!stored) return null;
    assertSameRequest(stored.requestHash, key.requestHash);
    const live = new LiveRun<AppEvent>(stored.runId);
    const { runId, messageId, conversationId, createdAt } = stored;
    const outcome = this.#told(holder, { key, stored, live });
    return { turn: { runId, messageId, conversationId, createdAt, app: holder.app }, live, outcome };
  }

  /** Waits for the end of a turn that is not this process's, and tells it in one piece. */
  async #told(
    { scope }: KeyHolder,
    { key, stored, live }: { key: TurnKey; stored: StoredTurn; live: LiveRun<AppEvent> },
  ): Promise<FollowedOutcome> {
    try {
      const outcome = outcomeOf(await this.#ended(scope, key, stored));
      if (outcome.error) live.publish({ event: 'error', ...outcome.error });
      else {
        if (outcome.answer !== '') live.publish({ event: 'message', answer: outcome.answer });
        live.publish({ event: 'message_end', metadata: outcome.metadata, files: null });
      }
      return outcome;
    } catch (error) {
      this.#o.log.error(
        { err: error, run_id: stored.runId },
        'a turn of another process could not be followed',
      );
      live.publish({ event: 'error', ...internalError });
      return { answer: '', metadata: emptyMetadata, error: internalError };
    } finally {
      live.finish();
    }
  }

  async #ended(scope: WorkspaceScope, key: TurnKey, first: StoredTurn): Promise<StoredTurn> {
    let stored = first;
    let failed = 0;
    for (;;) {
      if (stored.status === 'error' && stored.failure === null) failed += 1;
      const isTold = stored.status !== 'running' && (stored.status !== 'error' || stored.failure !== null);
      if (isTold || failed > pollsForFailure) return stored;
      if (this.#closed) throw new Error('the server is shutting down');
      await sleep(pollMs);
      stored = (await this.#o.store.find(scope, key)) ?? stored;
    }
  }
}

/** What is told of an end. */
type FollowedOutcome = Awaited<FollowedTurn['outcome']>;

const emptyMetadata = { annotation_reply: null, retriever_resources: [], usage: emptyUsage };

const internalError = {
  code: 'internal_server_error',
  message: 'Internal Server Error, please contact support.',
  status: 500,
};

function outcomeOf({ status, answer, metadata, error, failure }: StoredTurn): FollowedOutcome {
  const failed = status === 'error' ? (failure ?? { ...internalError, message: error ?? '' }) : null;
  return { answer, metadata: metadata ?? emptyMetadata, error: failed };
}
