import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { TurnDesk } from '../turns/turn-desk.ts';
import type { Callers } from './caller.ts';
import { userField } from './schema.ts';

/** Coming back to an answer under way: beyond the contract of the service API, beside its stop routes. */
export function serviceFollowRoutes({
  callers,
  turnDesk,
}: {
  callers: Callers;
  turnDesk: TurnDesk;
}): AnyRoute[] {
  return (['chat-messages', 'completion-messages'] as const).map((kind) =>
    defineRoute({
      method: 'GET',
      path: `/v1/${kind}/:runId/events`,
      auth: 'app-key',
      summary: 'Comes back to an answer: its text so far, then what follows.',
      tag: kind === 'chat-messages' ? 'Chat' : 'Completion',
      rate: 'default',
      params: z.object({ runId: z.string() }),
      query: z.object({ user: userField }),
      answers: 'events',
      errors: ['invalid_param', 'not_chat_app', 'app_unavailable', 'not_found'],
      handler: async ({ principal, params, query }) => {
        const { mode } = principal.app;
        if (kind === 'chat-messages' && mode !== 'chat' && mode !== 'advanced-chat') {
          throw new ApiError('not_chat_app');
        }
        if (kind === 'completion-messages' && mode !== 'completion') throw new ApiError('app_unavailable');
        return turnDesk.attach(await callers.required(principal, query.user), params.runId, 'program');
      },
    }),
  );
}
