/** Tables of model providers: credentials, custom models, defaults and call records (spec: model runtime §2.1). */
import {
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
import { workspaces } from './accounts.ts';
import { createdAt, id, moment, updatedAt } from './columns.ts';

const workspaceId = () =>
  uuid('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });

/** Named credentials of a provider. Secret fields of `encryptedConfig` are ciphertext of the workspace's key. */
export const providerCredentials = pgTable(
  'provider_credentials',
  {
    id: id(),
    workspaceId: workspaceId(),
    provider: text('provider').notNull(),
    name: text('name').notNull(),
    encryptedConfig: jsonb('encrypted_config').$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('provider_credentials_name').on(table.workspaceId, table.provider, table.name)],
);

/** Which credential of a provider is in use, and which kind is preferred. */
export const providerSettings = pgTable(
  'provider_settings',
  {
    workspaceId: workspaceId(),
    provider: text('provider').notNull(),
    activeCredentialId: uuid('active_credential_id'),
    preferredType: text('preferred_type', { enum: ['custom', 'system'] })
      .notNull()
      .default('custom'),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.provider] })],
);

/** Named credentials of one model that a workspace added itself. */
export const modelCredentials = pgTable(
  'model_credentials',
  {
    id: id(),
    workspaceId: workspaceId(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    modelType: text('model_type').notNull(),
    name: text('name').notNull(),
    encryptedConfig: jsonb('encrypted_config').$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('model_credentials_name').on(
      table.workspaceId,
      table.provider,
      table.model,
      table.modelType,
      table.name,
    ),
  ],
);

/** A model that a workspace added to a provider. */
export const customModels = pgTable(
  'custom_models',
  {
    workspaceId: workspaceId(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    modelType: text('model_type').notNull(),
    activeCredentialId: uuid('active_credential_id'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.provider, table.model, table.modelType] })],
);

/** Switches of single models. */
export const modelSettings = pgTable(
  'model_settings',
  {
    workspaceId: workspaceId(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    modelType: text('model_type').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    loadBalancingEnabled: boolean('load_balancing_enabled').notNull().default(false),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.provider, table.model, table.modelType] })],
);

/** The model a workspace uses for a type when nothing else is said. */
export const defaultModels = pgTable(
  'default_models',
  {
    workspaceId: workspaceId(),
    modelType: text('model_type').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.modelType] })],
);

/** One row per model call: what it cost and how it went. */
export const modelCalls = pgTable(
  'model_calls',
  {
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id'),
    runId: uuid('run_id'),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    modelType: text('model_type').notNull(),
    credentialId: uuid('credential_id'),
    purpose: text('purpose').notNull(),
    status: text('status', { enum: ['succeeded', 'failed', 'aborted'] }).notNull(),
    errorCode: text('error_code'),
    error: text('error'),
    promptTokens: integer('prompt_tokens').notNull().default(0),
    completionTokens: integer('completion_tokens').notNull().default(0),
    totalPrice: numeric('total_price', { precision: 20, scale: 7 }).notNull().default('0'),
    currency: text('currency').notNull().default('USD'),
    latencySeconds: doublePrecision('latency_seconds').notNull().default(0),
    firstTokenSeconds: doublePrecision('first_token_seconds'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [index('model_calls_workspace').on(table.workspaceId, table.createdAt)],
);
