/** Tables of what is done around runs: callbacks at their end, and keys that make repeated requests one turn. */
import { sql } from 'drizzle-orm';
import { index, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { workspaces } from './accounts.ts';
import { apps } from './apps.ts';
import { createdAt, id, moment } from './columns.ts';

/** What an app's callbacks are signed with. After a change both secrets sign for a while, so that none is missed. */
export const callbackSecrets = pgTable('callback_secrets', {
  appId: uuid('app_id')
    .primaryKey()
    .references(() => apps.id, { onDelete: 'cascade' }),
  workspaceId: uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' }),
  /** Encrypted with the workspace's key. */
  sealed: text('sealed').notNull(),
  previousSealed: text('previous_sealed'),
  previousUntil: moment('previous_until'),
  createdAt: createdAt(),
});

/**
 * A callback that is owed: written by the statement that ends the run, so that no end goes without. `id` is the
 * `webhook-id` of all its deliveries.
 */
export const runCallbacks = pgTable(
  'run_callbacks',
  {
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id').notNull(),
    runId: uuid('run_id').notNull(),
    event: text('event', { enum: ['finished', 'paused'] }).notNull(),
    /** What a pause told; the end of a run is in its own row. */
    details: json('details').$type<Record<string, unknown>>(),
    /** When a job was sent for it; null while that is still to be done. */
    queuedAt: moment('queued_at'),
    deliveredAt: moment('delivered_at'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    createdAt: createdAt(),
  },
  (table) => [
    index('run_callbacks_run').on(table.runId),
    index('run_callbacks_waiting').on(table.createdAt).where(sql`queued_at is null`),
  ],
);

/** Which turn an idempotency key stands for, and of which request. */
export const turnKeys = pgTable(
  'turn_keys',
  {
    appId: uuid('app_id').notNull(),
    startedBy: text('started_by').notNull(),
    key: text('key').notNull(),
    workspaceId: uuid('workspace_id').notNull(),
    requestHash: text('request_hash').notNull(),
    runId: uuid('run_id').notNull(),
    /** How a failed turn is told to whoever repeats its request. */
    failure: json('failure').$type<{ code: string; message: string; status: number }>(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.appId, table.startedBy, table.key] }),
    index('turn_keys_run').on(table.runId),
  ],
);
