/** What a cache is made of. */
export interface ShortCacheOptions {
  /** How long an entry counts. */
  lifetimeMs: number;
  /** Entries kept at most. */
  limit: number;
  now?: (() => number) | undefined;
}

/** Keeps what was looked up for a few seconds, for look-ups that come with every request. */
export class ShortCache<Value> {
  readonly #options: ShortCacheOptions;
  readonly #now: () => number;
  readonly #entries = new Map<string, { value: Value; expiresAtMs: number }>();
  /** Counts clearings: what was looked up before one must not be kept after it. */
  #clearings = 0;

  constructor(options: ShortCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The value of a key, looked up when it is not known; a look-up that fails is not kept. */
  async get(key: string, lookUp: () => Promise<Value>): Promise<Value> {
    const entry = this.#entries.get(key);
    if (entry && entry.expiresAtMs > this.#now()) return entry.value;
    const clearings = this.#clearings;
    const value = await lookUp();
    if (clearings !== this.#clearings) return value;
    if (this.#entries.size >= this.#options.limit) this.#entries.clear();
    this.#entries.set(key, { value, expiresAtMs: this.#now() + this.#options.lifetimeMs });
    return value;
  }

  /** Forgets everything. */
  clear(): void {
    this.#clearings += 1;
    this.#entries.clear();
  }
}
