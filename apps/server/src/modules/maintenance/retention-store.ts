import type { Pool } from 'pg';

/** Which rows of an app are too old, and how many go at once. */
export interface ExpiredRows {
  appId: string;
  /** Rows that ended before this go. */
  before: Date;
  limit: number;
}

/**
 * Removes records of runs and messages by age, a batch at a time. It acts for the system on all workspaces, so it takes
 * no scope. What is running or paused is never touched, however old.
 */
export class RetentionStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Apps that have rows of this kind, deleted ones included. */
  async appsWith(table: 'workflow_runs' | 'messages'): Promise<string[]> {
    // Jumps from one app to the next over the index; the name is one of the two above.
    const { rows } = await this.#pool.query<{ app_id: string }>(
      `with recursive seen as (
         (select app_id from ${table} order by app_id limit 1)
         union all
         select (select t.app_id from ${table} t where t.app_id > s.app_id order by t.app_id limit 1)
         from seen s where s.app_id is not null
       )
       select app_id from seen where app_id is not null`,
    );
    return rows.map((row) => row.app_id);
  }

  /** Removes runs of graphs with their log, its values, forms and callbacks; `workflowIds` restricts it when not empty. */
  async removeRuns(rows: ExpiredRows, workflowIds: readonly string[] = []): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with gone as materialized (
         select id from workflow_runs
         where app_id = $1 and created_at < $2 and coalesce(finished_at, created_at) < $2
           and status not in ('running', 'paused')
           and (cardinality($4::text[]) = 0 or workflow_id::text = any($4))
         order by created_at limit $3 for update skip locked
       ), log as (delete from run_log where run_id in (select id from gone)
       ), large as (delete from run_values where run_id in (select id from gone)
       ), forms as (delete from human_input_forms where run_id in (select id from gone) returning id
       ), asked as (delete from human_input_recipients where form_id in (select id from forms)
       ), calls as (delete from run_callbacks where run_id in (select id from gone)
       ), owned as (delete from runs where id in (select id from gone))
       delete from workflow_runs where id in (select id from gone)`,
      [rows.appId, rows.before, rows.limit, workflowIds],
    );
    return rowCount ?? 0;
  }

  /** Removes messages with their ratings, file links and, where a message is all there is to a run, its run. */
  async removeMessages(rows: ExpiredRows): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with gone as materialized (
         select id, run_id from messages
         where app_id = $1 and created_at < $2 and status not in ('running', 'paused')
         order by created_at limit $3 for update skip locked
       ), ratings as (delete from message_feedbacks where message_id in (select id from gone)
       ), files as (delete from message_files where message_id in (select id from gone)
       ), saved as (delete from saved_messages where message_id in (select id from gone)
       ), keys as (delete from turn_keys where run_id in (select run_id from gone)
       ), turns as (
         delete from runs where id in (select run_id from gone) and kind not in ('workflow', 'chatflow') returning id
       ), log as (delete from run_log where run_id in (select id from turns))
       delete from messages where id in (select id from gone)`,
      [rows.appId, rows.before, rows.limit],
    );
    return rowCount ?? 0;
  }

  /** Removes conversations without a message that nobody has used since, with their variables. */
  async removeConversations(rows: ExpiredRows): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `with gone as materialized (
         select c.id from conversations c
         where c.app_id = $1 and c.updated_at < $2
           and not exists (select from messages m where m.conversation_id = c.id)
         limit $3 for update skip locked
       ), variables as (delete from conversation_variables where conversation_id in (select id from gone))
       delete from conversations where id in (select id from gone)`,
      [rows.appId, rows.before, rows.limit],
    );
    return rowCount ?? 0;
  }
}
