import { fitsType } from '@trellis/graph';
import { z } from 'zod';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { invalidParam, notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AppService } from '../apps/app-service.ts';
import type { DraftOwner, DraftVariable, DraftVariableStore } from './draft-variable-store.ts';
import { appParams, fullQuery } from './schema.ts';
import { type DisplayLimits, shorten, shortenRecord } from './shorten.ts';
import type { WorkflowService } from './workflow-service.ts';

/** What these routes need. */
export interface DraftVariableRouteOptions {
  appService: AppService;
  workflows: WorkflowService;
  draftVariables: DraftVariableStore;
  /** What of a value people are shown at once. */
  display: DisplayLimits;
}

const tag = 'Draft variables';
const itemSchema = z.object({
  id: z.string(),
  type: z.enum(['node', 'sys', 'conversation']),
  name: z.string(),
  description: z.string(),
  selector: z.array(z.string()),
  value_type: z.string(),
  edited: z.boolean(),
  visible: z.boolean(),
  is_truncated: z.boolean(),
  value: z.unknown(),
});
const itemsSchema = z.object({ items: z.array(itemSchema) });
const variableParams = z.object({ appId: z.uuid(), variableId: z.uuid() });
const nodeParams = z.object({ appId: z.uuid(), nodeId: z.string() });

/** System variables that people may change. */
const editableSystem = new Set(['query', 'files']);

/** The inspector of a draft: what nodes last put out (spec: workflow §11, console §3.4). */
export function draftVariableRoutes(options: DraftVariableRouteOptions): AnyRoute[] {
  return [...listRoutes(options), ...variableRoutes(options), ...nodeRoutes(options)];
}

/** A variable as it is listed; its own route tells it whole, without limits. */
function toItem(row: DraftVariable, display?: DisplayLimits): z.infer<typeof itemSchema> {
  const { value, truncated } =
    display === undefined ? { value: row.value, truncated: false } : shorten(row.value, display);
  const kind = row.nodeId === 'sys' || row.nodeId === 'conversation' ? row.nodeId : 'node';
  return {
    id: row.id,
    type: kind,
    name: row.name,
    description: row.description,
    selector: [row.nodeId, row.name],
    value_type: row.valueType,
    edited: row.edited,
    visible: true,
    is_truncated: truncated,
    value,
  };
}

async function ownerOf(
  appService: AppService,
  principal: ConsolePrincipal,
  appId: string,
): Promise<DraftOwner> {
  const app = await appService.find(principal.scope, appId);
  return { appId: app.id, accountId: principal.account.id };
}

function listRoutes({ appService, draftVariables, display }: DraftVariableRouteOptions): AnyRoute[] {
  const path = '/console/api/apps/:appId/workflows/draft';
  const lists = [
    { name: 'conversation-variables', nodeId: 'conversation', what: 'variables of the conversation' },
    { name: 'system-variables', nodeId: 'sys', what: 'system variables' },
  ].map(({ name, nodeId, what }) =>
    defineRoute({
      method: 'GET',
      path: `${path}/${name}`,
      auth: 'console',
      permission: 'app.debug',
      summary: `The ${what} of the draft.`,
      tag,
      rate: 'default',
      params: appParams,
      response: itemsSchema,
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const owner = await ownerOf(appService, principal, params.appId);
        const rows = await draftVariables.list(principal.scope, owner, nodeId);
        return { items: rows.map((row) => toItem(row, display)) };
      },
    }),
  );
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/variables`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'What the nodes of the draft last put out.',
      tag,
      rate: 'default',
      params: appParams,
      query: z.object({
        page: z.coerce.number().int().min(1).default(1),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      response: itemsSchema.extend({ total: z.number() }),
      errors: ['not_found'],
      handler: async ({ principal, params, query }) => {
        const owner = await ownerOf(appService, principal, params.appId);
        const rows = await draftVariables.list(principal.scope, owner);
        const from = (query.page - 1) * query.limit;
        const page = rows.slice(from, from + query.limit);
        return { items: page.map((row) => toItem(row, display)), total: rows.length };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/variables`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Forgets what the nodes of the draft put out.',
      tag,
      rate: 'default',
      params: appParams,
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const owner = await ownerOf(appService, principal, params.appId);
        await draftVariables.remove(principal.scope, owner);
        return undefined;
      },
    }),
    ...lists,
  ];
}

