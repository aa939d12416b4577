import { randomBytes } from 'node:crypto';
import { CFB } from '@e965/xlsx';
import { strToU8, zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import type { ExtractionErrorCode } from './errors.ts';
import { createDocumentExtractor } from './extractor.ts';
import {
  makeDocx,
  makeEpub,
  makeOdt,
  makePptx,
  makeXlsx,
  sheetRow,
  slideShape,
  wordParagraph,
  zipOf,
} from './testing/make-office.ts';
import { makePdf } from './testing/make-pdf.ts';

const mebibyte = 1024 * 1024;
const extractor = createDocumentExtractor({
  maxProcesses: 1,
  limits: {
    timeoutMs: 20_000,
    maxTextBytes: 4 * mebibyte,
    memoryBytes: 700 * mebibyte,
    archive: { maxEntries: 1_000, maxUnpackedBytes: 20 * mebibyte, maxRatio: 200 },
  },
});
afterAll(() => extractor.close());

const read = (name: string, content: string | Uint8Array) =>
  extractor.text({
    name,
    extension: name.slice(name.lastIndexOf('.')),
    mimeType: null,
    content: typeof content === 'string' ? Buffer.from(content) : content,
  });

/** Half of a file. */
const cut = (file: Buffer) => file.subarray(0, Math.floor(file.length / 2));
const spaces = (megabytes: number) => new Uint8Array(megabytes * mebibyte).fill(32);
const docx = () => makeDocx(wordParagraph('fine'));

/** What an office program makes of a document with a password: a stream of a compound file (MS-OFFCRYPTO). */
function encryptedPackage(): Buffer {
  const file = CFB.utils.cfb_new();
  CFB.utils.cfb_add(file, '/EncryptionInfo', Buffer.from('0400040040000000', 'hex'));
  CFB.utils.cfb_add(file, '/EncryptedPackage', randomBytes(1024));
  return CFB.write(file, { type: 'buffer' }) as Buffer;
}

/** A compound file, as the formats before 2007 are. */
function makeOldContainer(): Buffer {
  const file = CFB.utils.cfb_new();
  CFB.utils.cfb_add(file, '/WordDocument', randomBytes(1024));
  return CFB.write(file, { type: 'buffer' }) as Buffer;
}

/** A zip whose entry names a size that is smaller than what it unpacks to. */
function lyingZip(): Buffer {
  const length = 16_777_333;
  const zip = Buffer.from(zipSync({ 'word/document.xml': new Uint8Array(length).fill(32) }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  for (let at = zip.indexOf(size); at >= 0; at = zip.indexOf(size, at + 4)) zip.writeUInt32LE(100, at);
  return zip;
}

/** A zip whose directory names the same bytes many times. */
function overlappingZip(): Buffer {
  const body = new Uint8Array(mebibyte);
  for (let at = 0; at < body.length; at += 32_768) body.set(randomBytes(32_768), at);
  const zip = Buffer.from(zipSync({ 'word/document.xml': [body, { level: 0 }] }));
  const directory = zip.readUInt32LE(zip.length - 6);
  const entry = zip.subarray(directory, zip.length - 22);
  const end = Buffer.from(zip.subarray(zip.length - 22));
  end.writeUInt16LE(50, 8);
  end.writeUInt16LE(50, 10);
  end.writeUInt32LE(entry.length * 50, 12);
  return Buffer.concat([zip.subarray(0, directory), ...Array.from({ length: 50 }, () => entry), end]);
}

const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]>`;

const refused: readonly (readonly [string, string, () => string | Uint8Array, ExtractionErrorCode])[] = [
  ['a zip bomb by ratio', 'a.docx', () => zipOf({ 'word/document.xml': spaces(8) }), 'document_too_large'],
  [
    'a zip bomb by size',
    'a.xlsx',
    () => zipOf(Object.fromEntries(Array.from({ length: 3 }, (_v, n) => [`x${n}`, spaces(7)]))),
    'document_too_large',
  ],
  [
    'a zip of very many entries',
    'a.epub',
    () => zipOf(Object.fromEntries(Array.from({ length: 1_001 }, (_v, n) => [`${n}`, '']))),
    'document_too_large',
  ],
  ['a zip whose entries overlap', 'a.docx', overlappingZip, 'document_too_large'],
  ['a truncated Word document', 'a.docx', () => cut(docx()), 'document_damaged'],
  [
    'a truncated workbook',
    'a.xlsx',
    () => cut(makeXlsx([{ name: 'S', rows: sheetRow(1, ['x']) }])),
    'document_damaged',
  ],
  [
    'a truncated presentation',
    'a.pptx',
    () => cut(makePptx([{ shapes: slideShape('title', 'x') }])),
    'document_damaged',
  ],
  ['a truncated e-book', 'a.epub', () => cut(makeEpub({ one: 'x' })), 'document_damaged'],
  ['a truncated OpenDocument text', 'a.odt', () => cut(makeOdt('x')), 'document_damaged'],
  ['a truncated PDF', 'a.pdf', () => cut(makePdf([{ lines: [['x', 1, 1]] }])), 'document_damaged'],
  ['an empty PDF', 'a.pdf', () => '', 'document_damaged'],
  ['an empty Word document', 'a.docx', () => '', 'document_damaged'],
  ['a text that calls itself PDF', 'a.pdf', () => 'hello', 'document_damaged'],
  ['a PDF that calls itself Word', 'a.docx', () => makePdf([{}]), 'document_damaged'],
  ['a Word document that calls itself presentation', 'a.pptx', docx, 'document_damaged'],
  ['a Word document that calls itself e-book', 'a.epub', docx, 'document_damaged'],
  [
    'a picture that calls itself workbook',
    'a.xls',
    () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'document_damaged',
  ],
  ['noise that calls itself mail of Outlook', 'a.msg', () => randomBytes(4096), 'document_damaged'],
  ['a workbook with a password', 'a.xlsx', encryptedPackage, 'document_protected'],
  ['a Word document with a password', 'a.docx', encryptedPackage, 'document_protected'],
  ['an old document that calls itself new', 'a.docx', makeOldContainer, 'document_damaged'],
  ['a PDF with a password', 'a.pdf', () => makePdf([{}], { encrypted: true }), 'document_protected'],
  [
    'JSON of a hundred thousand levels',
    'a.json',
    () => '['.repeat(100_000) + ']'.repeat(100_000),
    'document_too_large',
  ],
  [
    'YAML of ten thousand levels',
    'a.yaml',
    () => '['.repeat(10_000) + ']'.repeat(10_000),
    'document_too_large',
  ],
  [
    'YAML whose aliases multiply',
    'a.yaml',
    () =>
      Array.from(
        { length: 12 },
        (_v, n) =>
          `a${n}: &a${n} [${
            n === 0
              ? 'x'
              : Array(9)
                  .fill(`*a${n - 1}`)
                  .join(',')
          }]`,
      ).join('\n'),
    'document_too_large',
  ],
  [
    'XML of a hundred thousand levels',
    'a.docx',
    () => makeDocx('<w:ins>'.repeat(100_000)),
    'document_too_large',
  ],
  [
    'HTML of a hundred thousand levels',
    'a.eml',
    () => `Content-Type: text/html\r\n\r\n${'<div>'.repeat(100_000)}`,
    'document_too_large',
  ],
  [
    'a table that one cell makes 16,384 columns wide',
    'a.xlsx',
    () =>
      makeXlsx([
        {
          name: 'S',
          rows:
            '<row r="1"><c r="XFD1"><v>1</v></c></row>' +
            Array.from({ length: 1_000 }, (_v, n) => sheetRow(n + 2, [n])).join(''),
        },
      ]),
    'document_too_large',
  ],
  ['more text than is read', 'a.txt', () => 'x'.repeat(5 * mebibyte), 'document_too_large'],
];

const survived: readonly (readonly [string, string, () => string | Uint8Array, string])[] = [
  ['a zip that unpacks to more than it says', 'a.docx', lyingZip, ''],
  [
    'entities that multiply',
    'a.docx',
    () => zipOf({ 'word/document.xml': `${bomb}<w:p><w:t>&c;</w:t></w:p>` }),
    '&c;',
  ],
  [
    'an entity that names a file',
    'a.odt',
    () =>
      zipOf({
        'content.xml': '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><text:p>[&f;]</text:p>',
      }),
    '[&f;]',
  ],
  [
    'a page tree that contains itself',
    'a.pdf',
    () => makePdf([{ lines: [['once', 50, 50]] }], { cyclic: true }),
    'once',
  ],
  [
    'a page count of two billion',
    'a.pdf',
    () => makePdf([{ lines: [['once', 50, 50]] }], { claimedPages: 2_000_000_000 }),
    'once',
  ],
  [
    'a sheet of 17 billion cells, two of them filled',
    'a.xlsx',
    () =>
      makeXlsx([
        {
          name: 'S',
          rows: '<row r="1"><c r="A1" t="inlineStr"><is><t>first</t></is></c></row><row r="1048576"><c r="A1048576"><v>9</v></c></row>',
          after: '<dimension ref="A1:XFD1048576"/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        },
      ]),
    '| first |\n| --- |\n| 9 |',
  ],
  [
    'a cell over a billion columns',
    'a.docx',
    () =>
      makeDocx(
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>',
      ),
    `|${' x |'.repeat(256)}\n|${' --- |'.repeat(256)}\n`,
  ],
  [
    'a billion blanks',
    'a.odt',
    () => makeOdt('<text:p>a<text:s text:c="1000000000"/>b</text:p>'),
    `a${' '.repeat(1000)}b`,
  ],
  [
    'names that lead out of the archive',
    'a.epub',
    () => makeEpub({ one: 'in' }, { more: { '../../evil.xhtml': 'out', '/etc/passwd': 'out' } }),
    'in',
  ],
  [
    'slides that are not there',
    'a.pptx',
    () => makePptx([{ shapes: slideShape('title', 'there') }], [5, 0]),
    'there',
  ],
  ['subtitles without any cue', 'a.vtt', () => 'WEBVTT', 'WEBVTT'],
];

describe('hostile documents', () => {
  it.each(refused)(
    '%s (%s) is refused in words, and the next document is read',
    async (_what, name, make, code) => {
      const failure: { code: string; message: string } = await read(name, make()).then(
        (text) => ({ code: 'read', message: text.slice(0, 200) }),
        (error) => error,
      );
      expect(failure).toMatchObject({
        code,
        message: expect.stringMatching(/^The (file|PDF|document|spreadsheet)\b.*\.$/s),
      });
      expect(await read('next.txt', 'next')).toBe('next');
    },
  );

  it.each(survived)('%s (%s) does no harm', async (_what, name, make, text) => {
    expect(await read(name, make())).toBe(text);
  });

  it('keys like those of objects are only text', async () => {
    expect(await read('a.json', '{"__proto__":{"x":1},"constructor":2}')).toContain('"__proto__"');
    expect(await read('a.yaml', '__proto__: {polluted: true}\n')).toContain('polluted');
    const sheet = makeXlsx([{ name: '__proto__', rows: sheetRow(1, ['x']) }]);
    expect(await read('a.xlsx', sheet).catch(() => '')).not.toContain('polluted');
    expect(await read('next.json', '{}')).toBe('{}');
  });
});

describe('documents that are made to take long', () => {
  // Each of them takes minutes where a reader goes over it again and again.
  it.each([
    ['subtitles that begin names', null, 'text/vtt', `WEBVTT\n\n00:01 --> 00:02\n${'<v '.repeat(200_000)}`],
    ['an entry over many lines', '.properties', null, 'a\\\n'.repeat(200_000)],
    ['an entry of blanks', '.properties', null, `a${' '.repeat(500_000)}b`],
    ['quotes that never end', '.csv', null, '"a'.repeat(500_000)],
    ['elements that never end', '.eml', null, `Content-Type: text/html\r\n\r\n${'<p'.repeat(500_000)}`],
    ['paragraphs that never end', '.eml', null, `Content-Type: text/html\r\n\r\n${'<p>x'.repeat(100_000)}`],
  ])('%s are read or refused in time', async (_what, extension, mimeType, content) => {
    const outcome = await extractor
      .text({ name: 'a', extension, mimeType, content: Buffer.from(content) })
      .then(
        () => 'read',
        (error) => error.code,
      );
    expect(['read', 'document_damaged', 'document_too_large']).toContain(outcome);
  });
});

describe('bytes without any meaning', () => {
  it.each([
    'docx',
    'xlsx',
    'xls',
    'pptx',
    'epub',
    'odt',
    'pdf',
    'msg',
    'eml',
    'json',
    'yaml',
    'csv',
    'properties',
  ])('never end the reader of .%s files', async (extension) => {
    for (let round = 0; round < 5; round += 1) {
      const head = round % 2 === 0 ? Buffer.alloc(0) : Buffer.from('504b0304140000000800', 'hex');
      const outcome = await read(`a.${extension}`, Buffer.concat([head, randomBytes(2_000)])).then(
        () => 'read',
        (error) => error.code,
      );
      expect(['read', 'document_damaged', 'document_protected', 'document_too_large']).toContain(outcome);
    }
  });

  it('inside of a well-formed archive do no harm either', async () => {
    const noise = strToU8(randomBytes(20_000).toString('latin1'));
    for (const [name, part] of [
      ['a.docx', 'word/document.xml'],
      ['a.odt', 'content.xml'],
      ['a.pptx', 'ppt/presentation.xml'],
    ] as const) {
      await read(name, zipOf({ [part]: noise })).catch((error) => expect(error.code).toMatch(/^document_/));
    }
    expect(extractor.usage().processes).toBe(1);
  });
});
