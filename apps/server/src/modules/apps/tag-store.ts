import { and, asc, count, eq, ilike, inArray } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { tagBindings, tags } from '../../schema/index.ts';
import { escapeLike } from './store.ts';

/** A row of `tags`. */
export type Tag = typeof tags.$inferSelect;

/** Labels and what carries them. */
export class TagStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The tags of a type with how often each is used. */
  async list(
    scope: WorkspaceScope,
    filter: { type: Tag['type']; keyword?: string | undefined },
  ): Promise<(Tag & { bindingCount: number })[]> {
    const rows = await this.#db
      .select({ tag: tags, bindingCount: count(tagBindings.targetId) })
      .from(tags)
      .leftJoin(tagBindings, eq(tagBindings.tagId, tags.id))
      .where(
        and(
          eq(tags.workspaceId, scope.workspaceId),
          eq(tags.type, filter.type),
          filter.keyword ? ilike(tags.name, `%${escapeLike(filter.keyword)}%`) : undefined,
        ),
      )
      .groupBy(tags.id)
      .orderBy(asc(tags.name));
    return rows.map((row) => ({ ...row.tag, bindingCount: row.bindingCount }));
  }

  /** One tag of the workspace. */
  async find(scope: WorkspaceScope, id: string): Promise<Tag | null> {
    const [row] = await this.#db
      .select()
      .from(tags)
      .where(and(eq(tags.id, id), eq(tags.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** Adds a tag; throws a unique violation when the name is taken. */
  async insert(
    scope: WorkspaceScope,
    values: { name: string; type: Tag['type']; accountId: string },
  ): Promise<Tag> {
    const [row] = await this.#db
      .insert(tags)
      .values({
        id: newId(),
        workspaceId: scope.workspaceId,
        name: values.name,
        type: values.type,
        createdBy: values.accountId,
      })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted tag');
    return row;
  }

  /** Renames a tag. */
  async rename(scope: WorkspaceScope, id: string, name: string): Promise<void> {
    await this.#db
      .update(tags)
      .set({ name })
      .where(and(eq(tags.id, id), eq(tags.workspaceId, scope.workspaceId)));
  }

  /** Removes a tag from everything and altogether. */
  async remove(scope: WorkspaceScope, id: string): Promise<boolean> {
    const rows = await this.#db
      .delete(tags)
      .where(and(eq(tags.id, id), eq(tags.workspaceId, scope.workspaceId)))
      .returning({ id: tags.id });
    return rows.length > 0;
  }

  /** Puts tags of the workspace on an object; tags of others are passed over. */
  async bind(
    scope: WorkspaceScope,
    values: { tagIds: string[]; targetId: string; type: Tag['type']; accountId: string },
  ): Promise<void> {
    const own = await this.#db
      .select({ id: tags.id })
      .from(tags)
      .where(
        and(
          inArray(tags.id, values.tagIds),
          eq(tags.workspaceId, scope.workspaceId),
          eq(tags.type, values.type),
        ),
      );
    if (own.length === 0) return;
    await this.#db
      .insert(tagBindings)
      .values(
        own.map((row) => ({
          tagId: row.id,
          targetId: values.targetId,
          workspaceId: scope.workspaceId,
          createdBy: values.accountId,
        })),
      )
      .onConflictDoNothing();
  }

  /** Takes a tag off an object. */
  async unbind(scope: WorkspaceScope, tagId: string, targetId: string): Promise<void> {
    await this.#db
      .delete(tagBindings)
      .where(
        and(
          eq(tagBindings.tagId, tagId),
          eq(tagBindings.targetId, targetId),
          eq(tagBindings.workspaceId, scope.workspaceId),
        ),
      );
  }

  /** The tags of objects. */
  async ofTargets(
    scope: WorkspaceScope,
    targetIds: string[],
  ): Promise<{ targetId: string; id: string; name: string; type: Tag['type'] }[]> {
    if (targetIds.length === 0) return [];
    return this.#db
      .select({ targetId: tagBindings.targetId, id: tags.id, name: tags.name, type: tags.type })
      .from(tagBindings)
      .innerJoin(tags, eq(tags.id, tagBindings.tagId))
      .where(and(inArray(tagBindings.targetId, targetIds), eq(tags.workspaceId, scope.workspaceId)))
      .orderBy(asc(tags.name));
  }
}