function variableRoutes(options: DraftVariableRouteOptions): AnyRoute[] {
  const { appService, workflows, draftVariables, display } = options;
  const path = '/console/api/apps/:appId/workflows/draft/variables/:variableId';
  async function load(principal: ConsolePrincipal, params: { appId: string; variableId: string }) {
    const owner = await ownerOf(appService, principal, params.appId);
    const row = await draftVariables.find(principal.scope, owner, params.variableId);
    if (!row) throw notFound('Variable not found.');
    return { owner, row };
  }
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.debug',
      summary: 'A variable of the draft, whole however large it is.',
      tag,
      rate: 'default',
      params: variableParams,
      response: itemSchema,
      errors: ['not_found'],
      handler: async ({ principal, params }) => toItem((await load(principal, params)).row),
    }),
    defineRoute({
      method: 'PATCH',
      path,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Changes a variable of the draft; it keeps its type.',
      tag,
      rate: 'default',
      params: variableParams,
      body: z.object({ name: z.string().min(1).optional(), value: z.unknown() }),
      response: itemSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const { owner, row } = await load(principal, params);
        if (row.nodeId === 'sys' && !editableSystem.has(row.name)) {
          throw invalidParam(`sys.${row.name} cannot be changed.`, 'value');
        }
        // Whoever edits what is shown of it would lose the rest.
        if (body.value !== undefined && shorten(row.value, display).truncated) {
          throw invalidParam('The value is too large to be changed.', 'value');
        }
        if (body.value !== undefined && !keepsType(row, body.value)) {
          throw invalidParam(`The value is not of the type ${row.valueType}.`, 'value');
        }
        const changed = await draftVariables.update(principal.scope, owner, row.id, {
          ...(body.value === undefined ? {} : { value: body.value }),
          ...(body.name === undefined ? {} : { name: body.name }),
          edited: true,
        });
        if (!changed) throw notFound('Variable not found.');
        return toItem(changed);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Forgets a variable of the draft.',
      tag,
      rate: 'default',
      params: variableParams,
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const { owner, row } = await load(principal, params);
        await draftVariables.remove(principal.scope, owner, { id: row.id });
        return undefined;
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/reset`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Gives a variable back what its node put out, or its default.',
      tag,
      rate: 'default',
      params: variableParams,
      response: itemSchema.nullable(),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params }) => {
        const { owner, row } = await load(principal, params);
        const original = await originalOf(principal, params.appId, row);
        if (original === undefined) {
          await draftVariables.remove(principal.scope, owner, { id: row.id });
          return null;
        }
        const changed = await draftVariables.update(principal.scope, owner, row.id, {
          value: original,
          edited: false,
        });
        return changed && toItem(changed);
      },
    }),
  ];

  async function originalOf(principal: ConsolePrincipal, appId: string, row: DraftVariable) {
    if (row.nodeId === 'sys') throw invalidParam('System variables cannot be reset.');
    if (row.nodeId === 'conversation') {
      const app = await appService.find(principal.scope, appId);
      const draft = await workflows.draft(principal.scope, app);
      return draft.conversationVariables.find(({ name }) => name === row.name)?.value;
    }
    const record = await draftVariables.nodeRun(principal.scope, appId, row.nodeId);
    return (record?.['outputs'] as Record<string, unknown> | null | undefined)?.[row.name];
  }
}

function keepsType(row: DraftVariable, value: unknown): boolean {
  const loose = row.valueType === 'none' || row.valueType === 'array[any]' || row.valueType.includes('file');
  return loose || fitsType(row.valueType, value);
}

function nodeRoutes({ appService, draftVariables, display }: DraftVariableRouteOptions): AnyRoute[] {
  const path = '/console/api/apps/:appId/workflows/draft/nodes/:nodeId';
  return [
    defineRoute({
      method: 'GET',
      path: `${path}/variables`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'What a node last put out.',
      tag,
      rate: 'default',
      params: nodeParams,
      response: itemsSchema,
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const owner = await ownerOf(appService, principal, params.appId);
        const rows = await draftVariables.list(principal.scope, owner, params.nodeId);
        return { items: rows.map((row) => toItem(row, display)) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/variables`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Forgets what a node put out.',
      tag,
      rate: 'default',
      params: nodeParams,
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const owner = await ownerOf(appService, principal, params.appId);
        await draftVariables.remove(principal.scope, owner, { nodeId: params.nodeId });
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/last-run`,
      auth: 'console',
      permission: 'app.debug',
      summary:
        'The newest execution of a node of the draft. Large values are shortened unless `full` is asked for.',
      tag,
      rate: 'default',
      params: nodeParams,
      query: fullQuery,
      response: z.looseObject({ id: z.string(), node_id: z.string() }),
      errors: ['not_found'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        const record = await draftVariables.nodeRun(principal.scope, app.id, params.nodeId);
        if (!record) throw notFound('The node has not run yet.');
        const execution = record as { id: string; node_id: string };
        return query.full ? execution : shortenRecord(execution, display);
      },
    }),
  ];
}
