import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../platform/database/testing.ts';
import * as schema from './index.ts';

const tables = Object.values(schema).filter((value) => value instanceof PgTable) as PgTable[];

interface Column {
  table: string;
  name: string;
  nullable: boolean;
}

describe('the table definitions', () => {
  let database: TestDatabase;
  let columns: Column[];

  beforeAll(async () => {
    database = await openTestDatabase();
    const { rows } = await database.pool.query<Column>(
      `select table_name as table, column_name as name, is_nullable = 'YES' as nullable
       from information_schema.columns where table_schema = 'public'`,
    );
    columns = rows;
  });

  afterAll(() => database.close());

  it.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
    'say of %s what the migrations make',
    (name, table) => {
      const defined = getTableConfig(table).columns.map((column) => ({
        name: column.name,
        nullable: !column.notNull,
      }));
      const made = columns.filter((column) => column.table === name);
      const byName = (left: { name: string }, right: { name: string }) => left.name.localeCompare(right.name);
      expect(made.map(({ name: column, nullable }) => ({ name: column, nullable })).sort(byName)).toEqual(
        defined.sort(byName),
      );
    },
  );

  it('leave no table of the migrations out', () => {
    const defined = new Set(tables.map((table) => getTableConfig(table).name));
    const made = [...new Set(columns.map((column) => column.table))].filter(
      (name) => !/^run_(log|values)_/.test(name) && name !== 'schema_migrations',
    );
    expect(made.filter((name) => !defined.has(name))).toEqual([]);
  });
});
