import { type EmailDelivery, emailDelivery, type HumanInputData } from '@trellis/graph';
import type { Logger } from 'pino';
import { z } from 'zod';
import { makeScope, type WorkspaceScope } from '../../platform/auth/scope.ts';
import { randomAlphanumeric } from '../../platform/crypto/alphanumeric.ts';
import { defineJob, type Jobs } from '../../platform/jobs/job.ts';
import { parseMailAddress } from '../../platform/mail/mailer.ts';
import { renderLetter } from '../../platform/mail/render-letter.ts';
import type { FormMail } from '../../schema/forms.ts';
import type { MailOutbox } from '../accounts/mail-outbox.ts';
import type { Asker } from '../turns/turn.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import type { HumanInputStore, NewRecipient } from './store.ts';

/** Writes the mail of one person who is asked, and hands it to the mail queue. */
export const formMailJob = defineJob({
  name: 'mail-form',
  payload: z.object({ workspaceId: z.uuid(), recipientId: z.uuid() }),
  timeoutSeconds: 60,
  concurrency: 2,
});

const tokenLength = 32;

/** The secret of a link to a form. */
export function newFormToken(): string {
  return randomAlphanumeric(tokenLength);
}

/** The run that a form belongs to, as far as mails go. */
export interface FormRun {
  id: string;
  scope: WorkspaceScope;
  app: { id: string };
  asker: Asker;
}

/** What mails need. */
export interface FormMailerOptions {
  store: HumanInputStore;
  workspaces: WorkspaceStore;
  jobs: Jobs;
  outbox: MailOutbox;
  /** Where the pages for visitors are. */
  webUrl: string;
  log: Logger;
}

/** Asks people by mail (spec: workflow §9.18): everybody gets a link of their own, at least once. */
export class FormMailer {
  readonly #o: FormMailerOptions;

  constructor(options: FormMailerOptions) {
    this.#o = options;
    options.jobs.work(formMailJob, ({ workspaceId, recipientId }) =>
      this.#deliver(makeScope(workspaceId), recipientId),
    );
  }

  /** The mails of a form and who gets them; none where no mail is set up, which the log then says. */
  async prepare(
    run: FormRun,
    data: HumanInputData,
    render: (text: string) => string,
  ): Promise<{ mails: Record<string, FormMail> | null; recipients: NewRecipient[] }> {
    const methods = data.delivery_methods.filter(({ type, enabled }) => type === 'email' && enabled);
    if (methods.length === 0) return { mails: null, recipients: [] };
    if (!this.#o.outbox.isConfigured) {
      this.#o.log.warn({ run_id: run.id }, 'nobody is asked by mail: no mail is set up here');
      return { mails: null, recipients: [] };
    }
    const mails: Record<string, FormMail> = {};
    const recipients: NewRecipient[] = [];
    for (const { id: methodId, config } of methods) {
      const { data: delivery } = emailDelivery.safeParse(config ?? {});
      if (!delivery) continue;
      const { subject, body } = delivery;
      mails[methodId] = { subject: render(subject).trim() || data.title, body: render(body) };
      for (const person of await this.#people(run, delivery)) {
        recipients.push({ methodId, ...person, token: newFormToken() });
      }
    }
    if (recipients.length === 0) {
      this.#o.log.warn({ run_id: run.id }, 'nobody is asked by mail: the step names nobody who can be');
    }
    return { mails, recipients };
  }

  /** Lets the mails be sent that have not been handed over yet. */
  async queue(scope: WorkspaceScope, formId: string): Promise<void> {
    for (const recipientId of await this.#o.store.waitingRecipients(scope, formId)) {
      await this.#o.jobs.send(formMailJob, { workspaceId: scope.workspaceId, recipientId });
    }
  }

  /** Whom a mail goes to, each address once. Who tries the app in debug mode asks nobody but themselves. */
  async #people(
    run: FormRun,
    { recipients, debug_mode: isTrial }: EmailDelivery,
  ): Promise<Pick<NewRecipient, 'accountId' | 'address'>[]> {
    const { accountId: author } = run.asker;
    const isOwnTrial = isTrial && author !== null;
    const isEverybody = recipients.whole_workspace || recipients.include_bound_group;
    const named = recipients.items
      .filter(({ type }) => type === 'member')
      .map((item) => item.user_id || item.reference_id);
    const wanted = new Set(isOwnTrial ? [author] : named);
    const members = (await this.#o.workspaces.members(run.scope))
      .map(({ account }) => ({ accountId: account.id as string | null, address: account.email }))
      .filter(
        ({ accountId }) => (isEverybody && !isOwnTrial) || (accountId !== null && wanted.has(accountId)),
      );
    const outside = isOwnTrial
      ? []
      : recipients.items
          .filter(({ type, email }) => type === 'external' && isAddress(email))
          .map(({ email }) => ({ accountId: null, address: email.trim() }));
    const byAddress = new Map(
      [...outside, ...members].map((person) => [person.address.toLowerCase(), person]),
    );
    return [...byAddress.values()];
  }

  async #deliver(scope: WorkspaceScope, recipientId: string): Promise<void> {
    const { store, workspaces, outbox, webUrl } = this.#o;
    const found = await store.recipient(scope, recipientId);
    if (found?.recipient.status !== 'waiting') return;
    const { recipient, form } = found;
    const mail = form.mails?.[recipient.methodId];
    const isOpen = form.status === 'waiting' && form.expiresAt > new Date();
    // Members may have left, or have another address, since the run asked for them.
    const address =
      recipient.accountId === null
        ? recipient.address
        : (await workspaces.memberPeople(scope, [recipient.accountId])).get(recipient.accountId)?.email;
    if (!mail || !isOpen || address === undefined) {
      await store.noteMail(scope, recipient.id, 'skipped');
      return;
    }
    const url = `${webUrl}/form/${recipient.token}`;
    await outbox.sendLetter(renderLetter({ ...mail, to: address, url }));
    await store.noteMail(scope, recipient.id, 'sent');
  }
}

function isAddress(text: string): boolean {
  try {
    return parseMailAddress(text).name === '';
  } catch {
    return false;
  }
}
