import { canvasDefaults, nodeTypes } from '@trellis/graph';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { notFound } from '../../platform/errors.ts';
import { originOf } from '../../platform/http/origin.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds } from '../../platform/time.ts';
import type { AppService } from '../apps/app-service.ts';
import { resultSchema } from '../service-api/schema.ts';
import type { WebhookAddresses } from '../triggers/webhook-addresses.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import type { DraftChecker } from './draft-checker.ts';
import { hideSecrets } from './environment-secrets.ts';
import { type PeopleNames, toWorkflow } from './present.ts';
import { appParams, draftBody, workflowSchema } from './schema.ts';
import type { WorkflowRow } from './store.ts';
import { differs, type WorkflowService } from './workflow-service.ts';

/** What these routes need. */
export interface DraftRouteOptions {
  appService: AppService;
  workspaces: WorkspaceStore;
  workflows: WorkflowService;
  checker: DraftChecker;
  /** Addresses of webhook steps, which are shown in graphs and not stored in them. */
  webhooks: { addresses: WebhookAddresses; triggerUrl: string };
}

const tag = 'Workflows';
const savedSchema = z.object({ result: z.literal('success'), hash: z.string(), updated_at: z.number() });

/** Drafts and versions of graphs in the console (spec: console §3.4, app files §10). */
export function draftRoutes(options: DraftRouteOptions): AnyRoute[] {
  return [...editRoutes(options), ...partRoutes(options), ...versionRoutes(options), ...blockRoutes()];
}

function namesFor(
  workspaces: WorkspaceStore,
  scope: WorkspaceScope,
  rows: readonly WorkflowRow[],
): Promise<PeopleNames> {
  const ids = [...new Set(rows.flatMap((row) => [row.createdBy, row.updatedBy]))];
  return workspaces.memberPeople(
    scope,
    ids.filter((id) => id !== null),
  );
}

function editRoutes(options: DraftRouteOptions): AnyRoute[] {
  const { appService, workspaces, workflows, checker } = options;
  const path = '/console/api/apps/:appId/workflows/draft';
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.read',
      summary: 'The graph that is being worked on.',
      tag,
      rate: 'default',
      params: appParams,
      response: workflowSchema,
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const draft = await workflows.draft(principal.scope, app);
        const shown = await withAddresses(options, principal.scope, { row: draft, request });
        return toWorkflow(shown, await namesFor(workspaces, principal.scope, [draft]));
      },
    }),
    defineRoute({
      method: 'POST',
      path,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Saves the graph that is being worked on; refuses to overwrite another state.',
      tag,
      rate: 'default',
      params: appParams,
      body: draftBody,
      acceptsBeacon: true,
      response: savedSchema,
      errors: ['not_found', 'draft_workflow_not_sync', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        const saved = await workflows.save(principal, app, {
          graph: body.graph,
          features: body.features,
          hash: body.hash,
          environmentVariables: body.environment_variables,
          conversationVariables: body.conversation_variables,
        });
        return toSaved(saved);
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/checklist`,
      auth: 'console',
      permission: 'app.read',
      summary: 'What must be put right before the graph can run.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.object({ data: z.array(z.looseObject({ code: z.string(), message: z.string() })) }),
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const row = await workflows.draft(principal.scope, app);
        const draft = await withAddresses(options, principal.scope, { row, request });
        return { data: (await checker.check(principal.scope, app, draft)).map((issue) => ({ ...issue })) };
      },
    }),
  ];
}

/** A stored graph as it is shown: its webhook steps have their addresses. */
async function withAddresses(
  { webhooks }: DraftRouteOptions,
  scope: WorkspaceScope,
  { row, request }: { row: WorkflowRow; request: FastifyRequest },
): Promise<WorkflowRow> {
  const graph = await webhooks.addresses.fill(scope, row, originOf(request, webhooks.triggerUrl));
  return { ...row, graph };
}

function toSaved(row: WorkflowRow): z.infer<typeof savedSchema> {
  return { result: 'success', hash: row.hash, updated_at: seconds(row.updatedAt) };
}

/** Reading and changing only one part of a draft. */
function partRoutes({ appService, workflows }: DraftRouteOptions): AnyRoute[] {
  const path = '/console/api/apps/:appId/workflows/draft';
  const items = z.object({ items: z.array(z.record(z.string(), z.unknown())) });
  const draftOf = async (principal: ConsolePrincipal, appId: string) =>
    workflows.draft(principal.scope, await appService.find(principal.scope, appId));
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/environment-variables`,
      auth: 'console',
      permission: 'app.read',
      summary: 'The constants of the app; values of secrets are hidden.',
      tag,
      rate: 'default',
      params: appParams,
      response: items,
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params }) => {
        const draft = await draftOf(principal, params.appId);
        return { items: hideSecrets(draft.environmentVariables) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/environment-variables`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Changes the constants of the app.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({ environment_variables: z.array(z.unknown()) }),
      response: resultSchema,
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        await workflows.saveVariables(principal, app, { environmentVariables: body.environment_variables });
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/conversation-variables`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Changes the variables that conversations begin with.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({ conversation_variables: z.array(z.unknown()) }),
      response: resultSchema,
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        await workflows.saveVariables(principal, app, {
          conversationVariables: body.conversation_variables,
        });
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/features`,
      auth: 'console',
      permission: 'app.read',
      summary: 'The features of the app.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.object({ features: z.record(z.string(), z.unknown()) }),
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params }) => ({
        features: (await draftOf(principal, params.appId)).features,
      }),
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/features`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Changes the features of the app.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({ features: z.record(z.string(), z.unknown()) }),
      response: savedSchema,
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        return toSaved(await workflows.saveFeatures(principal, app, body.features));
      },
    }),
  ];
}

