import { formatPythonFloat } from '../../python/float-repr.ts';
import { valueError } from '../template-error.ts';

/** Most decimals that a format may ask for. */
const mostDecimals = 10_000;

/** Errors: `ValueError` for more decimals than are worked out. */
export function checkPrecision(precision: number | undefined): void {
  if (precision !== undefined && precision > mostDecimals) throw valueError('precision too big');
}

/** Digits of a positive finite number with a fixed count of decimals, ties to even as in Python. */
export function fixedDigits(value: number, precision: number): string {
  const digits = scaledRound(value, precision)
    .toString()
    .padStart(precision + 1, '0');
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** Digits of a positive finite number in exponent form with a count of decimals: `1.50e+03`. */
export function exponentDigits(value: number, precision: number): string {
  let exponent = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  let digits = scaledRound(value, precision - exponent).toString();
  if (digits.length > precision + 1) {
    // Rounding made one digit more of it: 9.99 became 10.0.
    exponent += 1;
    digits = digits.slice(0, -1);
  }
  const padded = digits.padEnd(precision + 1, '0');
  const mantissa = precision === 0 ? padded : `${padded.slice(0, 1)}.${padded.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The `g` form: `precision` significant digits, trailing zeros dropped unless `alternate`. */
export function generalDigits(value: number, precision: number, alternate: boolean): string {
  const digits = Math.max(1, precision);
  if (value === 0) return alternate ? `0.${'0'.repeat(digits - 1)}` : '0';
  const exponent = Number(exponentDigits(value, digits - 1).split('e')[1]);
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
  const scaled = scaledRound(magnitude, digits);
  const rounded = digits >= 0 ? Number(`${scaled}e-${digits}`) : Number(scaled * 10n ** BigInt(-digits));
  return value < 0 ? -rounded : rounded;
}

/** `value` times a power of ten, rounded to a whole number; exact, ties to even. */
function scaledRound(value: number, tens: number): bigint {
  const { numerator, denominator } = fractionOf(value);
  const scaled = tens >= 0 ? numerator * 10n ** BigInt(tens) : numerator;
  const unit = tens >= 0 ? denominator : denominator * 10n ** BigInt(-tens);
  const whole = scaled / unit;
  const rest = (scaled % unit) * 2n;
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole;
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
