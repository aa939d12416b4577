import { and, eq, lt, ne } from 'drizzle-orm';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import type { Database } from '../../schema/database.ts';
import { humanInputForms, humanInputRecipients } from '../../schema/index.ts';

/** A row of `human_input_forms`. */
export type HumanInputForm = typeof humanInputForms.$inferSelect;

/** A row of `human_input_recipients`. */
export type FormRecipient = typeof humanInputRecipients.$inferSelect;

/** Somebody who is to be asked by mail. */
export type NewRecipient = Pick<FormRecipient, 'methodId' | 'accountId' | 'address' | 'token'>;

/** Forms that runs wait for. */
export class HumanInputStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The form of a node's execution, made at the first call. */
  async open(
    scope: WorkspaceScope,
    {
      recipients,
      ...values
    }: Omit<typeof humanInputForms.$inferInsert, 'workspaceId' | 'id'> & {
      id: string;
      recipients: readonly NewRecipient[];
    },
  ): Promise<HumanInputForm> {
    const place = { workspaceId: scope.workspaceId, appId: values.appId };
    await this.#db.transaction(async (tx) => {
      const made = await tx
        .insert(humanInputForms)
        .values({ ...values, ...place })
        .onConflictDoNothing()
        .returning({ id: humanInputForms.id });
      if (made.length === 0 || recipients.length === 0) return;
      await tx
        .insert(humanInputRecipients)
        .values(recipients.map((recipient) => ({ ...recipient, ...place, id: newId(), formId: values.id })))
        .onConflictDoNothing();
    });
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

  /** A form by its token, or by that of somebody who was asked by mail: whoever holds the token may see it. */
  async byToken(token: string, { withMailed }: { withMailed: boolean }): Promise<HumanInputForm | null> {
    const [row] = await this.#db.select().from(humanInputForms).where(eq(humanInputForms.token, token));
    if (row || !withMailed) return row ?? null;
    const [mailed] = await this.#db
      .select({ form: humanInputForms })
      .from(humanInputRecipients)
      .innerJoin(humanInputForms, eq(humanInputForms.id, humanInputRecipients.formId))
      .where(eq(humanInputRecipients.token, token));
    return mailed?.form ?? null;
  }

  /** Ids of those whose mail has not been handed to the mail queue. */
  async waitingRecipients(scope: WorkspaceScope, formId: string): Promise<string[]> {
    const rows = await this.#db
      .select({ id: humanInputRecipients.id })
      .from(humanInputRecipients)
      .where(
        and(
          eq(humanInputRecipients.workspaceId, scope.workspaceId),
          eq(humanInputRecipients.formId, formId),
          eq(humanInputRecipients.status, 'waiting'),
        ),
      );
    return rows.map(({ id }) => id);
  }

  /** Somebody who is to be asked, with the form. */
  async recipient(
    scope: WorkspaceScope,
    id: string,
  ): Promise<{ recipient: FormRecipient; form: HumanInputForm } | null> {
    const [row] = await this.#db
      .select({ recipient: humanInputRecipients, form: humanInputForms })
      .from(humanInputRecipients)
      .innerJoin(humanInputForms, eq(humanInputForms.id, humanInputRecipients.formId))
      .where(and(eq(humanInputRecipients.id, id), eq(humanInputRecipients.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** Notes what became of somebody's mail. */
  async noteMail(scope: WorkspaceScope, id: string, status: FormRecipient['status']): Promise<void> {
    await this.#db
      .update(humanInputRecipients)
      .set({ status })
      .where(and(eq(humanInputRecipients.id, id), eq(humanInputRecipients.workspaceId, scope.workspaceId)));
  }

  /** A form of the workspace by its id. */
  async find(scope: WorkspaceScope, id: string): Promise<HumanInputForm | null> {
    const [row] = await this.#db
      .select()
      .from(humanInputForms)
      .where(and(eq(humanInputForms.id, id), eq(humanInputForms.workspaceId, scope.workspaceId)));
    return row ?? null;
  }

  /** The forms that a run waits for, oldest first. */
  async waiting(scope: WorkspaceScope, runId: string): Promise<HumanInputForm[]> {
    return this.#db
      .select()
      .from(humanInputForms)
      .where(
        and(
          eq(humanInputForms.runId, runId),
          eq(humanInputForms.workspaceId, scope.workspaceId),
          eq(humanInputForms.status, 'waiting'),
        ),
      )
      .orderBy(humanInputForms.createdAt);
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