function versionRoutes(options: DraftRouteOptions): AnyRoute[] {
  const { appService, workspaces, workflows } = options;
  const path = '/console/api/apps/:appId/workflows';
  const versionParams = z.object({ appId: z.uuid(), workflowId: z.uuid() });
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/publish`,
      auth: 'console',
      permission: 'app.read',
      summary: 'The version that the app runs; null before the first publication.',
      tag,
      rate: 'default',
      params: appParams,
      response: workflowSchema.extend({ dirty: z.boolean() }).nullable(),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const published = await workflows.published(principal.scope, app);
        if (!published) return null;
        const draft = await workflows.draft(principal.scope, app);
        const names = await namesFor(workspaces, principal.scope, [published]);
        const shown = await withAddresses(options, principal.scope, { row: published, request });
        return { ...toWorkflow(shown, names), dirty: differs(draft, published) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/publish`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Makes the draft the version that the app runs.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({
        marked_name: z.string().max(20).default(''),
        marked_comment: z.string().max(100).default(''),
      }),
      response: z.object({ result: z.literal('success'), id: z.string(), created_at: z.number() }),
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        const row = await workflows.publish(principal, app, {
          markedName: body.marked_name,
          markedComment: body.marked_comment,
        });
        return { result: 'success' as const, id: row.id, created_at: seconds(row.createdAt) };
      },
    }),
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.read',
      summary: 'Published versions, newest first.',
      tag,
      rate: 'default',
      params: appParams,
      query: z.object({
        page: z.coerce.number().int().min(1).max(99_999).default(1),
        limit: z.coerce.number().int().min(1).max(100).default(10),
        user_id: z.uuid().optional(),
        named_only: z.stringbool().default(false),
      }),
      response: z.object({
        items: z.array(workflowSchema),
        page: z.number(),
        limit: z.number(),
        has_more: z.boolean(),
      }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        const rows = await workflows.versions(principal.scope, app, {
          page: query.page,
          limit: query.limit,
          createdBy: query.user_id,
          namedOnly: query.named_only,
        });
        const shown = rows.slice(0, query.limit);
        const names = await namesFor(workspaces, principal.scope, shown);
        return {
          items: shown.map((row) => toWorkflow(row, names)),
          page: query.page,
          limit: query.limit,
          has_more: rows.length > query.limit,
        };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: `${path}/:workflowId`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Names a version.',
      tag,
      rate: 'default',
      params: versionParams,
      body: z.object({
        marked_name: z.string().max(20).optional(),
        marked_comment: z.string().max(100).optional(),
      }),
      response: workflowSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        const row = await workflows.mark(principal, app, params.workflowId, {
          ...(body.marked_name === undefined ? {} : { markedName: body.marked_name }),
          ...(body.marked_comment === undefined ? {} : { markedComment: body.marked_comment }),
        });
        return toWorkflow(row, await namesFor(workspaces, principal.scope, [row]));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:workflowId`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Removes a version that the app does not run.',
      tag,
      rate: 'default',
      params: versionParams,
      answers: 'nothing',
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        await workflows.remove(principal.scope, app, params.workflowId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/:workflowId/restore`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Copies a version into the draft.',
      tag,
      rate: 'default',
      params: versionParams,
      response: savedSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        return toSaved(await workflows.restore(principal, app, params.workflowId));
      },
    }),
  ];
}

/** What new nodes begin with. */
function blockRoutes(): AnyRoute[] {
  const path = '/console/api/apps/:appId/workflows/default-workflow-block-configs';
  const block = z.object({ type: z.string(), config: z.record(z.string(), z.unknown()) });
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.read',
      summary: 'What new nodes of every type begin with.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.array(block),
      handler: async () => nodeTypes.map((type) => ({ type, config: canvasDefaults(type) })),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/:type`,
      auth: 'console',
      permission: 'app.read',
      summary: 'What a new node of a type begins with.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid(), type: z.string() }),
      response: block,
      errors: ['not_found'],
      handler: async ({ params }) => {
        const type = nodeTypes.find((known) => known === params.type);
        if (type === undefined) throw notFound(`There are no nodes of the type ${params.type}.`);
        return { type, config: canvasDefaults(type) };
      },
    }),
  ];
}
