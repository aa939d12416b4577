import { formatPythonFloat } from '../../python/float-repr.ts';
import { typeError, valueError } from '../template-error.ts';
import {
  Callable,
  Dict,
  DictView,
  LoopState,
  Markup,
  Namespace,
  PyGenerator,
  Range,
  Tuple,
  Undefined,
  type Value,
} from './model.ts';

const deepest = 500;
const mostDigits = 4300;

/** Python's `str(value)`. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) return '';
  return toRepr(value);
}

/** Python's `repr(value)`. */
export function toRepr(value: Value): string {
  return repr(value, []);
}

function repr(value: Value, parents: readonly Value[]): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return integerText(value);
  if (typeof value === 'number') return formatPythonFloat(value);
  if (value instanceof Markup) return `Markup(${quote(value.text)})`;
  if (value instanceof Undefined) return 'Undefined';
  if (parents.includes(value)) return value instanceof Dict ? '{...}' : '[...]';
  if (parents.length > deepest)
    throw typeError('maximum recursion depth exceeded while getting the repr of an object');
  const inside = [...parents, value];
  if (Array.isArray(value)) return `[${value.map((item) => repr(item, inside)).join(', ')}]`;
  if (value instanceof Tuple) {
    const items = value.items.map((item) => repr(item, inside));
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
  }
  if (value instanceof Dict) {
    return `{${[...value.entries()].map(([key, item]) => `${repr(key, inside)}: ${repr(item, inside)}`).join(', ')}}`;
  }
  if (value instanceof DictView) {
    const items = [...viewItems(value)].map((item) => repr(item, inside));
    return `dict_${value.kind}([${items.join(', ')}])`;
  }
  if (value instanceof Range) {
    const bounds = value.step === 1n ? [value.start, value.stop] : [value.start, value.stop, value.step];
    return `range(${bounds.join(', ')})`;
  }
  if (value instanceof Namespace) {
    const attributes = [...value.attributes].map(([name, item]) => `${quote(name)}: ${repr(item, inside)}`);
    return `<Namespace {${attributes.join(', ')}}>`;
  }
  if (value instanceof LoopState) return `<LoopContext ${value.index0 + 1}/${value.items.length}>`;
  if (value instanceof PyGenerator || value instanceof Callable) return value.title;
  return value satisfies never;
}

/** The elements of a dict view. */
export function* viewItems(view: DictView): Generator<Value> {
  if (view.kind === 'items') for (const entry of view.dict.entries()) yield new Tuple(entry);
  else yield* view.kind === 'keys' ? view.dict.keys() : view.dict.values();
}

/** Decimal digits of an integer. Errors: `ValueError` beyond Python's limit of 4300 digits. */
export function integerText(value: bigint): string {
  // The hexadecimal length bounds the decimal one without the quadratic conversion.
  if (value > -(10n ** 300n) && value < 10n ** 300n) return value.toString();
  if (value.toString(16).length * 1.2 > mostDigits) {
    throw valueError(`Exceeds the limit (${mostDigits} digits) for integer string conversion`);
  }
  return value.toString();
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
// What Python does not print as it is: controls, separators except the space, unassigned, private use, surrogates.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\\]|(?! )\p{Zs}/gu;

/** Python's quoting of a string: single quotes unless only they occur in it. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(unprintable, (character) => escapes[character] ?? codeEscape(character));
  return `${mark}${mark === "'" ? escaped.replaceAll("'", "\\'") : escaped}${mark}`;
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
