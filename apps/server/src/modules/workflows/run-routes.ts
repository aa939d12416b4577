import { z } from 'zod';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { isUuid, nilUuid } from '../../platform/ids.ts';
import type { AppService } from '../apps/app-service.ts';
import type { App } from '../apps/store.ts';
import type { ConversationService } from '../conversations/service.ts';
import { generationErrors, resultSchema } from '../service-api/schema.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { RunAsker } from './open-run.ts';
import { toRunLogItem } from './present.ts';
import { publishedTriggers } from './run.ts';
import type { RunDesk } from './run-desk.ts';
import type { RunHistory } from './run-history.ts';
import type { RunStore } from './run-store.ts';
import { appParams, attachQuery, fullQuery, isOn, runLogPage, runLogQuery } from './schema.ts';
import type { DisplayLimits } from './shorten.ts';
import type { WorkflowService } from './workflow-service.ts';

/** What these routes need. */
export interface RunRouteOptions {
  appService: AppService;
  conversations: ConversationService;
  workflows: WorkflowService;
  desk: RunDesk;
  history: RunHistory;
  runStore: RunStore;
  /** What of a value people are shown at once. */
  display: DisplayLimits;
}

const tag = 'Workflow runs';
const runParams = z.object({ appId: z.uuid(), runId: z.string() });

const debugBody = z.object({
  inputs: z.record(z.string(), z.unknown()).default({}),
  files: z.array(z.unknown()).default([]),
  query: z.string().default(''),
  conversation_id: z.string().optional(),
  parent_message_id: z.string().optional(),
  response_mode: z.enum(['streaming', 'blocking']).default('streaming'),
});

/** Debug runs and run records in the console (spec: console §3.4, workflow §10–11). */
export function runRoutes(options: RunRouteOptions): AnyRoute[] {
  return [...debugRunRoutes(options), ...historyRoutes(options), ...logRoutes(options)];
}

/** Somebody who works on an app and tries it. */
export function accountAsker(principal: ConsolePrincipal, app: App): RunAsker {
  const { id, name, email } = principal.account;
  return {
    scope: principal.scope,
    app,
    surface: 'debugger',
    asker: { endUserId: null, accountId: id },
    userId: id,
    createdBy: { id, name, email },
  };
}

function debugRunRoutes({
  appService,
  workflows,
  desk,
  history,
  conversations,
  display,
}: RunRouteOptions): AnyRoute[] {
  const runs = (['advanced-chat/workflows', 'workflows'] as const).map((kind) =>
    defineRoute({
      method: 'POST',
      path: `/console/api/apps/:appId/${kind}/draft/run`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Runs the draft.',
      tag,
      rate: 'generate',
      params: appParams,
      body: debugBody,
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'draft_workflow_not_exist'],
      handler: async ({ principal, params, body, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const isChat = kind !== 'workflows';
        if (isChat !== (app.mode === 'advanced-chat')) throw invalidParam('The app is of another mode.');
        if (isChat && body.query === '') throw invalidParam('query: must not be empty', 'query');
        const parent = isChat ? body.parent_message_id?.trim() || null : null;
        const asker = accountAsker(principal, app);
        // The parent must be the author's own, as in every chat.
        if (parent !== null && parent !== nilUuid) await conversations.message(asker, parent);
        const draft = await workflows.draft(principal.scope, app);
        return desk.answer(
          {
            ...asker,
            inputs: body.inputs,
            files: body.files,
            draft,
            triggeredFrom: 'debugging',
            idempotencyKey: idempotencyKeyOf(request),
            ...(isChat
              ? {
                  chat: {
                    query: body.query,
                    conversationId: body.conversation_id,
                    parentMessageId: parent,
                    autoName: false,
                  },
                }
              : {}),
          },
          { mode: body.response_mode, audience: 'program', display },
        );
      },
    }),
  );
  return [
    ...runs,
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/workflow-runs/tasks/:taskId/stop',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Stops a run.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid(), taskId: z.string() }),
      response: resultSchema,
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        const { asker } = accountAsker(principal, app);
        await desk.stop(principal.scope, { appId: app.id, asker, worksOnApp: true }, params.taskId);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/workflow/:runId/events',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Comes back to a run.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string() }),
      query: attachQuery,
      answers: 'events',
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const appId = await history.appOf(principal.scope, params.runId);
        return desk.attach(
          principal.scope,
          { appId, asker: { endUserId: null, accountId: principal.account.id }, worksOnApp: true },
          {
            runId: params.runId,
            options: {
              audience: 'program',
              display,
              snapshot: isOn(query.include_state_snapshot),
              continueOnPause: isOn(query.continue_on_pause),
              after: query.after,
            },
          },
        );
      },
    }),
  ];
}

