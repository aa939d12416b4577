import { z } from 'zod';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, EventStream } from '../../platform/http/route.ts';
import type { AppService } from '../apps/app-service.ts';
import { checkModelConfig } from '../apps/model-config.ts';
import type { App } from '../apps/store.ts';
import type { ConversationService, Visitor } from '../conversations/service.ts';
import type { SuggestionService } from '../conversations/suggestions.ts';
import type { ModelService } from '../models/service.ts';
import { fromOutcome } from '../service-api/chat-routes.ts';
import { generationErrors, resultSchema } from '../service-api/schema.ts';
import { blockingAnswer, encodeEvents } from './encode.ts';
import type { TurnOpener } from './open-turn.ts';
import type { TurnService } from './turn-service.ts';

/** What debug runs need. */
export interface DebugRouteOptions {
  appService: AppService;
  opener: TurnOpener;
  turns: TurnService;
  models: ModelService;
  conversations: ConversationService;
  suggestions: SuggestionService;
}

const tag = 'Debugging';
const appParams = z.object({ appId: z.uuid() });
const debugBody = z.object({
  inputs: z.record(z.string(), z.unknown()).default({}),
  query: z.string().default(''),
  files: z.array(z.unknown()).default([]),
  conversation_id: z.string().optional(),
  parent_message_id: z.string().optional(),
  response_mode: z.enum(['streaming', 'blocking']).default('streaming'),
  model_config: z.looseObject({}),
});

/** Runs of a configuration that has not been published, by the people who write it. */
export function debugRoutes(options: DebugRouteOptions): AnyRoute[] {
  const { appService, opener, turns, models, conversations, suggestions } = options;

  function visitorOf(principal: ConsolePrincipal, app: App): Visitor {
    return {
      scope: principal.scope,
      app,
      asker: { endUserId: null, accountId: principal.account.id },
      surface: 'debugger',
    };
  }

  return [
    ...(['chat-messages', 'completion-messages'] as const).flatMap((kind) => [
      defineRoute({
        method: 'POST',
        path: `/console/api/apps/:appId/${kind}`,
        auth: 'console',
        permission: 'app.debug',
        summary: 'Runs a configuration that has not been published.',
        tag,
        rate: 'generate',
        params: appParams,
        body: debugBody,
        response: z.looseObject({}),
        answers: 'events-or-json',
        errors: [...generationErrors, 'not_chat_app'],
        handler: async ({ principal, params, body }) => {
          const app = await appService.find(principal.scope, params.appId);
          assertKind(app, kind, body.query);
          const config = await checkModelConfig(body.model_config, {
            mode: app.mode,
            models,
            scope: principal.scope,
          });
          turns.assertCapacity(app);
          const parent = body.parent_message_id?.trim() || null;
          // The parent must be the author's own: its path is what the model is told was said.
          if (parent !== null) await conversations.message(visitorOf(principal, app), parent);
          const turn = await opener.open({
            ...visitorOf(principal, app),
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            conversationId: body.conversation_id,
            parentMessageId: parent,
            autoName: false,
            streaming: body.response_mode === 'streaming',
            overrideConfig: config,
          });
          const started = await turns.start(turn);
          if (body.response_mode === 'streaming') return new EventStream(encodeEvents(started, 'program'));
          const outcome = await started.outcome;
          if (outcome.error) throw fromOutcome(outcome.error);
          return blockingAnswer(started.turn, outcome, 'program');
        },
      }),
      defineRoute({
        method: 'POST',
        path: `/console/api/apps/:appId/${kind}/:taskId/stop`,
        auth: 'console',
        permission: 'app.debug',
        summary: 'Stops a debug run.',
        tag,
        rate: 'default',
        params: z.object({ appId: z.uuid(), taskId: z.string() }),
        response: resultSchema,
        errors: ['not_found'],
        handler: async ({ principal, params }) => {
          const app = await appService.find(principal.scope, params.appId);
          await turns.stop(params.taskId, { appId: app.id, asker: visitorOf(principal, app).asker });
          return { result: 'success' as const };
        },
      }),
    ]),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/chat-messages/:messageId/suggested-questions',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Questions that might follow an answer of a debug run.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid(), messageId: z.uuid() }),
      response: z.object({ data: z.array(z.string()) }),
      errors: ['not_found', 'app_suggested_questions_after_answer_disabled'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        const visitor = visitorOf(principal, app);
        const message = await conversations.message(visitor, params.messageId);
        if (!(await suggestions.isEnabled(visitor, message))) {
          throw new ApiError('app_suggested_questions_after_answer_disabled');
        }
        return { data: await suggestions.suggest(visitor, message) };
      },
    }),
  ];
}

function assertKind(app: App, kind: 'chat-messages' | 'completion-messages', query: string): void {
  if (kind === 'completion-messages') {
    if (app.mode !== 'completion') throw new ApiError('app_unavailable');
    return;
  }
  if (app.mode !== 'chat') throw new ApiError('not_chat_app');
  if (query === '') throw new ApiError('invalid_param', 'query: must not be empty', { param: 'query' });
}
