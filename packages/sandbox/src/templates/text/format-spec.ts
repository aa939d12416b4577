import { formatPythonFloat } from '../../python/float-repr.ts';
import type { Budget } from '../run/budget.ts';
import { TemplateError, valueError } from '../template-error.ts';
import { isNumeric, Markup, typeName, type Value } from '../values/model.ts';
import { integerText, toText } from '../values/text.ts';
import { characterCount, sliceCharacters } from './characters.ts';
import { checkPrecision, exponentDigits, fixedDigits, generalDigits, specialFloat } from './number-format.ts';

const pattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

interface Specification {
  readonly fill: string;
  readonly align: string | undefined;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Python's `format(value, spec)`. Errors: `ValueError` for a specification that does not fit the value. */
export function formatValue(value: Value, specification: string, budget: Budget): string {
  if (specification === '') return toText(value);
  const spec = parseSpecification(specification, value);
  checkPrecision(spec.precision);
  budget.spendText(spec.width + (spec.precision ?? 0));
  if (isNumeric(value) && !(typeof value === 'boolean' && (spec.type === '' || spec.type === 's'))) {
    return formatNumber(typeof value === 'boolean' ? BigInt(value) : value, spec);
  }
  if (typeof value === 'string' || value instanceof Markup || typeof value === 'boolean') {
    if (spec.type !== '' && spec.type !== 's') throw unknownCode(spec.type, value);
    const text = toText(value);
    if (spec.align === '=') throw valueError("'=' alignment not allowed in string format specifier");
    return align(spec.precision === undefined ? text : sliceCharacters(text, 0, spec.precision), spec, '<');
  }
  throw new TemplateError('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`);
}

function parseSpecification(text: string, value: Value): Specification {
  const found = pattern.exec(text);
  if (!found) throw valueError(`Invalid format specifier '${text}' for object of type '${typeName(value)}'`);
  const [, fill, alignment, sign, , alternate, zero, width, grouping, precision, type] = found;
  return {
    fill: fill ?? (zero && !alignment ? '0' : ' '),
    align: alignment ?? (zero && isNumeric(value) ? '=' : undefined),
    sign: sign ?? '-',
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? '',
  };
}

function formatNumber(value: bigint | number, spec: Specification): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  const body =
    typeof value === 'bigint' && !/[eEfFgG%]/.test(spec.type)
      ? integerBody(value < 0n ? -value : value, spec)
      : floatBody(Math.abs(Number(value)), spec, typeof value === 'bigint');
  if (spec.align === '=') {
    const missing = spec.width - sign.length - characterCount(body.prefix + body.digits);
    if (spec.fill === '0' && spec.grouping !== '' && missing > 0) {
      return (
        sign +
        body.prefix +
        padGrouped(body.digits, spec.width - sign.length - body.prefix.length, spec.grouping)
      );
    }
    return sign + body.prefix + spec.fill.repeat(Math.max(0, missing)) + body.digits;
  }
  return align(sign + body.prefix + body.digits, spec, '>');
}

interface NumberBody {
  readonly prefix: string;
  readonly digits: string;
}

function integerBody(value: bigint, spec: Specification): NumberBody {
  if (spec.precision !== undefined) throw valueError('Precision not allowed in integer format specifier');
  const prefixed = (radix: number, prefix: string, upper = false): NumberBody => {
    const digits = value.toString(radix);
    return {
      prefix: spec.alternate ? prefix : '',
      digits: group(upper ? digits.toUpperCase() : digits, spec.grouping, 4),
    };
  };
  switch (spec.type) {
    case '':
    case 'd':
    case 'n':
      return { prefix: '', digits: group(integerText(value), spec.grouping, 3) };
    case 'b':
      return prefixed(2, '0b');
    case 'o':
      return prefixed(8, '0o');
    case 'x':
      return prefixed(16, '0x');
    case 'X':
      return prefixed(16, '0X', true);
    case 'c':
      if (value > 0x10ffffn) throw new TemplateError('OverflowError', '%c arg not in range(0x110000)');
      return { prefix: '', digits: String.fromCodePoint(Number(value)) };
    default:
      throw unknownCode(spec.type, value);
  }
}

function floatBody(value: number, spec: Specification, isInteger: boolean): NumberBody {
  if (!isInteger && /[bcdoxXs]/.test(spec.type)) throw unknownCode(spec.type, value);
  const upper = /[EFG]/.test(spec.type);
  const text = specialFloat(value) ?? finiteDigits(value, spec);
  const [whole = '', ...rest] = text.split(/(?=[.e])/);
  const grouped = /^\d+$/.test(whole) ? group(whole, spec.grouping, 3) + rest.join('') : text;
  const shown = spec.type === '%' ? `${grouped}%` : grouped;
  return { prefix: '', digits: upper ? shown.toUpperCase() : shown };
}

function finiteDigits(value: number, spec: Specification): string {
  const precision = spec.precision ?? 6;
  switch (spec.type) {
    case 'e':
    case 'E':
      return exponentDigits(value, precision);
    case 'f':
    case 'F':
      return fixedDigits(value, precision);
    case '%':
      return fixedDigits(value * 100, precision);
    case 'g':
    case 'G':
    case 'n':
      return generalDigits(value, precision, spec.alternate);
    default: {
      if (spec.precision === undefined) return formatPythonFloat(value);
      // Without a type: like `g`, but with at least one digit behind the point.
      const text = generalDigits(value, spec.precision, spec.alternate);
      return /[.e]/.test(text) ? text : `${text}.0`;
    }
  }
}

function group(digits: string, separator: string, radixSize: number): string {
  if (separator === '') return digits;
  const size = separator === ',' ? 3 : radixSize;
  let result = '';
  for (let end = digits.length; end > 0; end -= size) {
    result = digits.slice(Math.max(0, end - size), end) + (result === '' ? '' : separator + result);
  }
  return result;
}

function padGrouped(digits: string, width: number, separator: string): string {
  const [whole = '', rest = ''] = splitOnce(digits.replaceAll(separator, ''));
  let padded = whole;
  while (group(padded, separator, 3).length + rest.length < width) padded = `0${padded}`;
  return group(padded, separator, 3) + rest;
}

function splitOnce(digits: string): [string, string] {
  const point = digits.search(/[.e%]/);
  return point < 0 ? [digits, ''] : [digits.slice(0, point), digits.slice(point)];
}

function align(text: string, spec: Specification, usual: '<' | '>'): string {
  const missing = Math.max(0, spec.width - characterCount(text));
  switch (spec.align ?? usual) {
    case '<':
      return text + spec.fill.repeat(missing);
    case '^':
      return spec.fill.repeat(Math.floor(missing / 2)) + text + spec.fill.repeat(Math.ceil(missing / 2));
    default:
      return spec.fill.repeat(missing) + text;
  }
}

function unknownCode(type: string, value: Value): TemplateError {
  return valueError(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
}
