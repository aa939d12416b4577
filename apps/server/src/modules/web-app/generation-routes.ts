import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, EventStream } from '../../platform/http/route.ts';
import { fromOutcome } from '../service-api/chat-routes.ts';
import { chatBody, completionBody, generationErrors, resultSchema } from '../service-api/schema.ts';
import { blockingAnswer, encodeEvents } from '../turns/encode.ts';
import type { TurnRequest } from '../turns/open-turn.ts';
import { idempotencyKeyOf } from '../workflows/idempotency.ts';
import { visitorAsker } from '../workflows/web-routes.ts';
import { tag, visitorOf, type WebAppRouteOptions } from './options.ts';

/** Questions and texts: started, stopped, asked for again. */
export function generationRoutes({
  endUsers,
  workflows,
  opener,
  turns,
  conversations,
}: WebAppRouteOptions): AnyRoute[] {
  async function answer(request: TurnRequest, mode: 'streaming' | 'blocking') {
    turns.assertCapacity(request.app);
    const started = await turns.start(await opener.open(request));
    if (mode === 'streaming') return new EventStream(encodeEvents(started, 'visitor'));
    const outcome = await started.outcome;
    if (outcome.error) throw fromOutcome(outcome.error);
    return blockingAnswer(started.turn, outcome, 'visitor');
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/api/chat-messages',
      auth: 'passport',
      summary: 'Says something to the app.',
      tag,
      rate: 'generate',
      body: chatBody.omit({ user: true, auto_generate_name: true }).extend({
        parent_message_id: z.string().optional(),
      }),
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_chat_app'],
      handler: async ({ principal, body, request }) => {
        const { mode } = principal.app;
        if (mode !== 'chat' && mode !== 'advanced-chat') throw new ApiError('not_chat_app');
        const parent = body.parent_message_id?.trim() || null;
        // The parent must be the visitor's own: its path is what the model is told was said.
        if (parent !== null) await conversations.message(visitorOf(principal), parent);
        if (mode === 'advanced-chat') {
          return workflows.desk.answer(
            {
              ...(await visitorAsker(endUsers, principal)),
              inputs: body.inputs,
              files: body.files,
              triggeredFrom: 'app-run',
              idempotencyKey: idempotencyKeyOf(request),
              chat: {
                query: body.query,
                conversationId: body.conversation_id,
                parentMessageId: parent,
                autoName: false,
              },
            },
            { mode: body.response_mode, audience: 'visitor', display: workflows.display },
          );
        }
        return answer(
          {
            ...visitorOf(principal),
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            conversationId: body.conversation_id,
            parentMessageId: parent,
            autoName: false,
            streaming: body.response_mode === 'streaming',
          },
          body.response_mode,
        );
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/completion-messages',
      auth: 'passport',
      summary: 'Has the text generator write a text.',
      tag,
      rate: 'generate',
      body: completionBody.omit({ user: true }),
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_completion_app'],
      handler: async ({ principal, body }) => {
        if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
        return answer(
          {
            ...visitorOf(principal),
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            parentMessageId: null,
            autoName: false,
            streaming: body.response_mode === 'streaming',
          },
          body.response_mode,
        );
      },
    }),
    ...(['chat-messages', 'completion-messages'] as const).map((kind) =>
      defineRoute({
        method: 'POST',
        path: `/api/${kind}/:taskId/stop`,
        auth: 'passport',
        summary: 'Stops a running answer.',
        tag,
        rate: 'default',
        params: z.object({ taskId: z.string() }),
        response: resultSchema,
        errors: ['not_chat_app', 'not_completion_app'],
        handler: async ({ principal, params }) => {
          if (kind === 'chat-messages') conversations.assertChat(principal.app);
          else if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
          await turns.stop(params.taskId, { appId: principal.app.id, asker: visitorOf(principal).asker });
          return { result: 'success' as const };
        },
      }),
    ),
    defineRoute({
      method: 'GET',
      path: '/api/messages/:messageId/more-like-this',
      auth: 'passport',
      summary: 'Another text from the same inputs.',
      tag,
      rate: 'generate',
      params: z.object({ messageId: z.string() }),
      query: z.object({ response_mode: z.enum(['blocking', 'streaming']) }),
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_completion_app', 'app_more_like_this_disabled'],
      handler: async ({ principal, params, query }) => {
        if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
        const visitor = visitorOf(principal);
        const message = await conversations.message(visitor, params.messageId);
        const config = await opener.configOf(principal.scope, principal.app.modelConfigId);
        if (!config.more_like_this.enabled) throw new ApiError('app_more_like_this_disabled');
        const files = (await conversations.views(principal.scope, [message], 'user'))[0]?.files ?? [];
        return answer(
          {
            ...visitor,
            query: message.query,
            inputs: message.inputs,
            files: files.map(({ file }) => ({
              type: file.type,
              transfer_method: file.transferMethod,
              url: file.url,
              upload_file_id: file.uploadFileId,
            })),
            parentMessageId: null,
            autoName: false,
            streaming: query.response_mode === 'streaming',
          },
          query.response_mode,
        );
      },
    }),
  ];
}
