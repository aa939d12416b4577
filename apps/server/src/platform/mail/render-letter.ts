import { micromark } from 'micromark';
import { type MailMessage, singleLine } from './mailer.ts';
import { escapeHtml, mailPage } from './render-mail.ts';

/** A mail whose words an author of an app wrote. */
export interface LetterRequest {
  readonly to: string;
  readonly subject: string;
  /** Markdown; `{{#url#}}` stands for the link. */
  readonly body: string;
  /** Where the reader is to go. */
  readonly url: string;
}

/** Subjects are shown cut anyway; longer ones are refused by some servers. */
const maxSubjectLength = 200;
const link = /\{\{#url#\}\}/g;
/** The link as the target of a markdown link: `[Answer]({{#url#}})`. */
const linkTarget = /(\]\(\s*<?)\{\{#url#\}\}/g;

/**
 * Writes such a mail as text and as HTML. Of markdown only paragraphs, headings, lists, quotes, code, emphasis, rules
 * and links to web and mail addresses become markup; everything else, HTML and pictures among it, stays text. A body
 * that does not say where the link goes has it at its end.
 */
export function renderLetter({ to, subject, body, url }: LetterRequest): MailMessage {
  const title = [...singleLine(subject.replace(link, ''))].slice(0, maxSubjectLength).join('');
  const whole = body.includes('{{#url#}}') ? body : `${body.trimEnd()}\n\n{{#url#}}`;
  const markdown = whole
    .replace(linkTarget, (_whole, before: string) => `${before}${url}`)
    .replace(link, `<${url}>`);
  return {
    to,
    subject: title,
    text: `${whole.replace(link, url).trim()}\n`,
    html: mailPage({
      language: 'und',
      title: escapeHtml(title),
      body: micromark(markdown, {
        allowDangerousHtml: false,
        allowDangerousProtocol: false,
        // A picture would be fetched from wherever somebody says, and tell that the mail was read.
        extensions: [{ disable: { null: ['labelStartImage'] } }],
      }),
    }),
  };
}
