import { ExtractionError } from '../errors.ts';
import { entryText, openArchive, protectedByPassword } from '../shared/archive.ts';
import { FlowText } from '../shared/flow-text.ts';
import { readXml, type XmlAttributes } from '../shared/xml.ts';
import { type Reader, wholeText } from './reader.ts';

/** More blanks than anybody types; a file may claim any number. */
const maxSpaces = 1_000;
/** What is not text of the document: deleted text, comments, marks of notes, and the texts of forms and indexes' patterns. */
const skipped: ReadonlySet<string> = new Set([
  'tracked-changes',
  'annotation',
  'forms',
  'note-citation',
  'index-title-template',
]);

/** Paragraphs and tables of an OpenDocument text in order (ISO 26300), tables as Markdown, notes at the end. */
export const readOpenText: Reader = ({ bytes, archive: limits, label }) => {
  const wants = (name: string) => name === 'content.xml' || name === 'META-INF/manifest.xml';
  const archive = openArchive(bytes, { limits, label, wants });
  if (/<(\w+:)?encryption-data\b/.test(entryText(archive, 'META-INF/manifest.xml') ?? '')) {
    throw protectedByPassword();
  }
  const content = entryText(archive, 'content.xml');
  if (content === undefined) throw new ExtractionError('document_damaged', `The file is not ${label}.`);
  return wholeText(readContent(content));
};

function readContent(xml: string): string {
  const body = new FlowText();
  const notes: FlowText[] = [];
  // Notes stand in the text that refers to them; theirs is collected apart.
  const open: FlowText[] = [body];
  const current = () => open.at(-1) ?? body;
  let skipping = 0;
  let spanned = 0;
  readXml(xml, {
    open(name, attributes) {
      if (skipping > 0 || skipped.has(name)) skipping += 1;
      else if (name === 'note') {
        notes.push(new FlowText());
        current().write(`[${notes.length}]`);
        open.push(notes.at(-1) ?? body);
      } else if (name === 'table-cell' || name === 'covered-table-cell') {
        current().openCell();
        current().spanColumns(Number(attributes['number-columns-repeated'] ?? 1));
        if (name === 'table-cell') spanned = Number(attributes['number-columns-spanned'] ?? 1);
        else {
          spanned -= 1;
          current().continueFrom(spanned > 0 ? 'left' : 'above');
        }
      } else openElement(current(), name, attributes);
    },
    text(text) {
      // Blanks and line breaks of the file are one blank; others are elements.
      if (skipping === 0) current().write(text.replace(/[\t\n\r ]+/g, ' '));
    },
    close(name) {
      if (skipping > 0) skipping -= 1;
      else if (name === 'note') open.pop();
      else if (name === 'p' || name === 'h') current().closeParagraph();
      else if (/^(covered-)?table-cell$/.test(name)) current().closeCell();
      else if (name === 'table') current().closeTable();
    },
  });
  for (const [index, note] of notes.entries()) body.add(`[${index + 1}] ${note.toString().trim()}`);
  return body.toString();
}

function openElement(flow: FlowText, name: string, attributes: XmlAttributes): void {
  switch (name) {
    case 'p':
    case 'h':
      flow.openParagraph();
      break;
    case 's':
      flow.write(' '.repeat(Math.min(Math.max(Math.floor(Number(attributes['c'] ?? 1)) || 1, 1), maxSpaces)));
      break;
    case 'tab':
      flow.write('\t');
      break;
    case 'line-break':
      flow.write('\n');
      break;
    case 'table':
      flow.openTable();
      break;
    case 'table-row':
      flow.openRow();
      break;
  }
}
