import { z } from 'zod';
import { ApiError, notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { isUuid } from '../../platform/ids.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import type { ConversationService } from '../conversations/service.ts';
import { conversationOrders } from '../conversations/store.ts';
import type { SuggestionService } from '../conversations/suggestions.ts';
import type { EndUserStore } from '../end-users/store.ts';
import type { ConversationVariableStore } from '../workflows/conversation-variable-store.ts';
import { assertVariableType, toVariableItem } from '../workflows/conversation-variables.ts';
import type { Callers } from './caller.ts';
import {
  conversationSchema,
  cursorPage,
  limitField,
  messageSchema,
  resultSchema,
  userField,
} from './schema.ts';

/** What these routes need. */
export interface ConversationRouteOptions {
  conversations: ConversationService;
  messages: MessageStore;
  suggestions: SuggestionService;
  endUsers: EndUserStore;
  callers: Callers;
  workflows: { variables: ConversationVariableStore };
}

const conversationParams = z.object({ conversationId: z.string() });
const messageParams = z.object({ messageId: z.string() });

const variableSchema = z.object({
  id: z.string(),
  name: z.string(),
  value_type: z.string(),
  value: z.string(),
  description: z.string(),
  created_at: z.number().int(),
  updated_at: z.number().int(),
});

const feedbackSchema = z.object({
  id: z.string(),
  app_id: z.string(),
  conversation_id: z.string(),
  message_id: z.string(),
  rating: z.enum(['like', 'dislike']),
  content: z.string().nullable(),
  from_source: z.enum(['user', 'admin']),
  from_end_user_id: z.string().nullable(),
  from_account_id: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

const endUserSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  app_id: z.string(),
  type: z.string(),
  external_user_id: z.string().nullable(),
  name: z.string().nullable(),
  is_anonymous: z.boolean(),
  session_id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** ISO 8601 without zone and fraction, as the feedback list has always had it. */
function plainIso(moment: Date): string {
  return moment.toISOString().slice(0, 19);
}

/** Messages, conversations, ratings and end users of the service API (spec: service API §11, §12, §16). */
export function serviceConversationRoutes(options: ConversationRouteOptions): AnyRoute[] {
  return [...messageRoutes(options), ...conversationRoutes(options), ...endUserRoutes(options)];
}

function messageRoutes({
  conversations,
  messages,
  suggestions,
  callers,
}: ConversationRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/messages',
      auth: 'app-key',
      summary: 'The messages of a conversation, newest page first, each page in ascending order.',
      tag: 'Messages',
      rate: 'default',
      query: z.object({
        conversation_id: z.string().optional(),
        user: userField,
        first_id: z.string().optional(),
        limit: limitField,
      }),
      response: cursorPage(messageSchema),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, query, request }) => {
        conversations.assertChat(principal.app);
        // A blank id is an empty page, a missing one an error; blank values are gone from `query` by now.
        const raw = (request.query as Record<string, unknown>)['conversation_id'];
        if (raw === undefined) throw new ApiError('invalid_param', 'conversation_id: is required');
        return conversations.messages(await callers.optional(principal, query.user), {
          conversationId: query.conversation_id ?? '',
          firstId: query.first_id,
          limit: query.limit,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/messages/:messageId/suggested',
      auth: 'app-key',
      summary: 'Questions that might follow an answer.',
      tag: 'Messages',
      rate: 'default',
      params: messageParams,
      query: z.object({ user: userField }),
      response: z.object({ result: z.literal('success'), data: z.array(z.string()) }),
      errors: ['not_chat_app', 'bad_request', 'not_found', 'internal_server_error'],
      handler: async ({ principal, params, query }) => {
        conversations.assertChat(principal.app);
        const caller = await callers.required(principal, query.user);
        const message = await conversations.message(caller, params.messageId);
        if (!(await suggestions.isEnabled(caller, message))) {
          throw new ApiError('bad_request', 'Suggested Questions Is Disabled.');
        }
        return { result: 'success' as const, data: await suggestions.suggest(caller, message) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/messages/:messageId/feedbacks',
      auth: 'app-key',
      summary: 'Rates an answer, or takes the rating back.',
      tag: 'Messages',
      rate: 'default',
      params: messageParams,
      body: z.object({
        rating: z.enum(['like', 'dislike']).optional(),
        content: z.string().max(10_000).optional(),
        user: userField,
      }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const caller = await callers.required(principal, body.user);
        await conversations.rate(caller, params.messageId, body);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/app/feedbacks',
      auth: 'app-key',
      summary: 'The ratings of the app, newest first.',
      tag: 'Messages',
      rate: 'default',
      query: z.object({
        page: z.coerce.number().int().min(1).default(1),
        limit: z.coerce.number().int().min(1).max(101).default(20),
      }),
      response: z.object({ data: z.array(feedbackSchema) }),
      handler: async ({ principal, query }) => {
        const rows = await messages.feedbackPage(principal.scope, principal.app.id, {
          limit: query.limit,
          offset: (query.page - 1) * query.limit,
        });
        return {
          data: rows.map((row) => ({
            id: row.id,
            app_id: row.appId,
            conversation_id: row.conversationId,
            message_id: row.messageId,
            rating: row.rating,
            content: row.content,
            from_source: row.fromSource,
            from_end_user_id: row.endUserId,
            from_account_id: row.accountId,
            created_at: plainIso(row.createdAt),
            updated_at: plainIso(row.updatedAt),
          })),
        };
      },
    }),
  ];
}

function conversationRoutes({ conversations, callers, workflows }: ConversationRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/conversations',
      auth: 'app-key',
      summary: 'The conversations of a user.',
      tag: 'Conversations',
      rate: 'default',
      query: z.object({
        user: userField,
        last_id: z.string().optional(),
        limit: limitField,
        sort_by: z.enum(conversationOrders).default('-updated_at'),
      }),
      response: cursorPage(conversationSchema),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, query }) => {
        conversations.assertChat(principal.app);
        return conversations.list(await callers.optional(principal, query.user), {
          lastId: query.last_id,
          limit: query.limit,
          sortBy: query.sort_by,
        });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/conversations/:conversationId',
      auth: 'app-key',
      summary: 'Deletes a conversation.',
      tag: 'Conversations',
      rate: 'default',
      params: conversationParams,
      body: z.object({ user: userField }),
      answers: 'nothing',
      errors: ['not_chat_app', 'not_found'],
      handler: async ({ principal, params, body }) => {
        conversations.assertChat(principal.app);
        await conversations.remove(await callers.optional(principal, body.user), params.conversationId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/conversations/:conversationId/name',
      auth: 'app-key',
      summary: 'Renames a conversation, or has a model find a name.',
      tag: 'Conversations',
      rate: 'default',
      params: conversationParams,
      body: z.object({
        name: z.string().optional(),
        auto_generate: z.boolean().default(false),
        user: userField,
      }),
      response: conversationSchema,
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        conversations.assertChat(principal.app);
        const caller = await callers.optional(principal, body.user);
        return conversations.rename(caller, params.conversationId, {
          name: body.name,
          autoGenerate: body.auto_generate,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/conversations/:conversationId/variables',
      auth: 'app-key',
      summary: 'The variables of a conversation; prompt apps have none.',
      tag: 'Conversations',
      rate: 'default',
      params: conversationParams,
      query: z.object({
        user: userField,
        last_id: z.string().optional(),
        limit: limitField,
        variable_name: z.string().optional(),
      }),
      response: cursorPage(variableSchema),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        conversations.assertChat(principal.app);
        const { id } = await conversations.find(
          await callers.optional(principal, query.user),
          params.conversationId,
        );
        const rows = await workflows.variables.list(principal.scope, id, query.variable_name);
        const after = rows.findIndex((row) => row.id === query.last_id);
        if (query.last_id !== undefined && after < 0) throw notFound('Conversation Variable Not Exists.');
        const rest = rows.slice(after + 1);
        return {
          limit: query.limit,
          has_more: rest.length > query.limit,
          data: rest.slice(0, query.limit).map(toVariableItem),
        };
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/v1/conversations/:conversationId/variables/:variableId',
      auth: 'app-key',
      summary: 'Changes a variable of a conversation.',
      tag: 'Conversations',
      rate: 'default',
      params: z.object({ conversationId: z.string(), variableId: z.string() }),
      body: z.object({ value: z.unknown(), user: userField }),
      response: variableSchema,
      errors: ['not_chat_app', 'not_found', 'bad_request'],
      handler: async ({ principal, params, body }) => {
        conversations.assertChat(principal.app);
        const { id } = await conversations.find(
          await callers.optional(principal, body.user),
          params.conversationId,
        );
        const rows = await workflows.variables.list(principal.scope, id);
        const variable = rows.find((row) => row.id === params.variableId);
        if (!variable) throw notFound('Conversation Variable Not Exists.');
        assertVariableType(variable, body.value);
        const saved = await workflows.variables.update(principal.scope, id, variable.id, body.value);
        if (!saved) throw notFound('Conversation Variable Not Exists.');
        return toVariableItem(saved);
      },
    }),
  ];
}

function endUserRoutes({ endUsers }: ConversationRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/end-users/:endUserId',
      auth: 'app-key',
      summary: 'An end user of the app.',
      tag: 'End users',
      rate: 'default',
      params: z.object({ endUserId: z.string() }),
      response: endUserSchema,
      errors: ['end_user_not_found'],
      handler: async ({ principal, params }) => {
        const row = isUuid(params.endUserId)
          ? await endUsers.find(principal.scope, principal.app.id, params.endUserId)
          : null;
        if (!row) throw new ApiError('end_user_not_found');
        return {
          id: row.id,
          tenant_id: row.workspaceId,
          app_id: row.appId,
          type: row.type,
          external_user_id: row.externalUserId,
          name: row.name,
          is_anonymous: row.isAnonymous,
          session_id: row.sessionId,
          created_at: `${plainIso(row.createdAt)}Z`,
          updated_at: `${plainIso(row.updatedAt)}Z`,
        };
      },
    }),
  ];
}
