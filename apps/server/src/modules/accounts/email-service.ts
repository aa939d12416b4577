import { ApiError } from '../../platform/errors.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import type { AccountService } from './account-service.ts';
import type { CodeMails } from './code-mails.ts';
import type { MailOutbox } from './mail-outbox.ts';
import type { SessionService } from './session-service.ts';
import type { Account, AccountStore } from './store.ts';

/**
 * The change of one's own e-mail address: a code to the old address, a code to the new one, then the change. Where no
 * mail is sent, the password takes the place of both.
 */
export class EmailService {
  readonly #accounts: AccountStore;
  readonly #service: AccountService;
  readonly #sessions: SessionService;
  readonly #mails: CodeMails;
  readonly #outbox: MailOutbox;

  constructor(options: {
    accounts: AccountStore;
    service: AccountService;
    sessions: SessionService;
    mails: CodeMails;
    outbox: MailOutbox;
  }) {
    this.#accounts = options.accounts;
    this.#service = options.service;
    this.#sessions = options.sessions;
    this.#mails = options.mails;
    this.#outbox = options.outbox;
  }

  /** 400 `email_already_in_use`. */
  async assertFree(email: string): Promise<void> {
    if (await this.#accounts.findByEmail(email)) throw new ApiError('email_already_in_use');
  }

  /** Sends a code to the address the account has now. */
  async sendOldCode(input: { accountId: string; language: string | undefined; ip: string }): Promise<string> {
    const account = await this.#accountOf(input.accountId);
    return this.#mails.send({
      flow: 'change-email',
      purpose: 'change-email-old',
      subject: account.id,
      to: account.email,
      ip: input.ip,
      language: input.language ?? account.interfaceLanguage,
    });
  }

  /** Sends a code to the new address, once the old one has been shown. */
  async sendNewCode(input: {
    accountId: string;
    email: string;
    /** Of the old address's code. */
    token: unknown;
    language: string | undefined;
    ip: string;
  }): Promise<string> {
    const account = await this.#accountOf(input.accountId);
    await this.#mails.assertGranted({ purpose: 'change-email-old', subject: account.id, token: input.token });
    await this.assertFree(input.email);
    return this.#mails.send({
      flow: 'change-email',
      purpose: 'change-email-new',
      // With the address: the mails to the old and to the new one are limited apart.
      subject: newSubject(account.id, input.email),
      to: input.email,
      ip: input.ip,
      language: input.language ?? account.interfaceLanguage,
    });
  }

  /** Exchanges a right code, of whichever of the two addresses, for the token of the next step. */
  async checkCode(input: {
    accountId: string;
    email: string;
    code: unknown;
    token: unknown;
    ip: string;
  }): Promise<string> {
    const account = await this.#accountOf(input.accountId);
    const step =
      input.email === account.email
        ? { purpose: 'change-email-old' as const, subject: account.id }
        : { purpose: 'change-email-new' as const, subject: newSubject(account.id, input.email) };
    await this.#mails.check({
      flow: 'change-email',
      ...step,
      ip: input.ip,
      code: input.code,
      token: input.token,
    });
    return this.#mails.grant(step);
  }

  /** Makes the change; all other devices are signed out and the old address is told. */
  async change(input: {
    accountId: string;
    sessionId: string;
    email: string;
    token?: unknown;
    /** Instead of the token where no mail is sent. */
    password?: string | undefined;
    ip: string;
  }): Promise<void> {
    const account = await this.#accountOf(input.accountId);
    await this.assertFree(input.email);
    if (this.#outbox.isConfigured || input.password === undefined) {
      await this.#mails.redeem({
        purpose: 'change-email-new',
        subject: newSubject(account.id, input.email),
        token: input.token,
      });
    } else {
      await this.#service.confirmPassword(account, { password: input.password, ip: input.ip });
    }
    try {
      await this.#accounts.update(account.id, { email: input.email });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new ApiError('email_already_in_use', undefined, { cause: error });
    }
    await this.#sessions.endAll(account.id, input.sessionId);
    if (!this.#outbox.isConfigured) return;
    await this.#outbox.send({
      kind: 'change-email-completed',
      to: account.email,
      language: account.interfaceLanguage,
      contents: { newEmail: input.email },
    });
  }

  async #accountOf(id: string): Promise<Account> {
    const account = await this.#accounts.find(id);
    if (!account) throw new ApiError('unauthorized_and_force_logout');
    return account;
  }
}

function newSubject(accountId: string, email: string): string {
  return `${accountId} ${email}`;
}
