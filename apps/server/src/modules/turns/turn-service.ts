import type { AppEvent } from '@trellis/contracts';
import type { Logger } from 'pino';
import { isUuid } from '../../platform/ids.ts';
import { type ActiveLimitSettings, activeLimit, tooManyRequests } from '../../platform/runs/active-limit.ts';
import type { LiveRun } from '../../platform/runs/live-run.ts';
import type { RunRegistry } from '../../platform/runs/run-registry.ts';
import type { Observer } from '../../platform/telemetry/observer.ts';
import type { ModelService } from '../models/service.ts';
import { type ChatRunner, type Draft, emptyDraft, toTurnError } from './chat-runner.ts';
import { type Moderator, presetAnswer } from './moderation.ts';
import { TurnSpeech } from './speech.ts';
import type { TextLogger } from './text-logger.ts';
import type { StartedTurn, Turn, TurnOutcome } from './turn.ts';
import type { TurnKey } from './turn-key-store.ts';
import type { TurnWriter } from './turn-writer.ts';

/** Tells whose a run is, from the database: it may be carried out by another process. */
export interface RunOwnership {
  mayStop(runId: string, by: { appId: string; asker: Turn['asker'] }): Promise<boolean>;
}

/** What carries turns out. */
export interface TurnServiceOptions {
  registry: RunRegistry<AppEvent>;
  writer: TurnWriter;
  runner: ChatRunner;
  moderator: Moderator;
  models: ModelService;
  texts: TextLogger;
  owners: RunOwnership;
  observer: Observer;
  log: Logger;
  activeRequests: ActiveLimitSettings;
  runTimeoutMs: number;
  /** Told about every turn that has ended; must not throw. */
  onEnded?: (turn: Turn, outcome: TurnOutcome) => void;
}

/** Opens turns, carries them out whatever becomes of their client, and writes down how they end. */
export class TurnService {
  readonly #options: TurnServiceOptions;

  constructor(options: TurnServiceOptions) {
    this.#options = options;
  }

