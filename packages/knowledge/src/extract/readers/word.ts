import { ExtractionError } from '../errors.ts';
import { entryText, openArchive } from '../shared/archive.ts';
import { FlowText } from '../shared/flow-text.ts';
import { readXml, type XmlAttributes } from '../shared/xml.ts';
import { type Reader, wholeText } from './reader.ts';

const noteKinds = ['footnote', 'endnote'] as const;
const wanted: ReadonlySet<string> = new Set(['document', ...noteKinds.map((kind) => `${kind}s`)].map(fileOf));

/** What is not text of the document: properties, deleted text, field codes, readings, and second copies of drawings. */
const skipped: ReadonlySet<string> = new Set([
  ...['pPr', 'rPr', 'tblPr', 'trPr', 'sectPr', 'sdtPr', 'delText', 'moveFrom', 'instrText', 'rt', 'Fallback'],
]);

/** Paragraphs and tables of a Word document in order (ECMA-376), tables as Markdown, notes at the end. */
export const readWord: Reader = ({ bytes, archive: limits, label }) => {
  const archive = openArchive(bytes, { limits, label, wants: (name) => wanted.has(name) });
  const body = entryText(archive, fileOf('document'));
  if (body === undefined) throw new ExtractionError('document_damaged', `The file is not ${label}.`);
  const numbers = new NoteNumbers();
  const flow = new FlowText();
  walk(body, { target: { flow }, numbers });
  for (const kind of noteKinds) {
    const notes = entryText(archive, fileOf(`${kind}s`));
    if (notes !== undefined) addNotes(flow, notesOf(notes, kind, numbers));
  }
  return wholeText(flow.toString());
};

function fileOf(part: string): string {
  return `word/${part}.xml`;
}

/** Numbers notes in the order in which the text refers to them. */
class NoteNumbers {
  readonly #numbers = new Map<string, number>();

  /** The number of a note; one that is met for the first time gets the next. */
  of(kind: string, attributes: XmlAttributes): number {
    const key = `${kind} ${attributes['id']}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }

  has(kind: string, attributes: XmlAttributes): boolean {
    return this.#numbers.has(`${kind} ${attributes['id']}`);
  }
}

/** Walks over paragraphs and tables; `onOpen` sees every element first and may change where they go. */
function walk(
  xml: string,
  { target, numbers }: { readonly target: { readonly flow: FlowText }; readonly numbers: NoteNumbers },
  onOpen?: (name: string, attributes: XmlAttributes) => void,
): void {
  let skipping = 0;
  let inText = false;
  readXml(xml, {
    open(name, attributes) {
      if (skipping > 0 || skipped.has(name)) {
        skipping += 1;
        return;
      }
      onOpen?.(name, attributes);
      inText = name === 't';
      const isReference = /^(foot|end)noteReference$/.test(name);
      if (isReference) target.flow.write(`[${numbers.of(name.slice(0, -'Reference'.length), attributes)}]`);
      else openElement(target.flow, name, attributes);
    },
    text(text) {
      if (inText && skipping === 0) target.flow.write(text);
    },
    close(name) {
      if (skipping > 0) {
        skipping -= 1;
        return;
      }
      inText = false;
      if (name === 'p') target.flow.closeParagraph();
      else if (name === 'tc') target.flow.closeCell();
      else if (name === 'tbl') target.flow.closeTable();
    },
  });
}

function openElement(flow: FlowText, name: string, attributes: XmlAttributes): void {
  switch (name) {
    case 'p':
      flow.openParagraph();
      break;
    case 'tab':
    case 'ptab':
      flow.write('\t');
      break;
    case 'br':
    case 'cr':
      // A page or column ends; the line does not.
      if (attributes['type'] === undefined || attributes['type'] === 'textWrapping') flow.write('\n');
      break;
    case 'noBreakHyphen':
      flow.write('-');
      break;
    case 'tbl':
      flow.openTable();
      break;
    case 'tr':
      flow.openRow();
      break;
    case 'tc':
      flow.openCell();
      break;
    case 'gridSpan':
      flow.spanColumns(Number(attributes['val']));
      break;
    case 'vMerge':
      if (attributes['val'] !== 'restart') flow.continueFrom('above');
      break;
  }
}

/** The texts of the notes that the document refers to, by their numbers. */
function notesOf(xml: string, kind: string, numbers: NoteNumbers): Map<number, FlowText> {
  const found = new Map<number, FlowText>();
  const target = { flow: new FlowText() };
  walk(xml, { target, numbers }, (name, attributes) => {
    if (name !== kind) return;
    target.flow = new FlowText();
    if (numbers.has(kind, attributes)) found.set(numbers.of(kind, attributes), target.flow);
  });
  return found;
}

function addNotes(flow: FlowText, notes: Map<number, FlowText>): void {
  const ordered = [...notes].sort(([left], [right]) => left - right);
  for (const [number, note] of ordered) flow.add(`[${number}] ${note.toString().trim()}`);
}
