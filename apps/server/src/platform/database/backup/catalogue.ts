import type { ClientBase } from 'pg';
import type { BackupHeader } from './format.ts';

/** A table whose rows are backed up; rows of partitions belong to their parent. */
export interface BackupTable {
  readonly name: string;
  /** Without generated columns, which the database computes again. */
  readonly columns: readonly string[];
}

/** Migrations are described in the header, not copied. */
const leftOut = ['schema_migrations'];

/** All tables of the schema, those that others refer to first. */
export async function listTables(client: ClientBase): Promise<readonly BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; needs: string[] }>(
    `select c.relname as name,
            array(select a.attname::text from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                   order by a.attnum) as columns,
            array(select distinct t.relname::text from pg_constraint k join pg_class t on t.oid = k.confrelid
                   where k.conrelid = c.oid and k.contype = 'f' and t.oid <> c.oid) as needs
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1)
      order by c.relname`,
    [leftOut],
  );
  return inOrderOfNeed(rows.filter(({ columns }) => columns.length > 0));
}

function inOrderOfNeed<T extends { readonly name: string; readonly needs: readonly string[] }>(
  tables: readonly T[],
): readonly T[] {
  const ordered = new Set<T>();
  const visit = (table: T, above: readonly T[]): void => {
    if (ordered.has(table) || above.includes(table)) return;
    for (const name of table.needs) {
      const needed = tables.find((other) => other.name === name);
      if (needed !== undefined) visit(needed, [...above, table]);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered];
}

/** All partitions with their bounds, parents before children. */
export async function listPartitions(client: ClientBase): Promise<BackupHeader['partitions']> {
  const { rows } = await client.query<{ table: string; parent: string; bound: string }>(
    `select c.relname as table, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
      where n.nspname = 'public' and c.relispartition and c.relkind in ('r', 'p')
      order by c.oid`,
  );
  return rows;
}

/** Where every used sequence is. */
export async function listSequences(client: ClientBase): Promise<BackupHeader['sequences']> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `select sequencename as name, last_value::text as value from pg_sequences
      where schemaname = 'public' and last_value is not null order by 1`,
  );
  return rows;
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Removes what migrations and the server made, and leaves what extensions own: an operator put those there. */
export async function dropEverything(client: ClientBase): Promise<void> {
  // The job queue keeps a schema of its own; its jobs belong to the rows that go.
  await client.query('drop schema if exists pgboss cascade');
  const { rows } = await client.query<{ statement: string }>(
    `select format('drop %s if exists public.%s cascade', kind, name) as statement from (
       select 1 as step, case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                         else 'table' end as kind, quote_ident(relname) as name, oid, 'pg_class'::regclass as class
         from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
       union all
       select 2, 'routine', quote_ident(proname) || '(' || pg_get_function_identity_arguments(oid) || ')', oid, 'pg_proc'::regclass
         from pg_proc where pronamespace = 'public'::regnamespace
       union all
       select 3, case typtype when 'd' then 'domain' else 'type' end, quote_ident(typname), oid, 'pg_type'::regclass
         from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
     ) objects
     where not exists (select from pg_depend d where d.classid = class and d.objid = objects.oid and d.deptype = 'e')
     order by step`,
  );
  for (const { statement } of rows) await client.query(statement);
}
