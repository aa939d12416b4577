import { parse } from 'csv-parse/sync';
import { decodeText } from '../shared/decode-text.ts';
import { markdownTable } from '../shared/markdown-table.ts';
import { type Reader, wholeText } from './reader.ts';

const delimiters = [',', ';', '\t', '|'];
/** Lines that tell how a file separates its values. */
const sampleLines = 20;

/** Rows of comma-separated values (RFC 4180, and what programs make of it) as a Markdown table. */
export const readCsv: Reader = ({ bytes }) => {
  const text = decodeText(bytes);
  const rows = parse(text, {
    delimiter: delimiterOf(text),
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    record_delimiter: '\n',
  });
  return wholeText(markdownTable(rows));
};

/** The one that stands equally often in most of the first lines; a comma where none does. */
function delimiterOf(text: string): string {
  const lines = text
    .slice(0, 64 * 1024)
    // What stands in quotes separates nothing.
    .replace(/"[^"]*"/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, sampleLines);
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const usual = counts[0] ?? 0;
    const score = usual === 0 ? 0 : counts.filter((count) => count === usual).length + usual / 1_000;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
