import { decompressRTF } from '@kenjiuno/decompressrtf';
import msgReader, { type FieldsData } from '@kenjiuno/msgreader';
import { ExtractionError } from '../errors.ts';
import { decodeText } from '../shared/decode-text.ts';
import { htmlText } from '../shared/html-text.ts';
import { type MailAddress, mailText } from '../shared/mail-text.ts';
import { plainLines } from '../shared/plain-lines.ts';
import { rtfText } from '../shared/rtf-text.ts';
import { type Reader, wholeText } from './reader.ts';

// The package is CommonJS with a default of its own, which Node shows inside of the default and others as the default.
const MsgReader = 'default' in msgReader ? msgReader.default : msgReader;

/** A mail as Outlook saves it (MS-OXMSG), told like any other mail. */
export const readOutlook: Reader = ({ bytes, label }) => {
  const mail = new MsgReader(new Uint8Array(bytes).buffer).getFileData();
  if (mail.error !== undefined) throw new ExtractionError('document_damaged', `The file is not ${label}.`);
  const recipients = (kind: 'to' | 'cc') =>
    (mail.recipients ?? []).filter(({ recipType }) => (recipType ?? 'to') === kind).map(addressOf);
  return wholeText(
    mailText({
      subject: mail.subject,
      from: [{ name: mail.senderName, address: mail.senderSmtpAddress ?? mail.senderEmail }],
      to: recipients('to'),
      cc: recipients('cc'),
      date: isoDate(mail.messageDeliveryTime ?? mail.clientSubmitTime),
      body: bodyOf(mail),
      attachments: (mail.attachments ?? []).map(({ fileName, name }) => fileName ?? name),
    }),
  );
};

function addressOf({ name, smtpAddress, email }: FieldsData): MailAddress {
  return { name, address: smtpAddress ?? email };
}

function isoDate(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** Plain text, else the page, else the text of what Outlook formats with; a mail may have any of them. */
function bodyOf(mail: FieldsData): string {
  const plain = plainLines(mail.body ?? '').trim();
  if (plain !== '') return plain;
  const page = mail.bodyHtml ?? (mail.html ? decodeText(mail.html) : '');
  if (page !== '') return htmlText(page);
  return mail.compressedRtf
    ? rtfText(Buffer.from(decompressRTF([...mail.compressedRtf])).toString('latin1'))
    : '';
}
