import type { Bus } from '../bus/bus.ts';
import { LiveRun, type StopReason } from './live-run.ts';

/** The subject on which stop requests travel between processes. */
const stopSubject = 'run-stop';

/**
 * The runs of this process. It owns their promises: shutdown waits for them, and a stop request that arrives at
 * another process reaches them through the bus.
 */
export class RunRegistry<Event> {
  readonly #bus: Bus;
  readonly #live = new Map<string, LiveRun<Event>>();
  readonly #work = new Set<Promise<void>>();
  readonly #perApp = new Map<string, number>();
  readonly #unsubscribe: () => void;

  constructor(bus: Bus) {
    this.#bus = bus;
    this.#unsubscribe = bus.subscribe(stopSubject, (runId) => this.#live.get(runId)?.stop('stopped-by-user'));
  }

  /** Runs under way in this process. */
  get size(): number {
    return this.#live.size;
  }

  /** Runs of an app under way in this process, those about to begin included. */
  countOf(appId: string): number {
    return this.#perApp.get(appId) ?? 0;
  }

  /**
   * Keeps a place for a run that is being written down, so that a burst of requests cannot all find the same place
   * free. The answer gives the place back, right before the run starts or when it does not.
   */
  reserve(appId: string): () => void {
    this.#perApp.set(appId, this.countOf(appId) + 1);
    return () => this.#leave(appId);
  }

  /** Takes a run up and carries it out in the background; the caller follows it or walks away. */
  start(input: { id: string; appId: string; work: (run: LiveRun<Event>) => Promise<void> }): LiveRun<Event> {
    const run = new LiveRun<Event>(input.id);
    this.#live.set(input.id, run);
    const leave = this.reserve(input.appId);
    const work = input.work(run).finally(() => {
      run.finish();
      this.#live.delete(input.id);
      this.#work.delete(work);
      leave();
    });
    this.#work.add(work);
    return run;
  }

  /** The run, if this process carries it out. */
  find(runId: string): LiveRun<Event> | undefined {
    return this.#live.get(runId);
  }

  /** Stops a run wherever it is carried out; unknown and finished runs are left alone. */
  async stop(runId: string): Promise<void> {
    const here = this.#live.get(runId);
    if (here) here.stop('stopped-by-user');
    else await this.#bus.publish(stopSubject, runId);
  }

  /** Stops all runs of this process, for the given reason. */
  stopAll(reason: StopReason): void {
    for (const run of this.#live.values()) run.stop(reason);
  }

  /** Waits until all runs have ended, at most this long; answers how many were still under way. */
  async drain(timeoutMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.allSettled(this.#work), timeout]);
    clearTimeout(timer);
    return this.#live.size;
  }

  /** Stops listening. */
  close(): void {
    this.#unsubscribe();
  }

  #leave(appId: string): void {
    const left = this.countOf(appId) - 1;
    if (left > 0) this.#perApp.set(appId, left);
    else this.#perApp.delete(appId);
  }
}
