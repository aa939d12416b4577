import { MAIL_TEXTS, type MailContents, type MailKind, mailLanguage } from './mail-texts.ts';
import { type MailMessage, singleLine } from './mailer.ts';

/** A mail to write. */
export interface MailRequest<K extends MailKind> {
  readonly kind: K;
  readonly to: string;
  /** Interface language of the reader; Chinese or English comes out. */
  readonly language: string | null | undefined;
  readonly contents: MailContents[K];
  /** Name of the installation as people know it. */
  readonly product: string;
}

/** Names that people chose are cut: an invitation must not carry somebody's advertisement. */
const MAX_VALUE_LENGTH = 80;

/** Writes a mail as text and as HTML. Every value is escaped; links are http(s) or the mail is refused. */
export function renderMail<K extends MailKind>(request: MailRequest<K>): MailMessage {
  const language = mailLanguage(request.language);
  const text = MAIL_TEXTS[language][request.kind];
  const contents: Readonly<Record<string, unknown>> = { ...request.contents };
  const values = new Map([['product', shorten(request.product)]]);
  for (const [name, value] of Object.entries(contents)) {
    if (name !== 'url') values.set(name, shorten(String(value)));
  }
  const url = typeof contents['url'] === 'string' ? webAddress(contents['url']) : null;
  const code = typeof contents['code'] === 'string' ? contents['code'] : null;
  const plain = (line: string): string => fill(line, values, (value) => value);
  const markup = (line: string): string => fill(escapeHtml(line), values, escapeHtml);

  const textLines = [
    plain(text.title),
    ...text.body.map(plain),
    ...(code === null ? [] : [code]),
    ...(url === null ? [] : [url]),
    ...text.notes.map(plain),
  ];
  const htmlParts = [
    `<h1 style="font-size:20px;margin:0 0 16px">${markup(text.title)}</h1>`,
    ...text.body.map((line) => paragraph(markup(line), '15px', '#1f2328')),
    ...(code === null ? [] : [codeBlock(escapeHtml(code))]),
    ...(url === null ? [] : [button(escapeHtml(url), markup(text.action ?? ''))]),
    ...text.notes.map((line) => paragraph(markup(line), '13px', '#59636e')),
  ];
  return {
    to: request.to,
    subject: singleLine(plain(text.subject)),
    text: `${textLines.join('\n\n')}\n`,
    html: mailPage({ language, title: markup(text.title), body: htmlParts.join('\n') }),
  };
}

function fill(line: string, values: ReadonlyMap<string, string>, encode: (value: string) => string): string {
  return line.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values.get(name);
    return value === undefined ? placeholder : encode(value);
  });
}

function shorten(value: string): string {
  const line = singleLine(value);
  const characters = [...line];
  return characters.length <= MAX_VALUE_LENGTH
    ? line
    : `${characters.slice(0, MAX_VALUE_LENGTH - 1).join('')}…`;
}

function webAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
    throw new TypeError('The link of a mail has to be an http or https address.');
  }
  return parsed.href;
}

/** Text as it stands in markup. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function paragraph(html: string, size: string, color: string): string {
  return `<p style="font-size:${size};line-height:1.5;color:${color};margin:0 0 16px">${html}</p>`;
}

function codeBlock(code: string): string {
  return `<p style="font-size:30px;letter-spacing:6px;font-weight:600;background:#f6f8fa;border-radius:8px;padding:16px;text-align:center;margin:0 0 16px">${code}</p>`;
}

function button(url: string, label: string): string {
  return `<p style="margin:0 0 16px"><a href="${url}" style="display:inline-block;background:#1f6feb;color:#fff;text-decoration:none;padding:10px 20px;border-radius:8px;font-size:15px">${label}</a></p>
<p style="font-size:13px;color:#59636e;word-break:break-all;margin:0 0 16px">${url}</p>`;
}

/** The frame of every mail in HTML; the parts are markup already. */
export function mailPage(parts: { language: string; title: string; body: string }): string {
  return `<!doctype html>
<html lang="${parts.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${parts.title}</title></head>
<body style="margin:0;background:#fff;font-family:-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif">
<div style="max-width:520px;margin:0 auto;padding:32px 20px">
${parts.body}
</div>
</body>
</html>
`;
}
