import { and, asc, eq, inArray, lte, notInArray, sql } from 'drizzle-orm';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database, Queryable } from '../../schema/database.ts';
import { apps, appTriggers, workspaces } from '../../schema/index.ts';

/** A row of `app_triggers`. */
export type Trigger = typeof appTriggers.$inferSelect;

/** A trigger as a published graph describes it. */
export interface TriggerSpec {
  nodeId: string;
  kind: Trigger['kind'];
  title: string;
  /** Set for schedules. */
  cron: string | null;
  timeZone: string | null;
  /** Given a trigger that was there before (or null): when it is next due. */
  nextRunAt: (before: Trigger | null) => Date | null;
}

/** A trigger with the app that it starts, and whether both are open to the world. */
export interface TriggerTarget {
  trigger: Trigger;
  app: AppSnapshot;
  /** False when app or workspace are closed; the trigger's own switch is apart. */
  isOpen: boolean;
}

/** What became of a due schedule. */
export interface Dispatched {
  /** Null leaves the schedule due: it is tried again. */
  nextRunAt: Date | null | 'still-due';
  runId: string | null;
  error: string | null;
}

/** Triggers of published graphs. */
export class TriggerStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Triggers of the version that an app runs, oldest first. */
  async list(scope: WorkspaceScope, appId: string): Promise<Trigger[]> {
    return this.#db
      .select()
      .from(appTriggers)
      .where(and(this.#ofApp(scope, appId), eq(appTriggers.published, true)))
      .orderBy(asc(appTriggers.createdAt), asc(appTriggers.id));
  }

  /** A trigger of the version that an app runs. */
  async find(scope: WorkspaceScope, appId: string, id: string): Promise<Trigger | null> {
    const [row] = await this.#db
      .select()
      .from(appTriggers)
      .where(and(this.#ofApp(scope, appId), eq(appTriggers.id, id), eq(appTriggers.published, true)));
    return row ?? null;
  }

  /** The webhooks of nodes; a node that has none yet is given one, for good. */
  async webhooks(
    scope: WorkspaceScope,
    appId: string,
    nodes: readonly { nodeId: string; webhookId: string }[],
  ): Promise<Map<string, Trigger>> {
    if (nodes.length === 0) return new Map();
    const ids = nodes.map(({ nodeId }) => nodeId);
    const read = () =>
      this.#db
        .select()
        .from(appTriggers)
        .where(and(this.#ofApp(scope, appId), inArray(appTriggers.nodeId, ids)));
    let rows = await read();
    const known = new Set(rows.filter(({ webhookId }) => webhookId !== null).map(({ nodeId }) => nodeId));
    const missing = nodes.filter(({ nodeId }) => !known.has(nodeId));
    if (missing.length > 0) {
      await this.#db
        .insert(appTriggers)
        .values(
          missing.map((node) => ({
            id: newId(),
            workspaceId: scope.workspaceId,
            appId,
            kind: 'webhook' as const,
            ...node,
          })),
        )
        .onConflictDoUpdate({
          target: [appTriggers.appId, appTriggers.nodeId],
          set: { webhookId: sql`coalesce(${appTriggers.webhookId}, excluded.webhook_id)` },
        });
      rows = await read();
    }
    return new Map(rows.map((row) => [row.nodeId, row]));
  }

  /** Makes the triggers of a version those that work; all others of the app rest. */
  async publish(
    tx: Queryable,
    scope: WorkspaceScope,
    input: { appId: string; specs: readonly TriggerSpec[]; newWebhookId: () => string },
  ): Promise<void> {
    const { appId, specs, newWebhookId } = input;
    const rows = await tx.select().from(appTriggers).where(this.#ofApp(scope, appId)).for('update');
    const before = new Map(rows.map((row) => [row.nodeId, row]));
    const updatedAt = new Date();
    for (const { nodeId, nextRunAt, ...spec } of specs) {
      const known = before.get(nodeId) ?? null;
      const values = {
        ...spec,
        published: true,
        nextRunAt: nextRunAt(known),
        webhookId: known?.webhookId ?? (spec.kind === 'webhook' ? newWebhookId() : null),
        updatedAt,
      };
      if (known) {
        await tx.update(appTriggers).set(values).where(this.#row(scope, known.id));
      } else {
        await tx
          .insert(appTriggers)
          .values({ ...values, id: newId(), workspaceId: scope.workspaceId, appId, nodeId });
      }
    }
    const kept = specs.map(({ nodeId }) => nodeId);
    await tx
      .update(appTriggers)
      .set({ published: false, nextRunAt: null, updatedAt })
      .where(
        and(
          this.#ofApp(scope, appId),
          eq(appTriggers.published, true),
          kept.length === 0 ? undefined : notInArray(appTriggers.nodeId, kept),
        ),
      );
  }

  /** Turns a trigger on or off. */
  async setEnabled(
    scope: WorkspaceScope,
    id: string,
    values: { enabled: boolean; nextRunAt: Date | null },
  ): Promise<Trigger | null> {
    const [row] = await this.#db
      .update(appTriggers)
      .set({ ...values, updatedAt: new Date() })
      .where(this.#row(scope, id))
      .returning();
    return row ?? null;
  }

  /** Notes what a call of a webhook came to. */
  async noteRun(
    scope: WorkspaceScope,
    id: string,
    outcome: { runId: string } | { error: string },
  ): Promise<void> {
    await this.#db
      .update(appTriggers)
      .set(
        'runId' in outcome
          ? { lastRunAt: new Date(), lastRunId: outcome.runId, lastError: null }
          : { lastError: outcome.error },
      )
      .where(this.#row(scope, id));
  }

  /** The webhook with this id and its app: found by a secret, before any scope exists. */
  async byWebhookId(webhookId: string): Promise<TriggerTarget | null> {
    const [row] = await this.#targets(this.#db).where(eq(appTriggers.webhookId, webhookId));
    return row ? toTarget(row) : null;
  }

  /**
   * Hands schedules that are due to `dispatch`, at most `limit`, each to one process: rows stay locked until what
   * became of them is written. Acts for the system, so it takes no scope. Answers how many there were.
   */
  async dispatchDue(
    input: { now: Date; limit: number },
    dispatch: (target: TriggerTarget) => Promise<Dispatched>,
  ): Promise<{ count: number; stillDue: number }> {
    return this.#db.transaction(async (tx) => {
      const rows = await this.#targets(tx)
        .where(
          and(
            eq(appTriggers.kind, 'schedule'),
            eq(appTriggers.published, true),
            eq(appTriggers.enabled, true),
            lte(appTriggers.nextRunAt, input.now),
          ),
        )
        .orderBy(asc(appTriggers.nextRunAt))
        .limit(input.limit)
        .for('update', { of: appTriggers, skipLocked: true });
      const outcomes = await Promise.all(
        rows.map(async (row) => ({ id: row.trigger.id, ...(await dispatch(toTarget(row))) })),
      );
      for (const { id, nextRunAt, runId, error } of outcomes) {
        await tx
          .update(appTriggers)
          .set({
            ...(nextRunAt === 'still-due' ? {} : { nextRunAt }),
            ...(runId === null ? {} : { lastRunId: runId, lastRunAt: input.now }),
            lastError: error,
          })
          .where(eq(appTriggers.id, id));
      }
      const stillDue = outcomes.filter(({ nextRunAt }) => nextRunAt === 'still-due').length;
      return { count: rows.length, stillDue };
    });
  }

  /** When the next schedule of the installation is due. */
  async soonest(): Promise<Date | null> {
    const [row] = await this.#db
      .select({ at: appTriggers.nextRunAt })
      .from(appTriggers)
      .where(
        and(eq(appTriggers.published, true), eq(appTriggers.enabled, true), sql`next_run_at is not null`),
      )
      .orderBy(asc(appTriggers.nextRunAt))
      .limit(1);
    return row?.at ?? null;
  }

  #targets(queryable: Queryable) {
    return queryable
      .select({ trigger: appTriggers, app: apps, workspaceStatus: workspaces.status })
      .from(appTriggers)
      .innerJoin(apps, and(eq(apps.id, appTriggers.appId), eq(apps.workspaceId, appTriggers.workspaceId)))
      .innerJoin(workspaces, eq(workspaces.id, appTriggers.workspaceId))
      .$dynamic();
  }

  #ofApp(scope: WorkspaceScope, appId: string) {
    return and(eq(appTriggers.workspaceId, scope.workspaceId), eq(appTriggers.appId, appId));
  }

  #row(scope: WorkspaceScope, id: string) {
    return and(eq(appTriggers.workspaceId, scope.workspaceId), eq(appTriggers.id, id));
  }
}

function toTarget(row: {
  trigger: Trigger;
  app: typeof apps.$inferSelect;
  workspaceStatus: string;
}): TriggerTarget {
  const { app } = row;
  return {
    trigger: row.trigger,
    isOpen: app.status === 'normal' && row.workspaceStatus === 'normal',
    app: {
      id: app.id,
      workspaceId: app.workspaceId,
      name: app.name,
      description: app.description,
      mode: app.mode,
      modelConfigId: app.modelConfigId,
      workflowId: app.workflowId,
      maxActiveRequests: app.maxActiveRequests,
    },
  };
}
