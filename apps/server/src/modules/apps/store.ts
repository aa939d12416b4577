import { and, asc, count, desc, eq, exists, ilike, inArray, sql } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database, Queryable } from '../../schema/database.ts';
import { appModelConfigs, apps, sites, tagBindings } from '../../schema/index.ts';

/** A row of `apps`. */
export type App = typeof apps.$inferSelect;
/** A row of `sites`. */
export type Site = typeof sites.$inferSelect;
/** A row of `app_model_configs`. */
export type AppModelConfig = typeof appModelConfigs.$inferSelect;
/** The five kinds of app. */
export type AppMode = App['mode'];

/** What the app list can be narrowed by. */
export interface AppFilter {
  page: number;
  limit: number;
  mode?: AppMode | undefined;
  name?: string | undefined;
  tagIds?: string[] | undefined;
  createdBy?: string[] | undefined;
  sortBy: 'last_modified' | 'recently_created' | 'earliest_created';
}

/** Apps, their configuration versions and their sites. */
export class AppStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Runs several writes as one. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#db.transaction(work);
  }

  /** A page of the workspace's apps. */
  async list(scope: WorkspaceScope, filter: AppFilter): Promise<{ rows: App[]; total: number }> {
    const conditions = [eq(apps.workspaceId, scope.workspaceId)];
    if (filter.mode) conditions.push(eq(apps.mode, filter.mode));
    if (filter.name) conditions.push(ilike(apps.name, `%${escapeLike(filter.name)}%`));
    if (filter.createdBy && filter.createdBy.length > 0)
      conditions.push(inArray(apps.createdBy, filter.createdBy));
    if (filter.tagIds && filter.tagIds.length > 0) {
      conditions.push(
        exists(
          this.#db
            .select({ one: sql`1` })
            .from(tagBindings)
            .where(and(eq(tagBindings.targetId, apps.id), inArray(tagBindings.tagId, filter.tagIds))),
        ),
      );
    }
    const order = {
      last_modified: desc(apps.updatedAt),
      recently_created: desc(apps.createdAt),
      earliest_created: asc(apps.createdAt),
    }[filter.sortBy];
    const [rows, [totals]] = await Promise.all([
      this.#db
        .select()
        .from(apps)
        .where(and(...conditions))
        .orderBy(order, desc(apps.id))
        .limit(filter.limit)
        .offset((filter.page - 1) * filter.limit),
      this.#db
        .select({ total: count() })
        .from(apps)
        .where(and(...conditions)),
    ]);
    return { rows, total: totals?.total ?? 0 };
  }

  /** One app of the workspace. */
  async find(scope: WorkspaceScope, id: string): Promise<App | null> {
    const [row] = await this.#db
      .select()
      .from(apps)
      .where(and(eq(apps.id, id), eq(apps.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** Adds an app with its site. */
  async insert(
    tx: Queryable,
    scope: WorkspaceScope,
    values: Omit<typeof apps.$inferInsert, 'workspaceId'> & {
      id: string;
      siteCode: string;
      language: string;
    },
  ): Promise<App> {
    const { siteCode, language, ...app } = values;
    const [row] = await tx
      .insert(apps)
      .values({ ...app, workspaceId: scope.workspaceId })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted app');
    await tx.insert(sites).values({
      appId: row.id,
      workspaceId: scope.workspaceId,
      code: siteCode,
      title: row.name,
      iconType: row.iconType,
      icon: row.icon,
      iconBackground: row.iconBackground,
      defaultLanguage: language,
    });
    return row;
  }

  /** Changes an app. */
  async update(
    scope: WorkspaceScope,
    id: string,
    values: Partial<typeof apps.$inferInsert>,
  ): Promise<App | null> {
    const [row] = await this.#db
      .update(apps)
      .set({ ...values, updatedAt: new Date() })
      .where(and(eq(apps.id, id), eq(apps.workspaceId, scope.workspaceId)))
      .returning();
    return row ?? null;
  }

  /** Removes an app with its configurations, site and keys. */
  async remove(scope: WorkspaceScope, id: string): Promise<boolean> {
    const rows = await this.#db
      .delete(apps)
      .where(and(eq(apps.id, id), eq(apps.workspaceId, scope.workspaceId)))
      .returning({ id: apps.id });
    if (rows.length === 0) return false;
    await this.#db
      .delete(tagBindings)
      .where(and(eq(tagBindings.targetId, id), eq(tagBindings.workspaceId, scope.workspaceId)));
    return true;
  }

  /** Adds a configuration version and makes it the app's current one. */
  async addModelConfig(
    tx: Queryable,
    scope: WorkspaceScope,
    values: { appId: string; config: Record<string, unknown>; accountId: string | null },
  ): Promise<AppModelConfig> {
    const [row] = await tx
      .insert(appModelConfigs)
      .values({
        id: newId(),
        workspaceId: scope.workspaceId,
        appId: values.appId,
        config: values.config,
        createdBy: values.accountId,
      })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted configuration');
    await tx
      .update(apps)
      .set({ modelConfigId: row.id, updatedBy: values.accountId, updatedAt: new Date() })
      .where(and(eq(apps.id, values.appId), eq(apps.workspaceId, scope.workspaceId)));
    return row;
  }

  /** One configuration version of an app of the workspace. */
  async modelConfig(scope: WorkspaceScope, id: string): Promise<AppModelConfig | null> {
    const [row] = await this.#db
      .select()
      .from(appModelConfigs)
      .where(and(eq(appModelConfigs.id, id), eq(appModelConfigs.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** The versions of an app's configuration, newest first. */
  async modelConfigs(
    scope: WorkspaceScope,
    appId: string,
    options: { limit: number; offset: number },
  ): Promise<AppModelConfig[]> {
    return this.#db
      .select()
      .from(appModelConfigs)
      .where(and(eq(appModelConfigs.appId, appId), eq(appModelConfigs.workspaceId, scope.workspaceId)))
      .orderBy(desc(appModelConfigs.createdAt))
      .limit(options.limit)
      .offset(options.offset);
  }

  /** The site of an app of the workspace. */
  async site(scope: WorkspaceScope, appId: string): Promise<Site | null> {
    const [row] = await this.#db
      .select()
      .from(sites)
      .where(and(eq(sites.appId, appId), eq(sites.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** Changes a site. */
  async updateSite(
    scope: WorkspaceScope,
    appId: string,
    values: Partial<typeof sites.$inferInsert>,
  ): Promise<Site | null> {
    const [row] = await this.#db
      .update(sites)
      .set({ ...values, updatedAt: new Date() })
      .where(and(eq(sites.appId, appId), eq(sites.workspaceId, scope.workspaceId)))
      .returning();
    return row ?? null;
  }
}

/** Makes `%`, `_` and `\` in a search text mean themselves. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
