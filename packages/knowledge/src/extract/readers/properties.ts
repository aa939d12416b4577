import { decodeText } from '../shared/decode-text.ts';
import { type Reader, wholeText } from './reader.ts';

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Java properties as `key: value` lines; comments and empty lines stay. */
export const readProperties: Reader = ({ bytes }) => {
  const lines: string[] = [];
  const source = decodeText(bytes).split('\n');
  for (let index = 0; index < source.length; index += 1) {
    let line = (source[index] ?? '').trimStart();
    if (line === '' || line.startsWith('#') || line.startsWith('!')) {
      lines.push(line.trimEnd());
      continue;
    }
    while (/(^|[^\\])(\\\\)*\\$/.test(line) && index + 1 < source.length) {
      index += 1;
      line = line.slice(0, -1) + (source[index] ?? '').trimStart();
    }
    lines.push(readEntry(line));
  }
  return wholeText(lines.join('\n'));
};

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
