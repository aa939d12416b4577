import type { BinaryOperator } from '../parse/ast.ts';
import type { Budget } from '../run/budget.ts';
import { TemplateError, typeError } from '../template-error.ts';
import { escapeHtml } from '../text/html.ts';
import { formatPercent } from '../text/percent-format.ts';
import { isNumeric, Markup, Tuple, textOf, typeName, Undefined, type Value } from './model.ts';
import { toText } from './text.ts';

const mostBits = 200_000;

/** Python's binary arithmetic. Errors: `TypeError`, `ZeroDivisionError`, `OverflowError`, fuel. */
export function arithmetic(operator: BinaryOperator, left: Value, right: Value, budget: Budget): Value {
  if (left instanceof Undefined) throw left.error();
  if (operator === '%') {
    const format = textOf(left);
    if (format !== undefined) return percent(left, format, right, budget);
  }
  if (right instanceof Undefined) throw right.error();
  if (isNumeric(left) && isNumeric(right)) return numeric(operator, left, right);
  if (operator === '+') return add(left, right, budget);
  if (operator === '*') {
    if (isInteger(right)) return repeat(left, right, budget, right);
    if (isInteger(left)) return repeat(right, left, budget, left);
    if (isSequence(left)) throw typeError(`can't multiply sequence by non-int of type '${typeName(right)}'`);
    if (isSequence(right)) throw typeError(`can't multiply sequence by non-int of type '${typeName(left)}'`);
  }
  throw unsupported(operator, left, right);
}

/** `-value` or `+value`. Errors: `TypeError`. */
export function signed(operator: '-' | '+', value: Value): Value {
  if (value instanceof Undefined) throw value.error();
  if (!isNumeric(value)) throw typeError(`bad operand type for unary ${operator}: '${typeName(value)}'`);
  const number = typeof value === 'boolean' ? BigInt(value) : value;
  return operator === '-' ? -number : number;
}

/** `a ~ b ~ c`: texts joined; where output is escaped, they are if one of them is safe HTML. */
export function concatenate(
  values: readonly Value[],
  options: { readonly budget: Budget; readonly autoescape: boolean },
): Value {
  const safe = options.autoescape && values.some((value) => value instanceof Markup);
  const texts = values.map((value) =>
    safe && !(value instanceof Markup) ? escapeHtml(toText(value)) : toText(value),
  );
  options.budget.spendText(texts.reduce((sum, text) => sum + text.length, 0));
  return safe ? new Markup(texts.join('')) : texts.join('');
}

/** Converts an exact integer to a float as Python does. Errors: `OverflowError`. */
export function toFloat(value: bigint | number | boolean): number {
  const number = Number(value);
  if (typeof value === 'bigint' && !Number.isFinite(number)) {
    throw new TemplateError('OverflowError', 'int too large to convert to float');
  }
  return number;
}

function percent(left: Value, format: string, right: Value, budget: Budget): Value {
  const text = formatPercent(format, right, { budget, escape: left instanceof Markup });
  return left instanceof Markup ? new Markup(text) : text;
}

