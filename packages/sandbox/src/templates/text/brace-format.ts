import type { Budget } from '../run/budget.ts';
import { TemplateError, valueError } from '../template-error.ts';
import { type Arguments, Dict, Tuple, type Value } from '../values/model.ts';
import { toRepr, toText } from '../values/text.ts';
import { formatValue } from './format-spec.ts';

interface Context {
  readonly args: Arguments;
  readonly budget: Budget;
  automatic: number;
  manual: boolean;
}

/**
 * Python's `text.format(...)`. Fields may name items (`{0[key]}`), not attributes: values have none that a
 * format string should read. Errors: `ValueError`, `IndexError`, `KeyError`, `AttributeError`.
 */
export function formatBraces(format: string, args: Arguments, budget: Budget): string {
  return expand(format, { args, budget, automatic: 0, manual: false }, 2);
}

function expand(format: string, context: Context, depth: number): string {
  if (depth < 0) throw valueError('Max string recursion exceeded');
  let result = '';
  for (let position = 0; position < format.length; ) {
    const character = format[position] ?? '';
    if (character !== '{' && character !== '}') {
      const next = format.slice(position).search(/[{}]/);
      const end = next < 0 ? format.length : position + next;
      result += format.slice(position, end);
      position = end;
    } else if (format[position + 1] === character) {
      result += character;
      position += 2;
    } else if (character === '}') {
      throw valueError("Single '}' encountered in format string");
    } else {
      const end = fieldEnd(format, position + 1);
      result += field(format.slice(position + 1, end), context, depth);
      position = end + 1;
    }
    context.budget.spendText(result.length / 16);
  }
  return result;
}

function fieldEnd(format: string, start: number): number {
  let open = 1;
  for (let position = start; position < format.length; position += 1) {
    if (format[position] === '{') open += 1;
    else if (format[position] === '}') open -= 1;
    if (open === 0) return position;
  }
  throw valueError(
    start === format.length ? "Single '{' encountered in format string" : "expected '}' before end of string",
  );
}

function field(text: string, context: Context, depth: number): string {
  const [, name = '', conversion, specification = ''] =
    /^([^!:]*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(text) ?? [];
  const value = resolve(name, context);
  const shown = conversion === undefined ? value : convert(value, conversion);
  return formatValue(shown, expand(specification, context, depth - 1), context.budget);
}

function convert(value: Value, conversion: string): string {
  if (conversion === 's') return toText(value);
  if (conversion === 'r' || conversion === 'a') return toRepr(value);
  throw valueError(`Unknown conversion specifier '${conversion}'`);
}

function resolve(name: string, context: Context): Value {
  const [first = '', ...path] = name.split(/(?=[.[])/);
  let value = argument(first, context);
  for (const part of path) {
    if (part.startsWith('.')) {
      throw new TemplateError('AttributeError', `format fields have no attribute '${part.slice(1)}'`);
    }
    value = item(value, part.slice(1, -1));
  }
  return value;
}

function argument(name: string, context: Context): Value {
  const numbered = /^\d*$/.test(name);
  if (!numbered) {
    const value = context.args.keyword.get(name);
    if (value === undefined) throw new TemplateError('KeyError', toRepr(name));
    return value;
  }
  if (name !== '') context.manual = true;
  else if (context.manual) {
    throw valueError('cannot switch from manual field specification to automatic field numbering');
  }
  const index = name === '' ? context.automatic++ : Number(name);
  const value = context.args.positional[index];
  if (value === undefined) {
    throw new TemplateError(
      'IndexError',
      `Replacement index ${index} out of range for positional args tuple`,
    );
  }
  return value;
}

function item(container: Value, key: string): Value {
  const index = /^\d+$/.test(key) ? Number(key) : undefined;
  if (container instanceof Dict) {
    const value = container.get(index === undefined ? key : BigInt(index));
    if (value === undefined) throw new TemplateError('KeyError', index === undefined ? toRepr(key) : key);
    return value;
  }
  const items = Array.isArray(container) ? container : container instanceof Tuple ? container.items : [];
  const value = index === undefined ? undefined : items[index];
  if (value === undefined) throw new TemplateError('IndexError', 'list index out of range');
  return value;
}
