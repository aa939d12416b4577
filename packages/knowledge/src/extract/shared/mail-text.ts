/** A person or group that a mail names. */
export interface MailAddress {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly group?: readonly MailAddress[] | undefined;
}

/** What is told of a mail. */
export interface MailContent {
  readonly subject: string | undefined;
  readonly from: readonly MailAddress[] | undefined;
  readonly to: readonly MailAddress[] | undefined;
  readonly cc: readonly MailAddress[] | undefined;
  readonly date: string | undefined;
  readonly body: string;
  readonly attachments: readonly (string | null | undefined)[];
}

/** A mail as text: its headers by their names in the standard, a blank line, the body, the names of attachments. */
export function mailText({ body, attachments, ...mail }: MailContent): string {
  const headers: readonly (readonly [string, string | undefined])[] = [
    ['Subject', mail.subject],
    ['From', addressList(mail.from)],
    ['To', addressList(mail.to)],
    ['Cc', addressList(mail.cc)],
    ['Date', mail.date],
  ];
  const named = attachments.filter((name) => name !== null && name !== undefined && name !== '');
  const head = headers.flatMap(([name, value]) => (value ? [`${name}: ${value.replace(/\s+/g, ' ')}`] : []));
  const foot = named.length === 0 ? '' : `Attachments: ${named.join(', ')}`;
  return [head.join('\n'), body.trim(), foot].filter((part) => part !== '').join('\n\n');
}

function addressList(people: readonly MailAddress[] | undefined): string {
  return (people ?? [])
    .flatMap((person) => person.group ?? [person])
    .map(({ name, address }) =>
      name && address && name !== address ? `${name} <${address}>` : address || name || '',
    )
    .filter((text) => text !== '')
    .join(', ');
}
