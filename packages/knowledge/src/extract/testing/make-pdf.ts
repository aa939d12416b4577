/** A page: lines of text at the positions where they stand, and what else is on it. */
export interface PdfPage {
  readonly lines?: readonly PdfLine[];
  /** A grey picture over the page, as a scanner makes. */
  readonly scan?: boolean;
}

/** A line of text with its left and bottom edge in points. */
export type PdfLine = readonly [text: string, x: number, y: number];

/** Changes that make the file a bad one. */
export interface PdfOptions {
  /** Asks for a password that nobody knows. */
  readonly encrypted?: boolean;
  /** The page tree names itself as its child. */
  readonly cyclic?: boolean;
  /** What the page tree says about its length. */
  readonly claimedPages?: number;
}

/**
 * A PDF (ISO 32000-1) without compression. Its font shows nothing but says which character each code is, so any text can
 * be written.
 */
export function makePdf(pages: readonly PdfPage[], options: PdfOptions = {}): Buffer {
  const characters = [...new Set(pages.flatMap(({ lines = [] }) => lines.flatMap(([text]) => [...text])))];
  const code = (character: string) => (characters.indexOf(character) + 1).toString(16).padStart(4, '0');
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const stream = (dictionary: string, body: string) =>
    `<< ${dictionary} /Length ${Buffer.byteLength(body, 'latin1')} >>\nstream\n${body}\nendstream`;

  add('<< /Type /Catalog /Pages 2 0 R >>');
  const firstPage = 6 + 1;
  const kids = pages.map((_page, index) => `${firstPage + index * 2} 0 R`);
  if (options.cyclic) kids.push('2 0 R');
  add(`<< /Type /Pages /Count ${options.claimedPages ?? pages.length} /Kids [${kids.join(' ')}] >>`);
  add(
    '<< /Type /Font /Subtype /Type0 /BaseFont /Test /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>',
  );
  add(
    '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Test /DW 500 /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Test /Flags 4 /FontBBox [0 0 500 700] /ItalicAngle 0 /Ascent 700 /Descent 0 /CapHeight 700 /StemV 80 >> >>',
  );
  add(stream('', unicodeMap(characters, code)));
  add(
    stream(
      '/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8',
      '\x7f',
    ),
  );
  for (const [index, { lines = [], scan = false }] of pages.entries()) {
    const content = firstPage + index * 2 + 1;
    const resources = '/Resources << /Font << /F 3 0 R >> /XObject << /I 6 0 R >> >>';
    add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] ${resources} /Contents ${content} 0 R >>`);
    const shown = lines.map(([text, x, y]) => {
      const codes = [...text].map(code).join('');
      return `BT /F 12 Tf 1 0 0 1 ${x} ${y} Tm <${codes}> Tj ET`;
    });
    add(stream('', [...(scan ? ['q 600 0 0 800 0 0 cm /I Do Q'] : []), ...shown].join('\n')));
  }
  return assemble(objects, options.encrypted ?? false);
}

function unicodeMap(characters: readonly string[], code: (character: string) => string): string {
  const utf16 = (character: string) => Buffer.from(character, 'utf16le').swap16().toString('hex');
  const lines = characters.map((character) => `<${code(character)}> <${utf16(character)}>`);
  const blocks: string[] = [];
  for (let start = 0; start < lines.length; start += 100) {
    const block = lines.slice(start, start + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
${blocks.join('\n')}
endcmap end end`;
}

function assemble(objects: readonly string[], encrypted: boolean): Buffer {
  let file = '%PDF-1.7\n';
  const offsets: number[] = [];
  for (const [index, body] of objects.entries()) {
    offsets.push(Buffer.byteLength(file, 'latin1'));
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
  }
  const start = Buffer.byteLength(file, 'latin1');
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const secret = 'ab'.repeat(32);
  const lock = encrypted
    ? ` /ID [<${secret}> <${secret}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${secret}> /U <${secret}> >>`
    : '';
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${lock} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
