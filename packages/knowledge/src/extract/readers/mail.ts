import PostalMime from 'postal-mime';
import { htmlText } from '../shared/html-text.ts';
import { mailText } from '../shared/mail-text.ts';
import { plainLines } from '../shared/plain-lines.ts';
import { type Reader, wholeText } from './reader.ts';

/** A mail (RFC 5322): who wrote to whom, the text, and the names of what is attached. */
export const readMail: Reader = async function* ({ bytes }) {
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: 50, maxHeadersSize: 1024 * 1024 });
  const written = plainLines(mail.text ?? '').trim();
  yield* wholeText(
    mailText({
      subject: mail.subject,
      from: mail.from && [mail.from],
      to: mail.to,
      cc: mail.cc,
      date: mail.date,
      body: written === '' ? htmlText(mail.html ?? '') : written,
      attachments: mail.attachments.map(({ filename }) => filename),
    }),
  );
};
