import type { Logger } from 'pino';
import { z } from 'zod';
import type { SealedBox } from '../../platform/crypto/sealed-box.ts';
import { defineJob, type Jobs } from '../../platform/jobs/job.ts';
import type { MailContents, MailKind } from '../../platform/mail/mail-texts.ts';
import { MailError, type Mailer, type MailMessage } from '../../platform/mail/mailer.ts';
import { renderMail } from '../../platform/mail/render-mail.ts';

/** A mail on its way. Its text holds codes and links, so what lies in the queue is sealed. */
export const sendMailJob = defineJob({
  name: 'send-mail',
  payload: z.object({ sealed: z.string() }),
  retry: { limit: 6, firstDelaySeconds: 5 },
  timeoutSeconds: 60,
  concurrency: 2,
});

const sealContext = 'mail';

const letterSchema = z.object({
  /** Mails to addresses without an account are queued like others, and dropped here. */
  deliver: z.boolean(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});

/** A mail to send. */
export interface OutgoingMail<K extends MailKind> {
  readonly kind: K;
  readonly to: string;
  /** Interface language of the reader. */
  readonly language: string | undefined;
  readonly contents: MailContents[K];
  /**
   * False does all the work and sends nothing: an unknown address takes as long as a known one, and nobody learns
   * from the time which is which (default true).
   */
  readonly deliver?: boolean;
}

/** Hands mails to a job that sends them, so that no request waits for a mail server. */
export class MailOutbox {
  readonly #jobs: Jobs;
  readonly #mailer: Mailer;
  readonly #box: SealedBox;
  readonly #product: string;

  constructor(options: { jobs: Jobs; mailer: Mailer; box: SealedBox; product: string; log: Logger }) {
    this.#jobs = options.jobs;
    this.#mailer = options.mailer;
    this.#box = options.box;
    this.#product = options.product;
    options.jobs.work(sendMailJob, ({ sealed }, { signal }) => this.#deliver(sealed, signal, options.log));
  }

  /** Whether mails reach anybody here. */
  get isConfigured(): boolean {
    return this.#mailer.isConfigured;
  }

  /** Queues a mail. */
  async send<K extends MailKind>(mail: OutgoingMail<K>): Promise<void> {
    const { deliver = true, ...request } = mail;
    await this.#queue({ deliver, ...renderMail({ ...request, product: this.#product }) });
  }

  /** Queues a mail whose words are somebody else's: see `renderLetter`. */
  async sendLetter(letter: MailMessage): Promise<void> {
    await this.#queue({ deliver: true, ...letter });
  }

  async #queue(letter: z.infer<typeof letterSchema>): Promise<void> {
    await this.#jobs.send(sendMailJob, { sealed: this.#box.seal(JSON.stringify(letter), sealContext) });
  }

  async #deliver(sealed: string, signal: AbortSignal, log: Logger): Promise<void> {
    const { deliver, ...message } = letterSchema.parse(JSON.parse(this.#box.open(sealed, sealContext)));
    if (!deliver) return;
    try {
      await this.#mailer.send(message, { signal });
    } catch (error) {
      if (!(error instanceof MailError) || error.mayBeRetried) throw error;
      log.error({ code: error.code, reason: error.message }, 'a mail cannot be sent and was dropped');
    }
  }
}
