import type { PoolConfig } from 'pg';
import type { Job, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { JobContext, JobDefinition, JobHandler, Jobs } from './job.ts';

/** Connections of the queue beside the one that listens; jobs use the server's own pool. */
const queueConnections = 2;
/** NOTIFY wakes workers for new jobs at once; polling finds those that are tried again or were delayed. */
const pollSeconds = 5;
const stopTimeoutMs = 10_000;

interface Worker {
  readonly job: JobDefinition;
  readonly run: (data: unknown, context: JobContext) => Promise<void>;
}

interface Schedule {
  readonly job: JobDefinition;
  readonly cron: string;
  readonly payload: object;
  readonly timeZone: string;
}

/** How to build the queue. */
export interface JobsOptions {
  /** The database that keeps the jobs, in a schema of their own. */
  readonly connection: PoolConfig;
  readonly log: Logger;
  /** Whether this process works on jobs, or only sends them to those that do (default true). */
  readonly works?: boolean;
}

/** Builds the job queue on PostgreSQL (pg-boss). Nothing is opened before `start` or the first `send`. */
export function createJobs({ connection, log, works = true }: JobsOptions): Jobs {
  const workers: Worker[] = [];
  const schedules: Schedule[] = [];
  /** Queues that exist in the database as this process wants them. */
  const queues = new Map<string, Promise<void>>();
  let starting: Promise<PgBoss> | undefined;
  let stopped = false;

  async function open(): Promise<PgBoss> {
    // Loaded here and not above: the server serves before its queue is needed.
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({
      ...databaseOf(connection),
      max: queueConnections,
      application_name: 'trellis-jobs',
      useListenNotify: works,
      supervise: works,
      schedule: works,
    });
    boss.on('error', (error) => log.warn({ reason: messageOf(error) }, 'the job queue has a problem'));
    boss.on('warning', ({ message, data }) => log.warn({ ...data }, message));
    await boss.start();
    if (!works) return boss;
    for (const worker of workers) await beginWork(boss, worker);
    for (const { job, cron, payload, timeZone } of schedules) {
      await ensureQueue(boss, job);
      await boss.schedule(job.name, cron, payload, { tz: timeZone });
    }
    return boss;
  }

  function ensureQueue(boss: PgBoss, job: JobDefinition): Promise<void> {
    let queue = queues.get(job.name);
    if (queue === undefined) {
      queue = makeQueue(boss, job);
      queues.set(job.name, queue);
      queue.catch(() => queues.delete(job.name));
    }
    return queue;
  }

  async function beginWork(boss: PgBoss, { job, run }: Worker): Promise<void> {
    await ensureQueue(boss, job);
    const options = { pollingIntervalSeconds: pollSeconds, notifyPollingIntervalSeconds: pollSeconds };
    for (let count = 0; count < job.concurrency; count += 1) {
      let workerId: string | undefined;
      workerId = await boss.work(job.name, options, async (batch: Job[]) => {
        try {
          for (const { id, data, signal } of batch) await run(data, { jobId: id, signal });
        } finally {
          // Where one job was there may be a second, whose notification came while this one was at work.
          if (workerId !== undefined) boss.notifyWorker(workerId);
        }
      });
    }
  }

  function ready(): Promise<PgBoss> {
    if (stopped) return Promise.reject(new Error('The job queue has been stopped.'));
    starting ??= open().catch((error: unknown) => {
      starting = undefined;
      throw error;
    });
    return starting;
  }

  return {
    work(job, handler) {
      workers.push({ job, run: checkedHandler(job, handler, log) });
    },
    schedule(job, cron, payload, { timeZone = 'UTC' } = {}) {
      schedules.push({ job, cron, payload: job.payload.parse(payload), timeZone });
    },
    async send(job, payload, { delayMs } = {}) {
      const checked = job.payload.parse(payload);
      const boss = await ready();
      await ensureQueue(boss, job);
      const startAfter = delayMs === undefined ? {} : { startAfter: new Date(Date.now() + delayMs) };
      await boss.send(job.name, checked, startAfter);
    },
    async start() {
      await ready();
    },
    async stop() {
      stopped = true;
      const boss = await starting?.catch(() => undefined);
      await boss?.stop({ graceful: true, timeout: stopTimeoutMs });
    },
  };
}

/** A payload that does not fit will fit no better next time: it is reported and dropped. */
function checkedHandler<Payload extends object>(
  job: JobDefinition<Payload>,
  handler: JobHandler<Payload>,
  log: Logger,
): Worker['run'] {
  return async (data, context) => {
    const payload: z.ZodSafeParseResult<Payload> = job.payload.safeParse(data);
    if (!payload.success) {
      log.error(
        {
          job: job.name,
          job_id: context.jobId,
          issues: payload.error.issues.map(({ path }) => path.join('.')),
        },
        'a job that cannot be understood was dropped',
      );
      return;
    }
    try {
      await handler(payload.data, context);
    } catch (error) {
      log.warn({ job: job.name, job_id: context.jobId, err: error }, 'a job failed and may be tried again');
      throw error;
    }
  };
}

async function makeQueue(boss: PgBoss, job: JobDefinition): Promise<void> {
  const options = {
    notify: true,
    retryLimit: job.retry.limit,
    retryDelay: job.retry.firstDelaySeconds,
    retryBackoff: true,
    expireInSeconds: job.timeoutSeconds,
    deleteAfterSeconds: job.keepSeconds,
  };
  await boss.createQueue(job.name, options);
  // The queue may be there already, as an earlier release wanted it.
  await boss.updateQueue(job.name, options);
}

/** The part of a pool's configuration that says where the database is. */
function databaseOf(connection: PoolConfig): Record<string, unknown> {
  const { host, port, user, password, database, ssl, connectionTimeoutMillis, options } = connection;
  const parts = { host, port, user, password, database, ssl, connectionTimeoutMillis, options };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
