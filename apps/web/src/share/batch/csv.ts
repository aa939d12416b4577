import Papa from 'papaparse';

/** What spreadsheets would take for a formula; plain negative and signed numbers are none. */
const formula = /^(?![+-]?\d+(?:[.,]\d+)*%?$)[=+\-@\t\r]/;

/** The cells of a table; undefined when its quotes do not match. */
export function parseCsv(text: string): string[][] | undefined {
  const { data, errors } = Papa.parse<string[]>(text, { skipEmptyLines: false });
  return errors.some(({ type }) => type === 'Quotes') ? undefined : data;
}

/**
 * A table as a file that spreadsheets open rightly: UTF-8 with a mark, and no cell that they would calculate. Answers
 * come from models and may hold anything (CSV injection, OWASP).
 */
export function writeCsv(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => [...row]);
  return `\uFEFF${Papa.unparse(rows, { escapeFormulae: formula, newline: '\r\n' })}\r\n`;
}
