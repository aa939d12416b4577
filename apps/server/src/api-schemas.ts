import { apiKeySchema, appDetailSchema, appSummarySchema, consoleSiteSchema } from './modules/apps/schema.ts';
import { siteSchema } from './modules/apps/site.ts';
import { parametersSchema } from './modules/service-api/app-routes.ts';
import {
  answerSchema,
  conversationSchema,
  messageFileSchema,
  messageSchema,
  metadataSchema,
  usageSchema,
} from './modules/service-api/schema.ts';
import type { NamedSchemas } from './platform/http/openapi-schema.ts';

/** What the API document calls by name: the objects that several calls answer with. */
export const namedSchemas: NamedSchemas = {
  Answer: answerSchema,
  AnswerMetadata: metadataSchema,
  ApiKey: apiKeySchema,
  App: appDetailSchema,
  AppSummary: appSummarySchema,
  Conversation: conversationSchema,
  Message: messageSchema,
  MessageFile: messageFileSchema,
  Parameters: parametersSchema,
  Site: siteSchema,
  SiteSettings: consoleSiteSchema,
  Usage: usageSchema,
};
