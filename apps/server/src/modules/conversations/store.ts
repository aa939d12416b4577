import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { conversations, pinnedConversations } from '../../schema/index.ts';
import type { Asker, Surface } from '../turns/turn.ts';

/** A row of `conversations`. */
export type Conversation = typeof conversations.$inferSelect;

/** Orders that conversation lists have. */
export const conversationOrders = ['created_at', '-created_at', 'updated_at', '-updated_at'] as const;

/** Which conversations a list shows. */
export interface ConversationFilter {
  appId: string;
  asker: Asker;
  surface: Surface;
  /** Only pinned ones, only others, or all. */
  pinned?: boolean | undefined;
  after?: Conversation | undefined;
  limit: number;
  sortBy: (typeof conversationOrders)[number];
}

/** Conversations as their own people see them. */
export class ConversationStore {
  readonly #db: Database;
  readonly #findOf: ReturnType<typeof prepareFindOf>;

  constructor(db: Database) {
    this.#db = db;
    this.#findOf = prepareFindOf(db);
  }

  /** A conversation, if it is this asker's in this app. */
  async findOf(
    scope: WorkspaceScope,
    input: { appId: string; asker: Asker; id: string },
  ): Promise<Conversation | null> {
    const { endUserId, accountId } = input.asker;
    const [row] = await this.#findOf.execute({
      id: input.id,
      workspaceId: scope.workspaceId,
      appId: input.appId,
      endUserId,
      // Whoever asks as an end user is asked for by that alone.
      accountId: endUserId === null ? accountId : null,
    });
    return row ?? null;
  }

  /** A page of the asker's conversations; one more than `limit` is fetched to learn whether there are more. */
  async list(scope: WorkspaceScope, filter: ConversationFilter): Promise<Conversation[]> {
    const descending = filter.sortBy.startsWith('-');
    const column = filter.sortBy.endsWith('created_at') ? conversations.createdAt : conversations.updatedAt;
    const conditions: (SQL | undefined)[] = [
      this.#owned(scope, filter),
      or(eq(conversations.surface, filter.surface), eq(conversations.surface, '')),
    ];
    if (filter.pinned !== undefined && filter.asker.endUserId !== null) {
      const isPinned = sql`exists (select 1 from ${pinnedConversations} where ${pinnedConversations.conversationId} = ${conversations.id} and ${pinnedConversations.endUserId} = ${filter.asker.endUserId})`;
      conditions.push(filter.pinned ? isPinned : sql`not ${isPinned}`);
    }
    if (filter.after) {
      const edge = filter.sortBy.endsWith('created_at') ? filter.after.createdAt : filter.after.updatedAt;
      const beyond = descending ? lt : gt;
      conditions.push(
        or(beyond(column, edge), and(eq(column, edge), beyond(conversations.id, filter.after.id))),
      );
    }
    const order = descending ? desc : asc;
    return this.#db
      .select()
      .from(conversations)
      .where(and(...conditions))
      .orderBy(order(column), order(conversations.id))
      .limit(filter.limit + 1);
  }

  /** Renames; answers the row as it is now. */
  async rename(scope: WorkspaceScope, id: string, name: string): Promise<Conversation | null> {
    const [row] = await this.#db
      .update(conversations)
      .set({ name })
      .where(and(eq(conversations.id, id), eq(conversations.workspaceId, scope.workspaceId)))
      .returning();
    return row ?? null;
  }

  /** Renames unless somebody else has done so since: the name must still be `from`. */
  async renameFrom(scope: WorkspaceScope, id: string, names: { from: string; to: string }): Promise<void> {
    await this.#db
      .update(conversations)
      .set({ name: names.to })
      .where(
        and(
          eq(conversations.id, id),
          eq(conversations.name, names.from),
          eq(conversations.workspaceId, scope.workspaceId),
        ),
      );
  }

  /** Takes a conversation out of all lists; false when it is not the asker's. */
  async remove(scope: WorkspaceScope, input: { appId: string; asker: Asker; id: string }): Promise<boolean> {
    const rows = await this.#db
      .update(conversations)
      .set({ isDeleted: true })
      .where(and(eq(conversations.id, input.id), this.#owned(scope, input)))
      .returning({ id: conversations.id });
    return rows.length > 0;
  }

  /** Keeps a conversation at the top of an end user's list. */
  async pin(conversationId: string, endUserId: string): Promise<void> {
    await this.#db.insert(pinnedConversations).values({ conversationId, endUserId }).onConflictDoNothing();
  }

  /** Undoes {@link pin}. */
  async unpin(conversationId: string, endUserId: string): Promise<void> {
    await this.#db
      .delete(pinnedConversations)
      .where(
        and(
          eq(pinnedConversations.conversationId, conversationId),
          eq(pinnedConversations.endUserId, endUserId),
        ),
      );
  }

  #owned(scope: WorkspaceScope, input: { appId: string; asker: Asker }): SQL | undefined {
    const { endUserId, accountId } = input.asker;
    return and(
      eq(conversations.workspaceId, scope.workspaceId),
      eq(conversations.appId, input.appId),
      eq(conversations.isDeleted, false),
      endUserId !== null
        ? eq(conversations.endUserId, endUserId)
        : eq(conversations.accountId, accountId ?? '00000000-0000-0000-0000-000000000000'),
    );
  }
}

/** Asked at the beginning of every turn that continues a conversation: put into SQL and planned once. */
function prepareFindOf(db: Database) {
  return db
    .select()
    .from(conversations)
    .where(
      and(
        eq(conversations.id, sql.placeholder('id')),
        eq(conversations.workspaceId, sql.placeholder('workspaceId')),
        eq(conversations.appId, sql.placeholder('appId')),
        eq(conversations.isDeleted, false),
        // One of the two is null, and equals nothing.
        or(
          eq(conversations.endUserId, sql.placeholder('endUserId')),
          eq(conversations.accountId, sql.placeholder('accountId')),
        ),
      ),
    )
    .prepare('conversation-of-asker');
}
