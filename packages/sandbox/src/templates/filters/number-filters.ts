import { formatPythonFloat } from '../../python/float-repr.ts';
import { TemplateError, typeError } from '../template-error.ts';
import { roundFloat } from '../text/number-format.ts';
import { toFloat } from '../values/arithmetic.ts';
import { Bound } from '../values/bind.ts';
import { isTrue } from '../values/compare.ts';
import { isNumeric, textOf, typeName, Undefined, type Value } from '../values/model.ts';
import { argumentError, type Filter, type FilterTable } from './filter.ts';

const floatPattern = /^[+-]?(?:(?:\d(?:_?\d)*)?\.?\d(?:_?\d)*\.?(?:e[+-]?\d(?:_?\d)*)?|inf(?:inity)?|nan)$/i;

const absolute: Filter = (value) => {
  const number = numeric(value, 'abs()');
  return number < 0 ? -number : number;
};

const toFloatFilter: Filter = (value, args) => {
  const otherwise = new Bound('float', ['default'], args).value('default', 0);
  return parseFloatValue(value) ?? otherwise;
};

const toInt: Filter = (value, args) => {
  const bound = new Bound('int', ['default', 'base'], args);
  const otherwise = bound.value('default', 0n);
  const text = textOf(value);
  const whole = text === undefined ? integerOf(value) : parseInteger(text, bound.integer('base', 10));
  if (whole !== undefined) return whole;
  const float = text === undefined ? undefined : parseFloatValue(text);
  return float !== undefined && Number.isFinite(float) ? BigInt(Math.trunc(float)) : otherwise;
};

const round: Filter = (value, args) => {
  const bound = new Bound('round', ['precision', 'method'], args);
  const precision = bound.integer('precision', 0);
  const method = bound.text('method', 'common');
  if (method !== 'common' && method !== 'ceil' && method !== 'floor') {
    throw argumentError('method must be common, ceil or floor');
  }
  const number = numeric(value, 'round()');
  if (method !== 'common') {
    const factor = 10 ** precision;
    return Math[method](toFloat(number) * factor) / factor;
  }
  return typeof number === 'bigint' ? roundInteger(number, precision) : roundFloat(number, precision);
};

const fileSize: Filter = (value, args) => {
  const binary = isTrue(new Bound('filesizeformat', ['binary'], args).value('binary', false));
  const bytes = parseFloatValue(value);
  if (value instanceof Undefined) throw value.error();
  if (bytes === undefined)
    throw typeError(`float() argument must be a string or a real number, not '${typeName(value)}'`);
  const base = binary ? 1024 : 1000;
  const letters = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${BigInt(Math.trunc(bytes))} Bytes`;
  const index = letters.findIndex((_, position) => bytes < base ** (position + 2));
  const power = index < 0 ? letters.length : index + 1;
  const letter = letters[power - 1] ?? 'Y';
  const size = roundFloat(bytes / base ** power, 1);
  return `${formatPythonFloat(size)} ${binary ? `${letter.toUpperCase()}i` : letter}B`;
};

/** Filters that work on numbers. */
export const numberFilters: FilterTable = [
  ['abs', absolute],
  ['filesizeformat', fileSize],
  ['float', toFloatFilter],
  ['int', toInt],
  ['round', round],
];

function numeric(value: Value, title: string): bigint | number {
  if (value instanceof Undefined) throw value.error();
  if (!isNumeric(value)) {
    throw typeError(
      title === 'abs()'
        ? `bad operand type for abs(): '${typeName(value)}'`
        : `type ${typeName(value)} doesn't define __round__ method`,
    );
  }
  return typeof value === 'boolean' ? BigInt(value) : value;
}

function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return BigInt(value);
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (value instanceof Undefined) throw value.error();
  return undefined;
}

function parseInteger(text: string, base: number): bigint | undefined {
  const [, sign = '', body = ''] = /^\s*([+-]?)(\w+)\s*$/.exec(text) ?? [];
  const prefix = /^0([box])/i.exec(body)?.[1]?.toLowerCase();
  const prefixBase = prefix === 'x' ? 16 : prefix === 'o' ? 8 : prefix === 'b' ? 2 : undefined;
  const radix = base === 0 ? (prefixBase ?? 10) : base;
  if (radix < 2 || radix > 36) return undefined;
  const digits = (prefixBase === radix ? body.slice(2) : body).toLowerCase();
  if (
    digits === '' ||
    digits.length > 4300 ||
    /^_|__|_$/.test(prefixBase === radix ? digits.slice(1) : digits)
  )
    return undefined;
  let result = 0n;
  for (const digit of digits.replaceAll('_', '')) {
    const worth = Number.parseInt(digit, 36);
    if (Number.isNaN(worth) || worth >= radix) return undefined;
    result = result * BigInt(radix) + BigInt(worth);
  }
  return sign === '-' ? -result : result;
}

function parseFloatValue(value: Value): number | undefined {
  if (isNumeric(value)) return toFloat(value);
  if (value instanceof Undefined) throw value.error();
  const text = textOf(value)?.trim();
  if (text === undefined || text.length > 5000 || !floatPattern.test(text)) return undefined;
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(text.replaceAll('_', ''));
  return Number.isNaN(number) ? undefined : number;
}

function roundInteger(value: bigint, precision: number): bigint {
  if (precision >= 0) return value;
  if (precision < -4300) throw new TemplateError('OverflowError', 'the integer is too large');
  const unit = 10n ** BigInt(-precision);
  const magnitude = value < 0n ? -value : value;
  let count = magnitude / unit;
  const rest = (magnitude % unit) * 2n;
  if (rest > unit || (rest === unit && count % 2n === 1n)) count += 1n;
  return value < 0n ? -(count * unit) : count * unit;
}
