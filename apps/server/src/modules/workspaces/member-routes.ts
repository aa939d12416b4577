import { z } from 'zod';
import { type Role, roles } from '../../platform/auth/permissions.ts';
import { ApiError } from '../../platform/errors.ts';
import { originOf } from '../../platform/http/origin.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import type { AccountService } from '../accounts/account-service.ts';
import type { JoinService } from '../accounts/join-service.ts';
import {
  emailField,
  languageField,
  nameBody,
  resultSchema,
  sentSchema,
  success,
  timezoneField,
} from '../accounts/schema.ts';
import type { SessionService } from '../accounts/session-service.ts';
import { signInReply, signInSchema } from '../accounts/sign-in-reply.ts';
import type { InvitationService } from './invitation-service.ts';
import type { MemberService } from './member-service.ts';
import type { OwnershipService } from './ownership-service.ts';
import type { WorkspaceStore } from './store.ts';

const tag = 'Workspaces';
/** Addresses per call. */
const maxInvited = 50;

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

const invitationResultSchema = z.union([
  z.object({ status: z.literal('success'), email: z.string(), url: z.string() }),
  z.object({ status: z.literal('failed'), email: z.string(), message: z.string() }),
]);

/** What the routes about members need. */
export interface MemberRouteOptions {
  workspaces: WorkspaceStore;
  members: MemberService;
  invitations: InvitationService;
  ownership: OwnershipService;
  joining: JoinService;
  sessions: SessionService;
  accountService: AccountService;
  /** CONSOLE_WEB_URL; empty means the address of the request. */
  consoleUrl: string;
  datasetOperatorEnabled: boolean;
}

/** Who is in the workspace, inviting, joining and handing over (spec: console §2.2, §2.3, §3.3). */
export function memberRoutes(options: MemberRouteOptions): AnyRoute[] {
  return [
    ...listRoutes(options),
    ...changeRoutes(options),
    ...invitationRoutes(options),
    ...transferRoutes(options),
  ];
}

