import { ApiError } from '../../platform/errors.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import type { AccountPolicy } from './account-policy.ts';
import type { AccountService } from './account-service.ts';
import type { CodeMails } from './code-mails.ts';
import type { Account, AccountStore } from './store.ts';

/** Signing in by a code in a mail, and registering. */
export class RegistrationService {
  readonly #accounts: AccountStore;
  readonly #service: AccountService;
  readonly #mails: CodeMails;
  readonly #policy: AccountPolicy;

  constructor(options: {
    accounts: AccountStore;
    service: AccountService;
    mails: CodeMails;
    policy: AccountPolicy;
  }) {
    this.#accounts = options.accounts;
    this.#service = options.service;
    this.#mails = options.mails;
    this.#policy = options.policy;
  }

  /** Sends a sign-in code. Addresses that could not sign in get the same answer and no mail. */
  async sendSignInCode(input: { email: string; language: string | undefined; ip: string }): Promise<string> {
    this.#assertCodeSignIn();
    const account = await this.#accounts.findByEmail(input.email);
    const welcome = account === null ? this.#policy.allowRegister : isOpen(account);
    return this.#mails.send({
      flow: 'email-sign-in',
      purpose: 'email-sign-in',
      subject: input.email,
      to: input.email,
      ip: input.ip,
      language: input.language ?? account?.interfaceLanguage,
      deliver: welcome,
    });
  }

  /** The account behind a right code; made now where the address is new and registering is open. */
  async signInByCode(input: {
    email: string;
    code: unknown;
    token: unknown;
    language: string | undefined;
    timezone: string | undefined;
    ip: string;
  }): Promise<Account> {
    this.#assertCodeSignIn();
    await this.#mails.check({
      flow: 'email-sign-in',
      purpose: 'email-sign-in',
      subject: input.email,
      token: input.token,
      code: input.code,
      ip: input.ip,
    });
    const account = await this.#accounts.findByEmail(input.email);
    if (account === null) {
      if (!this.#policy.allowRegister) throw new ApiError('account_not_found');
      return this.#create({ email: input.email, language: input.language, timezone: input.timezone });
    }
    assertOpen(account);
    if (account.status === 'pending') return this.#service.activate(account.id, {});
    return account;
  }

  /** Sends a registration code. Addresses that have an account get the same answer and no mail. */
  async sendRegistrationCode(input: {
    email: string;
    language: string | undefined;
    ip: string;
  }): Promise<string> {
    this.#assertRegistration();
    const account = await this.#accounts.findByEmail(input.email);
    return this.#mails.send({
      flow: 'register',
      purpose: 'register',
      subject: input.email,
      to: input.email,
      ip: input.ip,
      language: input.language,
      deliver: account === null,
    });
  }

  /** Exchanges a right code for the token that allows to register. */
  async checkRegistrationCode(input: {
    email: string;
    code: unknown;
    token: unknown;
    ip: string;
  }): Promise<string> {
    this.#assertRegistration();
    await this.#mails.check({
      flow: 'register',
      purpose: 'register',
      subject: input.email,
      token: input.token,
      code: input.code,
      ip: input.ip,
    });
    return this.#mails.grant({ purpose: 'register', subject: input.email });
  }

  /** Makes the account of whoever the token is bound to. */
  async register(input: {
    token: unknown;
    password: string;
    language: string | undefined;
    timezone: string | undefined;
  }): Promise<Account> {
    this.#assertRegistration();
    this.#service.assertAcceptable(input.password);
    const { subject } = await this.#mails.redeem({ purpose: 'register', token: input.token });
    return this.#create({ ...input, email: subject });
  }

  async #create(input: {
    email: string;
    password?: string;
    language: string | undefined;
    timezone: string | undefined;
  }): Promise<Account> {
    try {
      return await this.#service.create(input);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new ApiError('email_already_in_use', undefined, { cause: error });
    }
  }

  #assertCodeSignIn(): void {
    if (!this.#policy.codeSignIn) {
      throw new ApiError('forbidden', 'Signing in by e-mail code is switched off here.');
    }
  }

  #assertRegistration(): void {
    if (!this.#policy.allowRegister) {
      throw new ApiError('forbidden', 'Registration is closed here. Ask an administrator for an invitation.');
    }
  }
}

function isOpen({ status }: Account): boolean {
  return status !== 'banned' && status !== 'closed';
}

function assertOpen({ status }: Account): void {
  if (status === 'banned') throw new ApiError('account_banned');
  if (status === 'closed') throw new ApiError('account_in_freeze');
}
