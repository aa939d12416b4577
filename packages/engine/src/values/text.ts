import { type FileValue, fileAttribute, isFile } from './file.ts';
import { Float, numberText } from './float.ts';
import type { Variable } from './variable.ts';

/**
 * The text form of a value in prompts, requests and conditions. Python's conventions, because prompts and
 * answers of existing apps are compared byte by byte.
 */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value instanceof Float) return pythonLiteral(value);
  if (Array.isArray(value)) return listText(value);
  return isFile(value) ? '' : pythonJson(value);
}

function listText(items: readonly unknown[]): string {
  if (items.length === 0) return '';
  if (items.every((item) => typeof item === 'string')) return pythonJson(items);
  return items.every(isFile) ? '' : pythonLiteral(items);
}

/** The text form of a value in answers and in streamed text. */
export function toMarkdown(value: unknown): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '';
    if (value.every(isFile)) return value.map(fileMarkdown).join('\n');
    return value.map((item) => `- ${typeof item === 'string' ? item : pythonLiteral(item)}`).join('\n');
  }
  if (isFile(value)) return fileMarkdown(value);
  return typeof value === 'object' && value !== null && !(value instanceof Float)
    ? pythonJson(value, 2)
    : toText(value);
}

function fileMarkdown(file: FileValue): string {
  const url = fileAttribute(file, 'url') ?? '';
  if (file.type === 'image') return `![${file.filename ?? ''}](${url})`;
  return `[${file.filename ?? url}](${url})`;
}

/** The text form of a variable in records: secrets masked, files empty, objects as indented JSON. */
export function toLogText(variable: Variable): string {
  if (variable.type === 'secret') return maskSecret(String(variable.value));
  const { value } = variable;
  if (isFile(value)) return '';
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float)
    ? pythonJson(value, 2)
    : toText(value);
}

/** Hides a secret: up to 8 characters become 20 asterisks, longer ones keep their first 6 and last 2 characters. */
export function maskSecret(secret: string): string {
  if (secret.length <= 8) return '*'.repeat(20);
  return `${secret.slice(0, 6)}${'*'.repeat(12)}${secret.slice(-2)}`;
}

/** What is nested deeper than this is written as an ellipsis: nobody reads it, and it must not exhaust the stack. */
const deepest = 200;

/** Python's repr of a value: `True`, `None`, `'a'`, `[1, 2.0]`, `{'a': None}`. */
export function pythonLiteral(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'None';
  switch (typeof value) {
    case 'string':
      return pythonString(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return numberText(value);
    default:
  }
  if (value instanceof Float) return numberText(value);
  if (depth > deepest) return '...';
  const literal = (item: unknown) => pythonLiteral(item, depth + 1);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const entries = Object.entries(value as object).filter(([, entry]) => entry !== undefined);
  return `{${entries.map(([key, entry]) => `${pythonString(key)}: ${literal(entry)}`).join(', ')}}`;
}

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = '';
  for (const character of text) {
    if (character === '\\' || character === quote) out += `\\${character}`;
    else if (character === '\n') out += '\\n';
    else if (character === '\r') out += '\\r';
    else if (character === '\t') out += '\\t';
    else out += escapeUnprintable(character);
  }
  return `${quote}${out}${quote}`;
}

function escapeUnprintable(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x20 || !/[\p{C}\p{Z}]/u.test(character)) return character;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** JSON as Python writes it by default: `", "` and `": "` between parts, non-ASCII kept, floats marked. */
export function pythonJson(value: unknown, indent?: number): string {
  return jsonPart(value, indent, 0);
}

function jsonPart(value: unknown, indent: number | undefined, depth: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' || value instanceof Float) return jsonNumber(value);
  if (depth > deepest) return '"..."';
  if (Array.isArray(value)) {
    const items = value.map((item) => jsonPart(item, indent, depth + 1));
    return bracketed({ open: '[', items, close: ']', indent, depth });
  }
  const items = Object.entries(value as object)
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => `${JSON.stringify(key)}: ${jsonPart(entry, indent, depth + 1)}`);
  return bracketed({ open: '{', items, close: '}', indent, depth });
}

function jsonNumber(value: number | Float): string {
  const plain = Number(value);
  if (Number.isFinite(plain)) return numberText(value);
  return Number.isNaN(plain) ? 'NaN' : plain > 0 ? 'Infinity' : '-Infinity';
}

interface Bracketed {
  open: string;
  items: string[];
  close: string;
  indent: number | undefined;
  depth: number;
}

function bracketed({ open, items, close, indent, depth }: Bracketed): string {
  if (items.length === 0) return open + close;
  if (indent === undefined) return open + items.join(', ') + close;
  const inner = `\n${' '.repeat(indent * (depth + 1))}`;
  return `${open}${inner}${items.join(`,${inner}`)}\n${' '.repeat(indent * depth)}${close}`;
}
