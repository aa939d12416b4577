import { strToU8, zipSync } from 'fflate';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** A zip archive of texts and bytes. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const entries = Object.entries(files).map(
    ([name, content]) => [name, typeof content === 'string' ? strToU8(content) : content] as const,
  );
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}

/** A paragraph of Word with one run per text. */
export function wordParagraph(...runs: readonly string[]): string {
  return `<w:p>${runs.map((text) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`).join('')}</w:p>`;
}

/** A table of Word; a cell is its text, or its XML after properties when it begins with `<`. */
export function wordTable(rows: readonly (readonly string[])[]): string {
  const cell = (content: string) =>
    `<w:tc>${content.startsWith('<') ? content : wordParagraph(content)}</w:tc>`;
  return `<w:tbl><w:tblPr/>${rows.map((row) => `<w:tr>${row.map(cell).join('')}</w:tr>`).join('')}</w:tbl>`;
}

/** A Word document of the XML of its body, and of other parts by their names. */
export function makeDocx(body: string, parts: Readonly<Record<string, string>> = {}): Buffer {
  const names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  return zipOf({
    '[Content_Types].xml': `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'word/document.xml': `${declaration}<w:document ${names}><w:body>${body}<w:sectPr/></w:body></w:document>`,
    ...parts,
  });
}

/** A sheet: XML of its rows (`<row>…</row>`) and of what follows them. */
export interface SheetSource {
  readonly name: string;
  readonly rows: string;
  readonly after?: string;
}

/** A workbook whose cells may use style 1 (a date), 2 (date and time) and 3 (time). */
export function makeXlsx(
  sheets: readonly SheetSource[],
  options: {
    readonly date1904?: boolean;
    readonly more?: Readonly<Record<string, string | Uint8Array>>;
  } = {},
): Buffer {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const list = sheets.map(
    ({ name }, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const overrides = sheets.map(
    (_sheet, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${types}.worksheet+xml"/>`,
  );
  const links = sheets.map(
    (_sheet, index) =>
      `<Relationship Id="rId${index + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  );
  return zipOf({
    '[Content_Types].xml': `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/>${overrides.join('')}</Types>`,
    '_rels/.rels': `${declaration}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${declaration}<workbook xmlns="${main}" xmlns:r="${relations}"><workbookPr${options.date1904 ? ' date1904="1"' : ''}/><sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${declaration}<Relationships xmlns="${packageRelations}">${links.join('')}<Relationship Id="rId99" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${declaration}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ...Object.fromEntries(
      sheets.map(({ rows, after = '' }, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `${declaration}<worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${after}</worksheet>`,
      ]),
    ),
    ...options.more,
  });
}

/** A row of a sheet with texts and numbers from column A on; null is no cell. */
export function sheetRow(number: number, values: readonly (string | number | null)[]): string {
  const cells = values.map((value, column) => {
    const place = `${String.fromCharCode(65 + column)}${number}`;
    if (value === null) return '';
    return typeof value === 'number'
      ? `<c r="${place}"><v>${value}</v></c>`
      : `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${value}</t></is></c>`;
  });
  return `<row r="${number}">${cells.join('')}</row>`;
}

/** A slide: its shapes in the order of the file, and the notes below it. */
export interface SlideSource {
  readonly shapes: string;
  readonly notes?: string;
}

/** A shape with a role (`title`, `body`, …) and its paragraphs. */
export function slideShape(role: string | null, ...paragraphs: readonly string[]): string {
  const place = role === null ? '' : `<p:nvPr><p:ph type="${role}"/></p:nvPr>`;
  const text = paragraphs.map((words) => `<a:p><a:r><a:t>${words}</a:t></a:r></a:p>`).join('');
  return `<p:sp><p:nvSpPr>${place}</p:nvSpPr><p:txBody>${text}</p:txBody></p:sp>`;
}

/** A presentation; `order` numbers the slides' files in the order of showing. */
export function makePptx(
  slides: readonly SlideSource[],
  order = slides.map((_slide, index) => index),
): Buffer {
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const names = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="${relations}" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`;
  const link = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${relations}/${kind}" Target="${target}"/>`;
  const files: Record<string, string> = {
    'ppt/presentation.xml': `${declaration}<p:presentation ${names}><p:sldIdLst>${order.map((slide, index) => `<p:sldId id="${256 + index}" r:id="rId${slide}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': `<Relationships>${slides.map((_slide, index) => link(`rId${index}`, 'slide', `slides/slide${index}.xml`)).join('')}</Relationships>`,
  };
  for (const [index, { shapes, notes }] of slides.entries()) {
    files[`ppt/slides/slide${index}.xml`] =
      `${declaration}<p:sld ${names}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`;
    if (notes === undefined) continue;
    files[`ppt/slides/_rels/slide${index}.xml.rels`] =
      `<Relationships>${link('rId1', 'notesSlide', `../notesSlides/notesSlide${index}.xml`)}</Relationships>`;
    files[`ppt/notesSlides/notesSlide${index}.xml`] =
      `${declaration}<p:notes ${names}>${slideShape('sldImg')}${slideShape('body', notes)}${slideShape('sldNum', '7')}</p:notes>`;
  }
  return zipOf(files);
}

/** An e-book of chapters (name → body as XHTML); `spine` names them in reading order. */
export function makeEpub(
  chapters: Readonly<Record<string, string>>,
  options: { readonly spine?: readonly string[]; readonly more?: Readonly<Record<string, string>> } = {},
): Buffer {
  const names = Object.keys(chapters);
  const items = names.map(
    (name) =>
      `<item id="${name}" href="text/${name}.xhtml" media-type="application/xhtml+xml"${name === 'nav' ? ' properties="nav"' : ''}/>`,
  );
  const refs = (options.spine ?? names).map((name) => `<itemref idref="${name}"/>`);
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': `${declaration}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
    'OEBPS/book.opf': `${declaration}<package xmlns="http://www.idpf.org/2007/opf"><manifest>${items.join('')}</manifest><spine>${refs.join('')}</spine></package>`,
    ...Object.fromEntries(
      names.map((name) => [
        `OEBPS/text/${name}.xhtml`,
        `${declaration}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Not text</title></head><body>${chapters[name]}</body></html>`,
      ]),
    ),
    ...options.more,
  });
}

/** An OpenDocument text of the XML of its body. */
export function makeOdt(body: string, parts: Readonly<Record<string, string>> = {}): Buffer {
  const space = (name: string) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`;
  return zipOf({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': `${declaration}<office:document-content ${space('office')} ${space('text')} ${space('table')}><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
    ...parts,
  });
}
