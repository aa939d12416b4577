import type { Pool } from 'pg';

/** Columns that change by being looked at. */
const restless = ['last_active_at', 'last_used_at', 'last_login_at', 'last_login_ip'];

/**
 * A digest of all rows that belong to a workspace, by table, its people among them. Two equal ones mean that nothing
 * was added, changed or removed in between.
 */
export async function fingerprintOf(pool: Pool, workspaceId: string): Promise<Record<string, string>> {
  const tables = await tablesOfWorkspaces(pool);
  const digest = (table: string, where: string) =>
    `select '${table}' as table, coalesce(md5(string_agg(line, chr(10) order by line)), '') as digest from (
       select (to_jsonb(t) ${restless.map((column) => `- '${column}'`).join(' ')})::text as line from "${table}" t where ${where}
     ) lines`;
  const people = 'select account_id from memberships where workspace_id = $1';
  const queries = [
    ...tables.map((table) => digest(table, 'workspace_id = $1')),
    digest('workspaces', 'id = $1'),
    digest('accounts', `id in (${people})`),
    digest(
      'pinned_conversations',
      'conversation_id in (select id from conversations where workspace_id = $1)',
    ),
    digest('saved_messages', 'message_id in (select id from messages where workspace_id = $1)'),
  ];
  const { rows } = await pool.query<{ table: string; digest: string }>(queries.join(' union all '), [
    workspaceId,
  ]);
  return Object.fromEntries(rows.map(({ table, digest: value }) => [table, value]));
}

async function tablesOfWorkspaces(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
       and a.attname = 'workspace_id' and not a.attisdropped order by 1`,
  );
  return rows.map(({ name }) => name);
}
