import { isAcceptablePassword, type PasswordHasher } from '../../platform/crypto/password.ts';
import type { Vault } from '../../platform/crypto/vault.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import type { Account, AccountStore } from './store.ts';
import { timezoneOf } from './timezones.ts';

/** The installation's first account and everything about passwords. */
export class AccountService {
  readonly #accounts: AccountStore;
  readonly #workspaces: WorkspaceStore;
  readonly #passwords: PasswordHasher;
  readonly #vault: Vault;
  readonly #version: string;
  #setUp = false;

  constructor(options: {
    accounts: AccountStore;
    workspaces: WorkspaceStore;
    passwords: PasswordHasher;
    vault: Vault;
    version: string;
  }) {
    this.#accounts = options.accounts;
    this.#workspaces = options.workspaces;
    this.#passwords = options.passwords;
    this.#vault = options.vault;
    this.#version = options.version;
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
    const passwordHash = await this.#passwords.hash(input.password);
    const workspaceId = newId();
    const keys = await this.#vault.generateKeyPair(workspaceId);
    const language = input.language ?? 'en-US';
    try {
      const account = await this.#accounts.transaction(async (tx) => {
        await this.#accounts.markSetUp(tx, this.#version);
        const made = await this.#accounts.insert(tx, {
          name: input.name,
          email: input.email,
          passwordHash,
          interfaceLanguage: language,
          timezone: timezoneOf(language),
          initializedAt: new Date(),
        });
        await this.#workspaces.insert(tx, { id: workspaceId, name: `${input.name}'s Workspace`, keys });
        await this.#workspaces.addMember(tx, {
          workspaceId,
          accountId: made.id,
          role: 'owner',
          isCurrent: true,
        });
        return made;
      });
      this.#setUp = true;
      return account;
    } catch (error) {
      if (isUniqueViolation(error)) throw new ApiError('already_setup');
      throw error;
    }
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
  }): Promise<void> {
    const account = await this.#accounts.find(input.accountId);
    if (!account) throw new ApiError('unauthorized');
    if (account.passwordHash !== null) {
      const valid = await this.#passwords.verify(input.current ?? '', account.passwordHash);
      if (!valid) throw new ApiError('current_password_incorrect');
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
