import { queryOptions } from '@tanstack/react-query';
import { consoleApi } from './console.ts';
import type { Role, Workspace } from './session.ts';

/** A member of the workspace. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly avatar_url: string | null;
  readonly email: string;
  readonly last_login_at: number | null;
  readonly last_active_at: number | null;
  readonly created_at: number;
  readonly role: Role;
  readonly status: 'pending' | 'uninitialized' | 'active' | 'banned' | 'closed';
}

/** How the invitation of one address ended. */
export type InvitationResult =
  | { readonly status: 'success'; readonly email: string; readonly url: string }
  | { readonly status: 'failed'; readonly email: string; readonly message: string };

/** All members. */
export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => consoleApi<{ accounts: Member[] }>('/workspaces/current/members', { signal }),
});

/** The calls that change the workspace and who is in it. */
export const membersApi = {
  invite: (input: { emails: readonly string[]; role: Role; language: string }) =>
    consoleApi<{ result: string; invitation_results: InvitationResult[] }>(
      '/workspaces/current/members/invite-email',
      {
        method: 'POST',
        body: input,
      },
    ),
  setRole: (id: string, role: Role) =>
    consoleApi<unknown>(`/workspaces/current/members/${id}/update-role`, { method: 'PUT', body: { role } }),
  remove: (id: string) => consoleApi<unknown>(`/workspaces/current/members/${id}`, { method: 'DELETE' }),
  /** Sends the owner a code; the answer's `data` is the token that belongs to it. */
  sendTransferCode: (language: string) =>
    consoleApi<{ data: string }>('/workspaces/current/members/send-owner-transfer-confirm-email', {
      method: 'POST',
      body: { language },
    }),
  checkTransferCode: (input: { code: string; token: string }) =>
    consoleApi<{ token: string }>('/workspaces/current/members/owner-transfer-check', {
      method: 'POST',
      body: input,
    }),
  transfer: (id: string, proof: { token: string } | { password: string }) =>
    consoleApi<unknown>(`/workspaces/current/members/${id}/owner-transfer`, { method: 'POST', body: proof }),
  renameWorkspace: (name: string) =>
    consoleApi<{ tenant?: Workspace }>('/workspaces/info', { method: 'POST', body: { name } }),
};
