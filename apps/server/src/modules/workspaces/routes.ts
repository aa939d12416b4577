import { z } from 'zod';
import { permissionsOf, roles } from '../../platform/auth/permissions.ts';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds } from '../../platform/time.ts';
import { resultSchema, success } from '../accounts/schema.ts';
import type { WorkspaceStore } from './store.ts';

const tag = 'Workspaces';

const workspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  plan: z.string(),
  status: z.string(),
  created_at: z.number(),
  role: z.enum(roles),
  in_trial: z.null(),
  trial_end_reason: z.null(),
  custom_config: z.record(z.string(), z.unknown()),
  permissions: z.array(z.string()),
});

/** The caller's workspaces (spec: console §3.3). */
export function workspaceRoutes({ workspaces }: { workspaces: WorkspaceStore }): AnyRoute[] {
  async function details(principal: ConsolePrincipal): Promise<z.infer<typeof workspaceSchema>> {
    const row = await workspaces.current(principal.scope);
    return {
      id: row.id,
      name: row.name,
      plan: row.plan,
      status: row.status,
      created_at: seconds(row.createdAt),
      role: principal.role,
      in_trial: null,
      trial_end_reason: null,
      custom_config: row.customConfig,
      permissions: permissionsOf(principal.role),
    };
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/workspaces',
      auth: 'console',
      permission: 'workspace.read',
      summary: 'The workspaces of the signed-in person.',
      tag,
      rate: 'default',
      response: z.object({
        workspaces: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            plan: z.string(),
            status: z.string(),
            created_at: z.number(),
            current: z.boolean(),
          }),
        ),
      }),
      handler: async ({ principal }) => ({
        workspaces: (await workspaces.ofAccount(principal.account.id)).map((row) => ({
          id: row.id,
          name: row.name,
          plan: row.plan,
          status: row.status,
          created_at: seconds(row.createdAt),
          current: row.isCurrent,
        })),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/switch',
      auth: 'console',
      permission: 'account.self',
      summary: 'Makes another workspace the current one.',
      tag,
      rate: 'default',
      body: z.object({ tenant_id: z.uuid() }),
      response: resultSchema,
      errors: ['not_found'],
      handler: async ({ principal, body }) => {
        if (!(await workspaces.switchTo(principal.account.id, body.tenant_id)))
          throw notFound('Workspace not found.');
        return success;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/current',
      auth: 'console',
      permission: 'workspace.read',
      summary: 'The current workspace, the role in it and what that role may do.',
      tag,
      rate: 'default',
      response: workspaceSchema,
      handler: ({ principal }) => details(principal),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/info',
      auth: 'console',
      permission: 'workspace.read',
      summary: 'The current workspace, under its older address.',
      tag,
      rate: 'default',
      response: workspaceSchema,
      handler: ({ principal }) => details(principal),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/info',
      auth: 'console',
      permission: 'workspace.manage',
      summary: 'Renames the current workspace.',
      tag,
      rate: 'default',
      body: z.object({ name: z.string().trim().min(1).max(100) }),
      response: resultSchema,
      handler: async ({ principal, body }) => {
        await workspaces.update(principal.scope, { name: body.name });
        return success;
      },
    }),
  ];
}
