import { and, asc, eq, inArray } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { StoredKeyPair } from '../../platform/crypto/vault.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Database, Queryable } from '../../schema/database.ts';
import { accounts, memberships, workspaces } from '../../schema/index.ts';

/** A row of `workspaces`. */
export type Workspace = typeof workspaces.$inferSelect;
/** A row of `memberships`. */
export type Membership = typeof memberships.$inferSelect;

/** Workspaces and who belongs to them. */
export class WorkspaceStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Adds a workspace. */
  async insert(tx: Queryable, values: { id: string; name: string; keys: StoredKeyPair }): Promise<void> {
    await tx.insert(workspaces).values({
      id: values.id,
      name: values.name,
      publicKey: values.keys.publicKeyPem,
      wrappedPrivateKey: values.keys.wrappedPrivateKey,
    });
  }

  /** The key pair of a workspace, for the vault. */
  async keyPair(workspaceId: string): Promise<StoredKeyPair | null> {
    const [row] = await this.#db
      .select({ publicKeyPem: workspaces.publicKey, wrappedPrivateKey: workspaces.wrappedPrivateKey })
      .from(workspaces)
      .where(eq(workspaces.id, workspaceId));
    return row ?? null;
  }

  /** The caller's own workspace. */
  async current(scope: WorkspaceScope): Promise<Workspace> {
    const [row] = await this.#db.select().from(workspaces).where(eq(workspaces.id, scope.workspaceId));
    if (!row) throw new Error(`workspace ${scope.workspaceId} has disappeared`);
    return row;
  }

  /** Changes the caller's workspace. */
  async update(
    scope: WorkspaceScope,
    values: Partial<Pick<Workspace, 'name' | 'customConfig'>>,
  ): Promise<void> {
    await this.#db
      .update(workspaces)
      .set({ ...values, updatedAt: new Date() })
      .where(eq(workspaces.id, scope.workspaceId));
  }

  /** All workspaces an account belongs to. */
  async ofAccount(
    accountId: string,
  ): Promise<(Workspace & { isCurrent: boolean; role: Membership['role'] })[]> {
    const rows = await this.#db
      .select({ workspace: workspaces, isCurrent: memberships.isCurrent, role: memberships.role })
      .from(memberships)
      .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
      .where(eq(memberships.accountId, accountId))
      .orderBy(asc(workspaces.createdAt));
    return rows.map((row) => ({ ...row.workspace, isCurrent: row.isCurrent, role: row.role }));
  }

  /** Name of a workspace that the account belongs to, or null. */
  async ofMember(accountId: string, workspaceId: string): Promise<{ id: string; name: string } | null> {
    if (!isUuid(accountId) || !isUuid(workspaceId)) return null;
    const [row] = await this.#db
      .select({ id: workspaces.id, name: workspaces.name })
      .from(memberships)
      .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
      .where(and(eq(memberships.accountId, accountId), eq(memberships.workspaceId, workspaceId)));
    return row ?? null;
  }

  /** Makes a workspace the account's current one; false when it is not a member. */
  async switchTo(accountId: string, workspaceId: string): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      const [member] = await tx
        .select({ id: memberships.workspaceId })
        .from(memberships)
        .where(and(eq(memberships.accountId, accountId), eq(memberships.workspaceId, workspaceId)));
      if (!member) return false;
      await tx.update(memberships).set({ isCurrent: false }).where(eq(memberships.accountId, accountId));
      await tx
        .update(memberships)
        .set({ isCurrent: true })
        .where(and(eq(memberships.accountId, accountId), eq(memberships.workspaceId, workspaceId)));
      return true;
    });
  }

  /** Adds a member. */
  async addMember(
    tx: Queryable,
    values: {
      workspaceId: string;
      accountId: string;
      role: Membership['role'];
      isCurrent: boolean;
      invitedBy?: string;
    },
  ): Promise<void> {
    await tx.insert(memberships).values(values);
  }

  /** Adds a member to the caller's workspace; nothing happens when they are one already. */
  async join(
    scope: WorkspaceScope,
    values: { accountId: string; role: Membership['role']; invitedBy: string },
  ): Promise<void> {
    await this.#db
      .insert(memberships)
      .values({ workspaceId: scope.workspaceId, ...values })
      .onConflictDoNothing();
  }

  /** The members of the caller's workspace with their accounts. */
  async members(scope: WorkspaceScope) {
    return this.#db
      .select({ account: accounts, role: memberships.role, joinedAt: memberships.createdAt })
      .from(memberships)
      .innerJoin(accounts, eq(accounts.id, memberships.accountId))
      .where(eq(memberships.workspaceId, scope.workspaceId))
      .orderBy(asc(memberships.createdAt));
  }

  /** One membership of the caller's workspace. */
  async member(scope: WorkspaceScope, accountId: string): Promise<Membership | null> {
    const [row] = await this.#db
      .select()
      .from(memberships)
      .where(and(eq(memberships.workspaceId, scope.workspaceId), eq(memberships.accountId, accountId)));
    return row ?? null;
  }

  /** Gives a member another role. */
  async setRole(scope: WorkspaceScope, accountId: string, role: Membership['role']): Promise<void> {
    await this.#db
      .update(memberships)
      .set({ role, updatedAt: new Date() })
      .where(and(eq(memberships.workspaceId, scope.workspaceId), eq(memberships.accountId, accountId)));
  }

  /**
   * Makes another member the owner, and the owner an admin. False, and nothing changed, when one is not the owner or
   * the other not a member (any more).
   */
  async transferOwnership(
    scope: WorkspaceScope,
    owners: { fromAccountId: string; toAccountId: string },
  ): Promise<boolean> {
    const change = (tx: Queryable, input: { accountId: string; from?: 'owner'; to: 'owner' | 'admin' }) =>
      tx
        .update(memberships)
        .set({ role: input.to, updatedAt: new Date() })
        .where(
          and(
            eq(memberships.workspaceId, scope.workspaceId),
            eq(memberships.accountId, input.accountId),
            input.from === undefined ? undefined : eq(memberships.role, input.from),
          ),
        )
        .returning({ id: memberships.accountId });
    const incomplete = new Error('the transfer does not fit the members');
    try {
      await this.#db.transaction(async (tx) => {
        const given = await change(tx, { accountId: owners.fromAccountId, from: 'owner', to: 'admin' });
        const taken = await change(tx, { accountId: owners.toAccountId, to: 'owner' });
        if (given.length !== 1 || taken.length !== 1) throw incomplete;
      });
      return true;
    } catch (error) {
      if (error === incomplete) return false;
      throw error;
    }
  }

  /** Removes a member; the content stays. */
  async removeMember(scope: WorkspaceScope, accountId: string): Promise<void> {
    await this.#db
      .delete(memberships)
      .where(and(eq(memberships.workspaceId, scope.workspaceId), eq(memberships.accountId, accountId)));
  }

  /** Names and addresses of members, by account id. */
  async memberPeople(
    scope: WorkspaceScope,
    accountIds: string[],
  ): Promise<Map<string, { name: string; email: string }>> {
    if (accountIds.length === 0) return new Map();
    const rows = await this.#db
      .select({ id: accounts.id, name: accounts.name, email: accounts.email })
      .from(memberships)
      .innerJoin(accounts, eq(accounts.id, memberships.accountId))
      .where(and(eq(memberships.workspaceId, scope.workspaceId), inArray(accounts.id, accountIds)));
    return new Map(rows.map(({ id, ...person }) => [id, person]));
  }

  /** Names of accounts that belong to the caller's workspace, by id. */
  async memberNames(scope: WorkspaceScope, accountIds: string[]): Promise<Map<string, string>> {
    if (accountIds.length === 0) return new Map();
    const rows = await this.#db
      .select({ id: accounts.id, name: accounts.name })
      .from(memberships)
      .innerJoin(accounts, eq(accounts.id, memberships.accountId))
      .where(and(eq(memberships.workspaceId, scope.workspaceId), inArray(accounts.id, accountIds)));
    return new Map(rows.map((row) => [row.id, row.name]));
  }
}
