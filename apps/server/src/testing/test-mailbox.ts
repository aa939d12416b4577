import { setTimeout as pause } from 'node:timers/promises';
import type { Mailer, MailMessage } from '../platform/mail/mailer.ts';

const waitMs = 10_000;

/** A mailer whose mails a test reads. */
export interface TestMailbox extends Mailer {
  /** The oldest unread mail to this address; waits until the job has sent it. */
  next(to: string): Promise<MailMessage>;
  /** The six digits of that mail. */
  nextCode(to: string): Promise<string>;
  /** Everything sent so far, read or not. */
  all(): readonly MailMessage[];
}

/** Builds a mailbox that stands for a configured mail server. */
export function createTestMailbox(): TestMailbox {
  const sent: MailMessage[] = [];
  const read = new Set<MailMessage>();

  async function next(to: string): Promise<MailMessage> {
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; await pause(10)) {
      const mail = sent.find((candidate) => candidate.to === to && !read.has(candidate));
      if (mail) {
        read.add(mail);
        return mail;
      }
    }
    throw new Error(`no mail came for ${to}`);
  }

  return {
    isConfigured: true,
    async send(message) {
      sent.push(message);
    },
    next,
    async nextCode(to) {
      const code = /^\d{6}$/m.exec((await next(to)).text)?.[0];
      if (code === undefined) throw new Error('the mail has no code');
      return code;
    },
    all: () => sent,
    async close() {},
  };
}
