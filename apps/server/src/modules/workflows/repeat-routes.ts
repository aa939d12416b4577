import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AppService } from '../apps/app-service.ts';
import type { Callers } from '../service-api/caller.ts';
import { generationErrors, runModeFields, userField } from '../service-api/schema.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { Repetition } from './repeat-run.ts';
import type { RunDesk } from './run-desk.ts';
import { accountAsker } from './run-routes.ts';
import { runAnswerSchema } from './schema.ts';
import { assertGraphKey, programAsker } from './service-routes.ts';
import type { DisplayLimits } from './shorten.ts';

/** What these routes need. */
export interface RepeatRouteOptions {
  appService: AppService;
  callers: Callers;
  desk: RunDesk;
  /** What of a value people are shown at once. */
  display: DisplayLimits;
}

const kinds = ['retry', 'rerun'] as const;

const summaries = {
  retry:
    'Tries a failed or stopped run again where it failed, as a new run; nodes that had finished do not run again.',
  rerun: 'Runs a run again from one of its nodes, as a new run; what the nodes before it came to stays.',
};

const rerunFields = {
  node_id: z.string().min(1, 'must not be empty'),
  /** Of a start node fields of the form, of others variables of nodes before it as `node.variable`. */
  inputs: z.record(z.string(), z.unknown()).default({}),
};

const errors = [...generationErrors, 'conflict'] as const;

function repetitionOf(
  kind: (typeof kinds)[number],
  body: { response_mode: string; node_id?: string; inputs?: Record<string, unknown> },
): Repetition {
  return kind === 'retry' ? { kind } : { kind, nodeId: body.node_id ?? '', inputs: body.inputs ?? {} };
}

/** Trying runs again and running parts of them again, for programs and in the console. */
export function repeatRoutes(options: RepeatRouteOptions): AnyRoute[] {
  return kinds.flatMap((kind) => [serviceRoute(kind, options), consoleRoute(kind, options)]);
}

function serviceRoute(kind: (typeof kinds)[number], { desk, callers }: RepeatRouteOptions): AnyRoute {
  const body = z.object({
    user: userField,
    ...runModeFields,
  });
  return defineRoute({
    method: 'POST',
    path: `/v1/workflows/run/:runId/${kind}`,
    auth: 'app-key',
    summary: summaries[kind],
    tag: 'Workflow',
    rate: 'generate',
    params: z.object({ runId: z.string() }),
    body: kind === 'retry' ? body : body.extend(rerunFields),
    response: runAnswerSchema,
    answers: 'events-or-json',
    errors: [...errors, 'not_workflow_app'],
    handler: async ({ principal, params, body: given, request }) => {
      assertGraphKey(principal);
      const { asker } = await programAsker(callers, principal, given.user);
      const answer = await desk.repeat(
        { scope: principal.scope, appId: principal.app.id, asker },
        {
          runId: params.runId,
          repetition: repetitionOf(kind, given),
          callbackUrl: given.callback_url,
          idempotencyKey: idempotencyKeyOf(request),
        },
        { mode: given.response_mode, audience: 'program' },
      );
      return answer as z.infer<typeof runAnswerSchema>;
    },
  });
}

function consoleRoute(
  kind: (typeof kinds)[number],
  { desk, appService, display }: RepeatRouteOptions,
): AnyRoute {
  const body = z.object({ response_mode: z.enum(['streaming', 'blocking']).default('streaming') });
  return defineRoute({
    method: 'POST',
    path: `/console/api/apps/:appId/workflow-runs/:runId/${kind}`,
    auth: 'console',
    permission: 'app.debug',
    summary: summaries[kind],
    tag: 'Workflow runs',
    rate: 'generate',
    params: z.object({ appId: z.uuid(), runId: z.string() }),
    body: kind === 'retry' ? body : body.extend(rerunFields),
    response: z.looseObject({}),
    answers: 'events-or-json',
    errors,
    handler: async ({ principal, params, body: given, request }) => {
      const app = await appService.find(principal.scope, params.appId);
      const { asker } = accountAsker(principal, app);
      return desk.repeat(
        { scope: principal.scope, appId: app.id, asker, worksOnApp: true },
        {
          runId: params.runId,
          repetition: repetitionOf(kind, given),
          idempotencyKey: idempotencyKeyOf(request),
        },
        { mode: given.response_mode, audience: 'program', display },
      );
    },
  });
}
