import { describe, expect, it } from 'vitest';
import { makePdf } from '../testing/make-pdf.ts';
import { readParts, readWhole } from '../testing/read.ts';

const backwards = (text: string) => [...text].reverse().join('');

describe('PDF', () => {
  it('gives the text of each page, and nothing between two when they are one text', async () => {
    const file = makePdf([
      {
        lines: [
          ['First line', 50, 700],
          ['第二行中文', 50, 680],
        ],
      },
      {},
      { lines: [['Last page', 50, 700]] },
    ]);
    expect(await readParts('a.pdf', file)).toEqual([
      { text: 'First line\n第二行中文', metadata: { page: 1 } },
      { text: '', metadata: { page: 2 } },
      { text: 'Last page', metadata: { page: 3 } },
    ]);
    expect(await readWhole('a.pdf', file)).toBe('First line\n第二行中文Last page');
  });

  it('has no text where a page was scanned, which is no failure', async () => {
    expect(await readWhole('a.pdf', makePdf([{ scan: true }, { scan: true }]))).toBe('');
  });

  it('joins a word that was divided at the end of a line', async () => {
    const file = makePdf([
      {
        lines: [
          ['a hyphen-', 50, 600],
          ['ated word', 50, 586],
        ],
      },
    ]);
    expect(await readWhole('a.pdf', file)).toBe('a hyphenated word');
  });

  it('gives text that runs from right to left in the order of reading', async () => {
    // A page shows letters where they stand: the first of a Hebrew line is the rightmost.
    const file = makePdf([{ lines: [[backwards('שלום עולם'), 50, 700]] }]);
    expect(await readWhole('a.pdf', file)).toBe('שלום עולם');
  });

  it('says that a password is needed', async () => {
    const file = makePdf([{ lines: [['secret', 50, 700]] }], { encrypted: true });
    await expect(readWhole('a.pdf', file)).rejects.toMatchObject({ code: 'document_protected' });
  });
});
