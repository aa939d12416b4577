import type { Pool } from 'pg';
import { toDatabaseJson } from '../database-json.ts';
import { GroupCommit } from './group-commit.ts';

/** One record of a run's log. Sequence numbers of a run start at 1 and have no gaps. */
export interface RunLogRecord {
  runId: string;
  sequence: number;
  kind: string;
  payload: unknown;
}

/** The appender of this process: records of all its runs go down together. */
export class RunLog {
  readonly #commit: GroupCommit<RunLogRecord>;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#commit = new GroupCommit({
      write: async (records) => {
        await pool.query({
          name: 'run-log-append',
          text: `insert into run_log (run_id, sequence, kind, payload)
                 select run_id, sequence, kind, payload
                 from jsonb_to_recordset($1::jsonb) as r(run_id uuid, sequence bigint, kind text, payload jsonb)`,
          values: [
            toDatabaseJson(
              records.map((r) => ({
                run_id: r.runId,
                sequence: r.sequence,
                kind: r.kind,
                payload: r.payload,
              })),
            ),
          ],
        });
      },
    });
  }

  /** Statements written so far. */
  get flushes(): number {
    return this.#commit.flushes;
  }

  /** Resolves when the record is durable. */
  append(record: RunLogRecord): Promise<void> {
    return this.#commit.add(record);
  }

  /** The records of a run after a sequence number, in order. */
  async read(runId: string, after = 0): Promise<RunLogRecord[]> {
    const { rows } = await this.#pool.query<{ sequence: string; kind: string; payload: unknown }>(
      'select sequence, kind, payload from run_log where run_id = $1 and sequence > $2 order by sequence',
      [runId, after],
    );
    return rows.map((row) => ({
      runId,
      sequence: Number(row.sequence),
      kind: row.kind,
      payload: row.payload,
    }));
  }

  /** Waits until everything appended so far is written. */
  settled(): Promise<void> {
    return this.#commit.settled();
  }
}
