import { describe, expect, it } from 'vitest';
import { decodeText } from '../shared/decode-text.ts';
import { readWhole } from '../testing/read.ts';
import { readSubtitles } from './subtitles.ts';

const archive = { maxEntries: 1, maxUnpackedBytes: 1, maxRatio: 1 };

describe('decoding', () => {
  // Bytes from the encodings' own tables.
  it.each([
    ['UTF-8 with a mark', Buffer.from('\ufeffgrün'), 'grün'],
    ['UTF-16, low byte first', Buffer.from('\ufeff中文 text', 'utf16le'), '中文 text'],
    ['UTF-16, high byte first', Buffer.from('\ufeff中文 text', 'utf16le').swap16(), '中文 text'],
    ['UTF-16 without a mark', Buffer.from('plain words', 'utf16le'), 'plain words'],
    ['Windows-1252', Buffer.from('Caf\xe9 \x80 5 na\xefve', 'latin1'), 'Café € 5 naïve'],
    [
      'GB18030',
      Buffer.from('d6d0b9fac8cbc3f1b5c4c9fabbeed4dabcccd0f8a3acced2c3c7c3bfccecb6bcd4dad1a7cfb0a1a3', 'hex'),
      '中国人民的生活在继续，我们每天都在学习。',
    ],
    [
      'Shift_JIS',
      Buffer.from('82b182ea82cd93fa967b8cea82cc95b68fcd82c582b78142834a835e834a8369', 'hex'),
      'これは日本語の文章です。カタカナ',
    ],
    [
      'Windows-1251',
      Buffer.from('cff0e8e2e5f22c20eae0ea20e4e5ebe03f20dfefe8f8f320e8e720cceef1eae2fb2e', 'hex'),
      'Привет, как дела? Япишу из Москвы.',
    ],
  ])('reads %s', (_name, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it('keeps a UTF-8 text with one damaged byte what it is', () => {
    const bytes = Buffer.concat([
      Buffer.from('这是一个有一个坏字节的文本'),
      Buffer.of(0xff),
      Buffer.from('完'),
    ]);
    expect(decodeText(bytes)).toBe('这是一个有一个坏字节的文本\ufffd完');
  });

  it('ends lines with a line feed and drops NULs', () => {
    expect(decodeText(Buffer.from('a\r\nb\rc\n\0d'))).toBe('a\nb\nc\nd');
  });
});

describe('text', () => {
  it.each(['a.md', 'a.html', 'a.xml', 'a.py', 'a.vtt'])('%s stays as it stands', async (name) => {
    const text = '# <b>Title</b>\n\n  x = "&amp;"\n';
    expect(await readWhole(name, text)).toBe(text);
  });
});

describe('JSON', () => {
  it('is indented by two, its numbers and the order of its keys kept', async () => {
    const json = '{"b":1.0,"10":12345678901234567890,"2":[],"t":"\\u4e2d \\"x\\",{}:","l":[1,{"a":null},{}]}';
    expect(await readWhole('a.json', json)).toBe(`{
  "b": 1.0,
  "10": 12345678901234567890,
  "2": [],
  "t": "中 \\"x\\",{}:",
  "l": [
    1,
    {
      "a": null
    },
    {}
  ]
}`);
  });

  it.each(['', '{', '[1,]', 'hello'])('%j is refused', async (text) => {
    await expect(readWhole('a.json', text)).rejects.toMatchObject({ code: 'document_damaged' });
  });
});

describe('YAML', () => {
  it('is written anew: comments gone, YAML 1.1 values, merges and the order of keys kept', async () => {
    const yaml = '# note\n10: &x {b: yes, a: "no"}\n2: 2024-01-31\nmerged: {<<: *x, c: 0o17}\n---\n- 中文\n';
    expect(await readWhole('a.yaml', yaml)).toBe(
      '10:\n  b: true\n  a: "no"\n2: 2024-01-31\nmerged:\n  b: true\n  a: "no"\n  c: 0o17\n---\n- 中文\n',
    );
  });

  it('is refused with the place where it is broken', async () => {
    await expect(readWhole('a.yml', 'a: [1\nb: 2')).rejects.toThrow(/not valid YAML: .*line/);
  });

  it('with nothing but comments is empty', async () => {
    expect(await readWhole('a.yml', '# nothing\n')).toBe('');
  });
});

describe('properties', () => {
  it('are key and value lines; comments, escapes and lines that go on are understood', async () => {
    const text =
      '# note\n\na=b\nc : d\\u4e2d\nlong=one, \\\n    two\nkey\\ x  value = 1\nalone\npath=C:\\\\x\n';
    expect(await readWhole('a.properties', text)).toBe(
      '# note\n\na: b\nc: d中\nlong: one, two\nkey x: value = 1\nalone:\npath: C:\\x\n',
    );
  });
});

describe('CSV', () => {
  it('#103 becomes a Markdown table without empty rows', async () => {
    expect(await readWhole('a.csv', 'name,price,note\n"Tea ""A"", hot",3,\n,,\nBar|x,4,"two\nlines"\n')).toBe(
      '| name | price | note |\n| --- | --- | --- |\n| Tea "A", hot | 3 |  |\n| Bar\\|x | 4 | two<br>lines |',
    );
  });

  it.each([
    ['semicolons', 'a;b\n1,5;2\n3,5;4\n'],
    ['tabs', 'a\tb\n1,5\t2\n3,5\t4\n'],
    ['bars', 'a|b\n1,5|2\n3,5|4\n'],
  ])('finds out that %s separate the values', async (_name, text) => {
    expect(await readWhole('a.csv', text)).toBe('| a | b |\n| --- | --- |\n| 1,5 | 2 |\n| 3,5 | 4 |');
  });

  it('keeps rows that are longer or shorter than the header', async () => {
    expect(await readWhole('a.csv', 'a,b\n1\n1,2,3\n')).toBe(
      '| a | b |  |\n| --- | --- | --- |\n| 1 |  |  |\n| 1 | 2 | 3 |',
    );
  });
});

describe('subtitles', () => {
  const read = (text: string) => [
    ...(readSubtitles({ bytes: Buffer.from(text), label: '', archive }) as Iterable<{ text: string }>),
  ];

  it('#103 become a line for each turn of a speaker', () => {
    const text = `WEBVTT - title

NOTE nobody says this --> really

intro
00:01.000 --> 00:02.000 align:start
<v Ann>Hello <b>there</b>,

00:02.000 --> 00:03.000
<v Ann>how are
you &amp; yours?

00:03.000 --> 00:04.000
<v.loud Bob>Fine.

00:04.000 --> 00:05.000
(music)

00:05.000 --> 00:06.000
(more music)
`;
    expect(read(text)[0]?.text).toBe(
      'Ann "Hello there, how are you & yours?"\nBob "Fine."\n"(music)"\n"(more music)"',
    );
  });

  it('are refused without their first line', () => {
    expect(() => read('00:01.000 --> 00:02.000\nHi')).toThrow('not a WebVTT');
  });
});
