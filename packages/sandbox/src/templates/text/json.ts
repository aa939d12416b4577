import { formatPythonFloat } from '../../python/float-repr.ts';
import { TemplateError, typeError } from '../template-error.ts';
import { Dict, isNumeric, Markup, Tuple, typeName, type Value } from '../values/model.ts';
import { integerText } from '../values/text.ts';
import { compareTexts } from './characters.ts';

/** Python's `json.dumps(value, sort_keys=True, indent=indent)` with ASCII output. Errors: `TypeError`. */
export function toJsonText(value: Value, indent: string | undefined): string {
  return write(value, indent, '\n', []);
}

function write(value: Value, indent: string | undefined, newline: string, parents: readonly Value[]): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return integerText(value);
  if (typeof value === 'number') return floatText(value);
  if (typeof value === 'string') return quoteJson(value);
  if (value instanceof Markup) return quoteJson(value.text);
  if (parents.includes(value)) throw new TemplateError('ValueError', 'Circular reference detected');
  const inside = [...parents, value];
  const inner = indent === undefined ? newline : newline + indent;
  if (Array.isArray(value) || value instanceof Tuple) {
    const items = Array.isArray(value) ? value : value.items;
    return wrap(
      '[',
      ']',
      items.map((item) => write(item, indent, inner, inside)),
      { indent, newline, inner },
    );
  }
  if (value instanceof Dict) {
    const entries = sortedEntries(value).map(
      ([key, item]) => `${quoteJson(key)}: ${write(item, indent, inner, inside)}`,
    );
    return wrap('{', '}', entries, { indent, newline, inner });
  }
  throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function wrap(
  open: string,
  close: string,
  parts: readonly string[],
  layout: { readonly indent: string | undefined; readonly newline: string; readonly inner: string },
): string {
  if (parts.length === 0) return open + close;
  if (layout.indent === undefined) return open + parts.join(', ') + close;
  return open + layout.inner + parts.join(`,${layout.inner}`) + layout.newline + close;
}

function sortedEntries(dict: Dict): [string, Value][] {
  const entries = [...dict.entries()];
  const allNumbers = entries.every(([key]) => isNumeric(key));
  const allTexts = entries.every(([key]) => typeof key === 'string' || key instanceof Markup);
  if (!allNumbers && !allTexts && entries.length > 1) {
    const [first, other] = [
      entries[0]?.[0] ?? null,
      entries.find(([key]) => typeName(key) !== typeName(entries[0]?.[0] ?? null))?.[0] ?? null,
    ];
    throw typeError(`'<' not supported between instances of '${typeName(other)}' and '${typeName(first)}'`);
  }
  if (allNumbers) entries.sort(([a], [b]) => Number(a) - Number(b));
  const named = entries.map(([key, value]): [string, Value] => [keyText(key), value]);
  return allNumbers ? named : named.sort(([a], [b]) => compareTexts(a, b));
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key instanceof Markup) return key.text;
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'bigint') return integerText(key);
  if (typeof key === 'number') return floatText(key);
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return formatPythonFloat(value);
}

function quoteJson(text: string): string {
  return JSON.stringify(text)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\\u007f', '\u007f');
}
