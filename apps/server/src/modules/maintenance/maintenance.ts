import type { Logger } from 'pino';
import { z } from 'zod';
import type { OneTimeStore } from '../../platform/crypto/one-time-code.ts';
import { parseFileKey } from '../../platform/files/file-key.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import { defineJob, type Jobs } from '../../platform/jobs/job.ts';
import type { CounterStore } from '../../platform/rate-limit/counter-store.ts';
import type { SessionStore } from '../accounts/session-store.ts';
import type { RemovedAppStore } from './removed-app-store.ts';

/** Removes what has expired, and makes room for what comes. */
export const housekeepingJob = defineJob({ name: 'housekeeping', payload: z.object({}) });

/** Removes everything that belonged to an app that has been deleted. */
export const removeAppJob = defineJob({
  name: 'remove-app',
  payload: z.object({ appId: z.uuid() }),
  timeoutSeconds: 3_600,
});

const hourly = '17 * * * *';
/** Sessions that have ended stay this long, for whoever looks into what happened. */
const endedSessionsKeptMs = 7 * 86_400_000;

/** The housekeeping of an installation. */
export class Maintenance {
  readonly #counters: CounterStore;
  readonly #oneTimeStore: OneTimeStore;
  readonly #sessions: SessionStore;
  readonly #removed: RemovedAppStore;
  readonly #files: FileStore;
  readonly #jobs: Jobs;
  readonly #log: Logger;
  readonly #preparePartitions: () => Promise<void>;

  constructor(options: {
    counters: CounterStore;
    oneTimeStore: OneTimeStore;
    sessionStore: SessionStore;
    removedApps: RemovedAppStore;
    fileStore: FileStore;
    jobs: Jobs;
    log: Logger;
    /** Makes the partitions of the months to come. */
    preparePartitions: () => Promise<void>;
  }) {
    this.#counters = options.counters;
    this.#oneTimeStore = options.oneTimeStore;
    this.#sessions = options.sessionStore;
    this.#removed = options.removedApps;
    this.#files = options.fileStore;
    this.#jobs = options.jobs;
    this.#log = options.log;
    this.#preparePartitions = options.preparePartitions;
    this.#jobs.work(housekeepingJob, () => this.cleanUp(new Date()));
    this.#jobs.work(removeAppJob, ({ appId }, { signal }) => this.removeApp(appId, signal));
    this.#jobs.schedule(housekeepingJob, hourly, {});
  }

  /** Lets the rows of a deleted app be removed. The app is gone whatever happens: what is lost here is found hourly. */
  async appRemoved(appId: string): Promise<void> {
    try {
      await this.#jobs.send(removeAppJob, { appId });
    } catch (error) {
      this.#log.warn({ err: error, app_id: appId }, 'the rows of a deleted app will be removed later');
    }
  }

  /** Removes expired counters, codes and sessions, prepares partitions, and finds removals that were lost. */
  async cleanUp(now: Date): Promise<void> {
    const [counters, codes, sessions] = await Promise.all([
      this.#counters.deleteExpired(),
      this.#oneTimeStore.deleteExpired(now.getTime()),
      this.#sessions.deleteEnded(new Date(now.getTime() - endedSessionsKeptMs)),
    ]);
    await this.#preparePartitions();
    const orphans = await this.#removed.orphans();
    for (const appId of orphans) await this.appRemoved(appId);
    this.#log.info({ counters, codes, sessions, orphans: orphans.length }, 'housekeeping done');
  }

  /** Removes what a deleted app left behind. Can be interrupted and repeated at any point. */
  async removeApp(appId: string, signal?: AbortSignal): Promise<void> {
    if (await this.#removed.exists(appId)) return;
    while (await this.#removed.removeBatch(appId)) signal?.throwIfAborted();
    for (let files = await this.#removed.files(appId); files.length > 0; ) {
      signal?.throwIfAborted();
      // The bytes first: a row whose file is gone can be removed later, a file without a row would stay for ever.
      for (const { storageKey } of files) await this.#files.delete(parseFileKey(storageKey));
      await this.#removed.forgetFiles(files.map(({ id }) => id));
      files = await this.#removed.files(appId);
    }
  }
}
