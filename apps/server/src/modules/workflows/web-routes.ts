import { z } from 'zod';
import type { PassportPrincipal } from '../../platform/auth/principals.ts';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, type EventStream } from '../../platform/http/route.ts';
import type { EndUserStore } from '../end-users/store.ts';
import { generationErrors, resultSchema } from '../service-api/schema.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { RunAsker } from './open-run.ts';
import type { RunDesk } from './run-desk.ts';
import { attachQuery, isOn } from './schema.ts';
import type { DisplayLimits } from './shorten.ts';

const tag = 'Web app';

/** A visitor of a published page. */
export async function visitorAsker(endUsers: EndUserStore, principal: PassportPrincipal): Promise<RunAsker> {
  const { scope, app, endUserId } = principal;
  const user = await endUsers.find(scope, app.id, endUserId);
  const sessionId = user?.sessionId ?? '';
  return {
    scope,
    app,
    surface: 'web-app',
    asker: { endUserId, accountId: null },
    userId: sessionId,
    createdBy: { id: endUserId, user: sessionId },
  };
}

/** Runs of workflow apps from their public page (spec: service API §18.4). */
export function webWorkflowRoutes({
  desk,
  endUsers,
  display,
}: {
  desk: RunDesk;
  endUsers: EndUserStore;
  /** What of a value people are shown at once. */
  display: DisplayLimits;
}): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/workflows/run',
      auth: 'passport',
      summary: 'Runs the workflow; always a stream.',
      tag,
      rate: 'generate',
      body: z.object({
        inputs: z.record(z.string(), z.unknown()),
        files: z.array(z.unknown()).default([]),
      }),
      answers: 'events',
      errors: [...generationErrors, 'not_workflow_app'],
      handler: async ({ principal, body, request }) => {
        if (principal.app.mode !== 'workflow') throw new ApiError('not_workflow_app');
        const answer = await desk.answer(
          {
            ...(await visitorAsker(endUsers, principal)),
            inputs: body.inputs,
            files: body.files,
            triggeredFrom: 'app-run',
            idempotencyKey: idempotencyKeyOf(request),
          },
          { mode: 'streaming', audience: 'visitor', display },
        );
        return answer as EventStream;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/workflows/tasks/:taskId/stop',
      auth: 'passport',
      summary: 'Stops a run.',
      tag,
      rate: 'default',
      params: z.object({ taskId: z.string() }),
      response: resultSchema,
      errors: ['not_workflow_app'],
      handler: async ({ principal, params }) => {
        if (principal.app.mode !== 'workflow') throw new ApiError('not_workflow_app');
        const asker = { endUserId: principal.endUserId, accountId: null };
        await desk.stop(principal.scope, { appId: principal.app.id, asker }, params.taskId);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/workflow/:runId/events',
      auth: 'passport',
      summary: 'Comes back to a run.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string() }),
      query: attachQuery,
      answers: 'events',
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) =>
        desk.attach(
          principal.scope,
          { appId: principal.app.id, asker: { endUserId: principal.endUserId, accountId: null } },
          {
            runId: params.runId,
            options: {
              audience: 'visitor',
              display,
              snapshot: isOn(query.include_state_snapshot),
              continueOnPause: isOn(query.continue_on_pause),
              after: query.after,
            },
          },
        ),
    }),
  ];
}
