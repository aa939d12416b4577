import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { acceptUpload, type UploadRules } from './accept-upload.ts';
import { DEFAULT_UPLOAD_LIMITS, fileCategory, knowledgeExtensions, maxBytesFor } from './file-category.ts';
import { cleanFileName, extensionOf } from './file-name.ts';
import { knowledgeUploadRules, uploadRules } from './upload-settings.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const GIF = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');
const PDF = Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n');
const ZIP = Buffer.from('504b0304140000000800', 'hex');
const EXE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(64)]);
const ELF = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(60)]);
const OLE = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
const WAV = Buffer.concat([
  Buffer.from('RIFF'),
  Buffer.from([36, 0, 0, 0]),
  Buffer.from('WAVEfmt '),
  Buffer.alloc(24),
]);
const MP4 = Buffer.concat([
  Buffer.from([0, 0, 0, 0x18]),
  Buffer.from('ftypmp42'),
  Buffer.alloc(16),
  Buffer.from('mp42isom'),
]);
const MP3 = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x44]), Buffer.alloc(400)]);
const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');
const SVG = Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>');

const rules: UploadRules = { limits: DEFAULT_UPLOAD_LIMITS, blockedExtensions: new Set(['exe', 'sh']) };

async function* stream(bytes: Uint8Array, pieceLength = 7) {
  for (let start = 0; start < bytes.length; start += pieceLength)
    yield bytes.subarray(start, start + pieceLength);
}

const accept = (
  fileName: unknown,
  bytes: Uint8Array,
  mimeType: string | undefined = 'application/octet-stream',
  more = {},
) => acceptUpload({ fileName, mimeType, source: stream(bytes) }, { ...rules, ...more });

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('an upload', () => {
  it.each([
    ['photo.PNG', PNG, 'image/png', 'png', 'image/png', 'image'],
    ['photo.jpg', GIF, 'image/jpeg', 'jpg', 'image/gif', 'image'],
    ['drawing.svg', SVG, 'image/svg+xml', 'svg', 'image/svg+xml', 'image'],
    ['paper.pdf', PDF, 'application/octet-stream', 'pdf', 'application/pdf', 'document'],
    [
      'late.pdf',
      Buffer.concat([Buffer.from('\n\n'), PDF]),
      'application/pdf',
      'pdf',
      'application/pdf',
      'document',
    ],
    ['letter.docx', ZIP, 'application/vnd.x', 'docx', 'application/vnd.x', 'document'],
    ['old.xls', OLE, 'application/vnd.ms-excel', 'xls', 'application/vnd.ms-excel', 'document'],
    ['sound.wav', WAV, 'audio/wav', 'wav', 'audio/wav', 'audio'],
    ['song.mp3', MP3, 'audio/mpeg', 'mp3', 'audio/mpeg', 'audio'],
    ['film.mp4', MP4, 'video/mp4', 'mp4', 'video/mp4', 'video'],
    ['notes.txt', Buffer.from('BMW sells cars, 中文'), 'image/png', 'txt', 'text/plain', 'document'],
    ['wide.txt', Buffer.from('\ufeffhello', 'utf16le'), 'text/plain', 'txt', 'text/plain', 'document'],
    ['page.html', HTML, 'text/plain', 'html', 'text/html', 'document'],
    ['data.bin', EXE, 'application/x-thing; a=b', 'bin', 'application/x-msdownload', 'custom'],
    ['thing.xyz', Buffer.from('abc'), 'nonsense', 'xyz', 'application/octet-stream', 'custom'],
    ['voice', Buffer.from('abc'), 'audio/x-own', '', 'audio/x-own', 'audio'],
    ['empty.png', Buffer.alloc(0), 'image/png', 'png', 'image/png', 'image'],
  ])('%s is taken for what it is', async (fileName, bytes, declared, extension, mimeType, category) => {
    const accepted = await accept(fileName, bytes, declared);
    expect(accepted).toMatchObject({ name: fileName, extension, mimeType, category });
    expect((await collect(accepted.source)).equals(bytes)).toBe(true);
  });

  it.each([
    ['photo.png', HTML],
    ['photo.png', EXE],
    ['photo.gif', PDF],
    ['photo.jpg', Buffer.from('plain text')],
    ['drawing.svg', HTML],
    ['drawing.svg', PNG],
    ['paper.pdf', HTML],
    ['paper.pdf', PNG],
    ['letter.docx', EXE],
    ['letter.docx', HTML],
    ['old.doc', EXE],
    ['song.mp3', HTML],
    ['film.mp4', PNG],
    ['notes.txt', EXE],
    ['notes.md', ELF],
    ['table.csv', Buffer.concat([ZIP, Buffer.alloc(4)])],
  ])('%s with other content is refused', async (fileName, bytes) => {
    await expect(accept(fileName, bytes, 'image/png')).rejects.toMatchObject({
      code: 'unsupported_file_type',
    });
  });

  it('without a media type is refused', async () => {
    const upload = { fileName: 'a.txt', mimeType: undefined, source: stream(Buffer.from('a')) };
    await expect(acceptUpload(upload, rules)).rejects.toMatchObject({ code: 'unsupported_file_type' });
  });

  it('with an extension on the blacklist is refused, however it is written', async () => {
    for (const name of ['a.exe', 'a.EXE', 'a.b.Exe', 'a.exe\u200b', 'a.exe ']) {
      await expect(accept(name, EXE)).rejects.toMatchObject({
        code: 'file_extension_blocked',
        message: "File extension '.exe' is not allowed for security reasons",
      });
    }
  });

  it('for knowledge needs an extension that can be read', async () => {
    const onlyExtensions = knowledgeExtensions({ etlType: 'dify', hasUnstructuredApi: false });
    await expect(accept('a.png', PNG, 'image/png', { onlyExtensions })).rejects.toMatchObject({
      code: 'unsupported_file_type',
    });
    expect(await accept('a.MD', Buffer.from('# a'), 'text/plain', { onlyExtensions })).toMatchObject({
      extension: 'md',
    });
  });

  it('is stopped at its limit, while it is read', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, 'a');
    };
    const accepted = await acceptUpload(
      { fileName: 'a.txt', mimeType: 'text/plain', source: endless() },
      rules,
    );
    await expect(collect(accepted.source)).rejects.toMatchObject({
      code: 'file_too_large',
      message: expect.stringMatching(/^File size exceeded\..*15 MB/),
    });
  });

  it('that is refused lets go of its source', async () => {
    let closed = false;
    const source = async function* () {
      try {
        for (;;) yield EXE;
      } finally {
        closed = true;
      }
    };
    await expect(
      acceptUpload({ fileName: 'a.png', mimeType: 'image/png', source: source() }, rules),
    ).rejects.toThrow();
    expect(closed).toBe(true);
  });
});

