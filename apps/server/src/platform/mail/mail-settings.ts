import type { Environment } from '../environment.ts';
import type { MailSettings } from './create-mailer.ts';

/** Mail that the environment asks for and that cannot be sent as described. */
export class MailSettingsError extends Error {
  readonly code = 'mail_settings_invalid';
  override readonly name = 'MailSettingsError';
}

/** Mail out of MAIL_TYPE and its variables. Throws MailSettingsError, which names what is missing. */
export function mailSettings(environment: Pick<Environment, 'mail'>): MailSettings {
  const { mail } = environment;
  const { type } = mail;
  if (type === undefined) return { type: 'none' };
  const need = (name: string, value: string | undefined): string => {
    if (value === undefined) throw new MailSettingsError(`MAIL_TYPE is ${type}, so ${name} has to be set.`);
    return value;
  };
  const from = need('MAIL_DEFAULT_SEND_FROM', mail.sender);
  if (type === 'resend') {
    return {
      type,
      resend: { apiKey: need('RESEND_API_KEY', mail.resendApiKey), apiUrl: mail.resendAddress, from },
    };
  }
  if (type === 'sendgrid')
    return { type, sendgrid: { apiKey: need('SENDGRID_API_KEY', mail.sendgridApiKey), from } };
  return {
    type,
    smtp: {
      host: need('SMTP_SERVER', mail.smtpServer),
      port: mail.smtpPort,
      username: mail.smtpUsername,
      password: mail.smtpPassword,
      security: mail.smtpTls ? (mail.smtpStartTls ? 'starttls' : 'implicit-tls') : 'none',
      localHostname: mail.smtpLocalHostname,
      from,
    },
  };
}
