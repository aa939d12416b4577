import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { tag, visitorOf, type WebAppRouteOptions } from './options.ts';

/** Coming back to an answer under way, as pages do after a reload. */
export function followRoutes({ conversations, turnDesk }: WebAppRouteOptions): AnyRoute[] {
  return (['chat-messages', 'completion-messages'] as const).map((kind) =>
    defineRoute({
      method: 'GET',
      path: `/api/${kind}/:runId/events`,
      auth: 'passport',
      summary: 'Comes back to an answer: its text so far, then what follows.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string() }),
      answers: 'events',
      errors: ['not_chat_app', 'not_completion_app', 'not_found'],
      handler: async ({ principal, params }) => {
        if (kind === 'chat-messages') conversations.assertChat(principal.app);
        else if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
        return turnDesk.attach(visitorOf(principal), params.runId, 'visitor');
      },
    }),
  );
}
