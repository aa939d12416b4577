import { ExtractionError, tooDeep } from '../errors.ts';
import { decodeText } from '../shared/decode-text.ts';
import { type Reader, wholeText } from './reader.ts';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Deeper than any document; every level makes each line of it longer. */
const maxDepth = 1_000;

/** JSON, indented anew by two. Numbers, the order of keys and repeated keys stay as the file has them. */
export const readJson: Reader = ({ bytes }) => {
  const text = decodeText(bytes);
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new ExtractionError('document_damaged', 'The file is not valid JSON.', { cause });
  }
  return wholeText(indent(text));
};

/** Over the tokens and not over the values, which know neither long numbers nor the order of keys like "2" and "1". */
function indent(text: string): string {
  const tokens = text.match(token) ?? [];
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const breakLine = () => {
    lines.push(line);
    line = '  '.repeat(depth);
  };
  for (const [index, part] of tokens.entries()) {
    const next = tokens[index + 1];
    if (part === '{' || part === '[') {
      line += part;
      if (next === '}' || next === ']') continue;
      depth += 1;
      if (depth > maxDepth) throw tooDeep();
      breakLine();
    } else if (part === '}' || part === ']') {
      const before = tokens[index - 1];
      if (before !== '{' && before !== '[') {
        depth -= 1;
        breakLine();
      }
      line += part;
    } else if (part === ',') {
      line += part;
      breakLine();
    } else if (part === ':') line += ': ';
    else line += part.startsWith('"') ? JSON.stringify(JSON.parse(part)) : part;
  }
  lines.push(line);
  return lines.join('\n');
}
