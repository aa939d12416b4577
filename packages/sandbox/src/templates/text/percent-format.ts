import type { Budget } from '../run/budget.ts';
import { TemplateError, typeError, valueError } from '../template-error.ts';
import { Dict, isNumeric, Markup, Tuple, textOf, typeName, Undefined, type Value } from '../values/model.ts';
import { toRepr, toText } from '../values/text.ts';
import { characterCount, sliceCharacters } from './characters.ts';
import { escapeHtml } from './html.ts';
import { checkPrecision, exponentDigits, fixedDigits, generalDigits, specialFloat } from './number-format.ts';

const conversion = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S])?/gu;

interface Options {
  readonly budget: Budget;
  /** Whether inserted texts are escaped for HTML: the format is safe HTML itself. */
  readonly escape: boolean;
}

/** Python's `format % values`. Errors: `TypeError`, `ValueError`, `KeyError` as Python raises them. */
export function formatPercent(format: string, values: Value, options: Options): string {
  const list = values instanceof Tuple ? values.items : [values];
  let used = 0;
  let byName = false;
  const next = (): Value => {
    const value = list[used];
    used += 1;
    if (value === undefined) throw typeError('not enough arguments for format string');
    return value;
  };
  const result = format.replace(
    conversion,
    (
      whole,
      name: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string | undefined,
      offset: number,
    ) => {
      if (type === undefined) throw valueError('incomplete format');
      if (type === '%') return '%';
      const size = width === '*' ? integerArgument(next()) : Number(width ?? 0);
      const hasPrecision = whole.slice(0, -1).includes('.');
      const digits = !hasPrecision
        ? undefined
        : precision === '*'
          ? integerArgument(next())
          : Number(precision ?? 0);
      const value = name === undefined ? next() : lookUp(values, name);
      byName ||= name !== undefined;
      checkPrecision(digits);
      options.budget.spend(1);
      options.budget.spendText(Math.abs(size) + (digits ?? 0));
      const index = offset + whole.length - 1;
      return pad(convert(value, { flags, digits, type, index }, options), { flags, size, type });
    },
  );
  if (!byName && used < list.length && !(values instanceof Dict)) {
    throw typeError('not all arguments converted during string formatting');
  }
  options.budget.spendText(result.length);
  return result;
}

interface Conversion {
  readonly flags: string;
  readonly digits: number | undefined;
  readonly type: string;
  readonly index: number;
}

function convert(value: Value, conversion: Conversion, options: Options): string {
  const { digits, type, flags } = conversion;
  switch (type) {
    case 's':
    case 'r':
    case 'a': {
      const text = type === 's' ? toText(value) : toRepr(value);
      const cut = digits === undefined ? text : sliceCharacters(text, 0, digits);
      return options.escape && !(value instanceof Markup) ? escapeHtml(cut) : cut;
    }
    case 'd':
    case 'i':
    case 'u':
      return withSign(integerDigits(truncated(value, type), 10, digits), flags);
    case 'x':
    case 'X':
    case 'o': {
      const [radix, prefix] = type === 'o' ? [8, '0o'] : [16, `0${type}`];
      const number = strictInteger(value, type);
      const plain = integerDigits(number < 0n ? -number : number, radix, digits);
      const text = `${number < 0n ? '-' : ''}${flags.includes('#') ? prefix : ''}${plain}`;
      return withSign(type === 'X' ? text.toUpperCase() : text, flags);
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return withSign(floatDigits(value, conversion), flags);
    case 'c':
      return character(value);
    default:
      throw valueError(
        `unsupported format character '${type}' (0x${(type.codePointAt(0) ?? 0).toString(16)}) at index ${conversion.index}`,
      );
  }
}

function floatDigits(value: Value, { digits, type, flags }: Conversion): string {
  if (value instanceof Undefined) throw value.error();
  if (!isNumeric(value)) throw typeError(`must be real number, not ${typeName(value)}`);
  const number = Number(value);
  const magnitude = Math.abs(number);
  const precision = digits ?? 6;
  const lower = type.toLowerCase();
  const text =
    specialFloat(magnitude) ??
    (lower === 'f'
      ? fixedDigits(magnitude, precision)
      : lower === 'e'
        ? exponentDigits(magnitude, precision)
        : generalDigits(magnitude, precision, flags.includes('#')));
  const signed = `${number < 0 || Object.is(number, -0) ? '-' : ''}${text}`;
  return type === lower ? signed : signed.toUpperCase();
}

function withSign(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function integerDigits(value: bigint, radix: number, precision: number | undefined): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString(radix).padStart(precision ?? 0, '0');
  return negative ? `-${digits}` : digits;
}

function truncated(value: Value, type: string): bigint {
  if (value instanceof Undefined) throw value.error();
  if (!isNumeric(value))
    throw typeError(`%${type} format: a real number is required, not ${typeName(value)}`);
  if (typeof value !== 'number') return BigInt(value);
  if (!Number.isFinite(value)) {
    throw new TemplateError(
      'OverflowError',
      `cannot convert float ${Number.isNaN(value) ? 'NaN' : 'infinity'} to integer`,
    );
  }
  return BigInt(Math.trunc(value));
}

function strictInteger(value: Value, type: string): bigint {
  if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
  throw typeError(`%${type} format: an integer is required, not ${typeName(value)}`);
}

function character(value: Value): string {
  const text = textOf(value);
  if (text !== undefined && characterCount(text) === 1) return text;
  if (typeof value === 'bigint') {
    if (value < 0n || value > 0x10ffffn)
      throw new TemplateError('OverflowError', '%c arg not in range(0x110000)');
    return String.fromCodePoint(Number(value));
  }
  throw typeError('%c requires int or char');
}

function integerArgument(value: Value): number {
  if (typeof value === 'bigint' && value <= 2n ** 31n) return Number(value);
  throw typeError('* wants int');
}

function lookUp(values: Value, name: string): Value {
  if (!(values instanceof Dict)) throw typeError('format requires a mapping');
  const value = values.get(name);
  if (value === undefined) throw new TemplateError('KeyError', toRepr(name));
  return value;
}

function pad(
  text: string,
  options: { readonly flags: string; readonly size: number; readonly type: string },
): string {
  const missing = Math.abs(options.size) - characterCount(text);
  if (missing <= 0) return text;
  if (options.flags.includes('-') || options.size < 0) return text + ' '.repeat(missing);
  if (!options.flags.includes('0') || /[srac]/.test(options.type)) return ' '.repeat(missing) + text;
  const [, sign = '', digits = ''] = /^([-+ ]?(?:0[xXoO])?)([\s\S]*)$/.exec(text) ?? [];
  return sign + '0'.repeat(missing) + digits;
}
