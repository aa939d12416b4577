import type { Pool } from 'pg';

/** A callback that is owed. */
export interface OwedCallback {
  /** The `webhook-id` of all its deliveries. */
  id: string;
  workspaceId: string;
  appId: string;
  runId: string;
  event: 'finished' | 'paused';
  /** What a pause told; null at an end. */
  details: Record<string, unknown> | null;
  createdAt: Date;
  deliveredAt: Date | null;
}

/** Most callbacks that are handed to the job queue at once. */
const batchSize = 100;

/**
 * Callbacks that are owed. The statement that ends a run writes them (`run-writer.ts`); this store serves the system,
 * which calls back for all workspaces, and takes no scope.
 */
export class CallbackStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Hands callbacks that have no job yet to `send`, and answers how many. What is sent and then not committed is sent
   * again: a callback may have two jobs, but never none.
   */
  async queue(send: (callbackId: string) => Promise<void>): Promise<number> {
    const client = await this.#pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ id: string }>(
        `select id from run_callbacks where queued_at is null
         order by created_at limit ${batchSize} for update skip locked`,
      );
      for (const { id } of rows) await send(id);
      if (rows.length > 0)
        await client.query('update run_callbacks set queued_at = now() where id = any ($1)', [
          rows.map(({ id }) => id),
        ]);
      await client.query('commit');
      return rows.length;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** A callback by its id; null when its app is gone. */
  async find(id: string): Promise<OwedCallback | null> {
    const { rows } = await this.#pool.query<OwedCallback>(
      `select id, workspace_id as "workspaceId", app_id as "appId", run_id as "runId", event, details,
         created_at as "createdAt", delivered_at as "deliveredAt"
       from run_callbacks where id = $1`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** Notes a try: delivered, or why not. */
  async noteTry(id: string, error: string | null): Promise<void> {
    await this.#pool.query(
      `update run_callbacks set attempts = attempts + 1, last_error = $2,
         delivered_at = case when $2::text is null then now() end
       where id = $1`,
      [id, error],
    );
  }
}
