import { and, count, desc, eq, isNull } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { IssuedApiKey } from '../../platform/crypto/api-key.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { apiKeys } from '../../schema/index.ts';

/** A row of `api_keys`. */
export type ApiKey = typeof apiKeys.$inferSelect;

/** API keys of apps, and of the workspace's knowledge (`appId` null). */
export class ApiKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The keys of an app, newest first. */
  async list(scope: WorkspaceScope, appId: string | null): Promise<ApiKey[]> {
    return this.#db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, scope.workspaceId), this.#ofApp(appId)))
      .orderBy(desc(apiKeys.createdAt));
  }

  /** How many keys an app has. */
  async count(scope: WorkspaceScope, appId: string | null): Promise<number> {
    const [row] = await this.#db
      .select({ total: count() })
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, scope.workspaceId), this.#ofApp(appId)));
    return row?.total ?? 0;
  }

  /** Adds a key; only its hash and its hint are kept. */
  async insert(
    scope: WorkspaceScope,
    values: { appId: string | null; issued: IssuedApiKey; accountId: string },
  ): Promise<ApiKey> {
    const [row] = await this.#db
      .insert(apiKeys)
      .values({
        id: newId(),
        workspaceId: scope.workspaceId,
        appId: values.appId,
        type: values.appId === null ? 'dataset' : 'app',
        keyHash: values.issued.keyHash,
        prefix: values.issued.prefix,
        lastFour: values.issued.lastFour,
        createdBy: values.accountId,
      })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted key');
    return row;
  }

  /** Removes a key; its hash is returned so that caches can forget it. */
  async remove(scope: WorkspaceScope, appId: string | null, keyId: string): Promise<string | null> {
    const [row] = await this.#db
      .delete(apiKeys)
      .where(and(eq(apiKeys.id, keyId), eq(apiKeys.workspaceId, scope.workspaceId), this.#ofApp(appId)))
      .returning({ keyHash: apiKeys.keyHash });
    return row?.keyHash ?? null;
  }

  #ofApp(appId: string | null) {
    return appId === null ? isNull(apiKeys.appId) : eq(apiKeys.appId, appId);
  }
}
