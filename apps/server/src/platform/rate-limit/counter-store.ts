/** State of a counter after an event was added. */
export interface Counter {
  readonly count: number;
  /** Until the counter starts again from nothing. */
  readonly expiresInMs: number;
}

/** Counts events under keys for a time. Adding is atomic: of many parallel callers each gets another count. */
export interface CounterStore {
  /** Null when nothing is counted, or all of it has expired. */
  read(key: string): Promise<Counter | null>;
  /**
   * Adds one. The time to live starts with the first event; with `restart` every event starts it again,
   * as lockouts want it.
   */
  add(key: string, options: { ttlMs: number; restart?: boolean }): Promise<Counter>;
  /** Forgets a key. */
  reset(key: string): Promise<void>;
  /** Forgets every key that begins so. */
  resetAll(prefix: string): Promise<void>;
  /** Removes what has expired; called by a job. Returns how many. */
  deleteExpired(): Promise<number>;
}

/** A key out of parts that people chose: no part can pretend to be two. */
export function counterKey(...parts: readonly string[]): string {
  return parts.map((part) => encodeURIComponent(part.toWellFormed())).join(' ');
}
