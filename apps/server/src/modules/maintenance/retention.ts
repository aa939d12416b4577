import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Environment } from '../../platform/environment.ts';
import { defineJob, type Jobs } from '../../platform/jobs/job.ts';
import type { ExpiredRows, RetentionStore } from './retention-store.ts';

/** Removes records of workflow runs that are older than the installation keeps them. */
export const cleanRunsJob = defineJob({
  name: 'clean-workflow-runs',
  payload: z.object({}),
  timeoutSeconds: 6 * 3_600,
});

/** Removes messages that are older than the installation keeps them. */
export const cleanMessagesJob = defineJob({
  name: 'clean-messages',
  payload: z.object({}),
  timeoutSeconds: 6 * 3_600,
});

/** Times of the day, in the zone of scheduled tasks (`LOG_TZ`). */
const atTwo = '0 2 * * *';
const atFour = '0 4 * * *';

/** How long records are kept; everything is off unless it is switched on (spec: console §5, scheduled jobs). */
export type RetentionSettings = Pick<
  Environment['jobs'],
  | 'workflowLogCleanup'
  | 'workflowLogRetentionMs'
  | 'workflowLogBatch'
  | 'workflowLogOnly'
  | 'cleanRuns'
  | 'cleanMessages'
  | 'recordRetentionMs'
  | 'recordBatch'
  | 'recordMaxIntervalMs'
> & { readonly timeZone: string };

/** What a retention is made of. */
export interface RetentionOptions {
  settings: RetentionSettings;
  store: RetentionStore;
  jobs: Jobs;
  log: Logger;
  /** Drops parts of the log whose months are over and that hold nothing any more. */
  dropPartitions: (before: Date) => Promise<string[]>;
}

/**
 * Removes old records, every night and in small batches with pauses between them. What is running or paused stays, and
 * so do uploaded files, which belong to their app.
 */
export class Retention {
  readonly #o: RetentionOptions;

  constructor(options: RetentionOptions) {
    this.#o = options;
    const { jobs, settings } = options;
    jobs.work(cleanRunsJob, (_, { signal }) => this.cleanRuns(new Date(), signal));
    jobs.work(cleanMessagesJob, (_, { signal }) => this.cleanMessages(new Date(), signal));
    // Scheduled even when off: a schedule outlives the setting that it was made under.
    jobs.schedule(cleanRunsJob, atTwo, {}, { timeZone: settings.timeZone });
    jobs.schedule(cleanMessagesJob, atFour, {}, { timeZone: settings.timeZone });
  }

  /** Removes runs by both settings that ask for it, and parts of the log that are empty then. */
  async cleanRuns(now: Date, signal?: AbortSignal): Promise<void> {
    const { settings, store, log, dropPartitions } = this.#o;
    if (!settings.workflowLogCleanup && !settings.cleanRuns) return;
    let removed = 0;
    for (const appId of await store.appsWith('workflow_runs')) {
      if (settings.workflowLogCleanup) {
        const before = earlier(now, settings.workflowLogRetentionMs);
        const rows = { appId, before, limit: settings.workflowLogBatch };
        removed += await this.#all(rows, signal, (r) => store.removeRuns(r, settings.workflowLogOnly));
      }
      if (settings.cleanRuns) {
        removed += await this.#all(this.#expired(appId, now), signal, (r) => store.removeRuns(r));
      }
    }
    const partitions = await dropPartitions(now);
    log.info({ removed, partitions: partitions.length }, 'old workflow runs were removed');
  }

  /** Removes messages, and the conversations that have none left. */
  async cleanMessages(now: Date, signal?: AbortSignal): Promise<void> {
    const { settings, store, log } = this.#o;
    if (!settings.cleanMessages) return;
    let messages = 0;
    let conversations = 0;
    for (const appId of await store.appsWith('messages')) {
      const rows = this.#expired(appId, now);
      messages += await this.#all(rows, signal, (r) => store.removeMessages(r));
      conversations += await this.#all(rows, signal, (r) => store.removeConversations(r));
    }
    log.info({ messages, conversations }, 'old messages were removed');
  }

  #expired(appId: string, now: Date): ExpiredRows {
    const { recordRetentionMs, recordBatch } = this.#o.settings;
    return { appId, before: earlier(now, recordRetentionMs), limit: recordBatch };
  }

  /** Batch by batch until one is not full. Can be interrupted and repeated at any point. */
  async #all(
    rows: ExpiredRows,
    signal: AbortSignal | undefined,
    remove: (rows: ExpiredRows) => Promise<number>,
  ): Promise<number> {
    for (let removed = 0; ; ) {
      signal?.throwIfAborted();
      const count = await remove(rows);
      removed += count;
      if (count < rows.limit) return removed;
      await pause(this.#o.settings.recordMaxIntervalMs, undefined, { signal });
    }
  }
}

function earlier(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}
