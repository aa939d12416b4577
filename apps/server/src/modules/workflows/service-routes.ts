import { z } from 'zod';
import type { AppKeyPrincipal } from '../../platform/auth/principals.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { Callers } from '../service-api/caller.ts';
import { generationErrors, resultSchema, runModeFields, userField } from '../service-api/schema.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import type { RunAsker } from './open-run.ts';
import { toRunDetail, toRunLogItem } from './present.ts';
import { publishedTriggers } from './run.ts';
import type { RunDesk } from './run-desk.ts';
import type { RunStore } from './run-store.ts';
import { attachQuery, isOn, runAnswerSchema, runDetailSchema, runLogPage, runLogQuery } from './schema.ts';

/** What these routes need. */
export interface ServiceWorkflowOptions {
  desk: RunDesk;
  runStore: RunStore;
  callers: Callers;
  accounts: AccountStore;
  workspaces: WorkspaceStore;
}

const tag = 'Workflow';

const runBody = z.object({
  inputs: z.record(z.string(), z.unknown()),
  user: userField,
  ...runModeFields,
  files: z.array(z.unknown()).default([]),
  trace_id: z.string().optional(),
});

/** Runs of workflow apps for programs (spec: service API §5, §6, §8). */
export function serviceWorkflowRoutes(options: ServiceWorkflowOptions): AnyRoute[] {
  return [...runRoutes(options), ...recordRoutes(options)];
}

/** Somebody who calls with an app's key. */
export async function programAsker(
  callers: Callers,
  principal: AppKeyPrincipal,
  user: string | undefined,
): Promise<RunAsker> {
  const caller = await callers.required(principal, user);
  return {
    ...caller,
    userId: user ?? '',
    createdBy: { id: caller.asker.endUserId ?? '', user: user ?? '' },
  };
}

function runRoutes({ desk, callers }: ServiceWorkflowOptions): AnyRoute[] {
  const errors = [...generationErrors, 'not_workflow_app'] as const;
  const runs = (['/v1/workflows/run', '/v1/workflows/:workflowId/run'] as const).map((path) =>
    defineRoute({
      method: 'POST',
      path,
      auth: 'app-key',
      summary: path.includes(':')
        ? 'Runs one published version of the workflow.'
        : 'Runs the workflow. An `Idempotency-Key` header makes repeated requests one run; `async` answers 202 at once.',
      tag,
      rate: 'generate',
      params: z.object({ workflowId: z.string().optional() }),
      body: runBody,
      response: runAnswerSchema,
      answers: 'events-or-json',
      errors,
      handler: async ({ principal, params, body, request }) => {
        if (principal.app.mode !== 'workflow') throw new ApiError('not_workflow_app');
        const answer = await desk.answer(
          {
            ...(await programAsker(callers, principal, body.user)),
            inputs: body.inputs,
            files: body.files,
            versionId: params.workflowId,
            triggeredFrom: 'app-run',
            callbackUrl: body.callback_url,
            idempotencyKey: idempotencyKeyOf(request),
          },
          { mode: body.response_mode, audience: 'program' },
        );
        return answer as z.infer<typeof runAnswerSchema>;
      },
    }),
  );
  const stops = (['/v1/workflows/tasks/:taskId/stop', '/v1/workflows/:taskId/stop'] as const).map((path) =>
    defineRoute({
      method: 'POST',
      path,
      auth: 'app-key',
      summary: 'Stops a run.',
      tag,
      rate: 'default',
      params: z.object({ taskId: z.string() }),
      body: z.object({ user: userField }),
      response: resultSchema,
      errors: ['invalid_param', 'not_workflow_app'],
      handler: async ({ principal, params, body }) => {
        if (principal.app.mode !== 'workflow') throw new ApiError('not_workflow_app');
        const { scope, asker } = await callers.required(principal, body.user);
        await desk.stop(scope, { appId: principal.app.id, asker }, params.taskId);
        return { result: 'success' as const };
      },
    }),
  );
  return [...runs, ...stops];
}

function recordRoutes(options: ServiceWorkflowOptions): AnyRoute[] {
  const { desk, callers, runStore } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/workflows/run/:runId',
      auth: 'app-key',
      summary: 'A run: inputs, outputs, status, cost.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string() }),
      response: runDetailSchema,
      errors: ['not_workflow_app', 'not_found'],
      handler: async ({ principal, params }) => {
        assertGraphKey(principal);
        return toRunDetail(await desk.find(principal.scope, principal.app.id, params.runId));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/workflows/logs',
      auth: 'app-key',
      summary: 'Runs of the app, newest first.',
      tag,
      rate: 'default',
      query: runLogQuery,
      response: runLogPage,
      errors: ['invalid_param'],
      handler: async ({ principal, query }) => {
        const empty = { page: query.page, limit: query.limit, total: 0, has_more: false, data: [] };
        if (principal.app.mode !== 'workflow') return empty;
        const filter = await logFilter(options, principal, query);
        const { rows, total } = await runStore.page(principal.scope, filter);
        return {
          ...empty,
          total,
          has_more: query.page * query.limit < total,
          data: rows.map(toRunLogItem),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/workflow/:runId/events',
      auth: 'app-key',
      summary: 'Comes back to a run: the events that follow, on request the state so far.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string() }),
      query: attachQuery.extend({ user: userField }),
      answers: 'events',
      errors: ['not_workflow_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        assertGraphKey(principal);
        const { scope, asker } = await callers.required(principal, query.user);
        return desk.attach(
          scope,
          { appId: principal.app.id, asker },
          {
            runId: params.runId,
            options: {
              audience: 'program',
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

/** 400 unless the key is that of an app that is a graph. */
export function assertGraphKey(principal: AppKeyPrincipal): void {
  const { mode } = principal.app;
  if (mode !== 'workflow' && mode !== 'advanced-chat') throw new ApiError('not_workflow_app');
}

async function logFilter(
  { accounts, workspaces }: ServiceWorkflowOptions,
  principal: AppKeyPrincipal,
  query: z.infer<typeof runLogQuery>,
) {
  const email = query.created_by_account;
  const account = email === undefined ? null : await accounts.findByEmail(email);
  const isMember =
    account !== null && (await workspaces.memberNames(principal.scope, [account.id])).has(account.id);
  if (email !== undefined && !isMember)
    throw invalidParam(`Account not found: ${email}`, 'created_by_account');
  return {
    appId: principal.app.id,
    triggeredFrom: publishedTriggers,
    keyword: query.keyword,
    status: query.status,
    createdBefore: dateOf(query.created_at__before),
    createdAfter: dateOf(query.created_at__after),
    sessionId: query.created_by_end_user_session_id,
    accountId: account?.id,
    page: query.page,
    limit: query.limit,
  };
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
