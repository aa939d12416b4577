/**
 * A run that this process is carrying out, as its followers see it. Events are kept until the run is forgotten, so
 * somebody who joins late reads from the first one. Followers read in batches: whatever has come since they last
 * looked, which makes a slow reader cheaper instead of dearer.
 */
export class LiveRun<Event> {
  readonly id: string;
  readonly #stop = new AbortController();
  readonly #events: Event[] = [];
  #wake: (() => void)[] = [];
  #finished = false;

  constructor(id: string) {
    this.id = id;
  }

  /** Ends when somebody stops the run or this process loses the right to carry it on. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** What has been published so far. */
  get published(): readonly Event[] {
    return this.#events;
  }

  /** Whether all events have been published. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Asks the run to stop; what has been produced stays. */
  stop(reason: StopReason): void {
    this.#stop.abort(reason);
  }

  /** Hands an event to everybody who follows. */
  publish(event: Event): void {
    this.#events.push(event);
    this.#wakeAll();
  }

  /** No more events will come. */
  finish(): void {
    this.#finished = true;
    this.#wakeAll();
  }

  /** All events from the first, in batches, until the run is finished or the follower leaves. */
  async *follow(): AsyncGenerator<readonly Event[], void, undefined> {
    let next = 0;
    for (;;) {
      if (next < this.#events.length) {
        const batch = this.#events.slice(next);
        next += batch.length;
        yield batch;
      } else if (this.#finished) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
        // What the model has already sent is published within this turn of the event loop: one write for all of it.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
  }

  #wakeAll(): void {
    if (this.#wake.length === 0) return;
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

/** Why a run was told to stop: a person asked, its time was up, or another process has taken it over. */
export type StopReason = 'stopped-by-user' | 'time-limit' | 'lease-lost';
