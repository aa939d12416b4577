/** Table of the API-based extensions of workspaces. */
import { pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { workspaces } from './accounts.ts';
import { createdAt, id, updatedAt } from './columns.ts';

/** A service that answers in the API-based extension protocol. Its key is sealed; the mask is made when it is saved. */
export const apiExtensions = pgTable(
  'api_extensions',
  {
    id: id(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    apiEndpoint: text('api_endpoint').notNull(),
    sealedApiKey: text('sealed_api_key').notNull(),
    maskedApiKey: text('masked_api_key').notNull(),
    createdBy: uuid('created_by'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('api_extensions_name').on(table.workspaceId, table.name)],
);
