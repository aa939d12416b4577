/** Triggers of published graphs, and who listens to those of a draft. */
import { sql } from 'drizzle-orm';
import { boolean, index, json, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { workspaces } from './accounts.ts';
import { apps } from './apps.ts';
import { createdAt, id, moment, updatedAt } from './columns.ts';

const workspaceId = () =>
  uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });
const appId = () =>
  uuid('app_id')
    .notNull()
    .references(() => apps.id, { onDelete: 'cascade' });

/**
 * A trigger node that has, or once had, an address or a time. It outlives the node: an address is the same again when
 * the node comes back.
 */
export const appTriggers = pgTable(
  'app_triggers',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    nodeId: text('node_id').notNull(),
    kind: text('kind', { enum: ['webhook', 'schedule'] }).notNull(),
    title: text('title').notNull().default(''),
    /** The secret part of a webhook's address: 24 URL-safe characters. */
    webhookId: text('webhook_id'),
    /** Whether the version that the app runs has the node. */
    published: boolean('published').notNull().default(false),
    /** The switch of the console. */
    enabled: boolean('enabled').notNull().default(true),
    cron: text('cron'),
    timeZone: text('time_zone'),
    /** When a schedule is due; null for webhooks and for schedules that are off. */
    nextRunAt: moment('next_run_at'),
    lastRunAt: moment('last_run_at'),
    lastRunId: uuid('last_run_id'),
    /** Why the last run could not be started. */
    lastError: text('last_error'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('app_triggers_node').on(table.appId, table.nodeId),
    uniqueIndex('app_triggers_webhook').on(table.webhookId),
    index('app_triggers_due').on(table.nextRunAt).where(sql`next_run_at is not null`),
  ],
);

/** Somebody in the editor who waits for an event of a trigger; the event is put here for them. */
export const triggerListeners = pgTable(
  'trigger_listeners',
  {
    workspaceId: workspaceId(),
    appId: appId(),
    accountId: uuid('account_id').notNull(),
    nodeId: text('node_id').notNull(),
    event: json('event').$type<Record<string, unknown>>(),
    /** The editor asks again and again; who has stopped asking no longer listens. */
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.accountId, table.nodeId] })],
);
