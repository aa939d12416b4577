import type { Logger } from 'pino';
import { makeScope } from '../../platform/auth/scope.ts';
import type { Definitions } from './definition.ts';
import type { RunCreator, RunOrigin, WorkflowRun } from './run.ts';
import type { RunService } from './run-service.ts';
import type { RunStore, StoredRun } from './run-store.ts';

const sweepEveryMs = 1_000;
const runsPerSweep = 50;

/** What bringing a stored run back to life needs. */
export interface RunLoaderOptions {
  store: RunStore;
  definitions: Definitions;
}

/** Makes stored runs into runs that can be carried on or told. */
export class RunLoader {
  readonly #o: RunLoaderOptions;

  constructor(options: RunLoaderOptions) {
    this.#o = options;
  }

  /** Null when the app or the version is gone. */
  async load(stored: StoredRun): Promise<WorkflowRun | null> {
    const scope = makeScope(stored.workspace_id);
    const [app, definition, turn] = await Promise.all([
      this.#o.store.appOf(stored),
      this.#o.definitions.find(scope, stored.app_id, stored.graph_id, stored.root_node_id),
      stored.message_id === null ? null : this.#o.store.turnOf(stored),
    ]);
    if (!app || !definition) return null;
    return {
      id: stored.id,
      mode: stored.mode,
      scope,
      app,
      definition,
      workflowId: stored.workflow_id,
      triggeredFrom: stored.triggered_from,
      surface: stored.surface,
      asker: { endUserId: stored.end_user_id, accountId: stored.account_id },
      userId: stored.user_id,
      createdBy: creatorOf(stored),
      input: stored.input,
      createdAt: stored.created_at,
      idempotencyKey: stored.idempotency_key,
      requestHash: stored.request_hash,
      origin: originOf(stored),
      callbackUrl: stored.callback_url,
      // Whoever was listening when it began is gone.
      speaks: false,
      turn:
        turn === null || stored.message_id === null || stored.conversation_id === null
          ? null
          : {
              conversationId: stored.conversation_id,
              messageId: stored.message_id,
              isNewConversation: false,
              autoName: false,
              ...turn,
            },
    };
  }
}

function originOf(stored: StoredRun): RunOrigin | null {
  const { origin_run_id: runId, origin_kind: kind, origin_node_id: nodeId } = stored;
  return runId === null || kind === null ? null : { runId, kind, nodeId };
}

/** Who started a stored run. */
export function creatorOf(stored: StoredRun): RunCreator {
  if (stored.end_user_id !== null) return { id: stored.end_user_id, user: stored.user_id };
  return {
    id: stored.account_id ?? '',
    name: stored.account_name ?? '',
    email: stored.account_email ?? '',
  };
}

/**
 * Goes on with runs whose process died. Every process that works sweeps; the row locks decide who is first, and a run's
 * records are written only by the one that owns it. A process that only serves looks after its own runs: those whose end
 * could not be written stay its own as long as it lives.
 */
export class RunTakeOver {
  readonly #o: {
    store: RunStore;
    loader: RunLoader;
    runs: RunService;
    ownerId: string;
    log: Logger;
  };
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: {
    store: RunStore;
    loader: RunLoader;
    runs: RunService;
    ownerId: string;
    log: Logger;
  }) {
    this.#o = options;
  }

  /** Sweeps now and every second; `others` tells whether runs of other processes are looked for too. */
  start({ others }: { others: boolean }): void {
    let busy = false;
    const sweep = () => {
      if (busy) return;
      busy = true;
      this.#sweeping = this.sweep({ others })
        .then(
          (count) => {
            if (count > 0) this.#o.log.warn({ count }, 'runs of a dead process go on here');
          },
          (error) => this.#o.log.error({ err: error }, 'looking for interrupted runs failed'),
        )
        .finally(() => {
          busy = false;
        });
    };
    sweep();
    this.#timer = setInterval(sweep, sweepEveryMs);
  }

  /** Stops sweeping. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** One sweep; answers how many runs were taken over. */
  async sweep({ others }: { others: boolean } = { others: true }): Promise<number> {
    const { store, loader, runs, ownerId, log } = this.#o;
    const claimed = await store.claim({ ownerId, local: runs.localIds(), others, limit: runsPerSweep });
    for (const stored of claimed) {
      try {
        const run = await loader.load(stored);
        if (run) await runs.recover(run);
        else await store.abandon(ownerId, stored.id, 'The app or the version of this run no longer exists.');
      } catch (error) {
        log.error({ err: error, run_id: stored.id }, 'a run could not be taken over');
        const message = error instanceof Error ? error.message : String(error);
        await store.abandon(ownerId, stored.id, message);
      }
    }
    return claimed.length;
  }
}
