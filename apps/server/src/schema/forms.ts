/** Forms that runs wait for. */
import type { HumanInputData } from '@trellis/graph';
import { sql } from 'drizzle-orm';
import { boolean, index, json, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, moment } from './columns.ts';

/** A form of a human-input node. A form without a token is not delivered by web. */
export const humanInputForms = pgTable(
  'human_input_forms',
  {
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id').notNull(),
    runId: uuid('run_id').notNull(),
    nodeId: text('node_id').notNull(),
    /** The same for every execution of the node at its place in the run. */
    idempotencyKey: text('idempotency_key').notNull(),
    token: text('token'),
    content: text('content').notNull(),
    inputs: json('inputs').$type<HumanInputData['inputs']>().notNull(),
    actions: json('actions').$type<HumanInputData['user_actions']>().notNull(),
    defaults: json('defaults').$type<Record<string, string>>().notNull(),
    status: text('status', { enum: ['waiting', 'submitted', 'expired'] })
      .notNull()
      .default('waiting'),
    actionId: text('action_id'),
    submitted: json('submitted').$type<Record<string, unknown>>(),
    /** The node has seen the answer. */
    consumed: boolean('consumed').notNull().default(false),
    expiresAt: moment('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('human_input_forms_key').on(table.idempotencyKey),
    uniqueIndex('human_input_forms_token').on(table.token),
    index('human_input_forms_run').on(table.runId),
    index('human_input_forms_waiting').on(table.expiresAt).where(sql`status = 'waiting'`),
  ],
);
