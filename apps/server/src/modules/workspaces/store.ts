import { and, asc, eq, inArray } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { StoredKeyPair } from '../../platform/crypto/vault.ts';
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

  /** Removes a member; the content stays. */
  async removeMember(scope: WorkspaceScope, accountId: string): Promise<void> {
    await this.#db
      .delete(memberships)
      .where(and(eq(memberships.workspaceId, scope.workspaceId), eq(memberships.accountId, accountId)));
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
