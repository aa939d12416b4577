import { and, eq } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { appDrafts } from '../../schema/index.ts';

/** A row of `app_drafts`. */
export type AppDraft = typeof appDrafts.$inferSelect;

/** Unpublished configurations of prompt apps. */
export class AppDraftStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The draft of an app. */
  async find(scope: WorkspaceScope, appId: string): Promise<AppDraft | null> {
    const [row] = await this.#db
      .select()
      .from(appDrafts)
      .where(and(eq(appDrafts.appId, appId), eq(appDrafts.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** Stores the draft of an app whose ownership has been checked. */
  async put(
    scope: WorkspaceScope,
    values: { appId: string; config: Record<string, unknown>; accountId: string },
  ): Promise<AppDraft> {
    const change = { config: values.config, updatedBy: values.accountId, updatedAt: new Date() };
    const [row] = await this.#db
      .insert(appDrafts)
      .values({ appId: values.appId, workspaceId: scope.workspaceId, ...change })
      .onConflictDoUpdate({ target: appDrafts.appId, set: change })
      .returning();
    if (!row) throw new Error('the database returned no row for a stored draft');
    return row;
  }

  /** Forgets the draft: the published configuration is what is worked on. */
  async remove(scope: WorkspaceScope, appId: string): Promise<void> {
    await this.#db
      .delete(appDrafts)
      .where(and(eq(appDrafts.appId, appId), eq(appDrafts.workspaceId, scope.workspaceId)));
  }
}
