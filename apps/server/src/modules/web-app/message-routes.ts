import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import {
  cursorPage,
  limitField,
  messageSchema,
  metadataSchema,
  resultSchema,
} from '../service-api/schema.ts';
import { tag, visitorOf, type WebAppRouteOptions } from './options.ts';

/** Stored answers: listed, rated, followed up. */
export function messageRoutes({ conversations, messages, suggestions }: WebAppRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/messages',
      auth: 'passport',
      summary: 'The messages of a conversation, oldest first; all branches.',
      tag,
      rate: 'default',
      query: z.object({
        conversation_id: z.string().default(''),
        first_id: z.string().optional(),
        limit: limitField,
      }),
      response: cursorPage(
        messageSchema.extend({
          metadata: metadataSchema,
          workflow_run_id: z.string().nullable(),
          task_id: z.string().nullable(),
        }),
      ),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, query }) => {
        const page = await conversations.messages(visitorOf(principal), {
          conversationId: query.conversation_id,
          firstId: query.first_id,
          limit: query.limit,
        });
        const runs = await messages.runsOf(
          principal.scope,
          page.data.map(({ id }) => id),
        );
        const isGraph = principal.app.mode === 'advanced-chat';
        // Of the stored metadata a visitor sees what a visitor's stream tells: sources, no prices.
        const data = page.data.map((item) => {
          const run = runs.get(item.id);
          return {
            ...item,
            metadata: { retriever_resources: item.retriever_resources },
            // With its run's id a page goes on following an answer that waits for a person.
            workflow_run_id: (isGraph && run?.id) || null,
            // With its task's id a page comes back to an answer that is being written.
            task_id: run?.isWriting ? run.id : null,
          };
        });
        return { ...page, data };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/messages/:messageId/feedbacks',
      auth: 'passport',
      summary: 'Rates an answer, or takes the rating back.',
      tag,
      rate: 'default',
      params: z.object({ messageId: z.string() }),
      body: z.object({
        rating: z.enum(['like', 'dislike']).optional(),
        content: z.string().max(10_000).optional(),
      }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await conversations.rate(visitorOf(principal), params.messageId, body);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/messages/:messageId/suggested-questions',
      auth: 'passport',
      summary: 'Questions that might follow an answer.',
      tag,
      rate: 'default',
      params: z.object({ messageId: z.string() }),
      response: z.object({ data: z.array(z.string()) }),
      errors: ['not_chat_app', 'not_found', 'app_suggested_questions_after_answer_disabled'],
      handler: async ({ principal, params }) => {
        conversations.assertChat(principal.app);
        const visitor = visitorOf(principal);
        const message = await conversations.message(visitor, params.messageId);
        if (!(await suggestions.isEnabled(visitor, message))) {
          throw new ApiError('app_suggested_questions_after_answer_disabled');
        }
        return { data: await suggestions.suggest(visitor, message) };
      },
    }),
  ];
}
