/** Tables of conversations, messages, feedback, end users and files. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, id, moment, updatedAt } from './columns.ts';

// Without foreign keys to workspaces and apps: each check would lock those few rows on every turn. The job that
// removes an app removes these rows by `app_id`.
const workspaceId = () => uuid('workspace_id').notNull();
const appId = () => uuid('app_id').notNull();

/** Somebody who uses an app from outside: an API caller's user, or a visitor of the web app. */
export const endUsers = pgTable(
  'end_users',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    type: text('type').notNull(),
    sessionId: text('session_id').notNull(),
    externalUserId: text('external_user_id'),
    name: text('name'),
    isAnonymous: boolean('is_anonymous').notNull().default(true),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('end_users_session').on(table.appId, table.sessionId)],
);

/** A conversation. `modelConfigId` pins the configuration it began with. */
export const conversations = pgTable(
  'conversations',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    modelConfigId: uuid('model_config_id'),
    overrideConfig: jsonb('override_config').$type<Record<string, unknown>>(),
    mode: text('mode').notNull(),
    name: text('name').notNull(),
    inputs: jsonb('inputs').$type<Record<string, unknown>>().notNull().default({}),
    introduction: text('introduction').notNull().default(''),
    status: text('status').notNull().default('normal'),
    surface: text('surface').notNull(),
    endUserId: uuid('end_user_id'),
    accountId: uuid('account_id'),
    messageCount: integer('message_count').notNull().default(0),
    readAt: moment('read_at'),
    readBy: uuid('read_by'),
    isDeleted: boolean('is_deleted').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index('conversations_end_user')
      .on(table.appId, table.endUserId, table.updatedAt)
      .where(sql`not is_deleted`),
    index('conversations_app').on(table.appId, table.updatedAt).where(sql`not is_deleted`),
  ],
);

/** Conversations that somebody keeps at the top of the list. */
export const pinnedConversations = pgTable(
  'pinned_conversations',
  {
    conversationId: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    endUserId: uuid('end_user_id').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.conversationId, table.endUserId] })],
);

/** One turn: what was asked, what was answered, what it cost. `id` of the turn's run equals `runId`. */
export const messages = pgTable(
  'messages',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    conversationId: uuid('conversation_id').notNull(),
    runId: uuid('run_id').notNull(),
    parentMessageId: uuid('parent_message_id'),
    inputs: jsonb('inputs').$type<Record<string, unknown>>().notNull().default({}),
    query: text('query').notNull(),
    prompt: jsonb('prompt').$type<unknown[]>(),
    answer: text('answer').notNull().default(''),
    status: text('status', { enum: ['running', 'normal', 'error', 'paused', 'stopped'] }).notNull(),
    error: text('error'),
    metadata: jsonb('metadata').$type<Record<string, unknown>>(),
    surface: text('surface').notNull(),
    endUserId: uuid('end_user_id'),
    accountId: uuid('account_id'),
    modelProvider: text('model_provider'),
    modelId: text('model_id'),
    messageTokens: integer('message_tokens').notNull().default(0),
    answerTokens: integer('answer_tokens').notNull().default(0),
    totalPrice: numeric('total_price', { precision: 20, scale: 7 }).notNull().default('0'),
    currency: text('currency').notNull().default('USD'),
    latencySeconds: doublePrecision('latency_seconds').notNull().default(0),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index('messages_conversation').on(table.conversationId, table.createdAt),
    index('messages_app').on(table.appId, table.createdAt),
  ],
);

/** Files that belong to a message, given by the user or made by the assistant. */
export const messageFiles = pgTable(
  'message_files',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    messageId: uuid('message_id').notNull(),
    type: text('type').notNull(),
    transferMethod: text('transfer_method').notNull(),
    url: text('url'),
    uploadFileId: uuid('upload_file_id'),
    belongsTo: text('belongs_to').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index('message_files_message').on(table.messageId),
    index('message_files_upload').on(table.uploadFileId),
  ],
);

/** Ratings: one per message and rater. */
export const messageFeedbacks = pgTable(
  'message_feedbacks',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: appId(),
    conversationId: uuid('conversation_id').notNull(),
    messageId: uuid('message_id').notNull(),
    rating: text('rating', { enum: ['like', 'dislike'] }).notNull(),
    content: text('content'),
    fromSource: text('from_source', { enum: ['user', 'admin'] }).notNull(),
    endUserId: uuid('end_user_id'),
    accountId: uuid('account_id'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('message_feedbacks_rater').on(table.messageId, table.fromSource),
    index('message_feedbacks_app').on(table.appId, table.createdAt),
  ],
);

/** Answers that a visitor of a text generator kept. */
export const savedMessages = pgTable(
  'saved_messages',
  {
    id: id(),
    appId: appId(),
    messageId: uuid('message_id').notNull(),
    endUserId: uuid('end_user_id').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('saved_messages_user').on(table.endUserId, table.messageId)],
);

/** A stored file. `storageKey` is generated; the name is only ever shown. */
export const uploadFiles = pgTable(
  'upload_files',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: uuid('app_id'),
    storageKey: text('storage_key').notNull(),
    name: text('name').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    extension: text('extension').notNull(),
    mimeType: text('mime_type').notNull(),
    sha256: text('sha256').notNull(),
    endUserId: uuid('end_user_id'),
    accountId: uuid('account_id'),
    sourceUrl: text('source_url').notNull().default(''),
    createdAt: createdAt(),
  },
  (table) => [index('upload_files_workspace').on(table.workspaceId, table.createdAt)],
);
