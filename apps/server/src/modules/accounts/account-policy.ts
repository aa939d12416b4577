import type { Environment } from '../../platform/environment.ts';

/** What this installation lets people do about accounts (spec: console §2.5). */
export interface AccountPolicy {
  /** `CLOUD`: no set-up page; people register, and each gets a workspace of their own. */
  readonly edition: 'SELF_HOSTED' | 'CLOUD';
  readonly passwordSignIn: boolean;
  readonly codeSignIn: boolean;
  readonly allowRegister: boolean;
  readonly allowCreateWorkspace: boolean;
  /** Asked for before the installation can be set up. */
  readonly initPassword: string | undefined;
}

/** Reads the policy. On `CLOUD` registering and workspaces of one's own are what the edition is. */
export function accountPolicy(
  environment: Pick<Environment, 'accounts' | 'server' | 'security'>,
): AccountPolicy {
  const { accounts, server, security } = environment;
  const cloud = server.edition === 'CLOUD';
  return {
    edition: server.edition,
    passwordSignIn: accounts.passwordSignIn,
    codeSignIn: accounts.codeSignIn,
    allowRegister: accounts.allowRegister || cloud,
    allowCreateWorkspace: accounts.allowCreateWorkspace || cloud,
    initPassword: cloud ? undefined : security.initPassword,
  };
}
