import { secretsEqual } from '../../platform/crypto/constant-time.ts';
import { isAcceptablePassword, type PasswordHasher } from '../../platform/crypto/password.ts';
import type { Vault } from '../../platform/crypto/vault.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { AccountLimits } from '../../platform/rate-limit/account-limits.ts';
import { isUniqueViolation, type Queryable } from '../../schema/database.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import type { AccountPolicy } from './account-policy.ts';
import { enforce } from './limits.ts';
import type { Account, AccountStore } from './store.ts';
import { timezoneOf } from './timezones.ts';

/** Rows of somebody new with a workspace of their own, with everything that takes time already computed. */
interface PreparedOwner {
  readonly account: Parameters<AccountStore['insert']>[1];
  readonly workspace: Parameters<WorkspaceStore['insert']>[1];
}

/** What an activation may fill in. */
export interface ActivationDetails {
  readonly name?: string;
  readonly interfaceLanguage?: string;
  readonly timezone?: string;
}

/** Making accounts, beginning with the installation's first, and everything about passwords. */
export class AccountService {
  readonly #accounts: AccountStore;
  readonly #workspaces: WorkspaceStore;
  readonly #passwords: PasswordHasher;
  readonly #vault: Vault;
  readonly #limits: AccountLimits;
  readonly #policy: AccountPolicy;
  readonly #version: string;
  #setUp: boolean;

  constructor(options: {
    accounts: AccountStore;
    workspaces: WorkspaceStore;
    passwords: PasswordHasher;
    vault: Vault;
    limits: AccountLimits;
    policy: AccountPolicy;
    version: string;
  }) {
    this.#accounts = options.accounts;
    this.#workspaces = options.workspaces;
    this.#passwords = options.passwords;
    this.#vault = options.vault;
    this.#limits = options.limits;
    this.#policy = options.policy;
    this.#version = options.version;
    // In the cloud there is nothing to set up: everybody registers.
    this.#setUp = options.policy.edition === 'CLOUD';
  }

  /** Whether the installation has been set up; once true it stays true, so the database is asked no more. */
  async isSetUp(): Promise<boolean> {
    this.#setUp ||= (await this.#accounts.setupAt()) !== null;
    return this.#setUp;
  }

  /** When the installation was set up. */
  setupAt(): Promise<Date | null> {
    return this.#accounts.setupAt();
  }

