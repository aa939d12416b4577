/** Tables of runs: every turn and every workflow execution is one (see docs/architecture.md, "A run"). */
import { sql } from 'drizzle-orm';
import { bigint, index, integer, json, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, moment } from './columns.ts';

/** A server process that owns runs. Its lease covers all of them: one heartbeat a second, not one per run. */
export const runOwners = pgTable('run_owners', {
  id: uuid('id').primaryKey(),
  host: text('host').notNull(),
  startedAt: moment('started_at').notNull().defaultNow(),
  leaseUntil: moment('lease_until').notNull(),
});

/** A run; its id is the `task_id` clients see. `fence` rises with each take-over; writers with an older one are refused. */
export const runs = pgTable(
  'runs',
  {
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id').notNull(),
    kind: text('kind', { enum: ['chat', 'completion', 'agent', 'chatflow', 'workflow'] }).notNull(),
    status: text('status', {
      enum: ['running', 'succeeded', 'failed', 'stopped', 'partial-succeeded', 'paused'],
    }).notNull(),
    messageId: uuid('message_id'),
    startedBy: text('started_by').notNull(),
    ownerId: uuid('owner_id'),
    fence: integer('fence').notNull().default(1),
    error: text('error'),
    createdAt: createdAt(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index('runs_open').on(table.ownerId, table.appId).where(sql`status = 'running'`),
    index('runs_app').on(table.appId, table.createdAt),
  ],
);

/** The numbered log of a run; partitioned by month of `createdAt` (the migration declares the partitions). */
export const runLog = pgTable('run_log', {
  runId: uuid('run_id').notNull(),
  sequence: bigint('sequence', { mode: 'number' }).notNull(),
  schemaVersion: integer('schema_version').notNull().default(1),
  kind: text('kind').notNull(),
  payload: json('payload').$type<unknown>().notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** Large values that records refer to instead of holding them; partitioned like the log, and removed with it. */
export const runValues = pgTable('run_values', {
  runId: uuid('run_id').notNull(),
  /** Names the value: SHA-256 of `payload` as base64url. */
  hash: text('hash').notNull(),
  payload: json('payload').$type<unknown>().notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
});
