import { createTransport } from 'nodemailer';
import { MailError, type Mailer, parseMailAddress, singleLine } from './mailer.ts';

/** The SMTP_… variables, after parsing. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** SMTP_USE_TLS without and with SMTP_OPPORTUNISTIC_TLS, or neither. */
  readonly security: 'implicit-tls' | 'starttls' | 'none';
  /** Name for EHLO. */
  readonly localHostname?: string | undefined;
  /** MAIL_DEFAULT_SEND_FROM. */
  readonly from: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;

/** Sends by SMTP over a few kept connections. STARTTLS is required when it is configured, never optional. */
export function createSmtpMailer(settings: SmtpSettings): Mailer {
  const from = parseMailAddress(settings.from);
  const transport = createTransport({
    pool: true,
    maxConnections: 2,
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'implicit-tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    ...(settings.username ? { auth: { user: settings.username, pass: settings.password ?? '' } } : {}),
    ...(settings.localHostname ? { name: settings.localHostname } : {}),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: IDLE_TIMEOUT_MS,
    // A mail is made of what it is given: nothing in it may name a file or an address to include.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    isConfigured: true,
    async send(message, { signal } = {}) {
      signal?.throwIfAborted();
      const to = parseMailAddress(message.to);
      try {
        await transport.sendMail({
          from,
          to,
          subject: singleLine(message.subject),
          text: message.text,
          html: message.html,
        });
      } catch (error) {
        throw toMailError(error);
      }
    },
    async close() {
      transport.close();
    },
  };
}

function toMailError(error: unknown): MailError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reply = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  if (code === 'EAUTH')
    return new MailError('mail_refused', 'The mail server refuses our credentials.', { cause: error });
  // Replies of the 500s are final, those of the 400s ask to come back (RFC 5321 §4.2.1).
  if (reply >= 500)
    return new MailError('mail_refused', `The mail server refused the mail (${reply}).`, { cause: error });
  const what = reply > 0 ? String(reply) : code || 'no answer';
  return new MailError('mail_unavailable', `The mail server cannot take the mail now (${what}).`, {
    cause: error,
  });
}
