import { z } from 'zod';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, EventStream } from '../../platform/http/route.ts';
import { blockingAnswer, encodeEvents } from '../turns/encode.ts';
import type { KeyedTurns } from '../turns/keyed-turns.ts';
import { linearParent, type TurnOpener, type TurnRequest } from '../turns/open-turn.ts';
import type { FollowedTurn } from '../turns/turn.ts';
import type { TurnService } from '../turns/turn-service.ts';
import { idempotencyKeyOf, requestFingerprint } from '../workflows/idempotency.ts';
import type { RunDesk } from '../workflows/run-desk.ts';
import { programAsker } from '../workflows/service-routes.ts';
import type { Callers } from './caller.ts';
import {
  answerSchema,
  completionBody,
  generationErrors,
  programChatBody,
  resultSchema,
  userField,
} from './schema.ts';

/** What the generation routes need. */
export interface ChatRouteOptions {
  opener: TurnOpener;
  turns: TurnService;
  keyedTurns: KeyedTurns;
  callers: Callers;
  workflows: { desk: RunDesk };
}

/** `POST /chat-messages`, `/completion-messages` and their stops (spec: service API §3, §4, §6). */
export function serviceChatRoutes(options: ChatRouteOptions): AnyRoute[] {
  const { opener, turns, keyedTurns, callers, workflows } = options;

  async function start(request: TurnRequest, key: string | undefined): Promise<FollowedTurn> {
    if (key !== undefined) {
      const { app, asker, query, inputs, files, conversationId } = request;
      const startedBy = asker.endUserId ?? asker.accountId ?? '';
      const requestHash = requestFingerprint([query, inputs, files, conversationId]);
      return keyedTurns.start(request, { appId: app.id, startedBy, key, requestHash }, () =>
        opener.open(request),
      );
    }
    turns.assertCapacity(request.app);
    return turns.start(await opener.open(request));
  }

  async function answer(request: TurnRequest, mode: 'streaming' | 'blocking', key: string | undefined) {
    const started = await start(request, key);
    if (mode === 'streaming') return new EventStream(encodeEvents(started, 'program'));
    const outcome = await started.outcome;
    if (outcome.error) throw fromOutcome(outcome.error);
    return blockingAnswer(started.turn, outcome, 'program') as z.infer<typeof answerSchema>;
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/chat-messages',
      auth: 'app-key',
      summary:
        'Says something to a chat app and answers with what it says. An `Idempotency-Key` header makes repeated requests one turn.',
      tag: 'Chat',
      rate: 'generate',
      body: programChatBody,
      response: answerSchema,
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_chat_app'],
      handler: async ({ principal, body, request }) => {
        const { mode } = principal.app;
        if (mode === 'advanced-chat') {
          const answered = await workflows.desk.answer(
            {
              ...(await programAsker(callers, principal, body.user)),
              inputs: body.inputs,
              files: body.files,
              versionId: body.workflow_id,
              triggeredFrom: 'app-run',
              callbackUrl: body.callback_url,
              idempotencyKey: idempotencyKeyOf(request),
              chat: {
                query: body.query,
                conversationId: body.conversation_id,
                parentMessageId: linearParent,
                autoName: body.auto_generate_name,
              },
            },
            { mode: body.response_mode, audience: 'program' },
          );
          return answered as z.infer<typeof answerSchema>;
        }
        if (mode === 'agent-chat') {
          throw new ApiError('app_unavailable', 'Agent apps cannot be run in this version yet.');
        }
        if (mode !== 'chat') throw new ApiError('not_chat_app');
        const { response_mode: responseMode } = body;
        if (responseMode === 'async' || body.callback_url !== undefined) {
          throw invalidParam(
            'Only workflows and chatflows can be run asynchronously.',
            responseMode === 'async' ? 'response_mode' : 'callback_url',
          );
        }
        const caller = await callers.required(principal, body.user);
        return answer(
          {
            ...caller,
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            conversationId: body.conversation_id,
            parentMessageId: linearParent,
            autoName: body.auto_generate_name,
            streaming: responseMode === 'streaming',
          },
          responseMode,
          idempotencyKeyOf(request),
        );
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/completion-messages',
      auth: 'app-key',
      summary:
        'Has a text generator write a text. An `Idempotency-Key` header makes repeated requests one text.',
      tag: 'Completion',
      rate: 'generate',
      body: completionBody,
      response: answerSchema,
      answers: 'events-or-json',
      errors: generationErrors,
      handler: async ({ principal, body, request }) => {
        if (principal.app.mode !== 'completion') throw new ApiError('app_unavailable');
        const caller = await callers.required(principal, body.user);
        return answer(
          {
            ...caller,
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            parentMessageId: linearParent,
            autoName: false,
            streaming: body.response_mode === 'streaming',
          },
          body.response_mode,
          idempotencyKeyOf(request),
        );
      },
    }),
    ...(['chat-messages', 'completion-messages'] as const).map((kind) =>
      defineRoute({
        method: 'POST',
        path: `/v1/${kind}/:taskId/stop`,
        auth: 'app-key',
        summary: 'Stops a running answer; what has been produced stays.',
        tag: kind === 'chat-messages' ? 'Chat' : 'Completion',
        rate: 'default',
        params: z.object({ taskId: z.string() }),
        body: z.object({ user: userField }),
        response: resultSchema,
        errors: ['invalid_param', 'not_chat_app', 'app_unavailable'],
        handler: async ({ principal, params, body }) => {
          if (kind === 'chat-messages' && principal.app.mode === 'completion')
            throw new ApiError('not_chat_app');
          if (kind === 'completion-messages' && principal.app.mode !== 'completion') {
            throw new ApiError('app_unavailable');
          }
          const caller = await callers.required(principal, body.user);
          await turns.stop(params.taskId, { appId: principal.app.id, asker: caller.asker });
          return { result: 'success' as const };
        },
      }),
    ),
  ];
}

/** A failed turn as the error of a blocking call. */
export function fromOutcome(error: { code: string; message: string; status: number }): ApiError {
  return new ApiError(error.code as ConstructorParameters<typeof ApiError>[0], error.message, {
    status: error.status,
  });
}
