import type { ComparisonOperator } from '@trellis/graph';
import { NodeError } from '../errors.ts';
import { isInteger, numberOf } from '../values/float.ts';
import { toText } from '../values/text.ts';
import { isObject } from '../values/types.ts';

/**
 * Whether `actual operator expected` holds.
 *
 * @throws {NodeError} when the operator cannot compare such values
 */
export function compare(operator: ComparisonOperator, actual: unknown, expected: unknown): boolean {
  switch (operator) {
    case 'contains':
      return !isEmpty(actual) && contains(actual, expected);
    case 'not contains':
      return isEmpty(actual) || !contains(actual, expected);
    case 'start with':
      return !isEmpty(actual) && textOf(actual).startsWith(textOf(expected));
    case 'end with':
      return !isEmpty(actual) && textOf(actual).endsWith(textOf(expected));
    case 'is':
      return isSet(actual) && isSame(actual, expected);
    case 'is not':
      return isSet(actual) && !isSame(actual, expected);
    case 'empty':
      return isEmpty(actual);
    case 'not empty':
      return !isEmpty(actual);
    case '=':
      return isSet(actual) && equals(actual, expected);
    case '≠':
      return isSet(actual) && !equals(actual, expected);
    case '>':
      return isSet(actual) && order(actual, expected) > 0;
    case '<':
      return isSet(actual) && order(actual, expected) < 0;
    case '≥':
      return isSet(actual) && order(actual, expected) >= 0;
    case '≤':
      return isSet(actual) && order(actual, expected) <= 0;
    case 'null':
    case 'not exists':
      return !isSet(actual);
    case 'not null':
    case 'exists':
      return isSet(actual);
    case 'in':
      return !isEmpty(actual) && listOf(expected).some((item) => isEqual(item, actual));
    case 'not in':
      return isEmpty(actual) || !listOf(expected).some((item) => isEqual(item, actual));
    case 'all of':
      return !isEmpty(actual) && listOf(expected).every((item) => contains(actual, item));
  }
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** Falsy as in Python: null, "", [], {}, 0, false. */
export function isEmpty(value: unknown): boolean {
  if (!isSet(value) || value === '' || value === false || numberOf(value) === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function contains(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(textOf(expected));
  if (Array.isArray(actual)) return actual.some((item) => isEqual(item, expected));
  throw new NodeError('', 'Only texts and lists can contain something');
}

/** Elements are the same when they are equal, or when the number's text is what somebody wrote. */
function isEqual(item: unknown, expected: unknown): boolean {
  if (item === expected) return true;
  if (numberOf(item) !== undefined && typeof expected === 'string') {
    return expected.trim() !== '' && numberOf(item) === Number(expected);
  }
  if (numberOf(item) !== undefined) return numberOf(item) === numberOf(expected);
  return typeof item === 'string' && numberOf(expected) !== undefined && item === toText(expected);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new NodeError('', 'This comparison needs text on both sides');
}

function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'string')
    return actual === (typeof expected === 'string' ? expected : toText(expected));
  if (typeof actual === 'boolean') return Number(actual) === booleanNumber(expected);
  throw new NodeError('', 'Only texts and booleans can be compared by "is"');
}

function booleanNumber(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (value === 'true' || value === 'false') return Number(value === 'true');
  return numberOf(value) ?? null;
}

function equals(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'boolean') return Number(actual) === booleanNumber(expected);
  const number = numberOf(actual);
  if (number === undefined) throw new NodeError('', 'Only numbers can be compared by "=" and "≠"');
  return isInteger(actual) ? number === integerOf(expected) : number === comparable(expected);
}

function integerOf(value: unknown): number {
  const number = numberOf(value);
  if (number !== undefined) return Math.trunc(number);
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value)) return Number(value);
  throw new NodeError('', `${JSON.stringify(value)} is not a whole number`);
}

function comparable(value: unknown): number {
  const number = typeof value === 'boolean' ? Number(value) : numberOf(value);
  if (number !== undefined) return number;
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
  throw new NodeError('', `${JSON.stringify(value)} is not a number`);
}

function order(actual: unknown, expected: unknown): number {
  const number = numberOf(actual);
  if (number === undefined) throw new NodeError('', 'Only numbers can be ordered');
  return number - comparable(expected);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      if (Array.isArray(parsed)) return parsed;
    } catch {
      // Text that is not a JSON list is no list.
    }
  }
  throw new NodeError('', 'This comparison needs a list of expected values');
}
