import { setTimeout as sleep } from 'node:timers/promises';
import { decodeRecord, isEnded, type RunLimits } from '@trellis/engine';
import type { OwnedRunLog } from '../../platform/runs/owned-run-log.ts';
import { moderatedEnd } from './answer-watch.ts';
import type { RunMessage, WorkflowRun } from './run.ts';
import { recordOf, replaceText, sequenceOf } from './run-events.ts';
import { RunFold } from './run-fold.ts';
import type { LocalRun, RunService } from './run-service.ts';
import type { RunStore } from './run-store.ts';

const pollMs = 150;
/** Longest time from the end of a run's log to its record. */
const recordWaitMs = 5_000;
/** A stream in which nothing happens ends after this long. */
const idleMs = 300_000;

/** How somebody listens to a run. */
export interface FollowOptions {
  /** Only events after this number; the others are taken to be known. */
  after: number;
  /** Keeps listening through pauses. */
  continueOnPause?: boolean;
}

/**
 * Lets people listen to runs, wherever they are carried out: from memory where that is here, from the log otherwise.
 * An event has the same number in both.
 */
export class RunFollower {
  readonly #o: { runs: RunService; runLog: OwnedRunLog; store: RunStore; limits: RunLimits };

  #closed = false;

  constructor(options: { runs: RunService; runLog: OwnedRunLog; store: RunStore; limits: RunLimits }) {
    this.#o = options;
  }

  /** Ends the streams of runs that go on elsewhere: this process shuts down. */
  close(): void {
    this.#closed = true;
  }

  /** Number of the newest event that a run has told, for those who want to hear what comes next. */
  async newest(run: WorkflowRun): Promise<number> {
    const local = this.#o.runs.find(run.id);
    if (local) return local.newest;
    const records = await this.#o.runLog.read(run.id);
    return sequenceOf(records.length + 1, 0) - 1;
  }

  /** The events of a run after a number, in batches, until it ends or pauses, or nothing happens for 5 minutes. */
  follow(run: WorkflowRun, options: FollowOptions): AsyncGenerator<readonly RunMessage[], void, undefined> {
    // Looked up now: a short run may have ended and been forgotten before the first event is asked for.
    return this.#follow(run, options, this.#o.runs.find(run.id));
  }

  async *#follow(
    run: WorkflowRun,
    options: FollowOptions,
    local: LocalRun | undefined,
  ): AsyncGenerator<readonly RunMessage[], void, undefined> {
    let { after } = options;
    if (local && recordOf(after) >= local.recordsBefore) {
      for await (const batch of local.live.follow()) {
        const fresh = after === 0 ? batch : batch.filter(({ sequence }) => sequence > after);
        if (fresh.length > 0) yield fresh;
      }
      after = Math.max(after, local.newest);
      if (local.closed && !(options.continueOnPause && local.paused)) return;
    }
    yield* this.#followLog(run, { ...options, after });
  }

  /** What has been told so far, from the first event, with the text as it is shown now. */
  async soFar(run: WorkflowRun): Promise<{ messages: RunMessage[]; text: string; newest: number }> {
    const local = this.#o.runs.find(run.id);
    const records = local?.recordsBefore === 0 ? [] : await this.#o.runLog.read(run.id);
    const fold = new RunFold(run, this.#o.limits);
    const messages = records
      .filter(({ sequence }) => local === undefined || sequence <= local.recordsBefore)
      .flatMap(({ payload }) => fold.feed(decodeRecord(payload)).messages);
    if (local) {
      messages.push(...local.live.published);
      return { messages, text: local.totals.text, newest: local.newest };
    }
    return { messages, text: fold.totals.text, newest: sequenceOf(fold.count + 1, 0) - 1 };
  }

  /**
   * The events of a record, with the text that moderation's last look left: it comes after the log's end, and is in
   * the run's message alone.
   */
  async #asRecorded(run: WorkflowRun, fold: RunFold, messages: RunMessage[]): Promise<RunMessage[]> {
    const { sensitive_word_avoidance: moderation } = run.definition.features;
    const ends = messages.some(({ event }) => event.event === 'workflow_finished');
    if (!ends || run.turn === null || !moderation.enabled) return messages;
    for (let waitedMs = 0; waitedMs < recordWaitMs; waitedMs += pollMs) {
      const answer = await this.#o.store.answerOf(run.scope, run.id);
      if (answer !== null) return answer === fold.totals.text ? messages : moderatedEnd(messages, answer);
      await sleep(pollMs);
    }
    return messages;
  }

  async *#followLog(
    run: WorkflowRun,
    { after, continueOnPause }: FollowOptions,
  ): AsyncGenerator<readonly RunMessage[], void, undefined> {
    const fold = new RunFold(run, this.#o.limits);
    let quietSince = Date.now();
    for (;;) {
      const records = await this.#o.runLog.read(run.id, fold.count);
      const batch: RunMessage[] = [];
      for (const { payload } of records) {
        const messages = await this.#asRecorded(run, fold, fold.feed(decodeRecord(payload)).messages);
        if (fold.count < recordOf(after)) continue;
        batch.push(...messages.filter(({ sequence }) => sequence > after));
        const isExact = messages.some(({ sequence }) => sequence === after);
        if (fold.count === recordOf(after) && after > 0 && !isExact) {
          // The listener's last event was text on its way, which no record holds yet: it begins anew from what is.
          batch.push({ sequence: after, event: replaceText(run.mode, fold.totals.text) });
        }
      }
      if (batch.length > 0) {
        quietSince = Date.now();
        yield batch;
      }
      if (fold.status !== null && isEnded(fold.status)) return;
      if (fold.status === 'paused' && !continueOnPause) return;
      if (records.length > 0) continue;
      const stored = await this.#o.store.find(run.scope, run.app.id, run.id);
      if (!stored || (isEnded(stored.status) && fold.status !== stored.status)) {
        // Ended without saying so in its log: it could not be carried out.
        yield [{ sequence: sequenceOf(fold.count + 1, 0), event: { event: 'error', ...internalError } }];
        return;
      }
      if (this.#closed || Date.now() - quietSince > idleMs) return;
      await sleep(pollMs);
    }
  }
}

const internalError = {
  code: 'internal_server_error',
  message: 'Internal Server Error, please contact support.',
  status: 500,
};