function add(left: Value, right: Value, budget: Budget): Value {
  const [a, b] = [textOf(left), textOf(right)];
  if (a !== undefined && b !== undefined) {
    budget.spendText(a.length + b.length);
    if (left instanceof Markup || right instanceof Markup) {
      return new Markup(
        (left instanceof Markup ? a : escapeHtml(a)) + (right instanceof Markup ? b : escapeHtml(b)),
      );
    }
    return a + b;
  }
  if (a !== undefined) throw typeError(`can only concatenate str (not "${typeName(right)}") to str`);
  if (Array.isArray(left)) {
    if (!Array.isArray(right))
      throw typeError(`can only concatenate list (not "${typeName(right)}") to list`);
    budget.spend(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Tuple) {
    if (!(right instanceof Tuple))
      throw typeError(`can only concatenate tuple (not "${typeName(right)}") to tuple`);
    budget.spend(left.items.length + right.items.length);
    return new Tuple([...left.items, ...right.items]);
  }
  throw unsupported('+', left, right);
}

function repeat(value: Value, count: bigint | boolean, budget: Budget, other: Value): Value {
  const times = Math.max(0, Number(count));
  const text = textOf(value);
  if (text !== undefined) {
    budget.spendText(text.length * times);
    const repeated = text.repeat(text === '' ? 0 : times);
    return value instanceof Markup ? new Markup(repeated) : repeated;
  }
  const items = Array.isArray(value) ? value : value instanceof Tuple ? value.items : undefined;
  if (!items) throw unsupported('*', value, other);
  budget.spend(items.length * times);
  const repeated = items.length === 0 ? [] : Array.from({ length: times }, () => items).flat();
  return Array.isArray(value) ? repeated : new Tuple(repeated);
}

function numeric(
  operator: BinaryOperator,
  left: bigint | number | boolean,
  right: bigint | number | boolean,
): Value {
  const a = typeof left === 'boolean' ? BigInt(left) : left;
  const b = typeof right === 'boolean' ? BigInt(right) : right;
  if (typeof a === 'bigint' && typeof b === 'bigint') return integers(operator, a, b);
  return floats(operator, toFloat(a), toFloat(b));
}

function integers(operator: BinaryOperator, a: bigint, b: bigint): Value {
  switch (operator) {
    case '+':
      return bounded(a + b);
    case '-':
      return bounded(a - b);
    case '*':
      return bounded(a * b);
    case '/': {
      if (b === 0n) throw divisionByZero('division by zero');
      const quotient = Number(a) / Number(b);
      // Both may be too large for a float while their quotient is not.
      return Number.isFinite(quotient) ? quotient : Number((a * 2n ** 64n) / b) / 2 ** 64;
    }
    case '//':
      if (b === 0n) throw divisionByZero('integer division or modulo by zero');
      return floorDivide(a, b);
    case '%':
      if (b === 0n) throw divisionByZero('integer modulo by zero');
      return a - b * floorDivide(a, b);
    case '**':
      return power(a, b);
  }
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function power(base: bigint, exponent: bigint): Value {
  if (exponent < 0n) return floats('**', toFloat(base), toFloat(exponent));
  const bits = base.toString(2).length;
  if (bits > 1 && exponent * BigInt(bits) > mostBits) throw tooLarge();
  return base ** exponent;
}

function bounded(value: bigint): bigint {
  // Far beyond every honest use, far below what would take noticeable time.
  if (BigInt.asIntN(mostBits, value) !== value) throw tooLarge();
  return value;
}

function floats(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw divisionByZero('float division by zero');
      return a / b;
    case '//':
      if (b === 0) throw divisionByZero('float floor division by zero');
      return Math.floor((a - floatModulo(a, b)) / b + 0.5);
    case '%':
      if (b === 0) throw divisionByZero('float modulo');
      return floatModulo(a, b);
    case '**': {
      if (a === 0 && b < 0) throw divisionByZero('0.0 cannot be raised to a negative power');
      const result = a ** b;
      if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b)) {
        throw typeError('complex numbers are not supported in templates');
      }
      if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
        throw new TemplateError('OverflowError', "(34, 'Numerical result out of range')");
      }
      return result;
    }
  }
}

function floatModulo(a: number, b: number): number {
  const remainder = a % b;
  if (remainder !== 0) return remainder < 0 === b < 0 ? remainder : remainder + b;
  return b < 0 ? -0 : 0;
}

function isInteger(value: Value): value is bigint | boolean {
  return typeof value === 'bigint' || typeof value === 'boolean';
}

function isSequence(value: Value): boolean {
  return textOf(value) !== undefined || Array.isArray(value) || value instanceof Tuple;
}

function unsupported(operator: BinaryOperator, left: Value, right: Value): TemplateError {
  const shown = operator === '**' ? '** or pow()' : operator;
  return typeError(`unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`);
}

function divisionByZero(message: string): TemplateError {
  return new TemplateError('ZeroDivisionError', message);
}

function tooLarge(): TemplateError {
  return new TemplateError('OverflowError', 'the integer is too large');
}
