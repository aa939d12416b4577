import { describe, expect, test } from 'vitest';
import { fakeCode, runNode } from '../../testing/index.ts';
import { Float } from '../../values/float.ts';

/** Runs code that gives back `result`, with declared outputs. */
function returning(result: unknown, outputs: object) {
  return runNode(
    { type: 'code', code: 'f', code_language: 'python3', variables: [], outputs },
    { ports: { code: fakeCode({ f: () => result }) } },
  );
}
const typed = (type: string) => ({ out: { type } });

describe('code', () => {
  test('gets its variables, missing ones as null', async () => {
    const variables = [
      { variable: 'a', value_selector: ['s', 'a'] },
      { variable: 'b', value_selector: ['s', 'missing'] },
    ];
    const result = await runNode(
      { type: 'code', code: 'f', variables, outputs: typed('string') },
      {
        variables: { 's.a': 1 },
        ports: { code: fakeCode({ f: (inputs) => ({ out: JSON.stringify(inputs) }) }) },
      },
    );
    expect(result).toMatchObject({ inputs: { a: 1, b: null }, outputs: { out: '{"a":1,"b":null}' } });
  });

  test('#93 a missing field inside an object is named by its path', async () => {
    const outputs = { root: { type: 'object', children: { child: { type: 'string' } } } };
    expect((await returning({ root: {} }, outputs)).error).toContain('root.child');
  });

  test.each([
    ['array[string]', ['a', 1], 'out[1]'],
    ['array[object]', [{}, 2], 'out[1]'],
    ['array[number]', [1, null], 'out[1]'],
  ])('#94 a wrong element of %s is named by its index', async (type, value, place) => {
    const result = await returning({ out: value }, typed(type));
    expect(result).toMatchObject({ status: 'failed' });
    expect(result.error).toContain(place);
  });

  test.each<[string, unknown, unknown]>([
    ['string', 'a\0b', 'ab'],
    ['number', true, 1],
    ['number', '1e+10', new Float(1e10)],
    ['number', new Float(2), new Float(2)],
    ['string', null, null],
    ['array[boolean]', [true, null], [true, null]],
    ['object', { free: [1, 2] }, { free: [1, 2] }],
  ])('%s takes %j as %j', async (type, value, expected) => {
    expect((await returning({ out: value }, typed(type))).outputs).toEqual({ out: expected });
  });

  test.each([
    ['missing output', {}, typed('string'), 'OutputValidationError'],
    ['undeclared output', { out: 'a', more: 1 }, typed('string'), 'CodeNodeError'],
    ['result that is no object', 'text', typed('string'), 'CodeNodeError'],
    ['list too long', { out: Array(31).fill('a') }, typed('array[string]'), 'OutputValidationError'],
    ['text too long', { out: 'x'.repeat(400_001) }, typed('string'), 'OutputValidationError'],
    ['number out of range', { out: 2 ** 64 }, typed('number'), 'OutputValidationError'],
    ['mixed list', { out: { list: [1, 'a'] } }, typed('object'), 'OutputValidationError'],
    ['object too deep', { out: { a: { b: { c: { d: { e: 1 } } } } } }, typed('object'), 'DepthLimitError'],
  ])('a %s fails', async (_name, value, outputs, type) => {
    const result = await runNode(
      { type: 'code', code: 'f', variables: [], outputs, error_strategy: 'fail-branch' },
      { ports: { code: fakeCode({ f: () => value }) } },
    );
    expect(result.outputs?.['error_type']).toBe(type);
  });

  test('an error of the code is a CodeExecutionError', async () => {
    const failing = fakeCode({
      f: () => {
        throw new Error('boom');
      },
    });
    const result = await runNode(
      { type: 'code', code: 'f', variables: [], outputs: {}, error_strategy: 'fail-branch' },
      { ports: { code: failing } },
    );
    expect(result.outputs).toEqual({ error_message: 'boom', error_type: 'CodeExecutionError' });
  });
});
