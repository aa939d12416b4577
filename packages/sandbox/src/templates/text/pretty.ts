import { compare } from '../values/compare.ts';
import { Dict, isNumeric, Tuple, textOf, typeName, type Value } from '../values/model.ts';
import { quote, toRepr } from '../values/text.ts';
import { characterCount, compareTexts } from './characters.ts';

const lineWidth = 80;

/** Python's `pprint.pformat(value)`: sorted keys, and lines broken at 80 columns. */
export function prettyText(value: Value): string {
  return format(value, { indent: 0, allowance: 0, parents: [] });
}

interface Place {
  /** Columns before the value. */
  readonly indent: number;
  /** Columns that closing brackets and commas behind it need. */
  readonly allowance: number;
  readonly parents: readonly Value[];
}

function format(value: Value, place: Place): string {
  if (place.parents.includes(value)) return `<Recursion on ${typeName(value)}>`;
  const line = oneLine(value, []);
  if (characterCount(line) <= lineWidth - place.indent - place.allowance) return line;
  const parents = [...place.parents, value];
  if (Array.isArray(value)) return brackets('[', value, ']', { ...place, parents });
  if (value instanceof Tuple) {
    return brackets('(', value.items, value.items.length === 1 ? ',)' : ')', { ...place, parents });
  }
  if (value instanceof Dict && value.size > 0) return dictionary(value, { ...place, parents });
  const text = textOf(value);
  return text === undefined ? line : brokenText(text, place);
}

function brackets(open: string, items: readonly Value[], close: string, place: Place): string {
  const indent = place.indent + 1;
  const parts = items.map((item, index) =>
    format(item, {
      ...place,
      indent,
      allowance: index === items.length - 1 ? place.allowance + close.length : 1,
    }),
  );
  return `${open}${parts.join(`,\n${' '.repeat(indent)}`)}${close}`;
}

function dictionary(value: Dict, place: Place): string {
  const indent = place.indent + 1;
  const entries = sortedEntries(value);
  const parts = entries.map(([key, item], index) => {
    const name = oneLine(key, []);
    const allowance = index === entries.length - 1 ? place.allowance + 1 : 1;
    return `${name}: ${format(item, { ...place, indent: indent + characterCount(name) + 2, allowance })}`;
  });
  return `{${parts.join(`,\n${' '.repeat(indent)}`)}}`;
}

/** A long text as several literals, cut after whitespace. */
function brokenText(text: string, place: Place): string {
  const top = place.parents.length === 0;
  const indent = place.indent + (top ? 1 : 0);
  const allowance = place.allowance + (top ? 1 : 0);
  const width = lineWidth - indent;
  const lines = text.split(/(?<=\n)/);
  const chunks: string[] = [];
  lines.forEach((line, lineIndex) => {
    const isLastLine = lineIndex === lines.length - 1;
    if (quote(line).length <= (isLastLine ? width - allowance : width)) {
      chunks.push(quote(line));
      return;
    }
    const parts = line.match(/\S*\s*/g)?.filter((part) => part !== '') ?? [];
    let current = '';
    parts.forEach((part, index) => {
      const candidate = current + part;
      const limit = isLastLine && index === parts.length - 1 ? width - allowance : width;
      if (quote(candidate).length > limit) {
        if (current !== '') chunks.push(quote(current));
        current = part;
      } else {
        current = candidate;
      }
    });
    if (current !== '') chunks.push(quote(current));
  });
  if (chunks.length <= 1) return chunks[0] ?? "''";
  const joined = chunks.join(`\n${' '.repeat(indent)}`);
  return top ? `(${joined})` : joined;
}

function oneLine(value: Value, parents: readonly Value[]): string {
  if (typeof value !== 'object' || value === null) return toRepr(value);
  if (parents.includes(value)) return `<Recursion on ${typeName(value)}>`;
  const inside = [...parents, value];
  if (Array.isArray(value)) return `[${value.map((item) => oneLine(item, inside)).join(', ')}]`;
  if (value instanceof Tuple) {
    const items = value.items.map((item) => oneLine(item, inside));
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
  }
  if (value instanceof Dict) {
    const entries = sortedEntries(value);
    return `{${entries.map(([key, item]) => `${oneLine(key, inside)}: ${oneLine(item, inside)}`).join(', ')}}`;
  }
  return toRepr(value);
}

function sortedEntries(value: Dict): [Value, Value][] {
  return [...value.entries()].sort(([a], [b]) => {
    const sameKind = (isNumeric(a) && isNumeric(b)) || typeName(a) === typeName(b);
    return sameKind && a !== null ? compare(a, b, '<') : compareTexts(typeName(a), typeName(b));
  });
}
