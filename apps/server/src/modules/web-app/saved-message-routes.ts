import { z } from 'zod';
import type { PassportPrincipal } from '../../platform/auth/principals.ts';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { cursorPage, limitField, messageSchema, resultSchema } from '../service-api/schema.ts';
import { tag, visitorOf, type WebAppRouteOptions } from './options.ts';

/** Texts that a visitor kept from a text generator. */
export function savedMessageRoutes({
  conversations,
  messages,
}: Pick<WebAppRouteOptions, 'conversations' | 'messages'>): AnyRoute[] {
  const assertCompletion = (principal: PassportPrincipal) => {
    if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/saved-messages',
      auth: 'passport',
      summary: 'Texts that the visitor kept.',
      tag,
      rate: 'default',
      query: z.object({ last_id: z.string().optional(), limit: limitField }),
      response: cursorPage(messageSchema.partial().extend({ id: z.string() })),
      errors: ['not_completion_app', 'not_found'],
      handler: async ({ principal, query }) => {
        assertCompletion(principal);
        const visitor = visitorOf(principal);
        const before = query.last_id ? await conversations.message(visitor, query.last_id) : undefined;
        const rows = await messages.saved(principal.scope, {
          appId: principal.app.id,
          endUserId: principal.endUserId,
          before,
          limit: query.limit,
        });
        return {
          limit: query.limit,
          has_more: rows.length > query.limit,
          data: await conversations.items(principal.scope, rows.slice(0, query.limit)),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/saved-messages',
      auth: 'passport',
      summary: 'Keeps a text.',
      tag,
      rate: 'default',
      body: z.object({ message_id: z.string() }),
      response: resultSchema,
      errors: ['not_completion_app', 'not_found'],
      handler: async ({ principal, body }) => {
        assertCompletion(principal);
        const message = await conversations.message(visitorOf(principal), body.message_id);
        await messages.save(principal.app.id, message.id, principal.endUserId);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/saved-messages/:messageId',
      auth: 'passport',
      summary: 'Keeps a text no longer.',
      tag,
      rate: 'default',
      params: z.object({ messageId: z.string() }),
      answers: 'nothing',
      errors: ['not_completion_app', 'not_found'],
      handler: async ({ principal, params }) => {
        assertCompletion(principal);
        const message = await conversations.message(visitorOf(principal), params.messageId);
        await messages.unsave(principal.app.id, message.id, principal.endUserId);
        return undefined;
      },
    }),
  ];
}
