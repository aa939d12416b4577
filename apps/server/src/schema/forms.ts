/** Forms that runs wait for. */
import type { HumanInputData } from '@trellis/graph';
import { sql } from 'drizzle-orm';
import { boolean, index, json, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, moment } from './columns.ts';

/** What a mail that asks for an answer says; `{{#url#}}` stands for the reader's own link. */
export interface FormMail {
  subject: string;
  /** Markdown. */
  body: string;
}

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
    /** Subjects and bodies of the mails that ask for an answer, by delivery method. */
    mails: json('mails').$type<Record<string, FormMail>>(),
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

/** Somebody who is asked by mail, with a link of their own. */
export const humanInputRecipients = pgTable(
  'human_input_recipients',
  {
    id: id(),
    workspaceId: uuid('workspace_id').notNull(),
    appId: uuid('app_id').notNull(),
    formId: uuid('form_id').notNull(),
    methodId: text('method_id').notNull(),
    /** Set for members of the workspace; whether they still are is looked at when the mail is sent. */
    accountId: uuid('account_id'),
    address: text('address').notNull(),
    token: text('token').notNull(),
    /** `sent` is handed to the mail queue; `skipped` says that nobody was to get it any more. */
    status: text('status', { enum: ['waiting', 'sent', 'skipped'] })
      .notNull()
      .default('waiting'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('human_input_recipients_token').on(table.token),
    uniqueIndex('human_input_recipients_person').on(table.formId, table.methodId, table.address),
  ],
);