function listRoutes({ workspaces }: MemberRouteOptions): AnyRoute[] {
  const list = (path: string, summary: string, belongs: (role: Role) => boolean) =>
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'member.read',
      summary,
      tag,
      rate: 'default',
      response: z.object({ accounts: z.array(memberSchema) }),
      handler: async ({ principal }) => ({
        accounts: (await workspaces.members(principal.scope))
          .filter(({ role }) => belongs(role))
          .map(({ account, role }) => ({
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
    });
  return [
    list('/console/api/workspaces/current/members', 'The members of the current workspace.', () => true),
    list(
      '/console/api/workspaces/current/dataset-operators',
      'The members who look after knowledge only.',
      (role) => role === 'dataset_operator',
    ),
  ];
}

function changeRoutes({ members, consoleUrl, datasetOperatorEnabled }: MemberRouteOptions): AnyRoute[] {
  return [
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
        await members.setRole(principal, params.memberId, assignable(body.role, datasetOperatorEnabled));
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
        await members.remove(principal, params.memberId);
        return success;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/current/members/:memberId/reset-code',
      auth: 'console',
      permission: 'member.manage',
      summary: 'Where no mail is sent: a link and a code with which a member chooses a new password.',
      tag,
      rate: 'mail',
      params: memberParams,
      response: z.object({ url: z.string(), code: z.string(), expires_at: z.number() }),
      errors: ['cannot-operate-self', 'member-not-found', 'forbidden'],
      handler: async ({ principal, params, request }) => {
        const { account, token, code, expiresAt } = await members.resetCode(principal, params.memberId);
        const query = new URLSearchParams({ email: account.email, token });
        const url = `${originOf(request, consoleUrl)}/reset-password?${query}`;
        return { url, code, expires_at: seconds(expiresAt) };
      },
    }),
  ];
}

function invitationRoutes(options: MemberRouteOptions): AnyRoute[] {
  const { invitations, joining, sessions, accountService, consoleUrl } = options;
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/current/members/invite-email',
      auth: 'console',
      permission: 'member.manage',
      summary: 'Invites people; the answer has the link of each, sent by mail too where that is set up.',
      tag,
      rate: 'mail',
      body: z.object({
        emails: z.array(z.string().max(320)).min(1).max(maxInvited),
        role: z.string(),
        language: languageField.optional(),
      }),
      response: z.object({
        result: z.literal('success'),
        invitation_results: z.array(invitationResultSchema),
      }),
      status: 201,
      errors: ['invalid-role', 'invalid_param'],
      handler: async ({ principal, body, request }) => ({
        result: 'success' as const,
        invitation_results: await invitations.invite({
          by: principal,
          emails: body.emails,
          role: assignable(body.role, options.datasetOperatorEnabled),
          language: body.language ?? principal.account.interfaceLanguage,
          origin: originOf(request, consoleUrl),
        }),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/activate/check',
      auth: 'public',
      summary: "What an invitation's link is about, if it is still good.",
      tag,
      rate: 'sign-in',
      query: z.object({
        workspace_id: z.string().max(64).optional(),
        email: z.string().max(320).optional(),
        token: z.string().max(512).optional(),
      }),
      response: z.object({
        is_valid: z.boolean(),
        data: z
          .object({ workspace_name: z.string(), workspace_id: z.string(), email: z.string() })
          .nullable(),
      }),
      handler: async ({ query }) => {
        const invitation = await joining.find({
          token: query.token,
          email: query.email?.toLowerCase(),
          workspaceId: query.workspace_id,
        });
        if (!invitation) return { is_valid: false, data: null };
        const { workspace, account } = invitation;
        return {
          is_valid: true,
          data: { workspace_name: workspace.name, workspace_id: workspace.id, email: account.email },
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/activate',
      auth: 'public',
      summary: 'Accepts an invitation and signs in.',
      tag,
      rate: 'sign-in',
      body: z.object({
        workspace_id: z.string().max(64).optional(),
        email: emailField.optional(),
        token: z.string().max(512),
        name: nameBody.shape.name,
        interface_language: languageField,
        timezone: timezoneField,
        password: z.string().optional(),
      }),
      response: signInSchema,
      errors: ['already_activated', 'invalid_param'],
      handler: async ({ body, request, ip }) => {
        const account = await joining.activate(
          { token: body.token, email: body.email, workspaceId: body.workspace_id },
          {
            name: body.name,
            interfaceLanguage: body.interface_language,
            timezone: body.timezone,
            password: body.password,
          },
        );
        return signInReply({ account, request, ip, sessions, service: accountService });
      },
    }),
  ];
}

function transferRoutes({ ownership }: MemberRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/current/members/send-owner-transfer-confirm-email',
      auth: 'console',
      permission: 'workspace.transfer',
      summary: 'Sends the owner a code to confirm the transfer.',
      tag,
      rate: 'mail',
      body: z.object({ language: z.string().max(20).optional() }),
      response: sentSchema,
      errors: ['owner_transfer_rate_limit_exceeded', 'email_send_ip_limit', 'bad_request'],
      handler: async ({ principal, body, ip }) => ({
        result: 'success' as const,
        data: await ownership.sendCode({ owner: principal, language: body.language, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/current/members/owner-transfer-check',
      auth: 'console',
      permission: 'workspace.transfer',
      summary: 'Exchanges a right code for the token that allows the transfer.',
      tag,
      rate: 'sign-in',
      body: z.object({ code: z.string().max(20), token: z.string().max(512) }),
      response: z.object({ is_valid: z.boolean(), email: z.string(), token: z.string() }),
      errors: ['email_code_error', 'invalid_or_expired_token', 'owner_transfer_limit'],
      handler: async ({ principal, body, ip }) => ({
        is_valid: true,
        email: principal.account.email,
        token: await ownership.checkCode({ owner: principal, code: body.code, token: body.token, ip }),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workspaces/current/members/:memberId/owner-transfer',
      auth: 'console',
      permission: 'workspace.transfer',
      summary:
        'Makes a member the owner; where no mail is sent, the password is asked for instead of the token.',
      tag,
      rate: 'sign-in',
      params: memberParams,
      body: z.object({ token: z.string().max(512).optional(), password: z.string().max(1_024).optional() }),
      response: resultSchema,
      errors: [
        'invalid_or_expired_token',
        'current_password_incorrect',
        'cannot_transfer_owner_to_self',
        'member_not_in_tenant',
        'not_owner',
      ],
      handler: async ({ principal, params, body, ip }) => {
        await ownership.transfer({
          owner: principal,
          memberId: params.memberId,
          token: body.token,
          password: body.password,
          ip,
        });
        return success;
      },
    }),
  ];
}

/** A role that can be given: all but the owner's, and the one for knowledge only where it is switched on. */
function assignable(name: string, datasetOperatorEnabled: boolean): Role {
  const role = roles.find((candidate) => candidate === name);
  if (!role || role === 'owner') throw new ApiError('invalid-role');
  if (role === 'dataset_operator' && !datasetOperatorEnabled) throw new ApiError('invalid-role');
  return role;
}
