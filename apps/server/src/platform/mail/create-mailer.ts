import type { OutboundClient } from '../outbound/outbound-client.ts';
import { createResendMailer, createSendGridMailer, type HttpMailSettings } from './http-mailers.ts';
import type { Mailer } from './mailer.ts';
import { createMemoryMailer } from './memory-mailer.ts';
import { createSmtpMailer, type SmtpSettings } from './smtp-mailer.ts';

/** What the environment says about mail, after parsing; MAIL_TYPE empty is `none`. */
export type MailSettings =
  | { readonly type: 'none' }
  | { readonly type: 'smtp'; readonly smtp: SmtpSettings }
  | { readonly type: 'resend'; readonly resend: HttpMailSettings }
  | { readonly type: 'sendgrid'; readonly sendgrid: HttpMailSettings };

/** Builds the mailer that the settings ask for. Throws MailError when the sender's address cannot be used. */
export function createMailer(
  settings: MailSettings,
  options: { outbound: OutboundClient; onUnsent?: (mail: { to: string; subject: string }) => void },
): Mailer {
  switch (settings.type) {
    case 'smtp':
      return createSmtpMailer(settings.smtp);
    case 'resend':
      return createResendMailer(settings.resend, options.outbound);
    case 'sendgrid':
      return createSendGridMailer(settings.sendgrid, options.outbound);
    case 'none':
      return createMemoryMailer(options.onUnsent ? { onMail: options.onUnsent } : {});
  }
}
