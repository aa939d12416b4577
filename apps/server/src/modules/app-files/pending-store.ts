import { and, eq, gt, lt } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { pendingImports } from '../../schema/index.ts';

/** How long something is kept for a person's next step. */
const keptMs = 10 * 60_000;

/** What imports keep for ten minutes: files that wait to be confirmed, by import; what files need, by app. */
export class PendingImportStore {
  readonly #db: Database;
  readonly #now: () => Date;

  constructor(db: Database, now: () => Date = () => new Date()) {
    this.#db = db;
    this.#now = now;
  }

  /** Keeps something under an id; what was kept before, and what is too old, goes. */
  async put(
    scope: WorkspaceScope,
    entry: { id: string; accountId: string; payload: Record<string, unknown> },
  ): Promise<void> {
    const now = this.#now();
    const values = { payload: entry.payload, expiresAt: new Date(now.getTime() + keptMs) };
    await this.#db.delete(pendingImports).where(lt(pendingImports.expiresAt, now));
    await this.#db
      .insert(pendingImports)
      .values({ id: entry.id, workspaceId: scope.workspaceId, createdBy: entry.accountId, ...values })
      .onConflictDoUpdate({ target: pendingImports.id, set: values });
  }

  /** What is kept under an id. */
  async find(scope: WorkspaceScope, id: string): Promise<Record<string, unknown> | null> {
    const [row] = await this.#db
      .select({ payload: pendingImports.payload })
      .from(pendingImports)
      .where(this.#kept(scope, id));
    return row?.payload ?? null;
  }

  /** What is kept under an id, which is then free: only one caller gets it. */
  async take(scope: WorkspaceScope, id: string): Promise<Record<string, unknown> | null> {
    const [row] = await this.#db
      .delete(pendingImports)
      .where(this.#kept(scope, id))
      .returning({ payload: pendingImports.payload });
    return row?.payload ?? null;
  }

  #kept(scope: WorkspaceScope, id: string) {
    return and(
      eq(pendingImports.id, id),
      eq(pendingImports.workspaceId, scope.workspaceId),
      gt(pendingImports.expiresAt, this.#now()),
    );
  }
}
