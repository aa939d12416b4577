import { and, eq } from 'drizzle-orm';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { Database } from '../../schema/database.ts';
import { apiKeys, apps, sites, workspaces } from '../../schema/index.ts';

/** What stands between a caller and an app: looked up by secret, before any scope exists. */
export interface AppAccess {
  app: AppSnapshot & { status: 'normal' | 'disabled'; enableApi: boolean; enableSite: boolean };
  workspaceStatus: 'normal' | 'archive';
}

/**
 * Look-ups by key hash and site code. These are the two places where a workspace is found from something a stranger
 * sent; only the authenticators use them.
 */
export class AppAccessStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The app that an API key opens. */
  async byKeyHash(keyHash: string): Promise<(AppAccess & { keyId: string }) | 'wrong-type' | null> {
    const [row] = await this.#db
      .select({ key: apiKeys, app: apps, workspaceStatus: workspaces.status })
      .from(apiKeys)
      .innerJoin(workspaces, eq(workspaces.id, apiKeys.workspaceId))
      .leftJoin(apps, and(eq(apps.id, apiKeys.appId), eq(apps.workspaceId, apiKeys.workspaceId)))
      .where(eq(apiKeys.keyHash, keyHash));
    if (!row) return null;
    if (row.key.type !== 'app' || !row.app) return 'wrong-type';
    return { keyId: row.key.id, app: toSnapshot(row.app), workspaceStatus: row.workspaceStatus };
  }

  /** The app behind a public page. */
  async bySiteCode(code: string): Promise<AppAccess | null> {
    const [row] = await this.#db
      .select({ app: apps, workspaceStatus: workspaces.status })
      .from(sites)
      .innerJoin(apps, eq(apps.id, sites.appId))
      .innerJoin(workspaces, eq(workspaces.id, apps.workspaceId))
      .where(eq(sites.code, code));
    return row ? { app: toSnapshot(row.app), workspaceStatus: row.workspaceStatus } : null;
  }

  /** Notes that keys have been used; called in batches, off the request's path. */
  async touchKeys(keyIds: string[], usedAt: Date): Promise<void> {
    for (const keyId of keyIds) {
      await this.#db.update(apiKeys).set({ lastUsedAt: usedAt }).where(eq(apiKeys.id, keyId));
    }
  }
}

function toSnapshot(app: typeof apps.$inferSelect): AppAccess['app'] {
  return {
    id: app.id,
    workspaceId: app.workspaceId,
    name: app.name,
    description: app.description,
    mode: app.mode,
    modelConfigId: app.modelConfigId,
    workflowId: app.workflowId,
    maxActiveRequests: app.maxActiveRequests,
    status: app.status,
    enableApi: app.enableApi,
    enableSite: app.enableSite,
  };
}