function historyRoutes({ appService, history }: RunRouteOptions): AnyRoute[] {
  const query = z.object({
    last_id: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    status: z.string().optional(),
    triggered_from: z.enum(['debugging', 'app-run', 'webhook', 'schedule']).default('debugging'),
  });
  return [
    ...(['workflow-runs', 'advanced-chat/workflow-runs'] as const).flatMap((kind) => [
      defineRoute({
        method: 'GET',
        path: `/console/api/apps/:appId/${kind}`,
        auth: 'console',
        permission: 'app.logs',
        summary: 'Runs of an app, newest first.',
        tag,
        rate: 'default',
        params: appParams,
        query,
        response: z.object({
          limit: z.number(),
          has_more: z.boolean(),
          data: z.array(z.looseObject({ id: z.string(), status: z.string() })),
        }),
        errors: ['not_found', 'invalid_param'],
        handler: async ({ principal, params, query: wanted }) => {
          const app = await appService.find(principal.scope, params.appId);
          return history.list(principal.scope, app.id, {
            lastId: wanted.last_id,
            limit: wanted.limit,
            status: wanted.status,
            triggeredFrom: wanted.triggered_from,
          });
        },
      }),
      defineRoute({
        method: 'GET',
        path: `/console/api/apps/:appId/${kind}/count`,
        auth: 'console',
        permission: 'app.logs',
        summary: 'How many runs ended how.',
        tag,
        rate: 'default',
        params: appParams,
        query: query
          .pick({ status: true, triggered_from: true })
          .extend({ time_range: z.string().optional() }),
        response: z.record(z.string(), z.number()),
        errors: ['not_found', 'invalid_param'],
        handler: async ({ principal, params, query: wanted }) => {
          const app = await appService.find(principal.scope, params.appId);
          return history.counts(principal.scope, app.id, {
            triggeredFrom: wanted.triggered_from,
            status: wanted.status,
            timeRange: wanted.time_range,
          });
        },
      }),
    ]),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/workflow-runs/:runId',
      auth: 'console',
      permission: 'app.logs',
      summary: 'A run with the graph that it ran on. Large values are shortened unless `full` is asked for.',
      tag,
      rate: 'default',
      params: runParams,
      query: fullQuery,
      response: z.looseObject({ id: z.string(), graph: z.unknown() }),
      errors: ['not_found'],
      handler: async ({ principal, params, query: { full } }) => {
        const app = await appService.find(principal.scope, params.appId);
        return history.detail(principal.scope, app.id, { runId: params.runId, full });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/workflow-runs/:runId/node-executions',
      auth: 'console',
      permission: 'app.logs',
      summary: 'What the nodes of a run took in and put out, in the order of their start.',
      tag,
      rate: 'default',
      params: runParams,
      response: z.object({ data: z.array(z.looseObject({ id: z.string(), node_id: z.string() })) }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        return { data: await history.nodeExecutions(principal.scope, app.id, params.runId) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/workflow-runs/:runId/node-executions/:executionId',
      auth: 'console',
      permission: 'app.logs',
      summary: 'What one node of a run took in and put out, whole however large it is.',
      tag,
      rate: 'default',
      params: runParams.extend({ executionId: z.string() }),
      response: z.looseObject({ id: z.string(), node_id: z.string() }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        return history.nodeExecution(principal.scope, app.id, params);
      },
    }),
  ];
}

function logRoutes({ appService, runStore }: RunRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/workflow-app-logs',
      auth: 'console',
      permission: 'app.logs',
      summary: 'Runs of the published app, newest first.',
      tag,
      rate: 'default',
      params: appParams,
      query: runLogQuery.extend({ detail: z.stringbool().default(false) }),
      response: runLogPage,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        const accountId = query.created_by_account;
        if (accountId !== undefined && !isUuid(accountId)) {
          throw new ApiError('invalid_param', `Account not found: ${accountId}`);
        }
        const { rows, total } = await runStore.page(principal.scope, {
          appId: app.id,
          triggeredFrom: publishedTriggers,
          keyword: query.keyword,
          status: query.status,
          createdBefore: query.created_at__before ? new Date(query.created_at__before) : undefined,
          createdAfter: query.created_at__after ? new Date(query.created_at__after) : undefined,
          sessionId: query.created_by_end_user_session_id,
          accountId,
          page: query.page,
          limit: query.limit,
        });
        return {
          page: query.page,
          limit: query.limit,
          total,
          has_more: query.page * query.limit < total,
          data: rows.map(toRunLogItem),
        };
      },
    }),
  ];
}
