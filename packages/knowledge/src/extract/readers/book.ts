import type { DocumentPart } from '../document.ts';
import { ExtractionError } from '../errors.ts';
import { type Archive, entryText, openArchive, resolveEntry } from '../shared/archive.ts';
import { htmlText } from '../shared/html-text.ts';
import { readXml } from '../shared/xml.ts';
import type { Reader } from './reader.ts';

const encryption = 'META-INF/encryption.xml';

/** The chapters of an EPUB in reading order, as Markdown; navigation is left out. */
export const readBook: Reader = function* ({ bytes, archive: limits, label }): Generator<DocumentPart> {
  const wants = (name: string) => /\.(x?html?|xml|opf)$/i.test(name);
  const archive = openArchive(bytes, { limits, label, wants });
  const packageName = rootFile(archive);
  const packageXml = packageName && entryText(archive, packageName);
  if (!packageXml) throw new ExtractionError('document_damaged', `The file is not ${label}.`);
  const locked = encryptedFiles(archive);
  for (const href of readingOrder(packageXml)) {
    const name = resolveEntry(packageName, href);
    if (locked.has(name)) {
      throw new ExtractionError('document_protected', 'The e-book is protected against reading (DRM).');
    }
    const text = htmlText(entryText(archive, name) ?? '');
    if (text !== '') yield { text, metadata: {} };
  }
};

function rootFile(archive: Archive): string | undefined {
  let found: string | undefined;
  readXml(entryText(archive, 'META-INF/container.xml') ?? '', {
    open(name, attributes) {
      if (name === 'rootfile') found ??= attributes['full-path'];
    },
  });
  return found;
}

/** Addresses of the documents of the spine, relative to the package file. */
function readingOrder(packageXml: string): string[] {
  const manifest = new Map<string, string>();
  const spine: string[] = [];
  readXml(packageXml, {
    open(name, { id, href, idref, properties }) {
      const isNavigation = properties?.split(' ').includes('nav') ?? false;
      if (name === 'item' && id && href && !isNavigation) manifest.set(id, href);
      if (name === 'itemref' && idref) spine.push(idref);
    },
  });
  // A book may name the same document twice; it is read once.
  return [...new Set(spine)].flatMap((id) => manifest.get(id) ?? []);
}

function encryptedFiles(archive: Archive): Set<string> {
  const names = new Set<string>();
  readXml(entryText(archive, encryption) ?? '', {
    open(name, attributes) {
      if (name === 'CipherReference') names.add(attributes['URI'] ?? '');
    },
  });
  return names;
}
