import type { Pool } from 'pg';

/** Rows per statement: a removal must never hold locks for long. */
const batchRows = 1_000;

/** What an app leaves behind that no foreign key removes with it; children come before what they refer to. */
const leftovers = [
  'message_feedbacks',
  'message_files',
  'saved_messages',
  'messages',
  'conversation_variables',
  'conversations',
  'human_input_recipients',
  'human_input_forms',
  'run_callbacks',
  'turn_keys',
  'workflow_runs',
  'end_users',
] as const;

/** Kept on purpose: what model calls cost is the workspace's, whatever becomes of the app. */
export const keptAfterRemoval = ['model_calls'] as const;

/** Rows that are removed by hand because something outside of the database hangs on them. */
const removedApart = ['runs', 'upload_files'] as const;

/** Every table that this store takes care of, for the test that no table with an app in it is forgotten. */
export const removedWithApp: readonly string[] = [...leftovers, ...removedApart];

/** A stored file that belonged to a removed app. */
export interface LeftFile {
  readonly id: string;
  readonly storageKey: string;
}

/**
 * Removes what belonged to apps that are gone, a batch at a time. It acts for the system on apps that no longer exist,
 * so it takes no scope.
 */
export class RemovedAppStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Whether the app is still (or again) there; then nothing of it may be removed. */
  async exists(appId: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query('select from apps where id = $1', [appId]);
    return rowCount === 1;
  }

  /** Removes one batch of rows; false when there was nothing left. */
  async removeBatch(appId: string): Promise<boolean> {
    for (const table of leftovers) {
      // The name is one of the list above.
      const { rowCount } = await this.#pool.query(
        `delete from ${table} where ctid in (select ctid from ${table} where app_id = $1 limit ${batchRows})`,
        [appId],
      );
      if ((rowCount ?? 0) > 0) return true;
    }
    return this.#removeRuns(appId);
  }

  /** Runs go with their log and their large values. */
  async #removeRuns(appId: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `with gone as (select id from runs where app_id = $1 limit ${batchRows}),
            log as (delete from run_log where run_id in (select id from gone)),
            large as (delete from run_values where run_id in (select id from gone))
       delete from runs where id in (select id from gone)`,
      [appId],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Files of the app, to be removed from the file store first. */
  async files(appId: string): Promise<LeftFile[]> {
    const { rows } = await this.#pool.query<{ id: string; storage_key: string }>(
      'select id, storage_key from upload_files where app_id = $1 limit 100',
      [appId],
    );
    return rows.map((row) => ({ id: row.id, storageKey: row.storage_key }));
  }

  /** Forgets files whose bytes are gone. */
  async forgetFiles(ids: readonly string[]): Promise<void> {
    await this.#pool.query('delete from upload_files where id = any ($1)', [ids]);
  }

  /** Apps that are gone and left something behind: removals that were lost, or turns that ended after them. */
  async orphans(): Promise<string[]> {
    // Jumps from one app to the next over the indexes instead of reading every row.
    const { rows } = await this.#pool.query<{ app_id: string }>(
      `with recursive in_runs as (
         (select app_id from runs order by app_id limit 1)
         union all
         select (select r.app_id from runs r where r.app_id > i.app_id order by r.app_id limit 1)
         from in_runs i where i.app_id is not null
       ), in_users as (
         (select app_id from end_users order by app_id limit 1)
         union all
         select (select e.app_id from end_users e where e.app_id > i.app_id order by e.app_id limit 1)
         from in_users i where i.app_id is not null
       )
       select app_id from (select app_id from in_runs union select app_id from in_users) seen
       where app_id is not null and not exists (select from apps where apps.id = seen.app_id)`,
    );
    return rows.map((row) => row.app_id);
  }
}
