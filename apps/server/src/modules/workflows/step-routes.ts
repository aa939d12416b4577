import type { EngineEvent } from '@trellis/engine';
import { z } from 'zod';
import { type AnyRoute, defineRoute, EventStream } from '../../platform/http/route.ts';
import type { AppService } from '../apps/app-service.ts';
import { generationErrors } from '../service-api/schema.ts';
import { accountAsker } from './run-routes.ts';
import { type DisplayLimits, shortenRecord } from './shorten.ts';
import { assertNodeType, type SingleStepRunner, type StepRequest } from './single-step.ts';
import type { WorkflowService } from './workflow-service.ts';

/** What these routes need. */
export interface StepRouteOptions {
  appService: AppService;
  workflows: WorkflowService;
  steps: SingleStepRunner;
  /** What of a value people are shown at once. */
  display: DisplayLimits;
}

const tag = 'Workflow runs';
const nodeParams = z.object({ appId: z.uuid(), nodeId: z.string() });
const stepBody = z.object({
  inputs: z.record(z.string(), z.unknown()).default({}),
  query: z.string().optional(),
  files: z.array(z.unknown()).default([]),
});

/** Trying single nodes of a draft (spec: workflow §11). */
export function stepRoutes({ appService, workflows, steps, display }: StepRouteOptions): AnyRoute[] {
  const errors = [...generationErrors, 'draft_workflow_not_exist'] as const;
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/workflows/draft/nodes/:nodeId/run',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Runs one node of the draft on what nodes before it last put out.',
      tag,
      rate: 'generate',
      params: nodeParams,
      body: stepBody,
      response: z.looseObject({ id: z.string(), node_id: z.string(), status: z.string() }),
      errors,
      handler: async ({ principal, params, body, signal }) => {
        const app = await appService.find(principal.scope, params.appId);
        const draft = await workflows.draft(principal.scope, app);
        const who = accountAsker(principal, app);
        const record = await steps.run({ who, draft, nodeId: params.nodeId, ...body, signal });
        return shortenRecord(record as typeof record & { status: string }, display);
      },
    }),
    ...(['workflows', 'advanced-chat/workflows'] as const).flatMap((kind) =>
      (['iteration', 'loop'] as const).map((type) =>
        defineRoute({
          method: 'POST',
          path: `/console/api/apps/:appId/${kind}/draft/${type}/nodes/:nodeId/run`,
          auth: 'console',
          permission: 'app.debug',
          summary: `Runs one ${type} of the draft; its rounds are streamed.`,
          tag,
          rate: 'generate',
          params: nodeParams,
          body: stepBody,
          answers: 'events',
          errors,
          handler: async ({ principal, params, body, signal }) => {
            const app = await appService.find(principal.scope, params.appId);
            const draft = await workflows.draft(principal.scope, app);
            assertNodeType(draft, params.nodeId, type);
            const who = accountAsker(principal, app);
            const request = { who, draft, nodeId: params.nodeId, ...body, signal };
            return streamStep(steps, request, display);
          },
        }),
      ),
    ),
  ];
}

async function streamStep(
  steps: SingleStepRunner,
  request: StepRequest,
  display: DisplayLimits,
): Promise<EventStream> {
  const { runId, events } = await steps.start(request);
  return new EventStream(encodeStep(runId, events, display));
}

async function* encodeStep(
  runId: string,
  events: AsyncIterable<EngineEvent>,
  display: DisplayLimits,
): AsyncGenerator<string, void, undefined> {
  for await (const event of events) {
    if ('internal' in event && event.internal) continue;
    const { event: name } = event;
    const data = shortenRecord(event.data, display);
    yield `data: ${JSON.stringify({ event: name, task_id: runId, workflow_run_id: runId, data })}\n\n`;
  }
}
