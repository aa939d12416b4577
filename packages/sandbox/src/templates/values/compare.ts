import type { CompareOperator } from '../parse/ast.ts';
import { typeError } from '../template-error.ts';
import { compareTexts } from '../text/characters.ts';
import { Dict, DictView, isNumeric, Range, Tuple, textOf, typeName, Undefined, type Value } from './model.ts';
import { viewItems } from './text.ts';

const deepest = 300;

/** Whether a value counts as true in a condition. */
export function isTrue(value: Value): boolean {
  if (value === null || value === false) return false;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  const text = textOf(value);
  if (text !== undefined) return text !== '';
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (value instanceof DictView) return value.dict.size > 0;
  if (value instanceof Range) return value.length > 0;
  return !(value instanceof Undefined);
}

/** Python's `==`. */
export function equals(left: Value, right: Value, depth = 0): boolean {
  if (left === right) return true;
  if (depth > deepest) throw typeError('maximum recursion depth exceeded in comparison');
  if (isNumeric(left) && isNumeric(right)) return sameNumber(numberOf(left), numberOf(right));
  const text = textOf(left);
  if (text !== undefined) return text === textOf(right);
  const [a, b] = [sequenceItems(left), sequenceItems(right)];
  if (a && b) {
    return (
      Array.isArray(left) === Array.isArray(right) &&
      a.length === b.length &&
      a.every((item, index) => equals(item, b[index] ?? null, depth + 1))
    );
  }
  if (left instanceof Dict && right instanceof Dict) {
    if (left.size !== right.size) return false;
    for (const [key, value] of left.entries()) {
      const other = right.get(key);
      if (other === undefined || !equals(value, other, depth + 1)) return false;
    }
    return true;
  }
  if (left instanceof Range && right instanceof Range) {
    return (
      left.length === right.length &&
      (left.length === 0 || (left.at(0) === right.at(0) && left.step === right.step))
    );
  }
  return left instanceof Undefined && right instanceof Undefined;
}

/**
 * Orders two values: negative, zero or positive. NaN makes the answer NaN, for which no comparison holds.
 * Errors: `TypeError` for values that Python does not order; `operator` is the one its message names.
 */
export function compare(left: Value, right: Value, operator: string): number {
  if (isNumeric(left) && isNumeric(right)) {
    const [a, b] = [numberOf(left), numberOf(right)];
    if (a < b) return -1;
    if (a > b) return 1;
    return sameNumber(a, b) ? 0 : Number.NaN;
  }
  const [leftText, rightText] = [textOf(left), textOf(right)];
  if (leftText !== undefined && rightText !== undefined) return compareTexts(leftText, rightText);
  const [a, b] = [sequenceItems(left), sequenceItems(right)];
  if (a && b && Array.isArray(left) === Array.isArray(right)) {
    for (let index = 0; index < a.length && index < b.length; index += 1) {
      const [x, y] = [a[index] ?? null, b[index] ?? null];
      if (!equals(x, y)) return compare(x, y, operator);
    }
    return a.length - b.length;
  }
  if (left instanceof Undefined) throw left.error();
  if (right instanceof Undefined) throw right.error();
  throw typeError(
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}

/** Applies one operator of a comparison chain. */
export function compareBy(operator: CompareOperator, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return equals(left, right);
    case '!=':
      return !equals(left, right);
    case '<':
      return compare(left, right, '<') < 0;
    case '<=':
      return compare(left, right, '<=') <= 0;
    case '>':
      return compare(left, right, '>') > 0;
    case '>=':
      return compare(left, right, '>=') >= 0;
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
  }
}

/** Python's `item in container`. */
export function contains(container: Value, item: Value): boolean {
  const text = textOf(container);
  if (text !== undefined) {
    const part = textOf(item);
    if (part !== undefined) return text.includes(part);
    if (item instanceof Undefined) throw item.error();
    throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  const items = sequenceItems(container);
  if (items) return items.some((candidate) => equals(candidate, item));
  if (container instanceof Dict) return container.has(item);
  if (container instanceof DictView) {
    for (const candidate of viewItems(container)) if (equals(candidate, item)) return true;
    return false;
  }
  if (container instanceof Range) return inRange(container, item);
  if (container instanceof Undefined) return false;
  if (typeof container === 'object' && container !== null && 'iterator' in container) {
    for (let step = container.iterator.next(); !step.done; step = container.iterator.next()) {
      if (equals(step.value, item)) return true;
    }
    return false;
  }
  throw typeError(`argument of type '${typeName(container)}' is not iterable`);
}

function inRange(range: Range, item: Value): boolean {
  if (!isNumeric(item)) return false;
  const number = typeof item === 'number' ? item : BigInt(item);
  if (typeof number === 'number' && !Number.isInteger(number)) return false;
  const offset = BigInt(number) - range.start;
  return (
    offset % range.step === 0n && offset / range.step >= 0n && offset / range.step < BigInt(range.length)
  );
}

/** Exact also between integers and floats: the order of the two is, in this language as in Python. */
function sameNumber(left: bigint | number, right: bigint | number): boolean {
  return left <= right && left >= right;
}

function numberOf(value: bigint | number | boolean): bigint | number {
  return typeof value === 'boolean' ? BigInt(value) : value;
}

function sequenceItems(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Tuple ? value.items : undefined;
}
