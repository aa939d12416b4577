import { z } from 'zod';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AppService } from '../apps/app-service.ts';
import { generationErrors } from '../service-api/schema.ts';
import type { RunDesk } from '../workflows/run-desk.ts';
import { accountAsker } from '../workflows/run-routes.ts';
import type { SingleStepRunner } from '../workflows/single-step.ts';
import type { WorkflowService } from '../workflows/workflow-service.ts';
import { retryInMs, type TriggerDebugger } from './debugger.ts';

/** What these routes need. */
export interface TriggerDebugRouteOptions {
  appService: AppService;
  workflowService: WorkflowService;
  desk: RunDesk;
  steps: SingleStepRunner;
  debugger: TriggerDebugger;
}

const tag = 'Triggers';
const appParams = z.object({ appId: z.uuid() });
const inputs = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('An event of your own making; without one the call listens for a real one.');
const answerSchema = z.looseObject({ status: z.string() });
const waiting = { status: 'waiting', retry_in: retryInMs };

/**
 * Trying triggers of a draft (spec: console §3.4, workflow §11). Every call answers at once: with `waiting`, to be asked
 * again after `retry_in` milliseconds, or with what the event led to.
 */
export function triggerDebugRoutes(options: TriggerDebugRouteOptions): AnyRoute[] {
  const { appService, workflowService, desk, steps } = options;
  const errors = [...generationErrors, 'draft_workflow_not_exist'] as const;

  async function next(
    principal: ConsolePrincipal,
    appId: string,
    wanted: { nodeIds: readonly string[]; simulated: Record<string, unknown> | undefined },
  ) {
    const app = await appService.find(principal.scope, appId);
    const draft = await workflowService.draft(principal.scope, app);
    const listener = { scope: principal.scope, accountId: principal.account.id };
    const event = await options.debugger.next(listener, draft, wanted);
    return { who: accountAsker(principal, app), draft, event };
  }

  async function run(
    principal: ConsolePrincipal,
    appId: string,
    wanted: { nodeIds: readonly string[]; simulated: Record<string, unknown> | undefined },
  ) {
    const { who, draft, event } = await next(principal, appId, wanted);
    if (!event) return waiting;
    const request = { ...who, inputs: {}, files: [], draft, event, triggeredFrom: 'debugging' as const };
    const answer = await desk.answer(request, { mode: 'streaming', audience: 'program' });
    return answer as typeof waiting;
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/workflows/draft/nodes/:nodeId/trigger/run',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Listens to a trigger of the draft; an event runs that step alone.',
      tag,
      rate: 'generate',
      params: z.object({ appId: z.uuid(), nodeId: z.string() }),
      body: z.object({ inputs }),
      response: answerSchema,
      errors,
      handler: async ({ principal, params, body, signal }) => {
        const nodeIds = [params.nodeId];
        const { who, draft, event } = await next(principal, params.appId, {
          nodeIds,
          simulated: body.inputs,
        });
        if (!event) return waiting;
        const record = await steps.run({ who, draft, ...event, files: [], signal });
        return record as typeof record & { status: string };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/workflows/draft/trigger/run',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Listens to a trigger of the draft; an event starts a debug run.',
      tag,
      rate: 'generate',
      params: appParams,
      body: z.object({ node_id: z.string(), inputs }),
      response: answerSchema,
      answers: 'events-or-json',
      errors,
      handler: ({ principal, params, body }) =>
        run(principal, params.appId, { nodeIds: [body.node_id], simulated: body.inputs }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/workflows/draft/trigger/run-all',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Listens to several triggers of the draft; the first event starts a debug run.',
      tag,
      rate: 'generate',
      params: appParams,
      body: z.object({ node_ids: z.array(z.string()).max(20) }),
      response: answerSchema,
      answers: 'events-or-json',
      errors,
      handler: ({ principal, params, body }) =>
        run(principal, params.appId, { nodeIds: body.node_ids, simulated: undefined }),
    }),
  ];
}
