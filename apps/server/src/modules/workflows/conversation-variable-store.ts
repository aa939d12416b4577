import { and, asc, eq, ilike } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { conversationVariables } from '../../schema/index.ts';
import { escapeLike } from '../apps/store.ts';

/** A row of `conversation_variables`. */
export type StoredVariable = typeof conversationVariables.$inferSelect;

/** Variables of conversations with chatflows. */
export class ConversationVariableStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The variables of a conversation, oldest first. The caller has checked whose conversation it is. */
  async list(scope: WorkspaceScope, conversationId: string, name?: string): Promise<StoredVariable[]> {
    return this.#db
      .select()
      .from(conversationVariables)
      .where(
        and(
          this.#of(scope, conversationId),
          name === undefined ? undefined : ilike(conversationVariables.name, `%${escapeLike(name)}%`),
        ),
      )
      .orderBy(asc(conversationVariables.createdAt), asc(conversationVariables.id));
  }

  /** Adds declared variables that the conversation does not have yet. */
  async addMissing(
    scope: WorkspaceScope,
    input: { conversationId: string; appId: string },
    declared: readonly {
      id: string;
      name: string;
      value_type: string;
      description: string;
      value: unknown;
    }[],
  ): Promise<void> {
    if (declared.length === 0) return;
    const startedAt = Date.now();
    await this.#db
      .insert(conversationVariables)
      .values(
        declared.map((variable, index) => ({
          id: variable.id,
          ...input,
          workspaceId: scope.workspaceId,
          name: variable.name,
          valueType: variable.value_type,
          description: variable.description,
          value: variable.value,
          // Rows of one statement would have one time, and the list is ordered by it.
          createdAt: new Date(startedAt + index),
        })),
      )
      .onConflictDoNothing();
  }

  /** Stores a new value by name. */
  async save(
    scope: WorkspaceScope,
    conversationId: string,
    change: { name: string; value: unknown },
  ): Promise<void> {
    await this.#db
      .update(conversationVariables)
      .set({ value: change.value, updatedAt: new Date() })
      .where(and(this.#of(scope, conversationId), eq(conversationVariables.name, change.name)));
  }

  /** Stores a new value by id; answers the row as it is now. */
  async update(
    scope: WorkspaceScope,
    conversationId: string,
    id: string,
    value: unknown,
  ): Promise<StoredVariable | null> {
    const [row] = await this.#db
      .update(conversationVariables)
      .set({ value, updatedAt: new Date() })
      .where(and(this.#of(scope, conversationId), eq(conversationVariables.id, id)))
      .returning();
    return row ?? null;
  }

  #of(scope: WorkspaceScope, conversationId: string) {
    return and(
      eq(conversationVariables.workspaceId, scope.workspaceId),
      eq(conversationVariables.conversationId, conversationId),
    );
  }
}
