import { ExtractionError } from '../errors.ts';
import { readingCommand } from './command.ts';
import { type ReadingCommand, ReadingProcess } from './reading-process.ts';

/** What a pool is made of. */
export interface PoolOptions {
  /** Most processes at a time. */
  readonly size: number;
  /** How long a process waits for the next document before it is ended, in milliseconds. */
  readonly idleMs: number;
  /** A process that has grown beyond it is not kept: memory that a document took is never given back inside. */
  readonly keepBelowBytes: number;
  readonly heapMegabytes: number;
  readonly maxFrameBytes: number;
  /** User and group of the processes when the server runs as root and they can read the program. */
  readonly user: NonNullable<ReadingCommand['user']>;
}

/** Reading processes: started when a document comes, few at a time, ended when they have had nothing to do. */
export class ProcessPool {
  readonly #options: PoolOptions;
  readonly #idle = new Map<ReadingProcess, NodeJS.Timeout>();
  readonly #live = new Set<ReadingProcess>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;
  #user: ReadingCommand['user'];

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#user = process.getuid?.() === 0 ? options.user : undefined;
  }

  /**
   * A process of one's own until it is released. Waits where all are busy.
   *
   * Errors: `extractor_unavailable`, `extractor_closed`, `extraction_aborted`.
   */
  async acquire(signal: AbortSignal | undefined): Promise<ReadingProcess> {
    for (;;) {
      if (this.#closed) throw closed();
      if (signal?.aborted) throw stopped(signal);
      const [entry] = this.#idle;
      if (entry) {
        const [idle, timer] = entry;
        clearTimeout(timer);
        this.#idle.delete(idle);
        return idle;
      }
      if (this.#live.size < this.#options.size) return this.#start();
      await this.#turn(signal);
    }
  }

  /** Gives a process back. */
  release(reader: ReadingProcess): void {
    if (!reader.ended) {
      if (this.#closed || reader.residentBytes > this.#options.keepBelowBytes) reader.kill(closed());
      else this.#rest(reader);
    }
    this.#waiting.shift()?.();
  }

  usage(): { readonly processes: number; readonly residentBytes: number } {
    let residentBytes = 0;
    for (const reader of this.#live) residentBytes += reader.residentBytes;
    return { processes: this.#live.size, residentBytes };
  }

  /** Ends all processes, also those that read. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const reader of [...this.#live]) reader.kill(closed());
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #rest(reader: ReadingProcess): void {
    const timer = setTimeout(() => reader.kill(closed()), this.#options.idleMs);
    // A process that waits for work must not keep the server alive.
    timer.unref();
    this.#idle.set(reader, timer);
  }

  async #start(): Promise<ReadingProcess> {
    try {
      return await this.#launch();
    } catch (error) {
      // As another user the process may not be able to read the program, for example below a private home.
      if (this.#user === undefined || this.#closed) throw error;
      this.#user = undefined;
      return await this.#launch();
    }
  }

  async #launch(): Promise<ReadingProcess> {
    const { heapMegabytes, maxFrameBytes } = this.#options;
    const reader = new ReadingProcess(readingCommand({ heapMegabytes, user: this.#user }), maxFrameBytes);
    this.#live.add(reader);
    reader.onEnd = () => {
      this.#live.delete(reader);
      clearTimeout(this.#idle.get(reader));
      this.#idle.delete(reader);
      this.#waiting.shift()?.();
    };
    await reader.ready();
    return reader;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        const place = this.#waiting.indexOf(wake);
        if (place >= 0) this.#waiting.splice(place, 1);
        wake();
      };
      this.#waiting.push(wake);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

function closed(): ExtractionError {
  return new ExtractionError('extractor_closed', 'The server stops.');
}

function stopped(signal: AbortSignal): ExtractionError {
  return new ExtractionError('extraction_aborted', 'The extraction was stopped.', { cause: signal.reason });
}
