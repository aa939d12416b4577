import { formatPythonFloat } from '../../python/float-repr.ts';

/** Digits of a positive finite number with a fixed count of decimals, ties to even as in Python. */
export function fixedDigits(value: number, precision: number): string {
  if (precision <= 100 && value < 1e21) return value.toFixed(precision);
  // Beyond what the runtime's own formatting covers: exact, by the number's binary fraction.
  const { numerator, denominator } = fractionOf(value);
  const scaled = numerator * 10n ** BigInt(precision);
  let whole = scaled / denominator;
  const rest = (scaled % denominator) * 2n;
  if (rest > denominator || (rest === denominator && whole % 2n === 1n)) whole += 1n;
  const digits = whole.toString().padStart(precision + 1, '0');
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** Digits in exponent form with a count of decimals: `1.50e+03`. */
export function exponentDigits(value: number, precision: number): string {
  const [mantissa = '', exponent = '+0'] = value.toExponential(Math.min(precision, 100)).split('e');
  const padding = '0'.repeat(Math.max(0, precision - 100));
  return `${mantissa}${padding}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** The `g` form: `precision` significant digits, trailing zeros dropped unless `alternate`. */
export function generalDigits(value: number, precision: number, alternate: boolean): string {
  const digits = precision === 0 ? 1 : Math.min(precision, 100);
  if (value === 0) return alternate ? `0.${'0'.repeat(digits - 1)}` : '0';
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  const text =
    exponent < -4 || exponent >= digits
      ? exponentDigits(value, digits - 1)
      : fixedDigits(value, digits - 1 - exponent);
  if (alternate) return text;
  const [mantissa = '', power] = text.split('e');
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return power === undefined ? trimmed : `${trimmed}e${power}`;
}

/** Python's `round(value, digits)` for floats: correct rounding of the exact value, ties to even. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 330) return value;
  if (digits < -310) return value < 0 ? -0 : 0;
  const magnitude = Math.abs(value);
  const rounded = digits >= 0 ? Number(fixedExact(magnitude, digits)) : roundToTens(magnitude, -digits);
  return value < 0 ? -rounded : rounded;
}

function fixedExact(value: number, digits: number): string {
  const { numerator, denominator } = fractionOf(value);
  const scaled = numerator * 10n ** BigInt(digits);
  let whole = scaled / denominator;
  const rest = (scaled % denominator) * 2n;
  if (rest > denominator || (rest === denominator && whole % 2n === 1n)) whole += 1n;
  return `${whole}e-${digits}`;
}

function roundToTens(value: number, tens: number): number {
  const { numerator, denominator } = fractionOf(value);
  const unit = 10n ** BigInt(tens) * denominator;
  let count = numerator / unit;
  const rest = (numerator % unit) * 2n;
  if (rest > unit || (rest === unit && count % 2n === 1n)) count += 1n;
  return Number(count * 10n ** BigInt(tens));
}

/** A positive finite float as an exact fraction. */
function fractionOf(value: number): { numerator: bigint; denominator: bigint } {
  let numerator = value;
  let twos = 0;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    twos += 1;
  }
  return { numerator: BigInt(numerator), denominator: 2n ** BigInt(twos) };
}

/** How Python writes infinities and NaN, or `undefined` for finite numbers. */
export function specialFloat(value: number): string | undefined {
  return Number.isFinite(value) ? undefined : formatPythonFloat(Math.abs(value));
}
