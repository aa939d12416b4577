import type { Pool } from 'pg';
import type { Asker } from './turn.ts';

/** Whether a run that is under way was started in this app by this asker. */
export async function mayStopRun(
  pool: Pool,
  runId: string,
  by: { appId: string; asker: Asker },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select 1 from runs where id = $1 and app_id = $2 and started_by = $3 and status = 'running'",
    [runId, by.appId, by.asker.endUserId ?? by.asker.accountId],
  );
  return (rowCount ?? 0) > 0;
}
