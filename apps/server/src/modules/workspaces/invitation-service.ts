import type { Role } from '../../platform/auth/permissions.ts';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { OneTimeCodes } from '../../platform/crypto/one-time-code.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import { nameOf } from '../accounts/account-service.ts';
import type { MailOutbox } from '../accounts/mail-outbox.ts';
import { emailField } from '../accounts/schema.ts';
import type { Account, AccountStore } from '../accounts/store.ts';
import { timezoneOf } from '../accounts/timezones.ts';
import type { WorkspaceStore } from './store.ts';

/** How the invitation of one address ended. */
export type InvitationResult =
  | { status: 'success'; email: string; url: string }
  | { status: 'failed'; email: string; message: string };

/** To whom an invitation is bound: a membership, not an address, so that several workspaces may invite somebody. */
export function invitationSubject(scope: WorkspaceScope, accountId: string): string {
  return `${scope.workspaceId} ${accountId}`;
}

/** Inviting people into the current workspace (spec: console §2.3). */
export class InvitationService {
  readonly #workspaces: WorkspaceStore;
  readonly #accounts: AccountStore;
  readonly #codes: OneTimeCodes;
  readonly #outbox: MailOutbox;
  readonly #lifetimeMs: number;

  constructor(options: {
    workspaces: WorkspaceStore;
    accounts: AccountStore;
    codes: OneTimeCodes;
    outbox: MailOutbox;
    lifetimeMs: number;
  }) {
    this.#workspaces = options.workspaces;
    this.#accounts = options.accounts;
    this.#codes = options.codes;
    this.#outbox = options.outbox;
    this.#lifetimeMs = options.lifetimeMs;
  }

  /** Invites each address; one that fails does not keep the others back. `origin` is the console's address. */
  async invite(input: {
    by: ConsolePrincipal;
    emails: readonly string[];
    role: Role;
    language: string;
    origin: string;
  }): Promise<InvitationResult[]> {
    const { name } = await this.#workspaces.current(input.by.scope);
    const results: InvitationResult[] = [];
    for (const given of input.emails) {
      const parsed = emailField.safeParse(given);
      results.push(
        parsed.success
          ? await this.#inviteOne({ ...input, email: parsed.data, workspace: name })
          : { status: 'failed', email: given, message: 'This is not a valid e-mail address.' },
      );
    }
    return results;
  }

  async #inviteOne(input: {
    by: ConsolePrincipal;
    email: string;
    role: Role;
    language: string;
    origin: string;
    workspace: string;
  }): Promise<InvitationResult> {
    const { email, role, by, origin } = input;
    const account = (await this.#accounts.findByEmail(email)) ?? (await this.#createPending(input));
    if (account.status === 'banned' || account.status === 'closed') {
      return { status: 'failed', email, message: 'This account cannot be invited.' };
    }
    const member = await this.#workspaces.member(by.scope, account.id);
    if (member && (account.status !== 'pending' || member.role === 'owner')) {
      return { status: 'failed', email, message: 'This person is a member already.' };
    }
    if (member) await this.#workspaces.setRole(by.scope, account.id, role);
    else {
      await this.#workspaces.join(by.scope, { accountId: account.id, role, invitedBy: by.account.id });
      await this.#accounts.ensureCurrentWorkspace(account.id);
    }
    const url =
      account.status === 'pending' ? await this.#link(by.scope, account, origin) : `${origin}/signin`;
    if (this.#outbox.isConfigured) {
      await this.#outbox.send({
        kind: 'invitation',
        to: email,
        language: input.language,
        contents: {
          inviter: by.account.name,
          workspace: input.workspace,
          url,
          hours: Math.round(this.#lifetimeMs / 3_600_000),
        },
      });
    }
    return { status: 'success', email, url };
  }

  async #link(scope: WorkspaceScope, account: Account, origin: string): Promise<string> {
    const { token } = await this.#codes.issueGrant({
      purpose: 'invitation',
      subject: invitationSubject(scope, account.id),
      ttlMs: this.#lifetimeMs,
      payload: { accountId: account.id, workspaceId: scope.workspaceId },
    });
    return `${origin}/activate?${new URLSearchParams({ email: account.email, token })}`;
  }

  async #createPending(input: { email: string; language: string }): Promise<Account> {
    try {
      return await this.#accounts.transaction((tx) =>
        this.#accounts.insert(tx, {
          name: nameOf(input.email),
          email: input.email,
          interfaceLanguage: input.language,
          timezone: timezoneOf(input.language),
          status: 'pending',
        }),
      );
    } catch (error) {
      // Somebody else invited the same address at the same moment.
      const account = isUniqueViolation(error) ? await this.#accounts.findByEmail(input.email) : null;
      if (!account) throw error;
      return account;
    }
  }
}
