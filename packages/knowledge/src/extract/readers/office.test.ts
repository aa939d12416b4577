import { utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import {
  makeDocx,
  makeEpub,
  makeOdt,
  makePptx,
  makeXlsx,
  sheetRow,
  slideShape,
  wordParagraph,
  wordTable,
} from '../testing/make-office.ts';
import { readParts, readWhole } from '../testing/read.ts';

describe('Word', () => {
  it('#103 gives paragraphs and tables in their order, tables as Markdown', async () => {
    const body = [
      wordParagraph('Hello ', 'world'),
      '<w:p/>',
      wordTable([
        ['Name', 'Price'],
        ['Tea | hot', '3'],
        ['', ''],
      ]),
      wordParagraph('中文，第二段'),
      wordParagraph('שלום עולם'),
    ].join('');
    expect(await readWhole('a.docx', makeDocx(body))).toBe(
      'Hello world\n\n| Name | Price |\n| --- | --- |\n| Tea \\| hot | 3 |\n\n中文，第二段\nשלום עולם',
    );
  });

  it('writes the text of merged cells into each cell that they cover', async () => {
    const table = wordTable([
      [`<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>${wordParagraph('Wide')}`, 'C'],
      [`<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>${wordParagraph('Tall')}`, '1', '2'],
      ['<w:tcPr><w:vMerge/></w:tcPr><w:p/>', '3', '4'],
    ]);
    expect(await readWhole('a.docx', makeDocx(table))).toBe(
      '| Wide | Wide | C |\n| --- | --- | --- |\n| Tall | 1 | 2 |\n| Tall | 3 | 4 |\n',
    );
  });

  it('keeps line breaks, tabs, links, inserted text and text boxes, once; leaves out deleted text and field codes', async () => {
    const box = (text: string) => `<w:txbxContent>${wordParagraph(text)}</w:txbxContent>`;
    const body = [
      '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type="page"/></w:r></w:p>',
      '<w:p><w:hyperlink r:id="x"><w:r><w:t>link</w:t></w:r></w:hyperlink><w:ins><w:r><w:t>+new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>',
      `<w:p><w:r><w:t>anchor</w:t><mc:AlternateContent><mc:Choice>${box('in a box')}</mc:Choice><mc:Fallback>${box('in a box')}</mc:Fallback></mc:AlternateContent></w:r></w:p>`,
    ].join('');
    expect(await readWhole('a.docx', makeDocx(body))).toBe('a\tb\nc\nlink+new\nin a box\nanchor');
  });

  it('puts footnotes and endnotes at the end, under their numbers', async () => {
    const ref = (kind: string, id: number) => `<w:r><w:${kind}Reference w:id="${id}"/></w:r>`;
    const body = `<w:p><w:r><w:t>One</w:t></w:r>${ref('footnote', 5)}<w:r><w:t> two</w:t></w:r>${ref('footnote', 2)}${ref('endnote', 2)}</w:p>`;
    const note = (kind: string, id: number, text: string) =>
      `<w:${kind} w:id="${id}">${wordParagraph(text)}</w:${kind}>`;
    const document = makeDocx(body, {
      'word/footnotes.xml': `<w:footnotes>${note('footnote', 0, 'separator')}${note('footnote', 2, 'second')}${note('footnote', 5, 'first')}</w:footnotes>`,
      'word/endnotes.xml': `<w:endnotes>${note('endnote', 2, 'third')}</w:endnotes>`,
    });
    expect(await readWhole('a.docx', document)).toBe('One[1] two[2][3]\n[1] first\n[2] second\n[3] third');
  });

  it('makes a table inside a cell lines of that cell', async () => {
    const inner = wordTable([
      ['x', 'y'],
      ['1', '2'],
    ]);
    expect(await readWhole('a.docx', makeDocx(wordTable([['A', `<w:p/>${inner}<w:p/>`]])))).toBe(
      '| A | x y<br>1 2 |\n| --- | --- |\n',
    );
  });
});

describe('spreadsheets', () => {
  it('#103 gives a Markdown table for each sheet, a blank line between, empty rows dropped', async () => {
    const book = makeXlsx([
      {
        name: 'First',
        rows:
          sheetRow(1, ['name', 'price', 'note']) +
          sheetRow(2, ['Tea "A"', 3, null]) +
          sheetRow(3, [' ', null, null]) +
          sheetRow(5, ['日本', 2.5, 'a|b']),
      },
      { name: 'Empty', rows: '' },
      { name: 'Last', rows: sheetRow(1, ['x']) },
    ]);
    expect(await readParts('a.xlsx', book)).toEqual([
      {
        text: '| name | price | note |\n| --- | --- | --- |\n| Tea "A" | 3 |  |\n| 日本 | 2.5 | a\\|b |',
        metadata: { sheet: 'First' },
      },
      { text: '| x |\n| --- |', metadata: { sheet: 'Last' } },
    ]);
    expect(await readWhole('a.xlsx', book)).toContain('| a\\|b |\n\n| x |');
  });

  it('tells dates as ISO 8601 and formulas by the value that was last calculated', async () => {
    const rows = `<row r="1"><c r="A1" s="1"><v>45356</v></c><c r="B1" s="2"><v>45356.604166666664</v></c><c r="C1" s="3"><v>0.75</v></c></row>
      <row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="C2" t="b"><v>1</v></c><c r="D2" t="e"><v>#DIV/0!</v></c><c r="E2"><f>A1</f></c></row>`;
    // 45356 days after 1899-12-30 is 2024-03-05; 0.604166… of a day is 14:30.
    expect(await readWhole('a.xlsx', makeXlsx([{ name: 'S', rows }]))).toBe(
      '| 2024-03-05 | 2024-03-05 14:30:00 | 18:00:00 |  |\n| --- | --- | --- | --- |\n| 2 | ab | TRUE | #DIV/0! |',
    );
  });

  it('counts days from 1904 where the workbook does', async () => {
    const rows = '<row r="1"><c r="A1" s="1"><v>1</v></c></row>';
    expect(await readWhole('a.xlsx', makeXlsx([{ name: 'S', rows }], { date1904: true }))).toContain(
      '1904-01-02',
    );
  });

  it('writes the text of merged cells into each cell that they cover, as far as there are values', async () => {
    const rows = sheetRow(1, ['Title']) + sheetRow(2, ['Group', 'a', 1]) + sheetRow(3, [null, 'b', 2]);
    const after = '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="A2:A3"/></mergeCells>';
    expect(await readWhole('a.xlsx', makeXlsx([{ name: 'S', rows, after }]))).toBe(
      '| Title | Title | Title |\n| --- | --- | --- |\n| Group | a | 1 |\n| Group | b | 2 |',
    );
  });

  it('reads the old binary format and OpenDocument, too', async () => {
    const sheet = utils.aoa_to_sheet([
      ['name', 'n'],
      ['中文', 1.5],
    ]);
    for (const [extension, bookType] of [
      ['xls', 'biff8'],
      ['ods', 'ods'],
    ] as const) {
      const book = utils.book_new();
      utils.book_append_sheet(book, sheet, 'S');
      const bytes: Buffer = write(book, { type: 'buffer', bookType });
      expect(await readWhole(`a.${extension}`, bytes)).toBe('| name | n |\n| --- | --- |\n| 中文 | 1.5 |');
    }
  });
});

describe('presentations', () => {
  it('gives a part for each slide in the order of showing: title, text, tables, notes', async () => {
    const cells = (...texts: readonly string[]) =>
      `<a:tr>${texts.map((text) => `<a:tc${text === '' ? ' hMerge="1"' : ''}><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`).join('')}</a:tr>`;
    const table = `<p:graphicFrame><a:tbl>${cells('A', '')}${cells('1', '2')}</a:tbl></p:graphicFrame>`;
    const deck = makePptx(
      [
        { shapes: slideShape('body', 'last') },
        {
          shapes:
            slideShape(null, 'Point one', 'Point two') +
            slideShape('ctrTitle', 'The title') +
            table +
            slideShape('sldNum', '1'),
          notes: 'Say hello.',
        },
        { shapes: '' },
      ],
      [1, 2, 0],
    );
    expect(await readParts('a.pptx', deck)).toEqual([
      {
        text: 'The title\nPoint one\nPoint two\n| A | A |\n| --- | --- |\n| 1 | 2 |\nSay hello.',
        metadata: { slide: 1 },
      },
      { text: 'last', metadata: { slide: 3 } },
    ]);
  });
});

describe('e-books', () => {
  it('#103 gives the chapters in reading order as Markdown, without navigation', async () => {
    const book = makeEpub(
      {
        nav: '<nav>Contents</nav>',
        two: '<p>Second &#8212; chapter<br/>line</p><ol><li>a</li><li>b</li></ol>',
        one: '<h1>First</h1><p>With a <a href="https://example.com/x">link</a> and <a href="#n">note</a>.</p><script>no()</script>',
      },
      { spine: ['nav', 'one', 'two', 'one'] },
    );
    expect(await readWhole('a.epub', book)).toBe(
      '# First\nWith a [link](https://example.com/x) and note.\n\nSecond — chapter\nline\n1. a\n2. b',
    );
  });

  it('names the protection of a book that cannot be read', async () => {
    const more = {
      'META-INF/encryption.xml':
        '<encryption><enc:EncryptedData><enc:CipherReference URI="OEBPS/text/one.xhtml"/></enc:EncryptedData></encryption>',
    };
    await expect(readWhole('a.epub', makeEpub({ one: 'x' }, { more }))).rejects.toMatchObject({
      code: 'document_protected',
    });
  });
});

describe('OpenDocument texts', () => {
  it('#103 gives headings, paragraphs, lists and tables in order, notes at the end', async () => {
    const cell = (text: string, more = '') =>
      `<table:table-cell ${more}><text:p>${text}</text:p></table:table-cell>`;
    const body = `<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
      <text:h text:outline-level="1">Title</text:h>
      <text:p>A<text:s text:c="3"/>B<text:tab/>C<text:line-break/>D
        E<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>the note</text:p></text:note-body></text:note></text:p>
      <text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>
      <table:table><table:table-row>${cell('Wide', 'table:number-columns-spanned="2"')}<table:covered-table-cell/></table:table-row>
      <table:table-row>${cell('1')}${cell('2')}</table:table-row></table:table><text:p>end</text:p>`;
    expect(await readWhole('a.odt', makeOdt(body))).toBe(
      'Title\nA   B\tC\nD E[1]\nitem\n| Wide | Wide |\n| --- | --- |\n| 1 | 2 |\n\nend\n[1] the note',
    );
  });

  it('asks for no password and says that one is needed', async () => {
    const parts = {
      'META-INF/manifest.xml': '<manifest:manifest><manifest:encryption-data/></manifest:manifest>',
    };
    await expect(readWhole('a.odt', makeOdt('x', parts))).rejects.toMatchObject({
      code: 'document_protected',
    });
  });
});
