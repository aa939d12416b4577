import { and, eq } from 'drizzle-orm';
import type { WorkspaceScope } from '../../../platform/auth/scope.ts';
import type { Database } from '../../../schema/database.ts';
import { callbackSecrets } from '../../../schema/index.ts';

/** A row of `callback_secrets`. */
export type CallbackSecretRow = typeof callbackSecrets.$inferSelect;

/** What apps' callbacks are signed with, sealed. */
export class CallbackSecretStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The secret of an app; null when it has none yet. */
  async find(scope: WorkspaceScope, appId: string): Promise<CallbackSecretRow | null> {
    const [row] = await this.#db.select().from(callbackSecrets).where(this.#of(scope, appId));
    return row ?? null;
  }

  /** Gives an app its first secret, unless somebody else has just done so. */
  async insert(scope: WorkspaceScope, appId: string, sealed: string): Promise<void> {
    await this.#db
      .insert(callbackSecrets)
      .values({ appId, workspaceId: scope.workspaceId, sealed })
      .onConflictDoNothing();
  }

  /** Puts a new secret in the place of `current`; false when that one has been replaced meanwhile. */
  async replace(
    scope: WorkspaceScope,
    current: CallbackSecretRow,
    next: { sealed: string; previousUntil: Date },
  ): Promise<boolean> {
    const rows = await this.#db
      .update(callbackSecrets)
      .set({ ...next, previousSealed: current.sealed, createdAt: new Date() })
      .where(and(this.#of(scope, current.appId), eq(callbackSecrets.sealed, current.sealed)))
      .returning({ appId: callbackSecrets.appId });
    return rows.length > 0;
  }

  #of(scope: WorkspaceScope, appId: string) {
    return and(eq(callbackSecrets.appId, appId), eq(callbackSecrets.workspaceId, scope.workspaceId));
  }
}
