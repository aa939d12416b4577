import type { Logger } from 'pino';
import { z } from 'zod';
import { makeScope, type WorkspaceScope } from '../../../platform/auth/scope.ts';
import { invalidParam } from '../../../platform/errors.ts';
import { defineJob, type Jobs } from '../../../platform/jobs/job.ts';
import { OutboundError } from '../../../platform/outbound/errors.ts';
import type { OutboundClient } from '../../../platform/outbound/outbound-client.ts';
import { seconds } from '../../../platform/time.ts';
import type { RunStore } from '../run-store.ts';
import { callbackPayload } from './callback-payload.ts';
import type { CallbackSecrets } from './callback-secrets.ts';
import type { CallbackStore, OwedCallback } from './callback-store.ts';
import { webhookHeaders } from './webhook-signature.ts';

/** One callback on its way. Eleven tries over some hour and a half; the pauses begin with five seconds and double. */
export const callbackJob = defineJob({
  name: 'run-callback',
  payload: z.object({ callbackId: z.uuid() }),
  retry: { limit: 10, firstDelaySeconds: 5 },
  timeoutSeconds: 60,
  concurrency: 8,
});

const requestTimeoutMs = 15_000;
const sweepEveryMs = 5_000;
const maxUrlLength = 2_000;

/** The receiver wants no more tries of this callback. */
const gone = 410;

/** Tells the ends and pauses of runs to the addresses that were named for them. */
export class RunCallbacks {
  readonly #o: {
    store: CallbackStore;
    runStore: RunStore;
    secrets: CallbackSecrets;
    jobs: Jobs;
    outbound: OutboundClient;
    log: Logger;
  };
  #timer: NodeJS.Timeout | undefined;
  #queueing: Promise<void> = Promise.resolve();
  #isWanted = false;

  constructor(options: {
    store: CallbackStore;
    runStore: RunStore;
    secrets: CallbackSecrets;
    jobs: Jobs;
    outbound: OutboundClient;
    log: Logger;
  }) {
    this.#o = options;
    options.jobs.work(callbackJob, ({ callbackId }, { signal }) => this.#deliver(callbackId, signal));
  }

  /** Checks an address that a request names; the app has a secret from then on. 400 for one that may not be called. */
  async accept(scope: WorkspaceScope, appId: string, url: string): Promise<void> {
    if (url.length > maxUrlLength) {
      throw invalidParam(`callback_url: must have at most ${maxUrlLength} characters`, 'callback_url');
    }
    try {
      this.#o.outbound.assertAllowed(url);
    } catch (error) {
      if (error instanceof OutboundError)
        throw invalidParam(`callback_url: ${error.message}`, 'callback_url');
      throw error;
    }
    await this.#o.secrets.current(scope, appId);
  }

  /** A run that is to be told about has ended or pauses: its callback goes on its way. */
  onOwed(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#queueing = this.#queueing.then(() => {
      this.#isWanted = false;
      return this.#queue();
    });
  }

  /** Begins to send what others left: a process may die between the end of a run and its job. */
  start(): void {
    this.onOwed();
    this.#timer = setInterval(() => this.onOwed(), sweepEveryMs);
  }

  /** Stops {@link start}. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#queueing;
  }

  async #queue(): Promise<void> {
    const { store, jobs, log } = this.#o;
    try {
      while ((await store.queue((callbackId) => jobs.send(callbackJob, { callbackId }))) > 0);
    } catch (error) {
      log.error({ err: error }, 'callbacks could not be queued; they are tried again');
    }
  }

  async #deliver(callbackId: string, signal: AbortSignal): Promise<void> {
    const { store, log } = this.#o;
    const owed = await store.find(callbackId);
    if (!owed || owed.deliveredAt !== null) return;
    const fields = { callback_id: owed.id, run_id: owed.runId, app_id: owed.appId };
    try {
      const status = await this.#post(owed, signal);
      if (status === undefined || (status >= 200 && status < 300)) {
        await store.noteTry(owed.id, null);
        return;
      }
      await store.noteTry(owed.id, `The receiver answered ${status}.`);
      if (status !== gone) throw new Error(`a callback was answered with ${status}`);
      log.warn(fields, 'a callback is not wanted any more and was dropped');
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      await store.noteTry(owed.id, error.message);
      if (!error.isRefusal) throw error;
      log.warn({ ...fields, code: error.code }, 'a callback leads where none may go and was dropped');
    }
  }

  /** The status of the receiver's answer; undefined when there is nothing left to tell about. */
  async #post(owed: OwedCallback, signal: AbortSignal): Promise<number | undefined> {
    const { runStore, secrets, outbound } = this.#o;
    const scope = makeScope(owed.workspaceId);
    const run = await runStore.find(scope, owed.appId, owed.runId);
    if (!run || run.callback_url === null) return undefined;
    const body = JSON.stringify(callbackPayload(owed, run, await runStore.answerOf(scope, run.id)));
    const message = { id: owed.id, timestampSeconds: seconds(new Date()), body };
    const response = await outbound.request({
      url: run.callback_url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...webhookHeaders(message, await secrets.signing(scope, owed.appId)),
      },
      body,
      timeoutMs: requestTimeoutMs,
      // A redirect is an answer like any other: what is signed goes to the named address only.
      maxRedirects: 0,
      signal,
    });
    response.discard();
    return response.status;
  }
}
