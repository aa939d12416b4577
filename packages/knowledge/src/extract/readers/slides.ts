import { dirname } from 'node:path/posix';
import type { DocumentPart } from '../document.ts';
import { ExtractionError } from '../errors.ts';
import { type Archive, entryText, openArchive, resolveEntry } from '../shared/archive.ts';
import { FlowText } from '../shared/flow-text.ts';
import { readXml } from '../shared/xml.ts';
import type { Reader } from './reader.ts';

const presentation = 'ppt/presentation.xml';
/** What repeats on every slide and says nothing. */
const furniture: ReadonlySet<string> = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg']);

/** The texts of each slide (ECMA-376): its title, the rest in the order of the file, then the speaker's notes. */
export const readSlides: Reader = function* ({ bytes, archive: limits, label }): Generator<DocumentPart> {
  const wants = (name: string) =>
    /^ppt\/(presentation|(slides|notesSlides)\/[^/]+)\.xml$|^ppt\/(slides\/)?_rels\//.test(name);
  const archive = openArchive(bytes, { limits, label, wants });
  const main = entryText(archive, presentation);
  if (main === undefined) throw new ExtractionError('document_damaged', `The file is not ${label}.`);
  const links = relationsOf(archive, presentation);
  let slide = 0;
  for (const id of slideIds(main)) {
    slide += 1;
    const name = links.get(id)?.target ?? '';
    const text = shapesText(entryText(archive, name) ?? '');
    const notes = [...relationsOf(archive, name).values()].find(({ type }) => type.endsWith('/notesSlide'));
    const notesText = notes ? shapesText(entryText(archive, notes.target) ?? '') : '';
    const parts = [text, notesText].filter((part) => part !== '');
    if (parts.length > 0) yield { text: parts.join('\n'), metadata: { slide } };
  }
};

function slideIds(xml: string): string[] {
  const ids: string[] = [];
  readXml(xml, {
    open(name, attributes) {
      // Its own number is an `id` too.
      if (name === 'sldId') ids.push(attributes['r:id'] ?? '');
    },
  });
  return ids;
}

interface Relation {
  readonly target: string;
  readonly type: string;
}

/** What a part of the package refers to, by the ids that its XML uses. */
function relationsOf(archive: Archive, part: string): Map<string, Relation> {
  const file = `${dirname(part)}/_rels/${part.slice(dirname(part).length + 1)}.rels`;
  const relations = new Map<string, Relation>();
  readXml(entryText(archive, file) ?? '', {
    open(name, { Id: id, Target: target, Type: type }) {
      if (name === 'Relationship' && id && target) {
        relations.set(id, { target: resolveEntry(part, target), type: type ?? '' });
      }
    },
  });
  return relations;
}

/** The texts of the shapes of a slide, its title first. */
function shapesText(xml: string): string {
  const titles: string[] = [];
  const others: string[] = [];
  let flow = new FlowText();
  let role = '';
  let inText = false;
  let inField = false;
  const endShape = () => {
    const text = flow.toString().trim();
    if (text !== '' && !furniture.has(role)) (/title/i.test(role) ? titles : others).push(text);
    flow = new FlowText();
    role = '';
  };
  readXml(xml, {
    open(name, attributes) {
      inText = name === 't';
      if (name === 'sp' || name === 'graphicFrame') endShape();
      else if (name === 'ph') role = attributes['type'] ?? '';
      else if (name === 'p') flow.openParagraph();
      else if (name === 'br') flow.write('\n');
      else if (name === 'fld') inField = attributes['type'] === 'slidenum';
      else if (name === 'tbl') flow.openTable();
      else if (name === 'tr') flow.openRow();
      else if (name === 'tc') {
        // Covered cells are there, too.
        flow.openCell();
        if (isOn(attributes['hMerge'])) flow.continueFrom('left');
        else if (isOn(attributes['vMerge'])) flow.continueFrom('above');
      }
    },
    text(text) {
      if (inText && !inField) flow.write(text);
    },
    close(name) {
      inText = false;
      if (name === 'sp' || name === 'graphicFrame') endShape();
      else if (name === 'fld') inField = false;
      else if (name === 'p') flow.closeParagraph();
      else if (name === 'tc') flow.closeCell();
      else if (name === 'tbl') flow.closeTable();
    },
  });
  return [...titles, ...others].join('\n');
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
