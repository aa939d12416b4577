import { and, eq, sql } from 'drizzle-orm';
import { newId } from '../../platform/ids.ts';
import type { Database, Queryable } from '../../schema/database.ts';
import { accounts, installation, memberships, workspaces } from '../../schema/index.ts';

/** A row of `accounts`. */
export type Account = typeof accounts.$inferSelect;

/** What a session needs to know of its person, read in one query per request. */
export interface SessionAccount {
  account: Account;
  workspace: {
    id: string;
    status: 'normal' | 'archive';
    role: (typeof memberships.$inferSelect)['role'];
  } | null;
}

/** Accounts and the installation row. Accounts are not a workspace's, so nothing here takes a scope. */
export class AccountStore {
  readonly #db: Database;
  readonly #forSession: ReturnType<typeof prepareForSession>;

  constructor(db: Database) {
    this.#db = db;
    this.#forSession = prepareForSession(db);
  }

  /** When the installation was set up, or null. */
  async setupAt(): Promise<Date | null> {
    const [row] = await this.#db.select().from(installation).limit(1);
    return row?.setupAt ?? null;
  }

  /** Marks the installation as set up; throws a unique violation when it has been already. */
  async markSetUp(tx: Queryable, version: string): Promise<void> {
    await tx.insert(installation).values({ id: 'self', version });
  }

  /** Runs several writes as one. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#db.transaction(work);
  }

  /** Finds by e-mail address, whatever its case. */
  async findByEmail(email: string): Promise<Account | null> {
    const [row] = await this.#db.select().from(accounts).where(eq(accounts.email, email.toLowerCase()));
    return row ?? null;
  }

  /** Finds by id. */
  async find(id: string): Promise<Account | null> {
    const [row] = await this.#db.select().from(accounts).where(eq(accounts.id, id));
    return row ?? null;
  }

  /** Adds an account. */
  async insert(tx: Queryable, values: Omit<typeof accounts.$inferInsert, 'id'>): Promise<Account> {
    const [row] = await tx
      .insert(accounts)
      .values({ ...values, id: newId(), email: values.email.toLowerCase() })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted account');
    return row;
  }

  /** Removes an account that nobody has used. */
  async removePending(id: string): Promise<void> {
    await this.#db.delete(accounts).where(and(eq(accounts.id, id), eq(accounts.status, 'pending')));
  }

  /** Changes an account. */
  async update(id: string, values: Partial<typeof accounts.$inferInsert>): Promise<void> {
    await this.#db
      .update(accounts)
      .set({ ...values, updatedAt: new Date() })
      .where(eq(accounts.id, id));
  }

  /** The account with its current workspace and role. */
  async findForSession(accountId: string): Promise<SessionAccount | null> {
    const [row] = await this.#forSession.execute({ accountId });
    if (!row) return null;
    const workspace =
      row.workspaceId && row.role && row.workspaceStatus
        ? { id: row.workspaceId, role: row.role, status: row.workspaceStatus }
        : null;
    return { account: row.account, workspace };
  }

  /** Makes an account's first membership current when it has none that is. */
  async ensureCurrentWorkspace(accountId: string): Promise<void> {
    const rows = await this.#db
      .select({ workspaceId: memberships.workspaceId, isCurrent: memberships.isCurrent })
      .from(memberships)
      .where(eq(memberships.accountId, accountId));
    const [first] = rows;
    if (!first || rows.some((row) => row.isCurrent)) return;
    await this.#db
      .update(memberships)
      .set({ isCurrent: true })
      .where(and(eq(memberships.accountId, accountId), eq(memberships.workspaceId, first.workspaceId)));
  }
}

/** Asked with every request of the console: put into SQL and planned once. */
function prepareForSession(db: Database) {
  return db
    .select({
      account: accounts,
      workspaceId: workspaces.id,
      workspaceStatus: workspaces.status,
      role: memberships.role,
    })
    .from(accounts)
    .leftJoin(memberships, and(eq(memberships.accountId, accounts.id), eq(memberships.isCurrent, true)))
    .leftJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(eq(accounts.id, sql.placeholder('accountId')))
    .prepare('account-for-session');
}
