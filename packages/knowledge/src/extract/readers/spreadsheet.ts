import { type CellObject, read, SSF, type WorkBook, type WorkSheet } from '@e965/xlsx';
import { zipSync } from 'fflate';
import type { DocumentPart } from '../document.ts';
import { ExtractionError } from '../errors.ts';
import { isEncryptedPackage, isZip, openArchive, protectedByPassword } from '../shared/archive.ts';
import { markdownTable } from '../shared/markdown-table.ts';
import type { Reader, ReaderInput } from './reader.ts';

/** Cells that merged ranges of a sheet may fill; a range may claim a sheet of 17 billion. */
const maxFilledCells = 100_000;
/** More columns than Excel's sheets have. */
const maxColumns = 16_384;

/** Values that are errors (MS-XLS 2.5.10). */
const errorNames: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
};

type Grid = string[][];

/** A Markdown table for each sheet: values as they were last calculated, dates as ISO 8601. */
export const readSpreadsheet: Reader = function* (input): Generator<DocumentPart> {
  const book = open(input);
  for (const name of book.SheetNames) {
    const sheet = book.Sheets[name];
    const text = sheet ? markdownTable(gridOf(sheet, book)) : '';
    if (text !== '') yield { text, metadata: { sheet: name } };
  }
};

function open(input: ReaderInput): WorkBook {
  if (isEncryptedPackage(input.bytes)) throw protectedByPassword();
  if (!isPlausible(input.bytes)) throw damaged(input);
  try {
    return read(isZip(input.bytes) ? repacked(input) : input.bytes, {
      type: 'array',
      dense: true,
      cellNF: true,
      cellText: false,
      cellFormula: false,
      cellHTML: false,
    });
  } catch (cause) {
    if (cause instanceof ExtractionError) throw cause;
    if (cause instanceof Error && /password|encrypt/i.test(cause.message)) {
      throw new ExtractionError('document_protected', 'The spreadsheet is protected by a password.', {
        cause,
      });
    }
    throw damaged(input, cause);
  }
}

/** An archive, a container of the old formats, or text: programs save pages and tables under the extension, too. */
function isPlausible(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if (isZip(bytes) || (first === 0xd0 && second === 0xcf) || first === 0x09) return true;
  return bytes.subarray(0, 4096).every((byte) => byte >= 0x09);
}

function damaged({ label }: ReaderInput, cause?: unknown): ExtractionError {
  return new ExtractionError('document_damaged', `The file is not ${label}, or is damaged.`, { cause });
}

/** The library unpacks archives without limits, so it gets one that was unpacked within them, without pictures. */
function repacked({ bytes, archive: limits, label }: ReaderInput): Uint8Array {
  const wants = (name: string) =>
    /\.(xml|rels|bin)$/i.test(name) && !/(^|\/)(media|drawings|vbaProject)/.test(name);
  return zipSync(Object.fromEntries(openArchive(bytes, { limits, label, wants })), { level: 0 });
}

function gridOf(sheet: WorkSheet, book: WorkBook): Grid {
  const epoch1904 = book.Workbook?.WBProps?.date1904 ?? false;
  // Rows and cells that are not there cost nothing, whatever range the sheet claims.
  const rows: readonly (readonly CellObject[] | undefined)[] = sheet['!data'] ?? [];
  const cells = new Map<number, string[]>();
  rows.forEach((row, index) => {
    const texts: string[] = [];
    row?.forEach((cell, column) => {
      const text = textOf(cell, epoch1904);
      if (text === '' || column >= maxColumns) return;
      while (texts.length < column) texts.push('');
      texts.push(text);
    });
    if (texts.length > 0) cells.set(index, texts);
  });
  fillMerged(sheet, cells);
  return [...cells.values()];
}

/** A merged cell's text stands in each cell that it covers, so that every row can be read alone. */
function fillMerged(sheet: WorkSheet, cells: ReadonlyMap<number, string[]>): void {
  let width = 0;
  let height = 0;
  for (const [index, row] of cells) {
    width = Math.max(width, row.length);
    height = Math.max(height, index + 1);
  }
  let left = maxFilledCells;
  for (const { s: start, e: end } of sheet['!merges'] ?? []) {
    const text = cells.get(start.r)?.[start.c];
    if (!text) continue;
    // What lies beyond the values is formatting, of a title for example.
    for (let index = start.r; index <= end.r && index < height && left > 0; index += 1, left -= 1) {
      const row = cells.get(index);
      for (
        let column = start.c;
        row && column <= end.c && column < width && left > 0;
        column += 1, left -= 1
      ) {
        while (row.length < column) row.push('');
        row[column] ||= text;
      }
    }
  }
}

function textOf({ t: type, v: value, z: format }: CellObject, epoch1904: boolean): string {
  switch (type) {
    case 'n':
      return typeof format === 'string' && SSF.is_date(format)
        ? isoDate(Number(value), epoch1904)
        : String(value);
    case 'b':
      return value === true ? 'TRUE' : 'FALSE';
    case 'e':
      return errorNames[Number(value)] ?? '#ERROR!';
    case 's':
      return String(value).replace(/\r\n?/g, '\n');
    default:
      return '';
  }
}

/** Days since 1900 (or 1904) as a date, a time of day, or both, without any time zone. */
function isoDate(days: number, epoch1904: boolean): string {
  const date = SSF.parse_date_code(days, { date1904: epoch1904 });
  if (!date) return String(days);
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  const day = `${digits(date.y, 4)}-${digits(date.m, 2)}-${digits(date.d, 2)}`;
  const time = `${digits(date.H, 2)}:${digits(date.M, 2)}:${digits(Math.floor(date.S), 2)}`;
  if (Number.isInteger(days)) return day;
  return days < 1 ? time : `${day} ${time}`;
}
