import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { ApiError } from '../../platform/errors.ts';
import type { AccountService } from '../accounts/account-service.ts';
import type { CodeMails } from '../accounts/code-mails.ts';
import type { MailOutbox } from '../accounts/mail-outbox.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { WorkspaceStore } from './store.ts';

/** Handing a workspace to another member: by a code in a mail, or by the password where no mail is sent. */
export class OwnershipService {
  readonly #workspaces: WorkspaceStore;
  readonly #accounts: AccountStore;
  readonly #service: AccountService;
  readonly #mails: CodeMails;
  readonly #outbox: MailOutbox;

  constructor(options: {
    workspaces: WorkspaceStore;
    accounts: AccountStore;
    service: AccountService;
    mails: CodeMails;
    outbox: MailOutbox;
  }) {
    this.#workspaces = options.workspaces;
    this.#accounts = options.accounts;
    this.#service = options.service;
    this.#mails = options.mails;
    this.#outbox = options.outbox;
  }

  /** Sends the owner a code. */
  async sendCode(input: {
    owner: ConsolePrincipal;
    language: string | undefined;
    ip: string;
  }): Promise<string> {
    const { owner } = input;
    return this.#mails.send({
      flow: 'owner-transfer',
      purpose: 'owner-transfer',
      subject: subjectOf(owner),
      to: owner.account.email,
      ip: input.ip,
      language: input.language ?? owner.account.interfaceLanguage,
      workspace: (await this.#workspaces.current(owner.scope)).name,
    });
  }

  /** Exchanges a right code for the token that allows the transfer. */
  async checkCode(input: {
    owner: ConsolePrincipal;
    code: unknown;
    token: unknown;
    ip: string;
  }): Promise<string> {
    const step = { purpose: 'owner-transfer' as const, subject: subjectOf(input.owner) };
    await this.#mails.check({ flow: 'owner-transfer', ...step, ...input });
    return this.#mails.grant(step);
  }

  /** Makes a member the owner; the owner becomes an admin. Both are told by mail. */
  async transfer(input: {
    owner: ConsolePrincipal;
    memberId: string;
    token?: unknown;
    /** Instead of the token where no mail is sent. */
    password?: string | undefined;
    ip: string;
  }): Promise<void> {
    const { owner, memberId } = input;
    if (memberId === owner.account.id) throw new ApiError('cannot_transfer_owner_to_self');
    const [member, heir, self] = await Promise.all([
      this.#workspaces.member(owner.scope, memberId),
      this.#accounts.find(memberId),
      this.#accounts.find(owner.account.id),
    ]);
    if (!member || !self || heir?.status !== 'active') throw new ApiError('member_not_in_tenant');
    if (this.#outbox.isConfigured || input.password === undefined) {
      await this.#mails.redeem({ purpose: 'owner-transfer', subject: subjectOf(owner), token: input.token });
    } else {
      await this.#service.confirmPassword(self, { password: input.password, ip: input.ip });
    }
    const owners = { fromAccountId: owner.account.id, toAccountId: memberId };
    if (!(await this.#workspaces.transferOwnership(owner.scope, owners))) throw new ApiError('not_owner');
    if (!this.#outbox.isConfigured) return;
    const { name } = await this.#workspaces.current(owner.scope);
    for (const reader of [self, heir]) {
      await this.#outbox.send({
        kind: 'owner-transferred',
        to: reader.email,
        language: reader.interfaceLanguage,
        contents: { workspace: name, newOwner: heir.name },
      });
    }
  }
}

function subjectOf({ scope, account }: ConsolePrincipal): string {
  return `${scope.workspaceId} ${account.id}`;
}
