import { decodeText } from '../shared/decode-text.ts';
import { type Reader, wholeText } from './reader.ts';

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Java properties as `key: value` lines; comments and empty lines stay. */
export const readProperties: Reader = ({ bytes }) => {
  const lines: string[] = [];
  /** Pieces of an entry whose lines end with a backslash. */
  let begun: string[] = [];
  for (const source of decodeText(bytes).split('\n')) {
    const line = source.trimStart();
    if (begun.length === 0 && (line === '' || line.startsWith('#') || line.startsWith('!'))) {
      lines.push(line.trimEnd());
    } else if (goesOn(line)) begun.push(line.slice(0, -1));
    else {
      lines.push(readEntry([...begun, line].join('')));
      begun = [];
    }
  }
  if (begun.length > 0) lines.push(readEntry(begun.join('')));
  return wholeText(lines.join('\n'));
};

/** Two backslashes are one that stands for itself. */
function goesOn(line: string): boolean {
  let backslashes = 0;
  while (line.at(-1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** The key ends at the first `=`, `:` or blank that no backslash stands before. */
function readEntry(line: string): string {
  const key = /^(?:\\.|[^\\=:\s])*/.exec(line)?.[0] ?? '';
  const value = line.slice(key.length).replace(/^\s*[=:]?\s*/, '');
  return `${withoutEscapes(key)}: ${withoutEscapes(value)}`.trimEnd();
}

function withoutEscapes(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|(.)|$)/g,
    (_all, code: string | undefined, plain: string | undefined) =>
      code === undefined
        ? (escapes[plain ?? ''] ?? plain ?? '')
        : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
