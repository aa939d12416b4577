import { ApiError } from '../../platform/errors.ts';
import type { AccountLimits } from '../../platform/rate-limit/account-limits.ts';
import type { AccountService } from './account-service.ts';
import type { CodeMails } from './code-mails.ts';
import type { SessionService } from './session-service.ts';
import type { Account, AccountStore } from './store.ts';

/** How long a code works that an administrator hands over in person. */
const handedOverTtlMs = 60 * 60_000;

/** The way back into an account whose password is lost. */
export class RecoveryService {
  readonly #accounts: AccountStore;
  readonly #service: AccountService;
  readonly #sessions: SessionService;
  readonly #mails: CodeMails;
  readonly #limits: AccountLimits;

  constructor(options: {
    accounts: AccountStore;
    service: AccountService;
    sessions: SessionService;
    mails: CodeMails;
    limits: AccountLimits;
  }) {
    this.#accounts = options.accounts;
    this.#service = options.service;
    this.#sessions = options.sessions;
    this.#mails = options.mails;
    this.#limits = options.limits;
  }

  /** Sends a code. Unknown addresses get the same answer after the same work, and no mail. */
  async sendCode(input: { email: string; language: string | undefined; ip: string }): Promise<string> {
    const account = await this.#accounts.findByEmail(input.email);
    return this.#mails.send({
      flow: 'reset-password',
      purpose: 'reset-password',
      subject: input.email,
      to: input.email,
      ip: input.ip,
      language: input.language ?? account?.interfaceLanguage,
      deliver: account !== null && mayReturn(account),
    });
  }

  /** Exchanges a right code for the token that allows a new password. */
  async checkCode(input: { email: string; code: unknown; token: unknown; ip: string }): Promise<string> {
    await this.#mails.check({
      flow: 'reset-password',
      purpose: 'reset-password',
      subject: input.email,
      token: input.token,
      code: input.code,
      ip: input.ip,
    });
    return this.#mails.grant({ purpose: 'reset-password', subject: input.email });
  }

  /** Sets the password of whoever the token is bound to, ends all their sessions and lifts their locks. */
  async reset(input: { token: unknown; password: string }): Promise<void> {
    // Before the token is used up: a password that is too short must not cost another mail.
    this.#service.assertAcceptable(input.password);
    const { subject } = await this.#mails.redeem({ purpose: 'reset-password', token: input.token });
    const account = await this.#accounts.findByEmail(subject);
    if (!account || !mayReturn(account)) throw new ApiError('invalid_or_expired_token');
    await this.#service.setPassword(account.id, input.password);
    // Whoever reads the mailbox has shown what an invitation asks for.
    if (account.status === 'pending') await this.#service.activate(account.id, {});
    await this.#sessions.endAll(account.id);
    await this.#limits.unlock(account.email);
  }

  /** A code for an administrator to hand over, where no mail is sent. Who may ask is for the caller to check. */
  async issueForOperator(account: Account): Promise<{ token: string; code: string; expiresAt: Date }> {
    const { token, code } = await this.#mails.issue({
      purpose: 'reset-password',
      subject: account.email,
      ttlMs: handedOverTtlMs,
    });
    return { token, code, expiresAt: new Date(Date.now() + handedOverTtlMs) };
  }
}

function mayReturn({ status }: Account): boolean {
  return status !== 'banned' && status !== 'closed';
}
