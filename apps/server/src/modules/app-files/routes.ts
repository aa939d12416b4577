import { z } from 'zod';
import { isAllowed } from '../../platform/auth/permissions.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { chosenAddress } from '../../platform/http/chosen-address.ts';
import { type AnyRoute, defineRoute, JsonReply } from '../../platform/http/route.ts';
import type { AppFileService, ImportResult } from './app-file-service.ts';

const tag = 'App files';
const appParams = z.object({ appId: z.uuid() });

const faceFields = {
  name: z.string().trim().max(255).optional(),
  description: z.string().max(400).optional(),
  icon_type: z.enum(['emoji', 'image', 'link']).optional(),
  icon: z.string().max(255).optional(),
  icon_background: z.string().max(64).optional(),
};

const importBody = z.object({
  mode: z.enum(['yaml-content', 'yaml-url']),
  yaml_content: z.string().optional(),
  yaml_url: chosenAddress(z.string()).optional(),
  app_id: z.uuid().optional(),
  ...faceFields,
});

const importResult = z.object({
  id: z.string(),
  status: z.enum(['completed', 'completed-with-warnings', 'pending', 'failed']),
  app_id: z.string().nullable(),
  app_mode: z.string().nullable(),
  current_dsl_version: z.string(),
  imported_dsl_version: z.string(),
  error: z.string(),
});

const statuses = { completed: 200, 'completed-with-warnings': 200, pending: 202, failed: 400 } as const;

/** Import, export and conversion of apps (spec: console §3.4, app files §3–4). */
export function appFileRoutes({ appFiles }: { appFiles: AppFileService }): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/imports',
      auth: 'console',
      permission: 'app.edit',
      summary:
        'Makes an app of a file, or overwrites one. 202: the file waits to be confirmed; 400: it cannot be used.',
      tag,
      rate: 'default',
      body: importBody,
      response: importResult,
      errors: ['invalid_param'],
      handler: async ({ principal, body, signal }) => {
        const { mode, yaml_content: content, yaml_url: address, ...overrides } = body;
        if (mode === 'yaml-content' && content === undefined) {
          throw invalidParam('yaml_content: is required', 'yaml_content');
        }
        if (mode === 'yaml-url' && address === undefined) {
          throw invalidParam('yaml_url: is required', 'yaml_url');
        }
        const text = mode === 'yaml-content' ? (content ?? '') : await appFiles.fetch(address ?? '', signal);
        return replyOf(await appFiles.import(principal, text, overrides));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/imports/:importId/confirm',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Imports a file that waited, within ten minutes.',
      tag,
      rate: 'default',
      params: z.object({ importId: z.string() }),
      response: importResult,
      handler: async ({ principal, params }) => replyOf(await appFiles.confirm(principal, params.importId)),
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/imports/:appId/check-dependencies',
      auth: 'console',
      permission: 'app.edit',
      summary: 'What an app that was just imported needs and what is not here.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.object({ leaked_dependencies: z.array(z.looseObject({ type: z.string() })) }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => ({
        leaked_dependencies: await appFiles.leakedDependencies(principal.scope, params.appId),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/export',
      auth: 'console',
      permission: 'app.export',
      summary: 'The app as a file.',
      tag,
      rate: 'default',
      params: appParams,
      query: z.object({
        include_secret: z.stringbool().default(false),
        workflow_id: z.string().optional(),
      }),
      response: z.object({ data: z.string() }),
      errors: ['not_found', 'forbidden', 'draft_workflow_not_exist'],
      handler: async ({ principal, params, query }) => {
        if (query.include_secret && !isAllowed(principal.role, 'app.export-secrets')) {
          throw new ApiError('forbidden', 'Your role in this workspace may not export secrets.');
        }
        const data = await appFiles.export(principal.scope, params.appId, {
          includeSecrets: query.include_secret,
          workflowId: query.workflow_id,
        });
        return { data };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/convert-to-workflow',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Makes a graph app that does what a prompt app does.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object(faceFields),
      response: z.object({ new_app_id: z.string() }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => ({
        new_app_id: (await appFiles.convert(principal, params.appId, body)).id,
      }),
    }),
  ];
}

function replyOf(result: ImportResult): JsonReply<ImportResult> {
  return new JsonReply(result, { status: statuses[result.status] });
}
