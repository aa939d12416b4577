/** A mail to one person, in both forms. */
export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Sends mails. Called by a background job; failures are MailError. */
export interface Mailer {
  /** False when nobody gets a mail, so that pages show the link or code path of the operator instead. */
  readonly isConfigured: boolean;
  send(message: MailMessage, options?: { signal?: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}

/** Stable codes of mails that were not sent. */
export type MailErrorCode =
  /** The address or the sender cannot be used; trying again is useless. */
  | 'mail_address_invalid'
  /** The service refuses our credentials or this mail; trying again is useless. */
  | 'mail_refused'
  /** The service cannot be reached or is busy; a later attempt may succeed. */
  | 'mail_unavailable';

/** A mail was not sent. The message never contains the text of the mail or credentials. */
export class MailError extends Error {
  readonly code: MailErrorCode;

  constructor(code: MailErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailError';
    this.code = code;
  }

  /** Whether the job should try again later. */
  get mayBeRetried(): boolean {
    return this.code === 'mail_unavailable';
  }
}

/** A mailbox with an optional name. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const BREAKS_HEADERS = /[\u0000-\u001f\u007f]/;
const ADDRESS = /^[^\s@<>()",;:\\[\]]{1,64}@[^\s@<>()",;:\\[\]]{1,255}$/;

/** Reads `a@b` or `Name <a@b>`. Throws MailError `mail_address_invalid`; nothing can break out of its header. */
export function parseMailAddress(text: string): MailAddress {
  const match = /^\s*(?:"?([^"<>]*?)"?\s*<([^<>]+)>|([^<>]+?))\s*$/.exec(text);
  const address = (match?.[2] ?? match?.[3] ?? '').trim();
  const name = match?.[1]?.trim() ?? '';
  if (BREAKS_HEADERS.test(text) || !ADDRESS.test(address)) {
    throw new MailError('mail_address_invalid', 'The mail address cannot be used.');
  }
  return { name, address };
}

/** A subject on one line. */
export function singleLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
