import type { OneTimeCodes } from '../../platform/crypto/one-time-code.ts';
import { ApiError } from '../../platform/errors.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import type { AccountService, ActivationDetails } from './account-service.ts';
import type { Account, AccountStore } from './store.ts';

/** What an open invitation is about. */
export interface OpenInvitation {
  readonly account: Account;
  readonly workspace: { readonly id: string; readonly name: string };
}

/** What the holder of a link says it is about; what is left out is not compared. */
interface InvitationClaim {
  readonly token: unknown;
  readonly email?: string | undefined;
  readonly workspaceId?: string | undefined;
}

/** The invited person's side of an invitation: looking at it and accepting it. */
export class JoinService {
  readonly #codes: OneTimeCodes;
  readonly #accounts: AccountStore;
  readonly #workspaces: WorkspaceStore;
  readonly #service: AccountService;

  constructor(options: {
    codes: OneTimeCodes;
    accounts: AccountStore;
    workspaces: WorkspaceStore;
    service: AccountService;
  }) {
    this.#codes = options.codes;
    this.#accounts = options.accounts;
    this.#workspaces = options.workspaces;
    this.#service = options.service;
  }

  /** The invitation behind a link, or null when it is used, expired, withdrawn or about something else. */
  async find(claim: InvitationClaim): Promise<OpenInvitation | null> {
    const outcome = await this.#codes.peekGrant({ purpose: 'invitation', token: claim.token });
    if (!outcome.ok) return null;
    const { accountId = '', workspaceId = '' } = outcome.payload;
    if (claim.workspaceId !== undefined && claim.workspaceId !== workspaceId) return null;
    // The membership was made with the invitation; removing the member withdraws it.
    const [account, workspace] = await Promise.all([
      this.#accounts.find(accountId),
      this.#workspaces.ofMember(accountId, workspaceId),
    ]);
    if (!account || !workspace) return null;
    if (claim.email !== undefined && claim.email !== account.email) return null;
    if (account.status === 'banned' || account.status === 'closed') return null;
    return { account, workspace };
  }

  /** Uses an invitation up and makes the account a full one. 403 `already_activated`. */
  async activate(
    claim: InvitationClaim,
    details: ActivationDetails & { password?: string | undefined },
  ): Promise<Account> {
    const { password, ...profile } = details;
    if (password !== undefined) this.#service.assertAcceptable(password);
    const invitation = await this.find(claim);
    if (!invitation) throw new ApiError('already_activated');
    const taken = await this.#codes.redeemGrant({ purpose: 'invitation', token: claim.token });
    if (!taken.ok) throw new ApiError('already_activated');
    // Whoever has an account already joins with it as it is: a link must not rename people or set their password.
    if (invitation.account.status !== 'pending') return invitation.account;
    if (password !== undefined) await this.#service.setPassword(invitation.account.id, password);
    return this.#service.activate(invitation.account.id, profile);
  }

  /** Before a sign-in that brings an invitation along: 400 unless the invitation is for this address. */
  async assertInvited(input: { email: string; token: string | undefined }): Promise<void> {
    if (input.token === undefined) return;
    const invitation = await this.find({ token: input.token });
    if (!invitation) throw new ApiError('invalid_or_expired_token');
    if (invitation.account.email !== input.email) throw new ApiError('invalid_email');
  }

  /** After it: uses the invitation up, and makes its workspace the current one. */
  async accept(input: { email: string; token: string | undefined }): Promise<void> {
    if (input.token === undefined) return;
    const invitation = await this.find({ token: input.token, email: input.email });
    if (!invitation) return;
    await this.#codes.redeemGrant({ purpose: 'invitation', token: input.token });
    await this.#workspaces.switchTo(invitation.account.id, invitation.workspace.id);
  }
}
