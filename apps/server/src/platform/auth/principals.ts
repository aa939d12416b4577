import type { Role } from './permissions.ts';
import type { WorkspaceScope } from './scope.ts';

/** A signed-in person in their current workspace. */
export interface ConsolePrincipal {
  kind: 'console';
  scope: WorkspaceScope;
  role: Role;
  sessionId: string;
  account: {
    id: string;
    name: string;
    email: string;
    timezone: string;
    interfaceLanguage: string;
  };
}

/** What the hot path needs to know of an app, read once and kept for seconds. */
export interface AppSnapshot {
  id: string;
  workspaceId: string;
  name: string;
  description: string;
  mode: 'chat' | 'completion' | 'agent-chat' | 'advanced-chat' | 'workflow';
  modelConfigId: string | null;
  workflowId: string | null;
  maxActiveRequests: number | null;
}

/** A program with an app's API key. */
export interface AppKeyPrincipal {
  kind: 'app-key';
  scope: WorkspaceScope;
  keyId: string;
  app: AppSnapshot;
}

/** A visitor of an app's public page. */
export interface PassportPrincipal {
  kind: 'passport';
  scope: WorkspaceScope;
  app: AppSnapshot;
  siteCode: string;
  endUserId: string;
}

/** Nobody in particular. */
export interface PublicPrincipal {
  kind: 'public';
}

/** The principal of each way to authenticate. */
export interface Principals {
  public: PublicPrincipal;
  console: ConsolePrincipal;
  'app-key': AppKeyPrincipal;
  passport: PassportPrincipal;
}

/** A way to authenticate. `public` routes say so; there is no route without a kind. */
export type AuthKind = keyof Principals;