  /** Makes the first account and its workspace, all or nothing. A second call is `already_setup`. */
  async setUp(input: { email: string; name: string; password: string; language?: string }): Promise<Account> {
    if (await this.isSetUp()) throw new ApiError('already_setup');
    this.assertAcceptable(input.password);
    const made = await this.#prepare(input);
    try {
      const account = await this.#accounts.transaction(async (tx) => {
        await this.#accounts.markSetUp(tx, this.#version);
        return this.#insertOwner(tx, made);
      });
      this.#setUp = true;
      return account;
    } catch (error) {
      if (isUniqueViolation(error)) throw new ApiError('already_setup');
      throw error;
    }
  }

  /**
   * Makes an account for somebody who has shown to read this mailbox, with a workspace of their own where that is
   * allowed. Throws a unique violation when the address has an account.
   */
  async create(input: {
    email: string;
    password?: string;
    language: string | undefined;
    timezone: string | undefined;
  }): Promise<Account> {
    const made = await this.#prepare({ ...input, name: nameOf(input.email) });
    return this.#accounts.transaction((tx) =>
      this.#policy.allowCreateWorkspace
        ? this.#insertOwner(tx, made)
        : this.#accounts.insert(tx, made.account),
    );
  }

  /** Gives somebody without a workspace one of their own; false where that is not allowed. */
  async giveWorkspace(account: Account): Promise<boolean> {
    if (!this.#policy.allowCreateWorkspace) return false;
    const workspace = await this.#prepareWorkspace(account.name);
    await this.#accounts.transaction((tx) => this.#insertWorkspace(tx, workspace, account.id));
    return true;
  }

  /** Makes an invited account a full one. */
  async activate(accountId: string, details: ActivationDetails): Promise<Account> {
    await this.#accounts.update(accountId, { ...details, status: 'active', initializedAt: new Date() });
    const account = await this.#accounts.find(accountId);
    if (!account) throw new ApiError('account_not_found');
    return account;
  }

  /** Whether this is the password that the installation asks for before it can be set up. */
  isInitPassword(password: string): boolean {
    return this.#policy.initPassword !== undefined && secretsEqual(password, this.#policy.initPassword);
  }

  async #prepare(input: {
    email: string;
    name: string;
    password?: string;
    language?: string | undefined;
    timezone?: string | undefined;
  }): Promise<PreparedOwner> {
    const language = input.language ?? 'en-US';
    return {
      account: {
        name: input.name,
        email: input.email,
        passwordHash: input.password === undefined ? null : await this.#passwords.hash(input.password),
        interfaceLanguage: language,
        timezone: input.timezone ?? timezoneOf(language),
        initializedAt: new Date(),
      },
      workspace: await this.#prepareWorkspace(input.name),
    };
  }

  async #prepareWorkspace(ownerName: string) {
    const id = newId();
    return { id, name: `${ownerName}'s Workspace`, keys: await this.#vault.generateKeyPair(id) };
  }

  async #insertOwner(tx: Queryable, made: PreparedOwner): Promise<Account> {
    const account = await this.#accounts.insert(tx, made.account);
    await this.#insertWorkspace(tx, made.workspace, account.id);
    return account;
  }

  async #insertWorkspace(
    tx: Queryable,
    workspace: Parameters<WorkspaceStore['insert']>[1],
    ownerId: string,
  ): Promise<void> {
    await this.#workspaces.insert(tx, workspace);
    const workspaceId = workspace.id;
    await this.#workspaces.addMember(tx, { workspaceId, accountId: ownerId, role: 'owner', isCurrent: true });
  }

  /**
   * {@link checkPassword} within the limits: each try is counted before it is computed, so that many at once are not
   * all the first. 429 `email_code_login_limit` once there were too many, whether or not the address is known.
   */
  async signIn(input: { email: string; password: string; ip: string }): Promise<Account> {
    const attempt = { subject: input.email, ip: input.ip };
    enforce(await this.#limits.attempt('sign-in', attempt));
    const account = await this.checkPassword(input.email, input.password);
    await this.#limits.succeeded('sign-in', attempt);
    return account;
  }

  /** Asks somebody who is signed in for their password again, within the limits of signing in. */
  async confirmPassword(account: Account, input: { password: string; ip: string }): Promise<void> {
    const attempt = { subject: account.email, ip: input.ip };
    enforce(await this.#limits.attempt('sign-in', attempt));
    const valid = await this.#passwords.verify(input.password, account.passwordHash);
    if (!valid) throw new ApiError('current_password_incorrect');
    await this.#limits.succeeded('sign-in', attempt);
  }

  /**
   * The account behind an address and password. Unknown addresses cost the same work and get the same answer as wrong
   * passwords, so nobody learns who has an account.
   */
  async checkPassword(email: string, password: string): Promise<Account> {
    const account = await this.#accounts.findByEmail(email);
    const valid = await this.#passwords.verify(password, account?.passwordHash ?? null);
    if (!account || !valid) throw new ApiError('authentication_failed');
    if (account.status === 'banned') throw new ApiError('account_banned');
    if (account.status === 'closed') throw new ApiError('authentication_failed');
    if (account.passwordHash && this.#passwords.needsRehash(account.passwordHash)) {
      await this.#accounts.update(account.id, { passwordHash: await this.#passwords.hash(password) });
    }
    return account;
  }

  /** Replaces a password after the old one has been shown; accounts that never had one need none. */
  async changePassword(input: {
    accountId: string;
    current?: string | undefined;
    next: string;
    ip: string;
  }): Promise<void> {
    const account = await this.#accounts.find(input.accountId);
    if (!account) throw new ApiError('unauthorized');
    if (account.passwordHash !== null) {
      await this.confirmPassword(account, { password: input.current ?? '', ip: input.ip });
    }
    await this.setPassword(account.id, input.next);
  }

  /** Sets a password without asking for the old one: after a reset code, or from the command line. */
  async setPassword(accountId: string, password: string): Promise<void> {
    this.assertAcceptable(password);
    await this.#accounts.update(accountId, { passwordHash: await this.#passwords.hash(password) });
  }

  /** 400 unless the password satisfies the rule. */
  assertAcceptable(password: string): void {
    if (isAcceptablePassword(password)) return;
    throw invalidParam(
      'password: use at least 8 characters with a letter and a digit, and no spaces.',
      'password',
    );
  }
}

/** The name of somebody of whom only the address is known. */
export function nameOf(email: string): string {
  return (email.split('@', 1)[0] ?? email).slice(0, 30);
}
