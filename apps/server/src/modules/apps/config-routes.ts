import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import type { AppService } from './app-service.ts';
import { modelConfigBody } from './schema.ts';
import type { AppStore } from './store.ts';

/** What these routes need. */
export interface ConfigRouteOptions {
  apps: AppStore;
  appService: AppService;
  workspaces: WorkspaceStore;
}

const tag = 'Apps';
const appParams = z.object({ appId: z.uuid() });

/** Drafts, published versions and publishing of prompt apps. */
export function configRoutes(options: ConfigRouteOptions): AnyRoute[] {
  return [...draftRoutes(options), ...versionRoutes(options)];
}

function draftRoutes({ appService, workspaces }: ConfigRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/model-config/draft',
      auth: 'console',
      permission: 'app.edit',
      summary: 'The configuration that is being worked on.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.object({
        model_config: z.looseObject({}),
        hash: z.string(),
        updated_at: z.number(),
        published_at: z.number().nullable(),
        published_by_name: z.string().nullable(),
        dirty: z.boolean(),
      }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        const state = await appService.draft(principal.scope, app);
        const publisher = state.published?.createdBy ?? null;
        const names =
          publisher === null ? new Map() : await workspaces.memberNames(principal.scope, [publisher]);
        return {
          model_config: state.config,
          hash: state.hash,
          updated_at: seconds(state.updatedAt),
          published_at: secondsOrNull(state.published?.createdAt ?? null),
          published_by_name: names.get(publisher) ?? null,
          dirty: state.dirty,
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/model-config/draft',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Saves the configuration that is being worked on; refuses to overwrite another state.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({ model_config: z.looseObject({}), hash: z.string().optional() }),
      response: z.object({ result: z.literal('success'), hash: z.string(), updated_at: z.number() }),
      errors: ['not_found', 'draft_model_config_not_sync', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        const saved = await appService.saveDraft(principal, app, {
          config: body.model_config,
          hash: body.hash,
        });
        return { result: 'success' as const, hash: saved.hash, updated_at: seconds(saved.draft.updatedAt) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/model-config',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Checks a configuration and publishes it.',
      tag,
      rate: 'default',
      params: appParams,
      body: modelConfigBody,
      response: z.object({ result: z.literal('success'), published_at: z.number(), hash: z.string() }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.find(principal.scope, params.appId);
        const published = await appService.publish(principal, app, body);
        return {
          result: 'success' as const,
          published_at: seconds(published.config.createdAt),
          hash: published.hash,
        };
      },
    }),
  ];
}

/** A published version in the history. */
const versionSchema = z.object({
  id: z.string(),
  created_at: z.number(),
  created_by: z.string().nullable(),
  created_by_name: z.string().nullable(),
  current: z.boolean(),
  model_config: z.looseObject({}),
});

function versionRoutes({ apps, appService, workspaces }: ConfigRouteOptions): AnyRoute[] {
  const path = '/console/api/apps/:appId/model-config/versions';
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.edit',
      summary: 'The published versions of a prompt app, newest first.',
      tag,
      rate: 'default',
      params: appParams,
      query: z.object({
        page: z.coerce.number().int().min(1).default(1),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      response: z.object({
        page: z.number(),
        limit: z.number(),
        has_more: z.boolean(),
        data: z.array(versionSchema),
      }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        const rows = await apps.modelConfigs(principal.scope, app.id, {
          limit: query.limit + 1,
          offset: (query.page - 1) * query.limit,
        });
        const shown = rows.slice(0, query.limit);
        const authors = [...new Set(shown.flatMap((row) => (row.createdBy === null ? [] : [row.createdBy])))];
        const names = await workspaces.memberNames(principal.scope, authors);
        return {
          page: query.page,
          limit: query.limit,
          has_more: rows.length > query.limit,
          data: shown.map((row) => ({
            id: row.id,
            created_at: seconds(row.createdAt),
            created_by: row.createdBy,
            created_by_name: (row.createdBy === null ? undefined : names.get(row.createdBy)) ?? null,
            current: row.id === app.modelConfigId,
            model_config: row.config,
          })),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/:versionId/restore`,
      auth: 'console',
      permission: 'app.edit',
      summary: 'Makes an earlier version the draft; publishing it is a step of its own.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid(), versionId: z.uuid() }),
      response: z.object({ result: z.literal('success'), hash: z.string(), updated_at: z.number() }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        const saved = await appService.restore(principal, app, params.versionId);
        return { result: 'success' as const, hash: saved.hash, updated_at: seconds(saved.draft.updatedAt) };
      },
    }),
  ];
}
