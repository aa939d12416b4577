import { encodeRecord, type RunLog, type RunRecord } from '@trellis/engine';
import { LargeValues } from '../../platform/runs/large-values.ts';
import type { OwnedRunLog } from '../../platform/runs/owned-run-log.ts';

/** The log of one run, as the engine writes it. */
export class RunJournal implements RunLog {
  readonly #options: {
    log: OwnedRunLog;
    runId: string;
    onRecord: (record: RunRecord) => void;
    onBroken: (error: unknown) => void;
  };
  readonly #large = new LargeValues();
  #count: number;
  #pending: Promise<void>[] = [];

  /**
   * `written` is the number of records that the log holds already. `onRecord` sees each new one, `onBroken` is told
   * when one could not be written.
   */
  constructor(options: {
    log: OwnedRunLog;
    runId: string;
    written: number;
    onRecord: (record: RunRecord) => void;
    onBroken: (error: unknown) => void;
  }) {
    this.#options = options;
    this.#count = options.written;
  }

  /** Number of the newest record. */
  get count(): number {
    return this.#count;
  }

  append(record: RunRecord): void {
    const { log, runId, onRecord, onBroken } = this.#options;
    this.#count += 1;
    onRecord(record);
    const separated = this.#large.separate(encodeRecord(record));
    const written = log.append({ runId, sequence: this.#count, kind: 'engine', ...separated });
    written.catch(onBroken);
    this.#pending.push(written);
  }

  async flush(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
  }
}
