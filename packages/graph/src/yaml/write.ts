import { isObject } from '../graph/json.ts';
import { isTextWhenPlain } from './scalars.ts';

/** How `writeYaml` writes. */
export interface WriteYamlOptions {
  /** Keys below which mappings keep their order. Elsewhere keys are sorted, so that equal values give equal texts. */
  keepOrderBelow?: ReadonlySet<string>;
}

const indentStep = 2;
const longKey = 120;

/**
 * Writes a JSON value as YAML that readers of version 1.1 and 1.2 take for the same value. Mappings and lists in
 * block form, keys sorted, texts of several lines as literal blocks, every character readable where possible.
 * Entries that are undefined are left out.
 */
export function writeYaml(value: unknown, options: WriteYamlOptions = {}): string {
  const lines: string[] = [];
  const writer: Writer = { lines, keepOrderBelow: options.keepOrderBelow ?? new Set() };
  if (isFilledObject(value)) writeMapping(writer, value, { indent: 0, isSorted: true });
  else if (Array.isArray(value) && value.length > 0) writeList(writer, value, { indent: 0, isSorted: true });
  else lines.push(inlineValue(value));
  return `${lines.join('\n')}\n`;
}

interface Writer {
  lines: string[];
  keepOrderBelow: ReadonlySet<string>;
}

interface Place {
  indent: number;
  isSorted: boolean;
  /** Replaces the indentation of the first line: the dash of the list that the value stands in. */
  lead?: string;
}

function isFilledObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && Object.values(value).some((entry) => entry !== undefined);
}

function writeMapping(writer: Writer, value: Record<string, unknown>, place: Place): void {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (place.isSorted) entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  let lead = place.lead ?? ' '.repeat(place.indent);
  for (const [key, entry] of entries) {
    const name = inlineText(key);
    const isSorted = place.isSorted && !writer.keepOrderBelow.has(key);
    if (name.length > longKey) {
      writer.lines.push(`${lead}? ${name}`);
      writeEntry(writer, entry, { indent: place.indent, isSorted, lead: `${' '.repeat(place.indent)}:` });
    } else {
      writeEntry(writer, entry, { indent: place.indent, isSorted, lead: `${lead}${name}:` });
    }
    lead = ' '.repeat(place.indent);
  }
}

function writeEntry(writer: Writer, value: unknown, place: Required<Place>): void {
  if (isFilledObject(value)) {
    writer.lines.push(place.lead);
    writeMapping(writer, value, { indent: place.indent + indentStep, isSorted: place.isSorted });
  } else if (Array.isArray(value) && value.length > 0) {
    writer.lines.push(place.lead);
    writeList(writer, value, { indent: place.indent, isSorted: place.isSorted });
  } else {
    writeScalar(writer, value, place);
  }
}

function writeList(writer: Writer, items: unknown[], place: Place): void {
  let lead = place.lead ?? ' '.repeat(place.indent);
  for (const item of items) {
    const inner = { indent: place.indent + indentStep, isSorted: place.isSorted, lead: `${lead}- ` };
    if (isFilledObject(item)) writeMapping(writer, item, inner);
    else if (Array.isArray(item) && item.length > 0) writeList(writer, item, inner);
    else writeScalar(writer, item, { indent: place.indent, isSorted: place.isSorted, lead: `${lead}-` });
    lead = ' '.repeat(place.indent);
  }
}

function writeScalar(writer: Writer, value: unknown, place: Required<Place>): void {
  if (typeof value === 'string' && fitsLiteralBlock(value)) {
    writer.lines.push(`${place.lead} |${literalHeader(value)}`);
    const body = value.endsWith('\n') ? value.slice(0, -1) : value;
    const indent = ' '.repeat(place.indent + indentStep);
    for (const line of body.split('\n')) writer.lines.push(line === '' ? '' : `${indent}${line}`);
  } else {
    writer.lines.push(`${place.lead} ${inlineValue(value)}`);
  }
}

function literalHeader(text: string): string {
  const firstLine = text.split('\n').find((line) => line !== '') ?? '';
  const indentation = firstLine.startsWith(' ') ? String(indentStep) : '';
  if (!text.endsWith('\n')) return `${indentation}-`;
  return text.endsWith('\n\n') ? `${indentation}+` : indentation;
}

// Printable everywhere, without the characters that YAML 1.1 takes for the end of a line.
const unprintable = /[^\t\n\x20-\x7E\xA0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]/u;

function fitsLiteralBlock(text: string): boolean {
  if (!text.includes('\n') || unprintable.test(text)) return false;
  const lines = text.split('\n');
  const first = lines.find((line) => line !== '');
  // A block that begins with white space only, or with a tab, is read differently by different readers.
  return first !== undefined && first.trim() !== '' && !first.startsWith('\t');
}

function inlineValue(value: unknown): string {
  if (typeof value === 'string') return inlineText(value);
  if (typeof value === 'number') return inlineNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return '[]';
  return isObject(value) ? '{}' : 'null';
}

function inlineNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (Object.is(value, -0)) return '0';
  const text = String(value);
  const [mantissa = '', exponent] = text.split('e');
  // Beyond 2^53 a whole number is written as a fraction: as a whole one, readers take it for more exact than it is.
  if (exponent === undefined)
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? `${text}.0` : text;
  const sign = exponent.startsWith('-') || exponent.startsWith('+') ? '' : '+';
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${sign}${exponent}`;
}

const plainText = /^[^\s\-?:,[\]{}#&*!|>'"%@`][^\n]*$/;

function inlineText(text: string): string {
  if (unprintable.test(text) || /[\n\t]/.test(text)) return doubleQuoted(text);
  const isPlain =
    plainText.test(text) &&
    !/:(?: |$)| #|\s$|^\s|[\u00A0\u3000\u2000-\u200B]$/.test(text) &&
    !/^(?:---|\.\.\.)/.test(text) &&
    isTextWhenPlain(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

const shortEscapes: Record<string, string> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\0': '\\0',
};

function doubleQuoted(text: string): string {
  let result = '"';
  for (const character of text) {
    const short = shortEscapes[character];
    if (short) result += short;
    else if (unprintable.test(character)) result += escapeCode(character.codePointAt(0) ?? 0);
    else result += character;
  }
  return `${result}"`;
}

function escapeCode(code: number): string {
  const hexadecimal = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hexadecimal.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hexadecimal.padStart(4, '0')}` : `\\U${hexadecimal.padStart(8, '0')}`;
}
