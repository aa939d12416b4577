import { z } from 'zod';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { invalidParam, notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { parseLocalTime } from '../../platform/local-time.ts';
import type { AppService } from '../apps/app-service.ts';
import { readPromptConfig } from '../apps/prompt-config.ts';
import type { AppStore } from '../apps/store.ts';
import type { Message, MessageStore } from '../conversations/message-store.ts';
import type { ConversationService } from '../conversations/service.ts';
import { resultSchema } from '../service-api/schema.ts';
import { toLogItem, toLogMessage } from './present.ts';
import { type LoggedConversation, type LogStore, logOrders } from './store.ts';

/** What the log routes need. */
export interface LogRouteOptions {
  appService: AppService;
  apps: AppStore;
  logs: LogStore;
  messages: MessageStore;
  conversations: ConversationService;
}

const tag = 'Logs';
const appParams = z.object({ appId: z.uuid() });
const conversationParams = z.object({ appId: z.uuid(), conversationId: z.uuid() });

const listQuery = z.object({
  keyword: z.string().max(255).optional(),
  start: z.string().optional(),
  end: z.string().optional(),
  annotation_status: z.enum(['all', 'annotated', 'not_annotated']).default('all'),
  sort_by: z.enum(logOrders).default('-updated_at'),
  page: z.coerce.number().int().min(1).max(99_999).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const conversationItem = z.looseObject({ id: z.string(), name: z.string() });
const messageItem = z.looseObject({ id: z.string(), query: z.string(), answer: z.string() });

/** Conversations and messages of an app, for the people who run it (spec: console §1.6, §3.4). */
export function logRoutes(options: LogRouteOptions): AnyRoute[] {
  return [
    ...(['chat-conversations', 'completion-conversations'] as const).flatMap((kind) =>
      conversationRoutes(options, kind),
    ),
    ...messageRoutes(options),
  ];
}

function conversationRoutes(
  options: LogRouteOptions,
  kind: 'chat-conversations' | 'completion-conversations',
) {
  const { appService, logs, messages } = options;
  return [
    defineRoute({
      method: 'GET',
      path: `/console/api/apps/:appId/${kind}`,
      auth: 'console',
      permission: 'app.logs',
      summary: 'A page of the conversations of an app; debug runs are left out.',
      tag,
      rate: 'default',
      params: appParams,
      query: listQuery,
      response: z.object({
        page: z.number(),
        limit: z.number(),
        total: z.number(),
        has_more: z.boolean(),
        data: z.array(conversationItem),
      }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        if (query.annotation_status === 'annotated') {
          // Answers cannot be annotated yet, so none is.
          return { page: query.page, limit: query.limit, total: 0, has_more: false, data: [] };
        }
        const { rows, total } = await logs.list(principal.scope, {
          appId: app.id,
          keyword: query.keyword,
          from: localTime(query.start, principal.account.timezone, 'start'),
          until: localTime(query.end, principal.account.timezone, 'end'),
          sortBy: query.sort_by,
          page: query.page,
          limit: query.limit,
        });
        return {
          page: query.page,
          limit: query.limit,
          total,
          has_more: query.page * query.limit < total,
          data: rows.map(toLogItem),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `/console/api/apps/:appId/${kind}/:conversationId`,
      auth: 'console',
      permission: 'app.logs',
      summary: 'A conversation with the configuration it ran on; reading it marks it as read.',
      tag,
      rate: 'default',
      params: conversationParams,
      response: conversationItem,
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        await appService.find(principal.scope, params.appId);
        const row = await logs.find(principal.scope, params.appId, params.conversationId);
        if (!row) throw notFound('Conversation Not Exists.');
        await logs.markRead(principal.scope, row.id, principal.account.id);
        const first =
          kind === 'completion-conversations' ? await messages.first(principal.scope, row.id) : null;
        return {
          ...toLogItem(row),
          introduction: row.introduction,
          inputs: row.inputs,
          model_config: await configOf(options, principal.scope, row),
          ...(first ? { message: (await present(options, principal.scope, [first]))[0] } : {}),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `/console/api/apps/:appId/${kind}/:conversationId`,
      auth: 'console',
      permission: 'app.logs',
      summary: 'Deletes a conversation.',
      tag,
      rate: 'default',
      params: conversationParams,
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        await appService.find(principal.scope, params.appId);
        if (!(await logs.remove(principal.scope, params.appId, params.conversationId))) {
          throw notFound('Conversation Not Exists.');
        }
        return undefined;
      },
    }),
  ];
}

/** The model and instructions that a conversation ran on. */
async function configOf(options: LogRouteOptions, scope: WorkspaceScope, row: LoggedConversation) {
  const stored =
    row.override_config ??
    (row.model_config_id === null
      ? null
      : ((await options.apps.modelConfig(scope, row.model_config_id))?.config ?? null));
  if (!stored) return { model: null, pre_prompt: '' };
  const config = readPromptConfig(stored);
  return { model: config.model ?? null, pre_prompt: config.pre_prompt ?? '' };
}

function messageRoutes(options: LogRouteOptions): AnyRoute[] {
  const { appService, logs, messages } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/chat-messages',
      auth: 'console',
      permission: 'app.logs',
      summary: 'The messages of a conversation with prompts, ratings and cost.',
      tag,
      rate: 'default',
      params: appParams,
      query: z.object({
        conversation_id: z.uuid(),
        first_id: z.uuid().optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      response: z.object({ limit: z.number(), has_more: z.boolean(), data: z.array(messageItem) }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        const conversation = await logs.find(principal.scope, app.id, query.conversation_id);
        if (!conversation) throw notFound('Conversation Not Exists.');
        const before = query.first_id
          ? await messages.find(principal.scope, app.id, query.first_id)
          : undefined;
        if (before === null || (before && before.conversationId !== conversation.id)) {
          throw notFound('First Message Not Exists.');
        }
        const { rows, hasMore } = await messages.page(principal.scope, {
          conversationId: conversation.id,
          before,
          limit: query.limit,
        });
        return { limit: query.limit, has_more: hasMore, data: await present(options, principal.scope, rows) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/messages/:messageId',
      auth: 'console',
      permission: 'app.logs',
      summary: 'A message with its prompt, ratings and cost.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid(), messageId: z.uuid() }),
      response: messageItem,
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        const message = await messages.find(principal.scope, app.id, params.messageId);
        const [item] = message ? await present(options, principal.scope, [message]) : [];
        if (!item) throw notFound('Message Not Exists.');
        return item;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/feedbacks',
      auth: 'console',
      permission: 'app.logs',
      summary: 'Rates an answer as an operator, or takes the rating back.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({
        message_id: z.uuid(),
        rating: z.enum(['like', 'dislike']).optional(),
        content: z.string().max(10_000).optional(),
      }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        const message = await messages.find(principal.scope, app.id, body.message_id);
        if (!message) throw notFound('Message Not Exists.');
        if (body.rating === undefined) {
          if (!(await messages.unrate(principal.scope, message.id, 'admin'))) {
            throw invalidParam('rating cannot be null when feedback not exists', 'rating');
          }
          return { result: 'success' as const };
        }
        await messages.rate(principal.scope, {
          message,
          rating: body.rating,
          content: body.content ?? null,
          source: 'admin',
          asker: { endUserId: null, accountId: principal.account.id },
        });
        return { result: 'success' as const };
      },
    }),
  ];
}

async function present(options: LogRouteOptions, scope: WorkspaceScope, rows: Message[]) {
  const [views, feedbacks, runs] = await Promise.all([
    options.conversations.views(scope, rows, 'user'),
    options.messages.feedbacks(
      scope,
      rows.map((row) => row.id),
    ),
    options.logs.runsOf(scope, rows),
  ]);
  return views.map((view) =>
    toLogMessage(view, {
      feedbacks: feedbacks.filter((row) => row.messageId === view.message.id),
      runId: runs.get(view.message.id) ?? null,
    }),
  );
}

function localTime(text: string | undefined, zone: string, field: string): Date | undefined {
  if (text === undefined) return undefined;
  const moment = parseLocalTime(text, zone);
  if (!moment) throw invalidParam(`${field}: use the form YYYY-MM-DD HH:MM`, field);
  return moment;
}
