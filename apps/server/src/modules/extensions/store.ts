import { and, asc, eq } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { apiExtensions } from '../../schema/index.ts';

/** A row of `api_extensions`. */
export type ApiExtension = typeof apiExtensions.$inferSelect;

/** What is written of an extension. */
export type ApiExtensionValues = Pick<ApiExtension, 'name' | 'apiEndpoint' | 'sealedApiKey' | 'maskedApiKey'>;

/** The API-based extensions of workspaces. */
export class ApiExtensionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** All of a workspace, by name. */
  list(scope: WorkspaceScope): Promise<ApiExtension[]> {
    return this.#db
      .select()
      .from(apiExtensions)
      .where(eq(apiExtensions.workspaceId, scope.workspaceId))
      .orderBy(asc(apiExtensions.name));
  }

  /** One of the workspace. */
  async find(scope: WorkspaceScope, id: string): Promise<ApiExtension | null> {
    const [row] = await this.#db.select().from(apiExtensions).where(own(scope, id));
    return row ?? null;
  }

  /** Adds one; throws a unique violation when the name is taken. */
  async insert(
    scope: WorkspaceScope,
    values: ApiExtensionValues & { accountId: string },
  ): Promise<ApiExtension> {
    const { accountId, ...rest } = values;
    const [row] = await this.#db
      .insert(apiExtensions)
      .values({ id: newId(), workspaceId: scope.workspaceId, createdBy: accountId, ...rest })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted extension');
    return row;
  }

  /** Changes one; null when it is gone, a unique violation when the name is taken. */
  async update(scope: WorkspaceScope, id: string, values: ApiExtensionValues): Promise<ApiExtension | null> {
    const [row] = await this.#db
      .update(apiExtensions)
      .set({ ...values, updatedAt: new Date() })
      .where(own(scope, id))
      .returning();
    return row ?? null;
  }

  /** Removes one; whether there was one. */
  async remove(scope: WorkspaceScope, id: string): Promise<boolean> {
    const rows = await this.#db
      .delete(apiExtensions)
      .where(own(scope, id))
      .returning({ id: apiExtensions.id });
    return rows.length > 0;
  }
}

function own(scope: WorkspaceScope, id: string) {
  return and(eq(apiExtensions.id, id), eq(apiExtensions.workspaceId, scope.workspaceId));
}
