import { and, asc, eq } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { draftNodeRuns, draftVariables } from '../../schema/index.ts';

/** A row of `draft_variables`. */
export type DraftVariable = typeof draftVariables.$inferSelect;

/** Whose variables: each person tries a draft with their own. */
export interface DraftOwner {
  appId: string;
  accountId: string;
}

/** A variable to be stored. */
export interface DraftVariableInput {
  nodeId: string;
  name: string;
  valueType: string;
  value: unknown;
  description?: string;
}

/** What nodes of drafts last put out, and their newest records. */
export class DraftVariableStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** All variables of a person, or those of one node. */
  async list(scope: WorkspaceScope, owner: DraftOwner, nodeId?: string): Promise<DraftVariable[]> {
    return this.#db
      .select()
      .from(draftVariables)
      .where(
        and(this.#of(scope, owner), nodeId === undefined ? undefined : eq(draftVariables.nodeId, nodeId)),
      )
      .orderBy(asc(draftVariables.createdAt), asc(draftVariables.id));
  }

  /** One variable. */
  async find(scope: WorkspaceScope, owner: DraftOwner, id: string): Promise<DraftVariable | null> {
    const [row] = await this.#db
      .select()
      .from(draftVariables)
      .where(and(this.#of(scope, owner), eq(draftVariables.id, id)));
    return row ?? null;
  }

  /** Stores variables, replacing those of the same node and name. */
  async put(
    scope: WorkspaceScope,
    owner: DraftOwner,
    variables: readonly DraftVariableInput[],
  ): Promise<void> {
    for (const variable of variables) {
      const values = {
        valueType: variable.valueType,
        value: variable.value,
        description: variable.description ?? '',
        edited: false,
        updatedAt: new Date(),
      };
      await this.#db
        .insert(draftVariables)
        .values({
          id: newId(),
          workspaceId: scope.workspaceId,
          ...owner,
          nodeId: variable.nodeId,
          name: variable.name,
          ...values,
        })
        .onConflictDoUpdate({
          target: [
            draftVariables.appId,
            draftVariables.accountId,
            draftVariables.nodeId,
            draftVariables.name,
          ],
          set: values,
        });
    }
  }

  /** Adds variables that are not there yet; those that are keep their values. */
  async putMissing(
    scope: WorkspaceScope,
    owner: DraftOwner,
    variables: readonly DraftVariableInput[],
  ): Promise<void> {
    if (variables.length === 0) return;
    await this.#db
      .insert(draftVariables)
      .values(
        variables.map((variable) => ({
          id: newId(),
          workspaceId: scope.workspaceId,
          ...owner,
          nodeId: variable.nodeId,
          name: variable.name,
          description: variable.description ?? '',
          valueType: variable.valueType,
          value: variable.value,
        })),
      )
      .onConflictDoNothing();
  }

  /** Changes one variable. */
  async update(
    scope: WorkspaceScope,
    owner: DraftOwner,
    id: string,
    change: { value?: unknown; name?: string; edited: boolean },
  ): Promise<DraftVariable | null> {
    const [row] = await this.#db
      .update(draftVariables)
      .set({ ...change, updatedAt: new Date() })
      .where(and(this.#of(scope, owner), eq(draftVariables.id, id)))
      .returning();
    return row ?? null;
  }

  /** Removes one variable, those of one node, or all of a person. */
  async remove(
    scope: WorkspaceScope,
    owner: DraftOwner,
    which: { id?: string; nodeId?: string } = {},
  ): Promise<number> {
    const rows = await this.#db
      .delete(draftVariables)
      .where(
        and(
          this.#of(scope, owner),
          which.id === undefined ? undefined : eq(draftVariables.id, which.id),
          which.nodeId === undefined ? undefined : eq(draftVariables.nodeId, which.nodeId),
        ),
      )
      .returning({ id: draftVariables.id });
    return rows.length;
  }

  /** Removes everybody's variables of an app: its draft was replaced. */
  async removeAll(scope: WorkspaceScope, appId: string): Promise<void> {
    await this.#db
      .delete(draftVariables)
      .where(and(eq(draftVariables.workspaceId, scope.workspaceId), eq(draftVariables.appId, appId)));
    await this.#db
      .delete(draftNodeRuns)
      .where(and(eq(draftNodeRuns.workspaceId, scope.workspaceId), eq(draftNodeRuns.appId, appId)));
  }

  /** Notes the newest records of nodes. */
  async putNodeRuns(
    scope: WorkspaceScope,
    owner: DraftOwner,
    records: ReadonlyMap<string, Record<string, unknown>>,
  ): Promise<void> {
    for (const [nodeId, record] of records) {
      const values = { accountId: owner.accountId, record, updatedAt: new Date() };
      await this.#db
        .insert(draftNodeRuns)
        .values({ workspaceId: scope.workspaceId, appId: owner.appId, nodeId, ...values })
        .onConflictDoUpdate({ target: [draftNodeRuns.appId, draftNodeRuns.nodeId], set: values });
    }
  }

  /** The newest record of a node. */
  async nodeRun(
    scope: WorkspaceScope,
    appId: string,
    nodeId: string,
  ): Promise<Record<string, unknown> | null> {
    const [row] = await this.#db
      .select({ record: draftNodeRuns.record })
      .from(draftNodeRuns)
      .where(
        and(
          eq(draftNodeRuns.workspaceId, scope.workspaceId),
          eq(draftNodeRuns.appId, appId),
          eq(draftNodeRuns.nodeId, nodeId),
        ),
      );
    return row?.record ?? null;
  }

  #of(scope: WorkspaceScope, owner: DraftOwner) {
    return and(
      eq(draftVariables.workspaceId, scope.workspaceId),
      eq(draftVariables.appId, owner.appId),
      eq(draftVariables.accountId, owner.accountId),
    );
  }
}
