import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { conversationOrders } from '../conversations/store.ts';
import { conversationSchema, cursorPage, limitField, resultSchema } from '../service-api/schema.ts';
import { tag, visitorOf, type WebAppRouteOptions } from './options.ts';

/** The conversations of a visitor. */
export function conversationRoutes({ conversations }: WebAppRouteOptions): AnyRoute[] {
  const params = z.object({ conversationId: z.string() });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/conversations',
      auth: 'passport',
      summary: "The visitor's conversations.",
      tag,
      rate: 'default',
      query: z.object({
        last_id: z.string().optional(),
        limit: limitField,
        pinned: z.stringbool().optional(),
        sort_by: z.enum(conversationOrders).default('-updated_at'),
      }),
      response: cursorPage(conversationSchema),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, query }) =>
        conversations.list(visitorOf(principal), {
          lastId: query.last_id,
          limit: query.limit,
          sortBy: query.sort_by,
          pinned: query.pinned,
        }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/conversations/:conversationId',
      auth: 'passport',
      summary: 'Deletes a conversation.',
      tag,
      rate: 'default',
      params,
      answers: 'nothing',
      errors: ['not_chat_app', 'not_found'],
      handler: async ({ principal, params: { conversationId } }) => {
        await conversations.remove(visitorOf(principal), conversationId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/conversations/:conversationId/name',
      auth: 'passport',
      summary: 'Renames a conversation, or has a model find a name.',
      tag,
      rate: 'default',
      params,
      body: z.object({ name: z.string().optional(), auto_generate: z.boolean().default(false) }),
      response: conversationSchema,
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, params: { conversationId }, body }) =>
        conversations.rename(visitorOf(principal), conversationId, {
          name: body.name,
          autoGenerate: body.auto_generate,
        }),
    }),
    ...(['pin', 'unpin'] as const).map((action) =>
      defineRoute({
        method: 'PATCH',
        path: `/api/conversations/:conversationId/${action}`,
        auth: 'passport',
        summary:
          action === 'pin' ? 'Keeps a conversation at the top.' : 'Lets a conversation go from the top.',
        tag,
        rate: 'default',
        params,
        response: resultSchema,
        errors: ['not_chat_app', 'not_found'],
        handler: async ({ principal, params: { conversationId } }) => {
          conversations.assertChat(principal.app);
          await conversations.setPinned(visitorOf(principal), conversationId, action === 'pin');
          return { result: 'success' as const };
        },
      }),
    ),
  ];
}
