/** A statement is one text in memory, here and in the database. */
const maxGroupBytes = 16_000_000;

/**
 * Collects what many callers want to write at about the same time into one statement. While a write is under way
 * newcomers wait; when it ends they all go in the next one. So an idle server writes at once, and a busy one writes in
 * ever larger groups, without a timer to tune. Only what nobody waits for may linger, to be written less often.
 */
export class GroupCommit<Item> {
  readonly #write: (items: Item[]) => Promise<void>;
  readonly #maxItems: number;
  readonly #bytesOf: (item: Item) => number;
  #waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #running: Promise<void> | undefined;
  readonly #lingerMs: number;
  #hurry: (() => void) | undefined;
  /** Statements written so far; the bench reports writes per run from it. */
  flushes = 0;

  /**
   * `bytesOf` bounds groups of items that can be large: about {@link maxGroupBytes} in one statement. `lingerMs` lets the
   * first of a group wait for company.
   */
  constructor(options: {
    write: (items: Item[]) => Promise<void>;
    maxItems?: number;
    bytesOf?: (item: Item) => number;
    lingerMs?: number;
  }) {
    this.#write = options.write;
    this.#maxItems = options.maxItems ?? 500;
    this.#bytesOf = options.bytesOf ?? (() => 0);
    this.#lingerMs = options.lingerMs ?? 0;
  }

  /** Resolves when the item is durable; rejects when writing it failed. */
  add(item: Item): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
    });
    this.#running ??= this.#drain();
    return written;
  }

  /** Resolves when nothing is waiting any more. */
  async settled(): Promise<void> {
    this.#hurry?.();
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    // The first await lets everything that is added in the same turn of the event loop join the first group.
    await (this.#lingerMs > 0 ? this.#linger() : Promise.resolve());
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#nextGroup());
      this.flushes += 1;
      try {
        await this.#write(group.map((entry) => entry.item));
        for (const entry of group) entry.resolve();
      } catch (error) {
        if (group.length === 1) group[0]?.reject(error);
        else await this.#oneByOne(group);
      }
    }
    this.#running = undefined;
  }

  #linger(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#hurry?.(), this.#lingerMs);
      this.#hurry = () => {
        this.#hurry = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** How many of those that wait go into one statement: always one, however large. */
  #nextGroup(): number {
    let bytes = 0;
    const most = Math.min(this.#waiting.length, this.#maxItems);
    for (let count = 0; count < most; count += 1) {
      const next = this.#waiting[count];
      bytes += next === undefined ? 0 : this.#bytesOf(next.item);
      if (bytes > maxGroupBytes) return Math.max(count, 1);
    }
    return most;
  }

  /** One bad item must not take its neighbours with it. */
  async #oneByOne(
    group: { item: Item; resolve: () => void; reject: (error: unknown) => void }[],
  ): Promise<void> {
    for (const entry of group) {
      this.flushes += 1;
      try {
        await this.#write([entry.item]);
        entry.resolve();
      } catch (error) {
        entry.reject(error);
      }
    }
  }
}
