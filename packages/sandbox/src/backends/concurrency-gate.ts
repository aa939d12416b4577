import { SandboxError } from '../errors.ts';

/** Lets at most `size` executions run at once; others wait in the order they came. */
export class ConcurrencyGate {
  readonly #size: number;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Runs `task` when there is a place.
   *
   * Errors: `code_aborted` when the signal fires while waiting, otherwise those of the task.
   */
  async run<Result>(signal: AbortSignal | undefined, task: () => Promise<Result>): Promise<Result> {
    await this.#enter(signal);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(aborted(signal));
    if (this.#running < this.#size) {
      this.#running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#queue.splice(this.#queue.indexOf(enter), 1);
        reject(aborted(signal));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#queue.push(enter);
    });
  }

  #leave(): void {
    const next = this.#queue.shift();
    // The place is handed over, so `running` stays as it is.
    if (next) next();
    else this.#running -= 1;
  }
}

/** The error of an execution whose caller gave up. */
export function aborted(signal: AbortSignal | undefined): SandboxError {
  return new SandboxError('code_aborted', 'The execution was stopped.', { cause: signal?.reason });
}
