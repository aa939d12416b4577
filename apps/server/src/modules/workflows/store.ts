import { and, desc, eq, ne } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database, Queryable } from '../../schema/database.ts';
import { apps, workflows } from '../../schema/index.ts';

/** A row of `workflows`. */
export type WorkflowRow = typeof workflows.$inferSelect;

/** What makes up a version, secrets encrypted. */
export type WorkflowContent = Pick<
  WorkflowRow,
  'graph' | 'features' | 'environmentVariables' | 'conversationVariables' | 'hash'
>;

/** Which versions a list shows. */
export interface VersionFilter {
  appId: string;
  page: number;
  limit: number;
  createdBy?: string | undefined;
  namedOnly: boolean;
}

/** Drafts and versions of graphs. */
export class WorkflowStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The draft of an app. */
  async draft(scope: WorkspaceScope, appId: string, queryable: Queryable = this.#db) {
    const [row] = await queryable
      .select()
      .from(workflows)
      .where(and(this.#ofApp(scope, appId), eq(workflows.kind, 'draft')));
    return row ?? null;
  }

  /**
   * Changes the draft, or makes the first one. Sees the draft as it is under a lock, so that two people who save at
   * once are told apart; what `change` throws leaves everything as it was.
   */
  async saveDraft(
    scope: WorkspaceScope,
    input: { appId: string; accountId: string },
    change: (draft: WorkflowRow | null) => WorkflowContent | Promise<WorkflowContent>,
  ): Promise<WorkflowRow> {
    return this.#db.transaction(async (tx) => {
      // The app's row is the lock: a first draft has none of its own yet.
      await tx
        .select({ id: apps.id })
        .from(apps)
        .where(and(eq(apps.id, input.appId), eq(apps.workspaceId, scope.workspaceId)))
        .for('update');
      const draft = await this.draft(scope, input.appId, tx);
      const content = await change(draft);
      if (draft === null) {
        return this.#insert(tx, scope, { ...content, ...input, kind: 'draft', version: 'draft' });
      }
      const [row] = await tx
        .update(workflows)
        .set({ ...content, updatedBy: input.accountId, updatedAt: new Date() })
        .where(and(eq(workflows.id, draft.id), eq(workflows.workspaceId, scope.workspaceId)))
        .returning();
      if (!row) throw new Error('the database returned no row for a saved draft');
      return row;
    });
  }

  /** Adds a version and makes it the one that the app runs, together with what `along` writes. */
  async publish(
    scope: WorkspaceScope,
    input: WorkflowContent & {
      appId: string;
      accountId: string;
      version: string;
      markedName: string;
      markedComment: string;
    },
    along: (tx: Queryable) => Promise<void>,
  ): Promise<WorkflowRow> {
    return this.#db.transaction(async (tx) => {
      const row = await this.#insert(tx, scope, { ...input, kind: 'published' });
      await tx
        .update(apps)
        .set({ workflowId: row.id, updatedBy: input.accountId, updatedAt: new Date() })
        .where(and(eq(apps.id, input.appId), eq(apps.workspaceId, scope.workspaceId)));
      await along(tx);
      return row;
    });
  }

  /** The unchanging copy of a draft that a debug run runs on; one for each state of the draft. */
  async snapshot(scope: WorkspaceScope, draft: WorkflowRow, accountId: string): Promise<WorkflowRow> {
    const content: WorkflowContent = {
      graph: draft.graph,
      features: draft.features,
      environmentVariables: draft.environmentVariables,
      conversationVariables: draft.conversationVariables,
      hash: draft.hash,
    };
    const [known] = await this.#db
      .select()
      .from(workflows)
      .where(and(this.#ofApp(scope, draft.appId), eq(workflows.kind, 'snapshot')))
      .orderBy(desc(workflows.createdAt))
      .limit(1);
    if (known && sameContent(known, content)) return known;
    return this.#insert(this.#db, scope, {
      ...content,
      appId: draft.appId,
      accountId,
      kind: 'snapshot',
      version: 'draft',
    });
  }

  /** A draft, version or snapshot of the app. */
  async find(scope: WorkspaceScope, appId: string, id: string): Promise<WorkflowRow | null> {
    const [row] = await this.#db
      .select()
      .from(workflows)
      .where(and(this.#ofApp(scope, appId), eq(workflows.id, id)));
    return row ?? null;
  }

  /** A page of published versions, newest first; one more than `limit` tells whether there are more. */
  async versions(scope: WorkspaceScope, filter: VersionFilter): Promise<WorkflowRow[]> {
    return this.#db
      .select()
      .from(workflows)
      .where(
        and(
          this.#ofApp(scope, filter.appId),
          eq(workflows.kind, 'published'),
          filter.createdBy === undefined ? undefined : eq(workflows.createdBy, filter.createdBy),
          filter.namedOnly ? ne(workflows.markedName, '') : undefined,
        ),
      )
      .orderBy(desc(workflows.createdAt), desc(workflows.id))
      .limit(filter.limit + 1)
      .offset((filter.page - 1) * filter.limit);
  }

  /** Renames a published version. */
  async mark(
    scope: WorkspaceScope,
    input: { appId: string; id: string; accountId: string; markedName?: string; markedComment?: string },
  ): Promise<WorkflowRow | null> {
    const { appId, id, accountId, ...marks } = input;
    const [row] = await this.#db
      .update(workflows)
      .set({ ...marks, updatedBy: accountId, updatedAt: new Date() })
      .where(and(this.#ofApp(scope, appId), eq(workflows.id, id), eq(workflows.kind, 'published')))
      .returning();
    return row ?? null;
  }

  /** Removes a published version. */
  async remove(scope: WorkspaceScope, appId: string, id: string): Promise<void> {
    await this.#db
      .delete(workflows)
      .where(and(this.#ofApp(scope, appId), eq(workflows.id, id), eq(workflows.kind, 'published')));
  }

  async #insert(
    queryable: Queryable,
    scope: WorkspaceScope,
    {
      accountId,
      ...values
    }: Omit<typeof workflows.$inferInsert, 'id' | 'workspaceId'> & { accountId: string },
  ): Promise<WorkflowRow> {
    const [row] = await queryable
      .insert(workflows)
      .values({
        ...values,
        id: newId(),
        workspaceId: scope.workspaceId,
        createdBy: accountId,
        updatedBy: accountId,
      })
      .returning();
    if (!row) throw new Error('the database returned no row for an inserted workflow');
    return row;
  }

  #ofApp(scope: WorkspaceScope, appId: string) {
    return and(eq(workflows.workspaceId, scope.workspaceId), eq(workflows.appId, appId));
  }
}

function sameContent(left: WorkflowContent, right: WorkflowContent): boolean {
  const text = (content: WorkflowContent) =>
    JSON.stringify([
      content.graph,
      content.features,
      content.environmentVariables,
      content.conversationVariables,
    ]);
  return left.hash === right.hash && text(left) === text(right);
}
