/** Tables of people, their sessions and the workspaces they belong to. */
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
import { createdAt, id, moment, updatedAt } from './columns.ts';

/** One row once the installation has been set up; its presence closes `/install`. */
export const installation = pgTable('installation', {
  id: text('id').primaryKey(),
  version: text('version').notNull(),
  setupAt: moment('setup_at').notNull().defaultNow(),
});

/** A person. `email` is stored lower-case. */
export const accounts = pgTable(
  'accounts',
  {
    id: id(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    passwordHash: text('password_hash'),
    avatar: text('avatar'),
    interfaceLanguage: text('interface_language').notNull().default('en-US'),
    interfaceTheme: text('interface_theme').notNull().default('light'),
    timezone: text('timezone').notNull().default('UTC'),
    status: text('status', { enum: ['pending', 'uninitialized', 'active', 'banned', 'closed'] })
      .notNull()
      .default('active'),
    lastLoginAt: moment('last_login_at'),
    lastLoginIp: text('last_login_ip'),
    lastActiveAt: moment('last_active_at').notNull().defaultNow(),
    initializedAt: moment('initialized_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('accounts_email').on(table.email)],
);

/**
 * A signed-in device. Refresh tokens are stored hashed; the previous one stays valid for a short grace period after
 * a rotation, so that two tabs that refresh at the same moment both stay signed in.
 */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    refreshTokenHash: text('refresh_token_hash').notNull(),
    previousTokenHash: text('previous_token_hash'),
    rotatedAt: moment('rotated_at'),
    userAgent: text('user_agent'),
    ip: text('ip'),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    uniqueIndex('sessions_refresh').on(table.refreshTokenHash),
    index('sessions_previous').on(table.previousTokenHash),
    index('sessions_account').on(table.accountId),
  ],
);

/** A tenant: everything else belongs to exactly one. The private key is wrapped with the installation's secret. */
export const workspaces = pgTable('workspaces', {
  id: id(),
  name: text('name').notNull(),
  plan: text('plan').notNull().default('basic'),
  status: text('status', { enum: ['normal', 'archive'] })
    .notNull()
    .default('normal'),
  publicKey: text('public_key').notNull(),
  wrappedPrivateKey: text('wrapped_private_key').notNull(),
  customConfig: jsonb('custom_config').$type<Record<string, unknown>>().notNull().default({}),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Who belongs to which workspace, and as what. At most one row per account is current. */
export const memberships = pgTable(
  'memberships',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    role: text('role', { enum: ['owner', 'admin', 'editor', 'normal', 'dataset_operator'] }).notNull(),
    isCurrent: boolean('is_current').notNull().default(false),
    invitedBy: uuid('invited_by'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.accountId] }),
    index('memberships_account').on(table.accountId),
  ],
);

/** Codes and grants sent to somebody; a row shows nothing that would let its reader take part in the flow. */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    purpose: text('purpose').notNull(),
    subject: text('subject').notNull(),
    codeHash: text('code_hash'),
    attempts: integer('attempts').notNull().default(0),
    payload: jsonb('payload').$type<Record<string, string>>().notNull().default({}),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('one_time_tokens_subject').on(table.purpose, table.subject)],
);

/** Events counted under a key for a time: wrong passwords, mails sent. */
export const attemptCounters = pgTable('attempt_counters', {
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  expiresAt: moment('expires_at').notNull(),
});
