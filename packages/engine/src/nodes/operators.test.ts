import type { ComparisonOperator } from '@trellis/graph';
import { describe, expect, test } from 'vitest';
import { fileValue } from '../values/file.ts';
import { Float } from '../values/float.ts';
import { VariablePool } from '../values/pool.ts';
import { evaluateConditions } from './conditions.ts';
import { compare } from './operators.ts';

describe('Operators', () => {
  test.each<[ComparisonOperator, unknown, unknown, boolean]>([
    ['contains', '', 'a', false],
    ['not contains', '', 'a', true],
    ['contains', ['a', 'b'], 'a', true],
    ['contains', [1, 2], '2', true],
    ['start with', 'abc', 'ab', true],
    ['end with', null, 'a', false],
    ['is', null, 'a', false],
    ['is not', null, 'a', false],
    ['is', true, false, false],
    ['empty', 0, null, true],
    ['empty', {}, null, true],
    ['not empty', [0], null, true],
    ['=', 5, '5', true],
    ['=', new Float(5), '5.0', true],
    ['≠', null, '5', false],
    ['=', true, true, true],
    ['>', 2, '1.5', true],
    ['≤', 2, '2', true],
    ['null', null, null, true],
    ['not null', null, null, false],
    ['in', 'a', ['a', 'b'], true],
    ['not in', '', ['a'], true],
    ['in', 'a', '["a"]', true],
    ['all of', ['a', 'b'], ['a'], true],
    ['all of', ['a'], ['a', 'b'], false],
    ['exists', 0, null, true],
    ['not exists', null, null, true],
  ])('%s: %j and %j is %s', (operator, actual, expected, result) => {
    expect(compare(operator, actual, expected)).toBe(result);
  });

  test.each<[ComparisonOperator, unknown, unknown]>([
    ['contains', 5, 'a'],
    ['start with', 'a', 5],
    ['is', 5, '5'],
    ['=', 'a', '1'],
    ['=', 5, '5.5'],
    ['>', 5, 'x'],
    ['in', 'a', 'abc'],
  ])('%s cannot compare %j and %j', (operator, actual, expected) => {
    expect(() => compare(operator, actual, expected)).toThrow();
  });
});

describe('Conditions on files', () => {
  const pool = new VariablePool();
  pool.setAll('s', {
    files: [
      fileValue({ filename: 'a.png', extension: '.png' }),
      fileValue({ filename: 'b.pdf', extension: '.pdf' }),
    ],
  });
  const test1 = (key: string, operator: ComparisonOperator, value: unknown) =>
    evaluateConditions(
      {
        logical_operator: 'and',
        conditions: [
          {
            variable_selector: ['s', 'files'],
            comparison_operator: 'contains',
            value: '',
            sub_variable_condition: {
              logical_operator: 'and',
              conditions: [{ key, comparison_operator: operator, value }],
            },
          },
        ],
      },
      pool,
    ).result;

  test('positive operators need one file, negative ones all', () => {
    expect(test1('type', 'in', ['image'])).toBe(true);
    expect(test1('type', 'not in', ['image'])).toBe(false);
    expect(test1('name', 'not contains', 'z')).toBe(true);
  });

  test('extensions are compared with and without their dot', () => {
    expect(test1('extension', 'is', 'png')).toBe(true);
    expect(test1('extension', 'is', '.gif')).toBe(false);
  });
});
