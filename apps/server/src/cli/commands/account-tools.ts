import { SessionStore } from '../../modules/accounts/session-store.ts';
import { type Account, AccountStore } from '../../modules/accounts/store.ts';
import { type AccountLimits, createAccountLimits } from '../../platform/rate-limit/account-limits.ts';
import { accountLimitSettings } from '../../platform/rate-limit/limit-settings.ts';
import { createPostgresCounterStore } from '../../platform/rate-limit/postgres-counter-store.ts';
import { createDatabase } from '../../schema/database.ts';
import type { CommandContext } from '../command.ts';

/** What the commands about accounts work with. */
export interface AccountTools {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly limits: AccountLimits;
}

/** Opens the installation for a command about an account. */
export async function openAccountTools(context: CommandContext): Promise<AccountTools> {
  const { database } = await context.open();
  const db = createDatabase(database.pool);
  return {
    accounts: new AccountStore(db),
    sessions: new SessionStore(db),
    limits: createAccountLimits({
      counters: createPostgresCounterStore(database.pool),
      ...accountLimitSettings(context.environment),
    }),
  };
}

/** The value of an option, or the answer to a question. */
export async function valueOrAnswer(
  context: CommandContext,
  given: string | undefined,
  question: { readonly text: string; readonly hidden?: boolean },
): Promise<string> {
  const hidden = question.hidden ?? false;
  return given ?? (await context.ask(question.text, { hidden }));
}

/** The account with this address. Throws in words when there is none. */
export async function requireAccount(accounts: AccountStore, email: string): Promise<Account> {
  const account = await accounts.findByEmail(email.trim());
  if (!account) throw new Error(`There is no account with the address ${email.trim()}.`);
  return account;
}
