import { and, eq } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { endUsers } from '../../schema/index.ts';

/** A row of `end_users`. */
export type EndUser = typeof endUsers.$inferSelect;

/** How an end user came here. */
export type EndUserType = 'service-api' | 'browser' | 'trigger' | 'mcp';

/** The session id of callers that name no user. */
export const defaultSessionId = 'DEFAULT-USER';

const cacheLimit = 50_000;

/** End users of apps. */
export class EndUserStore {
  readonly #db: Database;
  /** Ids by app, type and session id: rows are never deleted while their app lives, so an entry stays true. */
  readonly #ids = new Map<string, string>();

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * The id of the end user with this session id, made when there is none. A row of the same session id that came by
   * another way is reused and re-typed.
   */
  async resolve(
    scope: WorkspaceScope,
    input: { appId: string; sessionId: string; type: EndUserType },
  ): Promise<string> {
    const key = `${input.appId} ${input.type} ${input.sessionId}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const isAnonymous = input.sessionId === defaultSessionId || input.type === 'browser';
    const [row] = await this.#db
      .insert(endUsers)
      .values({
        id: newId(),
        workspaceId: scope.workspaceId,
        appId: input.appId,
        type: input.type,
        sessionId: input.sessionId,
        externalUserId: input.sessionId,
        isAnonymous,
      })
      .onConflictDoUpdate({
        target: [endUsers.appId, endUsers.sessionId],
        set: { type: input.type, updatedAt: new Date() },
      })
      .returning({ id: endUsers.id });
    if (!row) throw new Error('the database returned no row for an end user');
    if (this.#ids.size >= cacheLimit) this.#ids.clear();
    this.#ids.set(key, row.id);
    return row.id;
  }

  /** One end user of an app. */
  async find(scope: WorkspaceScope, appId: string, id: string): Promise<EndUser | null> {
    const [row] = await this.#db
      .select()
      .from(endUsers)
      .where(
        and(eq(endUsers.id, id), eq(endUsers.appId, appId), eq(endUsers.workspaceId, scope.workspaceId)),
      );
    return row ?? null;
  }
}
