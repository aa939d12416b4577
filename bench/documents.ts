import { PDFiumLibrary } from '@hyzyla/pdfium';
import { makePdf, type PdfLine } from '../packages/knowledge/src/extract/testing/make-pdf.ts';
import { createDocumentExtractor } from '../packages/knowledge/src/index.ts';
import { defineBench } from './harness/contract.ts';

const pageCount = 300;
const linesPerPage = 45;
const words = 'the quick brown fox jumps over the lazy dog while seven wizards watch quietly from afar'.split(
  ' ',
);

/** A born-digital document: full pages of running text, about 3,500 characters each. */
function makeDocument(): Buffer {
  return makePdf(
    Array.from({ length: pageCount }, (_page, page) => ({
      lines: Array.from(
        { length: linesPerPage },
        (_line, line): PdfLine => [
          Array.from(
            { length: 14 },
            (_word, word) => words[(page + line * 5 + word * 3) % words.length],
          ).join(' '),
          50,
          780 - line * 16,
        ],
      ),
    })),
  );
}

export default defineBench({
  questions: {
    pages: {
      question: 'Text of a born-digital PDF, by one reading process (one core)',
      unit: 'pages/s',
      baseline: 'PDFium itself, in the same process',
      better: 'higher',
    },
    first: {
      question: 'A one-page PDF when no reading process runs yet',
      unit: 'ms',
      baseline: 'PDFium itself, loaded already',
      better: 'lower',
    },
  },
  async prepare() {
    return {
      pdfium: await PDFiumLibrary.init(),
      document: makeDocument(),
      page: makePdf([{ lines: [['one page', 50, 700]] }]),
    };
  },
  async run({ prepared: { pdfium, document, page } }) {
    const raw = async (bytes: Uint8Array) => {
      const opened = await pdfium.loadDocument(bytes);
      let length = 0;
      for (const each of opened.pages()) length += each.getText().length;
      opened.destroy();
      return length;
    };
    const extractor = createDocumentExtractor({ maxProcesses: 1 });
    const ours = async (content: Uint8Array) => {
      let length = 0;
      for await (const { text } of extractor.parts({
        name: 'a.pdf',
        extension: 'pdf',
        mimeType: null,
        content,
      })) {
        length += text.length;
      }
      return length;
    };
    try {
      const first = { ours: await timed(() => ours(page)), baseline: await timed(() => raw(page)) };
      const perSecond = async (work: () => Promise<number>) => pageCount / ((await timed(work)) / 1_000);
      const pages = {
        ours: await perSecond(() => ours(document)),
        baseline: await perSecond(() => raw(document)),
      };
      return { pages, first };
    } finally {
      await extractor.close();
    }
  },
  async finish({ pdfium }) {
    pdfium.destroy();
  },
});

/** Milliseconds that a piece of work took; it must have found text. */
async function timed(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  if ((await work()) === 0) throw new Error('no text was found');
  return performance.now() - start;
}