describe('file names', () => {
  it.each([
    ['inv.pdf', 'inv.pdf'],
    [' a\u0000b\u202egpj.exe ', 'abgpj.exe'],
    ['cafe\u0301.txt', 'café.txt'],
    ['.env', '.env'],
    ['名前.txt', '名前.txt'],
  ])('%j becomes %j', (name, clean) => {
    expect(cleanFileName(name)).toBe(clean);
  });

  it.each(['../a', 'a/b.txt', 'a\\b.txt', 'C:\\a'])('%j is a path and refused', (name) => {
    expect(() => cleanFileName(name)).toThrow(expect.objectContaining({ code: 'file_name_invalid' }));
  });

  it.each([undefined, null, '', '  ', '.', '..', '\u200b', ['a']])('%j is no name', (name) => {
    expect(() => cleanFileName(name)).toThrow(expect.objectContaining({ code: 'filename_not_exists_error' }));
  });

  it('are shortened to 200 characters with their extension', () => {
    const name = cleanFileName(`${'😀'.repeat(300)}.jpeg`);
    expect([...name]).toHaveLength(200);
    expect(name.endsWith('😀.jpeg')).toBe(true);
    expect([...cleanFileName('x'.repeat(300))]).toHaveLength(200);
  });

  it('have an extension only behind something', () => {
    expect(['a.TXT', 'a.tar.gz', '.env', 'a', 'a.'].map(extensionOf)).toEqual(['txt', 'gz', '', '', '']);
  });
});

describe('categories and limits', () => {
  it.each([
    ['JPG', '', 'image'],
    ['mov', '', 'video'],
    ['amr', '', 'audio'],
    ['odt', '', 'document'],
    ['bin', 'video/x-thing', 'video'],
    ['bin', 'application/x-thing', 'custom'],
    ['txt', 'image/png', 'document'],
  ])('%s with type %j is %s', (extension, mimeType, category) => {
    expect(fileCategory({ extension, mimeType })).toBe(category);
  });

  it.each([
    ['png', 10],
    ['mp4', 100],
    ['mp3', 50],
    ['pdf', 15],
    ['xyz', 15],
  ])('%s may have %i MB', (extension, megabytes) => {
    expect(maxBytesFor(extension, DEFAULT_UPLOAD_LIMITS)).toBe(megabytes * 1024 * 1024);
  });

  it('of knowledge depend on who extracts', () => {
    const extensions = (etlType: 'dify' | 'Unstructured', hasUnstructuredApi = false) => [
      ...knowledgeExtensions({ etlType, hasUnstructuredApi }),
    ];
    expect(extensions('dify')).not.toContain('epub');
    expect(extensions('Unstructured')).toEqual(
      expect.arrayContaining(['doc', 'eml', 'msg', 'pptx', 'xml', 'epub']),
    );
    expect(extensions('Unstructured')).not.toContain('ppt');
    expect(extensions('Unstructured', true)).toContain('ppt');
  });
});

describe('the environment of uploads', () => {
  it('gives limits and the blacklist, however it is written', () => {
    const fromEnvironment = uploadRules(
      readEnvironment({ UPLOAD_IMAGE_FILE_SIZE_LIMIT: '3', UPLOAD_FILE_EXTENSION_BLACKLIST: '.EXE, bat' }),
    );
    expect(maxBytesFor('png', fromEnvironment.limits)).toBe(3 * 1024 * 1024);
    expect([...fromEnvironment.blockedExtensions]).toEqual(['exe', 'bat']);
    expect(fromEnvironment).not.toHaveProperty('onlyExtensions');
  });

  it('gives knowledge what its extractor reads', () => {
    expect(knowledgeUploadRules(readEnvironment({})).onlyExtensions?.has('epub')).toBe(false);
    expect(
      knowledgeUploadRules(readEnvironment({ ETL_TYPE: 'Unstructured' })).onlyExtensions?.has('epub'),
    ).toBe(true);
  });
});
