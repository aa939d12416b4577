import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import * as schema from './index.ts';

/** The typed query builder over the pool. */
export type Database = NodePgDatabase<typeof schema>;

/** A transaction, or the database itself: stores take either. */
export type Queryable = Database | Parameters<Parameters<Database['transaction']>[0]>[0];

/** Wraps a pool. */
export function createDatabase(pool: Pool): Database {
  return drizzle(pool, { schema });
}

/** PostgreSQL's code for a violated unique constraint. */
const uniqueViolation = '23505';

/** Whether an error says that a unique constraint was violated. Drizzle wraps the driver's error. */
export function isUniqueViolation(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ((at as { code?: unknown }).code === uniqueViolation) return true;
  }
  return false;
}
