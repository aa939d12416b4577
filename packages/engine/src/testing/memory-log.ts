import { decodeRecord, encodeRecord, type RunRecord } from '../core/records.ts';
import type { RunLog } from '../ports/index.ts';

/** A run log in memory. Records pass through their text form, as they would in a database. */
export class MemoryLog implements RunLog {
  readonly #lines: string[] = [];
  #durable = 0;
  /** How often somebody waited for durability, with something new to make durable. */
  flushes = 0;

  append(record: RunRecord): void {
    this.#lines.push(encodeRecord(record));
  }

  flush(): Promise<void> {
    if (this.#durable < this.#lines.length) this.flushes += 1;
    this.#durable = this.#lines.length;
    return Promise.resolve();
  }

  /** Records that are durable. */
  get durableCount(): number {
    return this.#durable;
  }

  /** All records, read back. */
  records(): RunRecord[] {
    return this.#lines.map(decodeRecord);
  }
}
