import { filterNames } from './filters/all-filters.ts';
import type { FilterContext } from './filters/filter.ts';
import type { CompareOperator } from './parse/ast.ts';
import { arithmetic } from './values/arithmetic.ts';
import { Bound } from './values/bind.ts';
import { compareBy, contains, equals } from './values/compare.ts';
import { isIterable } from './values/iterate.ts';
import {
  type Arguments,
  Callable,
  Dict,
  isNumeric,
  LoopState,
  Markup,
  Range,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from './values/model.ts';
import { toText } from './values/text.ts';

/** `value is name(args)` */
export type Test = (value: Value, args: Arguments, context: FilterContext) => boolean;

const comparing =
  (operator: CompareOperator): Test =>
  (value, args) =>
    compareBy(operator, value, new Bound(operator, ['other'], args).required('other'));

const remainder = (value: Value, by: Value, context: FilterContext) =>
  arithmetic('%', value, by, context.budget);

/** The tests by name. */
export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['boolean', (value) => typeof value === 'boolean'],
  ['callable', (value) => value instanceof Callable || value instanceof LoopState],
  ['defined', (value) => !(value instanceof Undefined)],
  ['undefined', (value) => value instanceof Undefined],
  [
    'divisibleby',
    (value, args, context) =>
      equals(remainder(value, new Bound('divisibleby', ['num'], args).required('num'), context), 0n),
  ],
  ['escaped', (value) => value instanceof Markup],
  ['even', (value, _args, context) => equals(remainder(value, 2n, context), 0n)],
  ['odd', (value, _args, context) => equals(remainder(value, 2n, context), 1n)],
  ['false', (value) => value === false],
  ['true', (value) => value === true],
  ['filter', (value) => filterNames.has(toText(value))],
  ['test', (value) => tests.has(toText(value))],
  ['float', (value) => typeof value === 'number'],
  ['integer', (value) => typeof value === 'bigint'],
  ['number', (value) => isNumeric(value)],
  ['none', (value) => value === null],
  ['in', (value, args) => contains(new Bound('in', ['seq'], args).required('seq'), value)],
  ['iterable', (value) => isIterable(value)],
  [
    'lower',
    (value) => /[\p{Lu}\p{Ll}]/u.test(toText(value)) && toText(value) === toText(value).toLowerCase(),
  ],
  [
    'upper',
    (value) => /[\p{Lu}\p{Ll}]/u.test(toText(value)) && toText(value) === toText(value).toUpperCase(),
  ],
  ['mapping', (value) => value instanceof Dict],
  ['sameas', (value, args) => sameObject(value, new Bound('sameas', ['other'], args).required('other'))],
  ['sequence', (value) => isSequence(value)],
  ['string', (value) => textOf(value) !== undefined],
  ...(
    [
      ['==', ['eq', 'equalto']],
      ['!=', ['ne']],
      ['<', ['lt', 'lessthan']],
      ['<=', ['le']],
      ['>', ['gt', 'greaterthan']],
      ['>=', ['ge']],
    ] as const
  ).flatMap(([operator, names]) =>
    [operator, ...names].map((name): [string, Test] => [name, comparing(operator)]),
  ),
]);

function sameObject(left: Value, right: Value): boolean {
  return left === right || (typeof left === 'number' && Object.is(left, right));
}

function isSequence(value: Value): boolean {
  return (
    textOf(value) !== undefined ||
    Array.isArray(value) ||
    value instanceof Tuple ||
    value instanceof Dict ||
    value instanceof Range ||
    value instanceof Undefined
  );
}

/** Names of the tests. */
export const testNames: ReadonlySet<string> = new Set(tests.keys());
