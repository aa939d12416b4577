import { OutboundError } from '../outbound/errors.ts';
import type { OutboundClient } from '../outbound/outbound-client.ts';
import {
  type MailAddress,
  MailError,
  type Mailer,
  type MailMessage,
  parseMailAddress,
  singleLine,
} from './mailer.ts';

/** Settings of a mail service that is used over HTTP. */
export interface HttpMailSettings {
  readonly apiKey: string;
  /** Address of the service; its public one when left out. */
  readonly apiUrl?: string | undefined;
  /** MAIL_DEFAULT_SEND_FROM. */
  readonly from: string;
}

const TIMEOUT_MS = 15_000;

/** Sends by Resend (`POST /emails`). */
export function createResendMailer(settings: HttpMailSettings, outbound: OutboundClient): Mailer {
  return createHttpMailer(settings, {
    outbound,
    url: `${(settings.apiUrl ?? 'https://api.resend.com').replace(/\/+$/, '')}/emails`,
    encode: (from, to, message) => ({
      from: formatAddress(from),
      to: [to.address],
      subject: singleLine(message.subject),
      html: message.html,
      text: message.text,
    }),
  });
}

/** Sends by SendGrid (`POST /v3/mail/send`). */
export function createSendGridMailer(settings: HttpMailSettings, outbound: OutboundClient): Mailer {
  return createHttpMailer(settings, {
    outbound,
    url: `${(settings.apiUrl ?? 'https://api.sendgrid.com').replace(/\/+$/, '')}/v3/mail/send`,
    encode: (from, to, message) => ({
      personalizations: [{ to: [{ email: to.address }] }],
      from: { email: from.address, ...(from.name === '' ? {} : { name: from.name }) },
      subject: singleLine(message.subject),
      content: [
        { type: 'text/plain', value: message.text },
        { type: 'text/html', value: message.html },
      ],
    }),
  });
}

interface HttpMailService {
  readonly outbound: OutboundClient;
  readonly url: string;
  readonly encode: (from: MailAddress, to: MailAddress, message: MailMessage) => unknown;
}

function createHttpMailer(settings: HttpMailSettings, service: HttpMailService): Mailer {
  const from = parseMailAddress(settings.from);
  return {
    isConfigured: true,
    async send(message, { signal } = {}) {
      const to = parseMailAddress(message.to);
      const status = await post({ service, settings, body: service.encode(from, to, message), signal });
      if (status < 300) return;
      if (status === 429 || status >= 500) {
        throw new MailError('mail_unavailable', `The mail service cannot take the mail now (${status}).`);
      }
      throw new MailError('mail_refused', `The mail service refused the mail (${status}).`);
    },
    async close() {
      // The connections belong to the outbound client.
    },
  };
}

async function post(request: {
  service: HttpMailService;
  settings: HttpMailSettings;
  body: unknown;
  signal: AbortSignal | undefined;
}): Promise<number> {
  const { service, settings, body, signal } = request;
  try {
    const response = await service.outbound.request({
      url: service.url,
      method: 'POST',
      policy: 'operator',
      headers: { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
      ...(signal ? { signal } : {}),
    });
    response.discard();
    return response.status;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new MailError('mail_unavailable', 'The mail service cannot be reached.', { cause: error });
  }
}

function formatAddress({ name, address }: MailAddress): string {
  return name === '' ? address : `${name} <${address}>`;
}