  /** 429 when the app has as many turns under way as it may. */
  assertCapacity(app: Turn['app']): void {
    const limit = activeLimit(app, this.#options.activeRequests);
    if (limit !== null && this.#options.registry.countOf(app.id) >= limit) {
      throw tooManyRequests(app.id, limit);
    }
  }

  /**
   * Writes the turn down and begins it. When this resolves the turn will reach a final state, come what may. With
   * `preset` that text is the whole answer, told at once: nothing is run for it.
   */
  async start(turn: Turn, preset?: string): Promise<StartedTurn> {
    // Nothing is awaited between looking and reserving: of a burst, only as many pass as there are places.
    this.assertCapacity(turn.app);
    const release = this.#options.registry.reserve(turn.app.id);
    const { activeRequests } = this.#options;
    const limit = activeRequests.acrossProcesses ? activeLimit(turn.app, activeRequests) : null;
    try {
      if (!(await this.#options.writer.open(turn, limit))) throw tooManyRequests(turn.app.id, limit);
    } finally {
      release();
    }
    return this.#begin(turn, preset);
  }

  /** {@link start} for a turn with an idempotency key; null when another one has it. */
  async startKeyed(turn: Turn, key: TurnKey): Promise<StartedTurn | null> {
    this.assertCapacity(turn.app);
    const release = this.#options.registry.reserve(turn.app.id);
    const { activeRequests } = this.#options;
    const limit = activeRequests.acrossProcesses ? activeLimit(turn.app, activeRequests) : null;
    try {
      const outcome = await this.#options.writer.openKeyed(turn, key, limit);
      if (outcome === 'full') throw tooManyRequests(turn.app.id, limit);
      if (outcome === 'known') return null;
    } finally {
      release();
    }
    return this.#begin(turn);
  }

  #begin(turn: Turn, preset?: string): StartedTurn {
    let settle: (outcome: TurnOutcome) => void = () => {};
    const outcome = new Promise<TurnOutcome>((resolve) => {
      settle = resolve;
    });
    const live = this.#options.registry.start({
      id: turn.runId,
      appId: turn.app.id,
      work: async (run) => settle(await this.#observed(turn, () => this.#carryOut(turn, run, preset))),
    });
    return { turn, live, outcome };
  }

  /** Stops a turn if it is this asker's; anything else is left alone without a word. */
  async stop(runId: string, by: { appId: string; asker: Turn['asker'] }): Promise<void> {
    if (!isUuid(runId) || !(await this.#options.owners.mayStop(runId, by))) return;
    await this.#options.registry.stop(runId);
  }

  /** Carries a turn out as a span, and where the log knows which turn it is about. */
  #observed(turn: Turn, work: () => Promise<TurnOutcome>): Promise<TurnOutcome> {
    const { workspaceId } = turn.scope;
    return this.#options.observer.during(
      {
        name: 'turn',
        kind: 'internal',
        facts: { runId: turn.runId, workspaceId, appId: turn.app.id },
        attributes: {
          'trellis.run_id': turn.runId,
          'trellis.workspace_id': workspaceId,
          'trellis.app_id': turn.app.id,
          'trellis.app_mode': turn.app.mode,
          'trellis.conversation_id': turn.conversationId,
          'trellis.surface': turn.surface,
        },
      },
      async (span) => {
        const outcome = await work();
        span?.set({ 'trellis.status': outcome.status });
        if (outcome.error) span?.fail(outcome.error.code);
        return outcome;
      },
    );
  }

  async #carryOut(turn: Turn, live: LiveRun<AppEvent>, preset?: string): Promise<TurnOutcome> {
    const { runner, moderator, texts, log, runTimeoutMs } = this.#options;
    const startedMs = performance.now();
    const timer = setTimeout(() => live.stop('time-limit'), runTimeoutMs);
    const text = texts.open(turn.runId);
    const draft = emptyDraft();
    const speech = turn.speaks ? this.#speechOf(turn, live) : undefined;
    let error: TurnOutcome['error'] = null;
    try {
      const events =
        preset === undefined
          ? moderator.around({
              turn,
              draft,
              run: (moderated, signal) => runner.run(moderated, draft, signal),
              signal: live.signal,
            })
          : presetAnswer(draft, preset);
      for await (const event of events) {
        if (event.event === 'message') {
          text.add(event.answer);
          speech?.add(event.answer);
        } else if (event.event === 'message_replace') {
          await text.replace(event.answer);
          speech?.replace(event.answer);
        }
        live.publish(event);
      }
    } catch (cause) {
      error = toTurnError(cause);
      const level = error.status >= 500 ? 'error' : 'warn';
      log[level]({ err: cause, ...idsOf(turn) }, 'a turn failed');
    } finally {
      clearTimeout(timer);
      text.close();
    }
    const outcome = toOutcome({ turn, draft, error, stopped: live.signal.aborted });
    await this.#record(turn, outcome, (performance.now() - startedMs) / 1_000);
    publishEnd(live, outcome);
    await speech?.finish();
    this.#options.onEnded?.(turn, outcome);
    return outcome;
  }

  #speechOf(turn: Turn, live: LiveRun<AppEvent>): TurnSpeech {
    const { models, log } = this.#options;
    return new TurnSpeech({
      scope: turn.scope,
      runId: turn.runId,
      voice: turn.config.text_to_speech.voice,
      models,
      log,
      publish: (event) => live.publish(event),
      signal: live.signal,
    });
  }

  /** The record comes before the closing event: a client that reads the message list right after it finds the answer. */
  async #record(turn: Turn, outcome: TurnOutcome, latencySeconds: number): Promise<void> {
    try {
      await this.#options.writer.finish({ turn, outcome, latencySeconds });
    } catch (cause) {
      this.#options.log.error({ err: cause, ...idsOf(turn) }, 'the end of a turn could not be written down');
    }
  }
}

function idsOf(turn: Turn): Record<string, string> {
  return { run_id: turn.runId, workspace_id: turn.scope.workspaceId, app_id: turn.app.id };
}

function toOutcome(input: {
  turn: Turn;
  draft: Draft;
  error: TurnOutcome['error'];
  stopped: boolean;
}): TurnOutcome {
  const { turn, draft, error } = input;
  return {
    status: error ? 'failed' : input.stopped ? 'stopped' : 'succeeded',
    answer: draft.answer,
    metadata: draft.metadata,
    prompt: draft.prompt,
    error,
    modelProvider: turn.config.model?.provider ?? null,
    modelId: turn.config.model?.name ?? null,
  };
}

function publishEnd(live: LiveRun<AppEvent>, outcome: TurnOutcome): void {
  if (outcome.error) live.publish({ event: 'error', ...outcome.error });
  else live.publish({ event: 'message_end', metadata: outcome.metadata, files: null });
}
