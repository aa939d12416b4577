import type { ClockPort } from '../ports/index.ts';

interface Timer {
  readonly at: number;
  resolve(): void;
}

/**
 * A clock that only moves when told to, or by itself when everybody waits: timers up to `longestMs` away then ring
 * at once, so that retries cost no time in tests and limits of minutes stay quiet.
 */
export class FakeClock implements ClockPort {
  #now: number;
  #timers: Timer[] = [];
  #isPumping = false;
  readonly #longestMs: number;

  constructor(options: { now?: number; longestMs?: number } = {}) {
    this.#now = options.now ?? 1_760_000_000_000;
    this.#longestMs = options.longestMs ?? 60_000;
  }

  now(): number {
    return this.#now;
  }

  /** Moves time; timers that are due ring. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const timer of due) timer.resolve();
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer: Timer = { at: this.#now + ms, resolve };
      this.#timers.push(timer);
      signal.addEventListener(
        'abort',
        () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
          reject(signal.reason);
        },
        { once: true },
      );
      if (ms <= this.#longestMs) this.#pump();
    });
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      const next = Math.min(...this.#timers.map((timer) => timer.at));
      if (next - this.#now > this.#longestMs) return;
      this.advance(Math.max(0, next - this.#now));
      if (this.#timers.some((timer) => timer.at - this.#now <= this.#longestMs)) this.#pump();
    });
  }
}
