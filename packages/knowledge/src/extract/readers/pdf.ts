import { type PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import type { DocumentPart } from '../document.ts';
import { ExtractionError } from '../errors.ts';
import { protectedByPassword } from '../shared/archive.ts';
import { plainLines } from '../shared/plain-lines.ts';
import type { Reader, ReaderInput } from './reader.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the library speaks in one.
const dividedWord = /[\u0002\uFFFE]\n?/g;

// One per process: its memory is given back by ending the process.
let library: Promise<PDFiumLibrary> | undefined;

/** The text of each page, in the order in which PDFium reads it; pages without text (scans) are empty. */
export const readPdf: Reader = async function* (input): AsyncGenerator<DocumentPart> {
  library ??= PDFiumLibrary.init();
  const document = await open(await library, input);
  try {
    for (const page of document.pages()) {
      yield { text: readable(page.getText()), metadata: { page: page.number + 1 } };
    }
  } finally {
    document.destroy();
  }
};

async function open(pdfium: PDFiumLibrary, { bytes, label }: ReaderInput): Promise<PDFiumDocument> {
  try {
    return await pdfium.loadDocument(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    if (/password|security/i.test(reason)) {
      throw protectedByPassword();
    }
    throw new ExtractionError('document_damaged', `The file is not ${label}, or is damaged.`, { cause });
  }
}

/** PDFium marks the hyphen of a word that goes on in the next line; without the mark the word is whole again. */
function readable(text: string): string {
  return plainLines(text).replace(dividedWord, '');
}
