import { and, eq, lt, ne } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Database } from '../../schema/database.ts';
import { humanInputForms } from '../../schema/index.ts';

/** A row of `human_input_forms`. */
export type HumanInputForm = typeof humanInputForms.$inferSelect;

/** Forms that runs wait for. */
export class HumanInputStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The form of a node's execution, made at the first call. */
  async open(
    scope: WorkspaceScope,
    values: Omit<typeof humanInputForms.$inferInsert, 'workspaceId'>,
  ): Promise<HumanInputForm> {
    await this.#db
      .insert(humanInputForms)
      .values({ ...values, workspaceId: scope.workspaceId })
      .onConflictDoNothing();
    const [row] = await this.#db
      .select()
      .from(humanInputForms)
      .where(
        and(
          eq(humanInputForms.idempotencyKey, values.idempotencyKey),
          eq(humanInputForms.workspaceId, scope.workspaceId),
        ),
      );
    if (!row) throw new Error('the database returned no row for a form');
    return row;
  }

  /** A form by its token: whoever holds the token may see it. */
  async byToken(token: string): Promise<HumanInputForm | null> {
    const [row] = await this.#db.select().from(humanInputForms).where(eq(humanInputForms.token, token));
    return row ?? null;
  }

  /** Answers a form; false when somebody was faster. */
  async submit(
    id: string,
    answer: { actionId: string; submitted: Record<string, unknown> },
  ): Promise<boolean> {
    const rows = await this.#db
      .update(humanInputForms)
      .set({ status: 'submitted', ...answer })
      .where(and(eq(humanInputForms.id, id), eq(humanInputForms.status, 'waiting')))
      .returning({ id: humanInputForms.id });
    return rows.length > 0;
  }

  /** Notes that the node has seen what became of its form. */
  async consume(id: string): Promise<void> {
    await this.#db.update(humanInputForms).set({ consumed: true }).where(eq(humanInputForms.id, id));
  }

  /** Ends forms whose time is over; answers the runs that wait for them. */
  async expire(now: Date): Promise<string[]> {
    const rows = await this.#db
      .update(humanInputForms)
      .set({ status: 'expired' })
      .where(and(eq(humanInputForms.status, 'waiting'), lt(humanInputForms.expiresAt, now)))
      .returning({ runId: humanInputForms.runId });
    return [...new Set(rows.map(({ runId }) => runId))];
  }

  /** Whether something became of a form of the run that its node has not seen yet. */
  async hasNews(runId: string): Promise<boolean> {
    const [row] = await this.#db
      .select({ id: humanInputForms.id })
      .from(humanInputForms)
      .where(
        and(
          eq(humanInputForms.runId, runId),
          ne(humanInputForms.status, 'waiting'),
          eq(humanInputForms.consumed, false),
        ),
      )
      .limit(1);
    return row !== undefined;
  }
}
