import { type Mailer, type MailMessage, parseMailAddress } from './mailer.ts';

/** A mail that would have been sent. */
export interface KeptMail extends MailMessage {
  readonly at: Date;
}

/** Stands in when no mail is configured: keeps the latest mails for whoever operates the server. */
export interface MemoryMailer extends Mailer {
  /** The latest mails, newest first. */
  recent(): readonly KeptMail[];
}

const KEPT = 50;

/**
 * Builds it. `onMail` hears of every mail, for the log: it gets address and subject, not the text, because
 * codes and links do not belong into logs.
 */
export function createMemoryMailer(
  options: { onMail?: (mail: { to: string; subject: string }) => void; now?: () => Date } = {},
): MemoryMailer {
  const now = options.now ?? (() => new Date());
  const kept: KeptMail[] = [];
  return {
    isConfigured: false,
    async send(message) {
      parseMailAddress(message.to);
      kept.unshift({ ...message, at: now() });
      kept.length = Math.min(kept.length, KEPT);
      options.onMail?.({ to: message.to, subject: message.subject });
    },
    recent: () => kept,
    async close() {
      kept.length = 0;
    },
  };
}
