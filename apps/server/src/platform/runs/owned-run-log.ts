import type { Pool } from 'pg';
import { GroupCommit } from './group-commit.ts';

/** A record of a run that must still be this process's when the record is written. */
export interface OwnedRecord {
  runId: string;
  /** From 1, without gaps. */
  sequence: number;
  kind: string;
  /** JSON text, stored as it is: the order of keys is part of it. */
  payload: string;
}

/** A record as it is read back. */
export interface LoggedRecord {
  sequence: number;
  payload: string;
}

/** The run was taken over by another process; what this one still had to say is not written. */
export class RunLostError extends Error {
  override readonly name = 'RunLostError';

  constructor(runId: string) {
    super(`the run ${runId} belongs to another process now`);
  }
}

interface Entry {
  record: OwnedRecord;
  /** Set by the write: whether the run was still ours. */
  kept: boolean;
}

/**
 * The appender of this process for runs that can be taken over. Records of all runs go down together; a run's row is
 * locked while its records are written, so a take-over either sees them or comes first and refuses them.
 */
export class OwnedRunLog {
  readonly #commit: GroupCommit<Entry>;
  readonly #pool: Pool;

  constructor(options: { pool: Pool; ownerId: string }) {
    this.#pool = options.pool;
    this.#commit = new GroupCommit({
      maxItems: 2_000,
      write: async (entries) => {
        const kept = await this.#write(entries, options.ownerId);
        for (const entry of entries) entry.kept = kept.has(entry.record.runId);
      },
    });
  }

  /** Statements written so far. */
  get flushes(): number {
    return this.#commit.flushes;
  }

  /** Resolves when the record is durable; throws RunLostError when the run is no longer this process's. */
  async append(record: OwnedRecord): Promise<void> {
    const entry: Entry = { record, kept: false };
    await this.#commit.add(entry);
    if (!entry.kept) throw new RunLostError(record.runId);
  }

  /** The records of a run after a sequence number, in order. */
  async read(runId: string, after = 0): Promise<LoggedRecord[]> {
    const { rows } = await this.#pool.query<{ sequence: string; payload: string }>({
      name: 'owned-run-log-read',
      text: `select sequence, payload::text as payload from run_log
             where run_id = $1 and sequence > $2 and kind = 'engine' order by sequence`,
      values: [runId, after],
    });
    return rows.map(({ sequence, payload }) => ({ sequence: Number(sequence), payload }));
  }

  /** Waits until everything appended so far is written. */
  settled(): Promise<void> {
    return this.#commit.settled();
  }

  async #write(entries: readonly Entry[], ownerId: string): Promise<ReadonlySet<string>> {
    const rows = entries.map(
      ({ record }) =>
        `{"run_id":"${record.runId}","sequence":${record.sequence},"kind":"${record.kind}","payload":${record.payload}}`,
    );
    const { rows: held } = await this.#pool.query<{ id: string }>({
      name: 'owned-run-log-append',
      text: appendStatement,
      values: [`[${rows.join(',')}]`, ownerId],
    });
    return new Set(held.map(({ id }) => id));
  }
}

const appendStatement = `
with input as (
  select * from json_to_recordset($1::json) as r(run_id uuid, sequence bigint, kind text, payload json)
), held as materialized (
  select id from runs
  where id in (select run_id from input) and owner_id = $2::uuid and status = 'running'
  order by id for share
), written as (
  insert into run_log (run_id, sequence, kind, payload)
  select input.run_id, input.sequence, input.kind, input.payload
  from input join held on held.id = input.run_id
)
select id from held`;
