import { z } from 'zod';
import { permissionsOf, roles } from '../../platform/auth/permissions.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
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

const memberSchema = z.object({
  id: z.string(),
  name: z.string(),
  avatar: z.string().nullable(),
  avatar_url: z.string().nullable(),
  email: z.string(),
  last_login_at: z.number().nullable(),
  last_active_at: z.number(),
  created_at: z.number(),
  role: z.enum(roles),
  status: z.string(),
});

const memberParams = z.object({ memberId: z.uuid() });

/** The caller's workspaces and the members of the current one (spec: console §3.3). */
export function workspaceRoutes({ workspaces }: { workspaces: WorkspaceStore }): AnyRoute[] {
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
      handler: async ({ principal }) => {
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
      },
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
    defineRoute({
      method: 'GET',
      path: '/console/api/workspaces/current/members',
      auth: 'console',
      permission: 'member.read',
      summary: 'The members of the current workspace.',
      tag,
      rate: 'default',
      response: z.object({ accounts: z.array(memberSchema) }),
      handler: async ({ principal }) => ({
        accounts: (await workspaces.members(principal.scope)).map(({ account, role }) => ({
          id: account.id,
          name: account.name,
          avatar: account.avatar,
          avatar_url: null,
          email: account.email,
          last_login_at: secondsOrNull(account.lastLoginAt),
          last_active_at: seconds(account.lastActiveAt),
          created_at: seconds(account.createdAt),
          role,
          status: account.status,
        })),
      }),
    }),
    defineRoute({
      method: 'PUT',
      path: '/console/api/workspaces/current/members/:memberId/update-role',
      auth: 'console',
      permission: 'member.manage',
      summary: "Changes a member's role; acts on their next request.",
      tag,
      rate: 'default',
      params: memberParams,
      body: z.object({ role: z.string() }),
      response: resultSchema,
      errors: ['invalid-role', 'cannot-operate-self', 'member-not-found', 'forbidden'],
      handler: async ({ principal, params, body }) => {
        const role = roles.find((candidate) => candidate === body.role && candidate !== 'owner');
        if (!role) throw new ApiError('invalid-role');
        await assertOperable(workspaces, principal, params.memberId);
        await workspaces.setRole(principal.scope, params.memberId, role);
        return success;
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/console/api/workspaces/current/members/:memberId',
      auth: 'console',
      permission: 'member.manage',
      summary: 'Removes a member; what they made stays.',
      tag,
      rate: 'default',
      params: memberParams,
      response: resultSchema,
      errors: ['cannot-operate-self', 'member-not-found', 'forbidden'],
      handler: async ({ principal, params }) => {
        await assertOperable(workspaces, principal, params.memberId);
        await workspaces.removeMember(principal.scope, params.memberId);
        return success;
      },
    }),
  ];
}

/** Nobody changes themselves, and the owner changes by transfer only. */
async function assertOperable(
  workspaces: WorkspaceStore,
  principal: { scope: Parameters<WorkspaceStore['member']>[0]; account: { id: string } },
  memberId: string,
): Promise<void> {
  if (memberId === principal.account.id) throw new ApiError('cannot-operate-self');
  const member = await workspaces.member(principal.scope, memberId);
  if (!member) throw new ApiError('member-not-found');
  if (member.role === 'owner') throw new ApiError('forbidden', 'The owner cannot be changed or removed.');
}
