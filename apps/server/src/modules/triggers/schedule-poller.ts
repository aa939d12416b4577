import type { Logger } from 'pino';
import type { Bus } from '../../platform/bus/bus.ts';
import { ApiError } from '../../platform/errors.ts';
import { schedulesChangedSubject } from './registry.ts';
import type { TriggerRunStarter } from './run-starter.ts';
import { nextRun } from './schedule.ts';
import { scheduleOf } from './service.ts';
import type { Dispatched, TriggerStore, TriggerTarget } from './store.ts';

/** How soon what could not be started is tried again. */
const retryMs = 5_000;
/** Clocks of database and server need not agree to the millisecond. */
const shortestMs = 50;

/** How the poller works; see `scheduleFields` of the environment. */
export interface SchedulePollerSettings {
  enabled: boolean;
  intervalMs: number;
  batchSize: number;
  /** Most runs that are started before the poller rests; 0 is no limit. */
  maxPerTick: number;
}

/** What a poller works with. */
export interface SchedulePollerOptions {
  store: TriggerStore;
  starter: TriggerRunStarter;
  bus: Bus;
  log: Logger;
  settings: SchedulePollerSettings;
  now?: () => Date;
}

/**
 * Starts workflows whose time has come. Any number of processes may poll: a due schedule is locked by the one that
 * takes it, and the run's idempotency key is made of trigger and due time, so that a process that dies between starting
 * the run and noting it leaves no second one. What came due while nobody polled is made up for by one run.
 */
export class SchedulePoller {
  readonly #o: SchedulePollerOptions;
  readonly #now: () => Date;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> = Promise.resolve();
  #unsubscribe: (() => void) | undefined;
  #stopped = true;

  constructor(options: SchedulePollerOptions) {
    this.#o = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** Begins to poll: at every interval, and when the next schedule is due. */
  start(): void {
    if (!this.#o.settings.enabled) return;
    this.#stopped = false;
    this.#unsubscribe = this.#o.bus.subscribe(schedulesChangedSubject, () => this.#wait(shortestMs));
    this.#wait(0);
  }

  /** Stops polling and waits for what is being started. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    await this.#polling;
  }

  /** Starts everything that is due. Answers how many schedules were looked at, and how many have to be tried again. */
  async tick(): Promise<{ count: number; stillDue: number }> {
    const { store, settings } = this.#o;
    const most = settings.maxPerTick > 0 ? settings.maxPerTick : Number.POSITIVE_INFINITY;
    const total = { count: 0, stillDue: 0 };
    while (total.count < most && total.stillDue === 0) {
      const limit = Math.min(settings.batchSize, most - total.count);
      const now = this.#now();
      const { count, stillDue } = await store.dispatchDue({ now, limit }, (target) =>
        this.#dispatch(target, now),
      );
      total.count += count;
      total.stillDue += stillDue;
      if (count < limit) break;
    }
    return total;
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      // One tick at a time: a bus message during a tick asks for one more behind it.
      this.#polling = this.#polling.then(() => this.#poll());
    }, ms);
  }

  async #poll(): Promise<void> {
    if (this.#stopped) return;
    const { intervalMs } = this.#o.settings;
    try {
      const { stillDue } = await this.tick();
      const soonest = await this.#o.store.soonest();
      const dueInMs = soonest ? soonest.getTime() - this.#now().getTime() : intervalMs;
      this.#wait(Math.min(intervalMs, Math.max(dueInMs, stillDue > 0 ? retryMs : shortestMs)));
    } catch (error) {
      this.#o.log.error({ err: error }, 'looking for schedules that are due failed');
      this.#wait(Math.min(intervalMs, retryMs));
    }
  }

  async #dispatch(target: TriggerTarget, now: Date): Promise<Dispatched> {
    const { trigger, isOpen } = target;
    const schedule = scheduleOf(trigger);
    const dueAt = trigger.nextRunAt;
    if (!schedule || !dueAt) return { nextRunAt: null, runId: null, error: null };
    const next = nextRun(schedule, now);
    // A closed app misses its runs; it does not catch up on them when it is opened.
    if (!isOpen || target.app.workflowId === null) return { nextRunAt: next, runId: null, error: null };
    try {
      const runId = await this.#o.starter.start(target, {
        kind: 'schedule',
        inputs: {},
        idempotencyKey: `schedule ${trigger.id} ${dueAt.toISOString()}`,
      });
      return { nextRunAt: next, runId, error: null };
    } catch (error) {
      const message = error instanceof ApiError ? error.message : 'Internal error';
      this.#o.log.warn({ err: error, trigger_id: trigger.id }, 'a scheduled run could not be started');
      // Too many runs at once, or a database that is away: worth another try, until the next time has come.
      const mayRetry = !(error instanceof ApiError) || error.code === 'too_many_requests';
      const following = nextRun(schedule, dueAt);
      const isLate = following === null || following <= now;
      return { nextRunAt: mayRetry && !isLate ? 'still-due' : next, runId: null, error: message };
    }
  }
}
