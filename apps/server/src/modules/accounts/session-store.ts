import { and, desc, eq, gt, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { sessions } from '../../schema/index.ts';

/** A row of `sessions`. */
export type Session = typeof sessions.$inferSelect;

/** Signed-in devices. */
export class SessionStore {
  readonly #db: Database;
  readonly #open: ReturnType<typeof prepareOpen>;

  constructor(db: Database) {
    this.#db = db;
    this.#open = prepareOpen(db);
  }

  /** Opens a session. */
  async insert(values: {
    accountId: string;
    refreshTokenHash: string;
    userAgent: string | null;
    ip: string;
    expiresAt: Date;
  }): Promise<Session> {
    const [row] = await this.#db
      .insert(sessions)
      .values({ ...values, id: newId() })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted session');
    return row;
  }

  /** Whether a session of this account may still be used. */
  async isOpen(id: string, accountId: string, now: Date): Promise<boolean> {
    const [row] = await this.#open.execute({ id, accountId, now });
    return row !== undefined;
  }

  /** The open session that a refresh token, current or just replaced, belongs to. */
  async findByRefreshToken(hash: string, options: { now: Date; graceSince: Date }): Promise<Session | null> {
    const [row] = await this.#db
      .select()
      .from(sessions)
      .where(
        and(
          isNull(sessions.revokedAt),
          gt(sessions.expiresAt, options.now),
          or(
            eq(sessions.refreshTokenHash, hash),
            and(eq(sessions.previousTokenHash, hash), gt(sessions.rotatedAt, options.graceSince)),
          ),
        ),
      );
    return row ?? null;
  }

  /**
   * Replaces the refresh token. Only the caller that still holds the current one succeeds, so of two tabs that refresh
   * together one rotates and the other is told to keep its session as it is.
   */
  async rotate(input: { id: string; currentHash: string; nextHash: string; now: Date }): Promise<boolean> {
    const rows = await this.#db
      .update(sessions)
      .set({
        refreshTokenHash: input.nextHash,
        previousTokenHash: input.currentHash,
        rotatedAt: input.now,
        lastUsedAt: input.now,
      })
      .where(and(eq(sessions.id, input.id), eq(sessions.refreshTokenHash, input.currentHash)))
      .returning({ id: sessions.id });
    return rows.length === 1;
  }

  /** The devices on which somebody is signed in, the latest used first. */
  async openOf(accountId: string, now: Date): Promise<Session[]> {
    return this.#db
      .select()
      .from(sessions)
      .where(and(eq(sessions.accountId, accountId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)))
      .orderBy(desc(sessions.lastUsedAt));
  }

  /** Ends one of somebody's sessions; false when it is not theirs or has ended. */
  async revokeOwn(id: string, accountId: string, now: Date): Promise<boolean> {
    const rows = await this.#db
      .update(sessions)
      .set({ revokedAt: now })
      .where(and(eq(sessions.id, id), eq(sessions.accountId, accountId), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id });
    return rows.length === 1;
  }

  /** Removes sessions that ended before a moment. Returns how many. */
  async deleteEnded(before: Date): Promise<number> {
    const { rowCount } = await this.#db
      .delete(sessions)
      .where(or(lt(sessions.expiresAt, before), lt(sessions.revokedAt, before)));
    return rowCount ?? 0;
  }

  /** Ends one session. */
  async revoke(id: string, now: Date): Promise<void> {
    await this.#db.update(sessions).set({ revokedAt: now }).where(eq(sessions.id, id));
  }

  /** Ends all sessions of an account, but for one if given. */
  async revokeAll(accountId: string, now: Date, exceptId?: string): Promise<void> {
    await this.#db
      .update(sessions)
      .set({ revokedAt: now })
      .where(
        and(
          eq(sessions.accountId, accountId),
          isNull(sessions.revokedAt),
          exceptId === undefined ? sql`true` : ne(sessions.id, exceptId),
        ),
      );
  }
}

/** Asked with every request of the console: put into SQL and planned once. */
function prepareOpen(db: Database) {
  return db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.id, sql.placeholder('id')),
        eq(sessions.accountId, sql.placeholder('accountId')),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, sql.placeholder('now')),
      ),
    )
    .prepare('open-session');
}
