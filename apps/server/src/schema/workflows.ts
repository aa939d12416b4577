/** Tables of apps that are a graph: versions, run records, conversation variables, drafts' variables, idempotency. */
import type { ConversationVariable, EnvironmentVariable } from '@trellis/graph';
import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { workspaces } from './accounts.ts';
import { apps } from './apps.ts';
import { createdAt, id, moment, updatedAt } from './columns.ts';

// Graphs and values are `json`, not `jsonb`: the order of keys is shown to people and models, and must survive.

const workspaceId = () =>
  uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });
const appId = () =>
  uuid('app_id')
    .notNull()
    .references(() => apps.id, { onDelete: 'cascade' });

/**
 * A graph with its features and variables. An app has one `draft`, which changes; `published` versions and
 * `snapshot`s (what a debug run ran on) never do. Values of secret variables are encrypted.
 */
export const workflows = pgTable(
  'workflows',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    kind: text('kind', { enum: ['draft', 'published', 'snapshot'] }).notNull(),
    /** `draft`, or the time of publishing as text. */
    version: text('version').notNull(),
    markedName: text('marked_name').notNull().default(''),
    markedComment: text('marked_comment').notNull().default(''),
    graph: json('graph').$type<unknown>().notNull(),
    features: json('features').$type<Record<string, unknown>>().notNull(),
    environmentVariables: json('environment_variables').$type<EnvironmentVariable[]>().notNull(),
    conversationVariables: json('conversation_variables').$type<ConversationVariable[]>().notNull(),
    /** Fingerprint of graph and features. */
    hash: text('hash').notNull(),
    createdBy: uuid('created_by'),
    updatedBy: uuid('updated_by'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('workflows_draft').on(table.appId).where(sql`kind = 'draft'`),
    index('workflows_versions').on(table.appId, table.kind, table.createdAt),
  ],
);

/** What is known of a run of a graph; `id` is that of its row in `runs`, its nodes are told by its log. */
export const workflowRuns = pgTable(
  'workflow_runs',
  {
    id: uuid('id').primaryKey(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id').notNull(),
    /** The version that clients are told. */
    workflowId: uuid('workflow_id').notNull(),
    /** The immutable row that holds its graph: the version itself, or the snapshot of a draft. */
    graphId: uuid('graph_id').notNull(),
    /** The trigger that the run began at; null is the graph's first start step. */
    rootNodeId: text('root_node_id'),
    mode: text('mode', { enum: ['workflow', 'advanced-chat'] }).notNull(),
    triggeredFrom: text('triggered_from').notNull(),
    surface: text('surface').notNull(),
    version: text('version').notNull(),
    conversationId: uuid('conversation_id'),
    messageId: uuid('message_id'),
    endUserId: uuid('end_user_id'),
    accountId: uuid('account_id'),
    /** The end user's session id or the account's id: what the run sees as `sys.user_id`. */
    userId: text('user_id').notNull(),
    status: text('status', {
      enum: ['running', 'succeeded', 'failed', 'stopped', 'partial-succeeded', 'paused'],
    }).notNull(),
    /** What the run is started with: form inputs, system and conversation variables. */
    input: json('input').$type<Record<string, unknown>>().notNull(),
    outputs: json('outputs').$type<Record<string, unknown>>(),
    error: text('error'),
    elapsedSeconds: doublePrecision('elapsed_seconds').notNull().default(0),
    totalTokens: integer('total_tokens').notNull().default(0),
    totalSteps: integer('total_steps').notNull().default(0),
    exceptionsCount: integer('exceptions_count').notNull().default(0),
    idempotencyKey: text('idempotency_key'),
    /** Fingerprint of the request that has the key. */
    requestHash: text('request_hash'),
    /** The run that this one tries again, or runs again from a node. */
    originRunId: uuid('origin_run_id'),
    originKind: text('origin_kind', { enum: ['retry', 'rerun'] }),
    originNodeId: text('origin_node_id'),
    /** Where its pauses and its end are told. */
    callbackUrl: text('callback_url'),
    createdAt: createdAt(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index('workflow_runs_app').on(table.appId, table.createdAt),
    uniqueIndex('workflow_runs_idempotency')
      .on(table.appId, table.userId, table.idempotencyKey)
      .where(sql`idempotency_key is not null`),
    index('workflow_runs_origin').on(table.originRunId).where(sql`origin_run_id is not null`),
  ],
);

/** A variable of a conversation with a chatflow. `id` is that of its declaration. */
export const conversationVariables = pgTable(
  'conversation_variables',
  {
    id: text('id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id').notNull(),
    name: text('name').notNull(),
    valueType: text('value_type').notNull(),
    description: text('description').notNull().default(''),
    value: json('value').$type<unknown>(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.conversationId, table.id] })],
);

/** What the nodes of a draft last put out, by person: read when a single node is tried, shown in the inspector. */
export const draftVariables = pgTable(
  'draft_variables',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    accountId: uuid('account_id').notNull(),
    /** A node's id, `sys` or `conversation`. */
    nodeId: text('node_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    valueType: text('value_type').notNull(),
    value: json('value').$type<unknown>(),
    edited: boolean('edited').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('draft_variables_name').on(table.appId, table.accountId, table.nodeId, table.name)],
);

/** The newest execution of each node of a draft, by a single step or a debug run. */
export const draftNodeRuns = pgTable(
  'draft_node_runs',
  {
    workspaceId: workspaceId(),
    appId: appId(),
    nodeId: text('node_id').notNull(),
    accountId: uuid('account_id'),
    /** The record as the console shows it. */
    record: json('record').$type<Record<string, unknown>>().notNull(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.appId, table.nodeId] })],
);
