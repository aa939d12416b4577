import { ExtractionError } from '../errors.ts';

/** A single cell far to the right makes every row as wide. */
const maxCells = 10_000_000;

/**
 * Rows as a Markdown table whose first row is the header; rows without any text are left out. No rows, no text.
 *
 * Errors: `document_too_large`.
 */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const filled = rows.filter((row) => row.some((cell) => cell.trim() !== ''));
  const [header, ...body] = filled;
  if (!header) return '';
  let width = 0;
  for (const row of filled) width = Math.max(width, usedWidth(row));
  if (width * filled.length > maxCells) {
    throw new ExtractionError(
      'document_too_large',
      `The file is not read: a table has more than ${maxCells} cells.`,
    );
  }
  const line = (row: readonly string[]) => {
    let text = '|';
    for (let column = 0; column < width; column += 1) text += ` ${escapeCell(row[column] ?? '')} |`;
    return text;
  };
  return [line(header), `|${' --- |'.repeat(width)}`, ...body.map(line)].join('\n');
}

/** A cell is one line, and a bar in it is not the end of it. */
function escapeCell(text: string): string {
  return text.trim().replaceAll('|', '\\|').replace(/\n/g, '<br>');
}

function usedWidth(row: readonly string[]): number {
  let width = row.length;
  while (width > 0 && (row[width - 1] ?? '').trim() === '') width -= 1;
  return width;
}
