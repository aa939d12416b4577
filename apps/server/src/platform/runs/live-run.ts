/**
 * A run that this process is carrying out, as its followers see it. Events are kept until the run is forgotten, so
 * somebody who joins late reads from the first one. Followers read in batches: whatever has come since they last
 * looked, which makes a slow reader cheaper instead of dearer.
 */
export class LiveRun<Event> {
  readonly id: string;
  readonly #stop = new AbortController();
  readonly #events: Event[] = [];
  readonly #waiting = new Set<() => void>();
  #waking = false;
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
    this.#wake();
  }

  /** No more events will come. */
  finish(): void {
    this.#finished = true;
    this.#wake();
  }

  /** All events from the first, in batches, until the run is finished or the follower leaves. */
  follow(): AsyncIterableIterator<readonly Event[], void, undefined> {
    let next = 0;
    let left = false;
    /** What there is to tell now; undefined when it must be waited for. */
    const read = (): IteratorResult<readonly Event[], void> | undefined => {
      if (left) return over;
      if (next === this.#events.length) return this.#finished ? over : undefined;
      const value = this.#events.slice(next);
      next += value.length;
      return { value, done: false };
    };
    // Written out because it runs for every token of every stream; a generator takes several promises for each.
    return {
      next: () =>
        new Promise((resolve) => {
          const answer = () => {
            const result = read();
            if (result) resolve(result);
            else this.#waiting.add(answer);
          };
          answer();
        }),
      return: async () => {
        left = true;
        return over;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** What the model has already sent is published within this turn of the event loop: one batch for all of it. */
  #wake(): void {
    if (this.#waiting.size === 0 || this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const answer of waiting) answer();
    });
  }
}

const over = { value: undefined, done: true } as const;

/** Why a run was told to stop: a person asked, its time was up, or another process has taken it over. */
export type StopReason = 'stopped-by-user' | 'time-limit' | 'lease-lost';
