import { and, asc, desc, eq, inArray, lt, ne, or, type SQL } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { conversations, messageFeedbacks, messages, runs, savedMessages } from '../../schema/index.ts';
import type { Asker } from '../turns/turn.ts';

/** A row of `messages`. */
export type Message = typeof messages.$inferSelect;
/** A row of `message_feedbacks`. */
export type Feedback = typeof messageFeedbacks.$inferSelect;

/** Messages and what people said about them. */
export class MessageStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A message of the workspace's app. */
  async find(scope: WorkspaceScope, appId: string, id: string): Promise<Message | null> {
    const [row] = await this.#db
      .select()
      .from(messages)
      .where(
        and(eq(messages.id, id), eq(messages.appId, appId), eq(messages.workspaceId, scope.workspaceId)),
      );
    return row ?? null;
  }

  /** A message that belongs to this asker; those of deleted conversations are gone with them. */
  async findOf(
    scope: WorkspaceScope,
    input: { appId: string; asker: Asker; id: string },
  ): Promise<Message | null> {
    return this.#ofAsker(scope, input, eq(messages.id, input.id));
  }

  /** The message that a run writes, if it belongs to this asker. */
  async findByRun(
    scope: WorkspaceScope,
    input: { appId: string; asker: Asker; runId: string },
  ): Promise<Message | null> {
    const written = this.#db.select({ id: runs.messageId }).from(runs).where(eq(runs.id, input.runId));
    return this.#ofAsker(scope, input, inArray(messages.id, written));
  }

  async #ofAsker(
    scope: WorkspaceScope,
    { appId, asker }: { appId: string; asker: Asker },
    which: SQL,
  ): Promise<Message | null> {
    const [found] = await this.#db
      .select({ message: messages })
      .from(messages)
      .innerJoin(conversations, eq(conversations.id, messages.conversationId))
      .where(
        and(
          which,
          eq(messages.appId, appId),
          eq(messages.workspaceId, scope.workspaceId),
          eq(conversations.isDeleted, false),
        ),
      );
    const row = found?.message;
    if (!row) return null;
    const own =
      asker.endUserId !== null ? row.endUserId === asker.endUserId : row.accountId === asker.accountId;
    return own ? row : null;
  }

  /**
   * The newest messages of a conversation that are older than `before`, oldest first, and whether there are older
   * ones. The caller has checked whose conversation it is.
   */
  async page(
    scope: WorkspaceScope,
    input: { conversationId: string; before?: Message | undefined; limit: number },
  ): Promise<{ rows: Message[]; hasMore: boolean }> {
    const conditions: (SQL | undefined)[] = [
      eq(messages.conversationId, input.conversationId),
      eq(messages.workspaceId, scope.workspaceId),
    ];
    if (input.before) {
      const { createdAt, id } = input.before;
      conditions.push(
        or(lt(messages.createdAt, createdAt), and(eq(messages.createdAt, createdAt), lt(messages.id, id))),
      );
    }
    const rows = await this.#db
      .select()
      .from(messages)
      .where(and(...conditions))
      .orderBy(desc(messages.createdAt), desc(messages.id))
      .limit(input.limit + 1);
    return { rows: rows.slice(0, input.limit).reverse(), hasMore: rows.length > input.limit };
  }

  /** The first message of a conversation. */
  async first(scope: WorkspaceScope, conversationId: string): Promise<Message | null> {
    const [row] = await this.#db
      .select()
      .from(messages)
      .where(and(eq(messages.conversationId, conversationId), eq(messages.workspaceId, scope.workspaceId)))
      .orderBy(asc(messages.createdAt))
      .limit(1);
    return row ?? null;
  }

  /** The runs that wrote messages or are writing them, by message. */
  async runsOf(
    scope: WorkspaceScope,
    messageIds: string[],
  ): Promise<Map<string, { id: string; isWriting: boolean }>> {
    if (messageIds.length === 0) return new Map();
    const rows = await this.#db
      .select({ id: messages.id, runId: messages.runId, status: messages.status })
      .from(messages)
      .where(and(inArray(messages.id, messageIds), eq(messages.workspaceId, scope.workspaceId)));
    return new Map(rows.map(({ id, runId, status }) => [id, { id: runId, isWriting: status === 'running' }]));
  }

  /** Ratings of messages. */
  async feedbacks(scope: WorkspaceScope, messageIds: string[]): Promise<Feedback[]> {
    if (messageIds.length === 0) return [];
    return this.#db
      .select()
      .from(messageFeedbacks)
      .where(
        and(
          inArray(messageFeedbacks.messageId, messageIds),
          eq(messageFeedbacks.workspaceId, scope.workspaceId),
        ),
      );
  }

  /** Rates a message, replacing an earlier rating of the same source. */
  async rate(
    scope: WorkspaceScope,
    input: {
      message: Message;
      rating: 'like' | 'dislike';
      content: string | null;
      source: 'user' | 'admin';
      asker: Asker;
    },
  ): Promise<void> {
    const { message, asker } = input;
    await this.#db
      .insert(messageFeedbacks)
      .values({
        id: newId(),
        workspaceId: scope.workspaceId,
        appId: message.appId,
        conversationId: message.conversationId,
        messageId: message.id,
        rating: input.rating,
        content: input.content,
        fromSource: input.source,
        endUserId: asker.endUserId,
        accountId: asker.accountId,
      })
      .onConflictDoUpdate({
        target: [messageFeedbacks.messageId, messageFeedbacks.fromSource],
        set: { rating: input.rating, content: input.content, updatedAt: new Date() },
      });
  }

  /** Takes a rating back; false when there was none. */
  async unrate(scope: WorkspaceScope, messageId: string, source: 'user' | 'admin'): Promise<boolean> {
    const rows = await this.#db
      .delete(messageFeedbacks)
      .where(
        and(
          eq(messageFeedbacks.messageId, messageId),
          eq(messageFeedbacks.fromSource, source),
          eq(messageFeedbacks.workspaceId, scope.workspaceId),
        ),
      )
      .returning({ id: messageFeedbacks.id });
    return rows.length > 0;
  }

  /** Ratings of an app, newest first. */
  async feedbackPage(
    scope: WorkspaceScope,
    appId: string,
    page: { limit: number; offset: number },
  ): Promise<Feedback[]> {
    return this.#db
      .select()
      .from(messageFeedbacks)
      .where(and(eq(messageFeedbacks.appId, appId), eq(messageFeedbacks.workspaceId, scope.workspaceId)))
      .orderBy(desc(messageFeedbacks.createdAt), desc(messageFeedbacks.id))
      .limit(page.limit)
      .offset(page.offset);
  }

  /** Keeps an answer. */
  async save(appId: string, messageId: string, endUserId: string): Promise<void> {
    await this.#db
      .insert(savedMessages)
      .values({ id: newId(), appId, messageId, endUserId })
      .onConflictDoNothing();
  }

  /** Undoes {@link save}. */
  async unsave(appId: string, messageId: string, endUserId: string): Promise<void> {
    await this.#db
      .delete(savedMessages)
      .where(
        and(
          eq(savedMessages.appId, appId),
          eq(savedMessages.messageId, messageId),
          eq(savedMessages.endUserId, endUserId),
        ),
      );
  }

  /** Answers an end user kept, newest first; one more than `limit`. */
  async saved(
    scope: WorkspaceScope,
    input: { appId: string; endUserId: string; before?: Message | undefined; limit: number },
  ): Promise<Message[]> {
    const rows = await this.#db
      .select({ message: messages })
      .from(savedMessages)
      .innerJoin(messages, eq(messages.id, savedMessages.messageId))
      .where(
        and(
          eq(savedMessages.endUserId, input.endUserId),
          eq(savedMessages.appId, input.appId),
          eq(messages.workspaceId, scope.workspaceId),
          ne(messages.status, 'running'),
          input.before ? lt(messages.createdAt, input.before.createdAt) : undefined,
        ),
      )
      .orderBy(desc(messages.createdAt))
      .limit(input.limit + 1);
    return rows.map((row) => row.message);
  }
}
