import { queryOptions } from '@tanstack/react-query';
import { consoleApi } from './console.ts';

/** What the sign-in page may offer, and the operator's branding. */
export interface SystemFeatures {
  readonly enable_email_password_login: boolean;
  readonly enable_email_code_login: boolean;
  readonly enable_social_oauth_login: boolean;
  readonly sso_enforced_for_signin: boolean;
  readonly is_allow_register: boolean;
  readonly is_email_setup: boolean;
  readonly branding: {
    readonly enabled: boolean;
    readonly application_title: string;
    readonly login_page_logo: string;
    readonly workspace_logo: string;
    readonly favicon: string;
  };
}

/** The signed-in person. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly avatar_url: string | null;
  readonly email: string;
  readonly is_password_set: boolean;
  readonly interface_language: string | null;
  readonly interface_theme: string | null;
  readonly timezone: string | null;
  readonly last_login_at: number | null;
  readonly created_at: number;
}

/** What a member of a workspace may be. */
export type Role = 'owner' | 'admin' | 'editor' | 'normal' | 'dataset_operator';

/** The workspace in which the person works now. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly plan: string | null;
  readonly created_at: number;
}

/** Progress of the first set-up. */
export interface SetupStatus {
  readonly step: 'not_started' | 'finished';
  readonly setup_at: number | string | null;
}

/** Answer of sign-in: refusals that are not errors come with `result: "fail"` and a text. */
export interface LoginResult {
  readonly result: 'success' | 'fail';
  readonly code?: string;
  readonly data?: unknown;
}

/** Flags known before sign-in. */
export const systemFeaturesQuery = queryOptions({
  queryKey: ['system-features'],
  queryFn: ({ signal }) => consoleApi<SystemFeatures>('/system-features', { signal }),
  staleTime: 300_000,
});

/** Whether the server has been set up. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => consoleApi<SetupStatus>('/setup', { signal }),
  staleTime: 0,
});

/** The signed-in person; fails with `unauthorized`, `not_setup` or `not_init_validated`. */
export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => consoleApi<Profile>('/account/profile', { signal }),
  staleTime: 300_000,
  meta: { gate: true },
});

/** The current workspace with the person's role in it. */
export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => consoleApi<Workspace>('/workspaces/current', { method: 'POST', body: {}, signal }),
  staleTime: 300_000,
  meta: { gate: true },
});

/** The calls around signing in and out. */
export const sessionApi = {
  setup: (input: { email: string; name: string; password: string; language: string }) =>
    consoleApi<{ result: string }>('/setup', { method: 'POST', body: input }),
  initStatus: () => consoleApi<{ status: 'not_started' | 'finished' }>('/init'),
  validateInit: (password: string) =>
    consoleApi<{ result: string }>('/init', { method: 'POST', body: { password } }),
  login: (input: { email: string; password: string; language: string }) =>
    consoleApi<LoginResult>('/login', { method: 'POST', body: { ...input, remember_me: true } }),
  logout: () => consoleApi<{ result: string }>('/logout', { method: 'POST', body: {} }),
  sendResetCode: (input: { email: string; language: string }) =>
    consoleApi<{ result: string; data: string }>('/forgot-password', { method: 'POST', body: input }),
  checkResetCode: (input: { email: string; code: string; token: string }) =>
    consoleApi<{ is_valid: boolean; email: string; token?: string }>('/forgot-password/validity', {
      method: 'POST',
      body: input,
    }),
  resetPassword: (input: { token: string; new_password: string; password_confirm: string }) =>
    consoleApi<{ result: string }>('/forgot-password/resets', { method: 'POST', body: input }),
  checkInvitation: (query: {
    workspace_id?: string | undefined;
    email?: string | undefined;
    token: string;
  }) =>
    consoleApi<{ is_valid: boolean; data: { workspace_name: string; email: string } | null }>(
      '/activate/check',
      {
        query,
      },
    ),
  activate: (input: {
    workspace_id?: string | undefined;
    email?: string | undefined;
    token: string;
    name: string;
    password: string;
    interface_language: string;
    timezone: string;
  }) => consoleApi<{ result: string }>('/activate', { method: 'POST', body: input }),
};

/** The calls that change one's own account; each answers the changed profile. */
export const accountApi = {
  setName: (name: string) => consoleApi<Profile>('/account/name', { method: 'POST', body: { name } }),
  setLanguage: (language: string) =>
    consoleApi<Profile>('/account/interface-language', {
      method: 'POST',
      body: { interface_language: language },
    }),
  setTheme: (theme: string) =>
    consoleApi<Profile>('/account/interface-theme', { method: 'POST', body: { interface_theme: theme } }),
  setTimezone: (timezone: string) =>
    consoleApi<Profile>('/account/timezone', { method: 'POST', body: { timezone } }),
  setPassword: (input: { password?: string; new_password: string; repeat_new_password: string }) =>
    consoleApi<Profile>('/account/password', { method: 'POST', body: input }),
};

/** A place where somebody is signed in. */
export interface Device {
  readonly id: string;
  readonly user_agent: string | null;
  readonly ip: string | null;
  readonly last_used_at: number;
  readonly is_current: boolean;
}

/** Where one is signed in, the latest used first. */
export const devicesQuery = queryOptions({
  queryKey: ['devices'],
  queryFn: ({ signal }) => consoleApi<{ data: readonly Device[] }>('/account/sessions', { signal }),
});

/** Signing devices out. */
export const devicesApi = {
  end: (id: string) => consoleApi<void>(`/account/sessions/${id}`, { method: 'DELETE' }),
  endOthers: () => consoleApi<unknown>('/account/sessions/revoke-others', { method: 'POST', body: {} }),
};

/** The rule of the server for new passwords: eight or more characters with a letter and a digit. */
export const passwordPattern = /^(?=.*[a-zA-Z])(?=.*\d)\S{8,}$/;
