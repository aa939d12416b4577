import type { RunRecord } from '../core/records.ts';

/**
 * The durable log of one run. Records are appended in order and never changed. The log refuses writers that have
 * lost the run (fencing): `flush` then rejects, and the run ends here without a final state.
 */
export interface RunLog {
  /** Takes a record; returns at once. */
  append(record: RunRecord): void;
  /** Resolves when every record taken so far is durable. */
  flush(): Promise<void>;
}
