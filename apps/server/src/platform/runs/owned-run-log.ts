import type { Pool } from 'pg';
import { GroupCommit } from './group-commit.ts';
import { referencesIn, type StoredValue, withValues } from './large-values.ts';

/** A record of a run that must still be this process's when the record is written. */
export interface OwnedRecord {
  runId: string;
  /** From 1, without gaps. */
  sequence: number;
  kind: string;
  /** JSON text, stored as it is: the order of keys is part of it. */
  payload: string;
  /** Values that the payload refers to and that are not stored yet: written with it. */
  values?: readonly StoredValue[];
}

/** A record as it is read back, its large values in their places. */
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
      bytesOf: ({ record }) =>
        (record.values ?? []).reduce((sum, { payload }) => sum + payload.length, record.payload.length),
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
    const values = await this.#valuesOf(
      runId,
      rows.map(({ payload }) => payload),
    );
    return rows.map(({ sequence, payload }) => ({
      sequence: Number(sequence),
      payload: values.size === 0 ? payload : withValues(payload, values),
    }));
  }

  /** The values that texts of a run refer to, and those that these refer to in turn. */
  async #valuesOf(runId: string, texts: readonly string[]): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    let wanted = referencesIn(texts);
    while (wanted.size > 0) {
      const { rows } = await this.#pool.query<{ hash: string; payload: string }>({
        name: 'run-values-read',
        text: 'select hash, payload::text as payload from run_values where run_id = $1 and hash = any($2)',
        values: [runId, [...wanted]],
      });
      for (const { hash, payload } of rows) values.set(hash, payload);
      const inner = referencesIn(rows.map(({ payload }) => payload));
      wanted = new Set([...inner].filter((hash) => !values.has(hash)));
    }
    return values;
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
    const values = entries.flatMap(({ record }) =>
      (record.values ?? []).map(
        ({ hash, payload }) => `{"run_id":"${record.runId}","hash":"${hash}","payload":${payload}}`,
      ),
    );
    const parameters = [`[${rows.join(',')}]`, ownerId];
    const { rows: held } = await this.#pool.query<{ id: string }>(
      values.length === 0
        ? { name: 'owned-run-log-append', text: appendStatement, values: parameters }
        : {
            name: 'owned-run-log-append-values',
            text: appendValuesStatement,
            values: [...parameters, `[${values.join(',')}]`],
          },
    );
    return new Set(held.map(({ id }) => id));
  }
}

const records = `
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
)`;

const appendStatement = `${records}
select id from held`;

/** A run that was taken over may meet values again that its former owner has stored. */
const appendValuesStatement = `${records}, stored as (
  insert into run_values (run_id, hash, payload)
  select v.run_id, v.hash, v.payload
  from json_to_recordset($3::json) as v(run_id uuid, hash text, payload json) join held on held.id = v.run_id
  where not exists (select from run_values known where known.run_id = v.run_id and known.hash = v.hash)
)
select id from held`;
