import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { triggerListeners } from '../../schema/index.ts';

/** A trigger node of a draft. */
export interface TriggerPlace {
  appId: string;
  nodeId: string;
}

/** People in editors who wait for events of triggers. */
export class ListenerStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Goes on listening until `until`; answers the event that has come meanwhile, which ends the listening. */
  async poll(
    scope: WorkspaceScope,
    input: TriggerPlace & { accountId: string; until: Date },
  ): Promise<Record<string, unknown> | null> {
    const { appId, nodeId, accountId, until } = input;
    const [taken] = await this.#db
      .delete(triggerListeners)
      .where(
        and(
          this.#ofPlace(scope, { appId, nodeId }),
          eq(triggerListeners.accountId, accountId),
          sql`event is not null`,
          gt(triggerListeners.expiresAt, new Date()),
        ),
      )
      .returning({ event: triggerListeners.event });
    if (taken?.event) return taken.event;
    // What nobody fetched is nobody's business any more.
    await this.#db
      .delete(triggerListeners)
      .where(
        and(eq(triggerListeners.workspaceId, scope.workspaceId), lt(triggerListeners.expiresAt, new Date())),
      );
    await this.#db
      .insert(triggerListeners)
      .values({ workspaceId: scope.workspaceId, appId, nodeId, accountId, expiresAt: until })
      .onConflictDoUpdate({
        target: [triggerListeners.appId, triggerListeners.accountId, triggerListeners.nodeId],
        set: { expiresAt: until },
      });
    return null;
  }

  /** Whether anybody listens to a node. */
  async isListening(scope: WorkspaceScope, place: TriggerPlace): Promise<boolean> {
    const [row] = await this.#db
      .select({ nodeId: triggerListeners.nodeId })
      .from(triggerListeners)
      .where(and(this.#ofPlace(scope, place), gt(triggerListeners.expiresAt, new Date())))
      .limit(1);
    return row !== undefined;
  }

  /** Gives an event to everybody who listens to a node. */
  async deliver(scope: WorkspaceScope, place: TriggerPlace, event: Record<string, unknown>): Promise<void> {
    await this.#db
      .update(triggerListeners)
      .set({ event })
      .where(and(this.#ofPlace(scope, place), gt(triggerListeners.expiresAt, new Date())));
  }

  #ofPlace(scope: WorkspaceScope, { appId, nodeId }: TriggerPlace) {
    return and(
      eq(triggerListeners.workspaceId, scope.workspaceId),
      eq(triggerListeners.appId, appId),
      eq(triggerListeners.nodeId, nodeId),
    );
  }
}
