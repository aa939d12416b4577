/** Tables of apps: the app, its configuration versions, its site, keys and tags. */
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { workspaces } from './accounts.ts';
import { createdAt, id, moment, updatedAt } from './columns.ts';

const workspaceId = () =>
  uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });

/** An application of one of the five modes. */
export const apps = pgTable(
  'apps',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    mode: text('mode', { enum: ['chat', 'completion', 'agent-chat', 'advanced-chat', 'workflow'] }).notNull(),
    iconType: text('icon_type', { enum: ['emoji', 'image', 'link'] })
      .notNull()
      .default('emoji'),
    icon: text('icon').notNull().default('🤖'),
    iconBackground: text('icon_background'),
    useIconAsAnswerIcon: boolean('use_icon_as_answer_icon').notNull().default(false),
    status: text('status', { enum: ['normal', 'disabled'] })
      .notNull()
      .default('normal'),
    enableSite: boolean('enable_site').notNull().default(true),
    enableApi: boolean('enable_api').notNull().default(true),
    maxActiveRequests: integer('max_active_requests'),
    modelConfigId: uuid('model_config_id'),
    workflowId: uuid('workflow_id'),
    createdBy: uuid('created_by'),
    updatedBy: uuid('updated_by'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index('apps_workspace').on(table.workspaceId, table.updatedAt)],
);

/** A published configuration of a prompt app. Rows never change: a conversation keeps the one it began with. */
export const appModelConfigs = pgTable(
  'app_model_configs',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: uuid('app_id')
      .notNull()
      .references(() => apps.id, { onDelete: 'cascade' }),
    config: jsonb('config').$type<Record<string, unknown>>().notNull(),
    createdBy: uuid('created_by'),
    createdAt: createdAt(),
  },
  (table) => [index('app_model_configs_app').on(table.appId, table.createdAt)],
);

/** The public face of an app: link code, title, colours, texts. */
export const sites = pgTable(
  'sites',
  {
    appId: uuid('app_id')
      .primaryKey()
      .references(() => apps.id, { onDelete: 'cascade' }),
    workspaceId: workspaceId(),
    code: text('code').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    iconType: text('icon_type').notNull().default('emoji'),
    icon: text('icon'),
    iconBackground: text('icon_background'),
    chatColorTheme: text('chat_color_theme'),
    chatColorThemeInverted: boolean('chat_color_theme_inverted').notNull().default(false),
    copyright: text('copyright'),
    privacyPolicy: text('privacy_policy'),
    customDisclaimer: text('custom_disclaimer').notNull().default(''),
    inputPlaceholder: text('input_placeholder'),
    defaultLanguage: text('default_language').notNull().default('en-US'),
    promptPublic: boolean('prompt_public').notNull().default(false),
    showWorkflowSteps: boolean('show_workflow_steps').notNull().default(true),
    useIconAsAnswerIcon: boolean('use_icon_as_answer_icon').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('sites_code').on(table.code)],
);

/** API keys. Only the SHA-256 of the key is kept, with its prefix and last four characters for display. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    workspaceId: workspaceId(),
    appId: uuid('app_id').references(() => apps.id, { onDelete: 'cascade' }),
    type: text('type', { enum: ['app', 'dataset'] }).notNull(),
    keyHash: text('key_hash').notNull(),
    prefix: text('prefix').notNull(),
    lastFour: text('last_four').notNull(),
    lastUsedAt: moment('last_used_at'),
    createdBy: uuid('created_by'),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('api_keys_hash').on(table.keyHash), index('api_keys_app').on(table.appId)],
);

/** Labels of apps (and later of knowledge bases). */
export const tags = pgTable(
  'tags',
  {
    id: id(),
    workspaceId: workspaceId(),
    type: text('type', { enum: ['app', 'knowledge', 'snippet'] }).notNull(),
    name: text('name').notNull(),
    createdBy: uuid('created_by'),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('tags_name').on(table.workspaceId, table.type, table.name)],
);

/** Which object carries which tag. */
export const tagBindings = pgTable(
  'tag_bindings',
  {
    tagId: uuid('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    targetId: uuid('target_id').notNull(),
    workspaceId: workspaceId(),
    createdBy: uuid('created_by'),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.tagId, table.targetId] }),
    index('tag_bindings_target').on(table.targetId),
  ],
);

/** An import that waits for a person's confirmation (file of a newer major version). */
export const pendingImports = pgTable('pending_imports', {
  id: id(),
  workspaceId: workspaceId(),
  payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
  createdBy: uuid('created_by').notNull(),
  createdAt: createdAt(),
  expiresAt: moment('expires_at').notNull(),
});

/** The unpublished configuration of a prompt app, saved while somebody works on it. */
export const appDrafts = pgTable('app_drafts', {
  appId: uuid('app_id')
    .primaryKey()
    .references(() => apps.id, { onDelete: 'cascade' }),
  workspaceId: workspaceId(),
  config: jsonb('config').$type<Record<string, unknown>>().notNull(),
  updatedBy: uuid('updated_by'),
  updatedAt: updatedAt(),
});
