import type { z } from 'zod';

/** A kind of background work: its name, what it is given, and how stubborn it is. */
export interface JobDefinition<Payload extends object = object> {
  /** Stable: queued jobs of earlier releases carry it. Lower case with dashes. */
  readonly name: string;
  /** Checked when a job is sent and again when it is worked on, since another release may have sent it. */
  readonly payload: z.ZodType<Payload>;
  /** How often a failed job is tried again, and how long the first pause is; pauses double. */
  readonly retry: { readonly limit: number; readonly firstDelaySeconds: number };
  /** How long one try may take before it counts as failed. */
  readonly timeoutSeconds: number;
  /** How many of them one process works on at once. */
  readonly concurrency: number;
  /** How long a finished job is kept to be looked at. */
  readonly keepSeconds: number;
}

const dayInSeconds = 86_400;

/** Declares a kind of job. Left out: five retries from 10 s on, ten minutes per try, one at a time, kept for a day. */
export function defineJob<Payload extends object>(
  definition: Pick<JobDefinition<Payload>, 'name' | 'payload'> & Partial<JobDefinition<Payload>>,
): JobDefinition<Payload> {
  return {
    retry: { limit: 5, firstDelaySeconds: 10 },
    timeoutSeconds: 600,
    concurrency: 1,
    keepSeconds: dayInSeconds,
    ...definition,
  };
}

/** What a handler is given besides the payload. */
export interface JobContext {
  readonly jobId: string;
  /** Aborted when the try has taken too long or the process stops. */
  readonly signal: AbortSignal;
}

/** Does one job. Throwing lets it be tried again; when that is useless, log it and return. */
export type JobHandler<Payload> = (payload: Payload, context: JobContext) => Promise<void>;

/** When and how a job is put into its queue. */
export interface SendOptions {
  /** Not before this long from now (default at once). */
  readonly delayMs?: number;
}

/** The background work of the installation. Jobs outlive the process that sent them. */
export interface Jobs {
  /** Says who does a kind of job. Call it before `start`. */
  work<Payload extends object>(job: JobDefinition<Payload>, handler: JobHandler<Payload>): void;
  /**
   * Lets a job be sent at the times of a cron expression, in UTC or another time zone, once for all processes. Call it
   * before `start`.
   */
  schedule<Payload extends object>(
    job: JobDefinition<Payload>,
    cron: string,
    payload: Payload,
    options?: { timeZone?: string },
  ): void;
  /** Queues a job; when the promise is fulfilled it is durable. Starts the queue if nobody has. */
  send<Payload extends object>(
    job: JobDefinition<Payload>,
    payload: Payload,
    options?: SendOptions,
  ): Promise<void>;
  /** Opens the queue and begins to work. A second call waits for the first. */
  start(): Promise<void>;
  /** Takes no more jobs and waits for those at work; what does not end in time is tried again by the next process. */
  stop(): Promise<void>;
}
