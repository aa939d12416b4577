import { describe, expect, it } from 'vitest';
import { SandboxError } from '../errors.ts';
import { type ExactObject, parseExactJson, stringifyExactJson } from '../exact-json.ts';
import { defaultOutputLimits } from '../limits.ts';
import { checkOutputs } from './check-outputs.ts';
import type { OutputDeclarations } from './declarations.ts';

function check(json: string, declared: OutputDeclarations): string {
  try {
    const result = parseExactJson(json) as ExactObject;
    return stringifyExactJson(checkOutputs({ result, declared, limits: defaultOutputLimits }));
  } catch (error) {
    if (error instanceof SandboxError) return `${error.errorType}: ${error.message}`;
    throw error;
  }
}

describe('outputs of a code node', () => {
  it.each<[title: string, json: string, declared: OutputDeclarations, expected: string]>([
    [
      'pass as they are',
      '{"a":"x","b":1.0}',
      { a: { type: 'string' }, b: { type: 'number' } },
      '{"a":"x","b":1.0}',
    ],
    ['may be null', '{"a":null}', { a: { type: 'array[object]' } }, '{"a":null}'],
    [
      'turn booleans into numbers where numbers are declared',
      '{"a":true}',
      { a: { type: 'number' } },
      '{"a":1}',
    ],
    ['lose NUL characters', '{"a":"x\\u0000y"}', { a: { type: 'string' } }, '{"a":"xy"}'],
    ['must be there', '{}', { a: { type: 'string' } }, 'OutputValidationError: Output a is missing.'],
    [
      'must be declared',
      '{"a":1,"b":2}',
      { a: { type: 'number' } },
      'CodeNodeError: Not all output parameters are validated: b.',
    ],
    [
      'name a missing nested field by its path',
      '{"root":{}}',
      { root: { type: 'object', children: { child: { type: 'string' } } } },
      'OutputValidationError: Output root.child is missing.',
    ],
    [
      'name the index of a wrong element',
      '{"a":["x",1]}',
      { a: { type: 'array[string]' } },
      'OutputValidationError: Output variable `a[1]` must be a string, got int instead.',
    ],
    [
      'name the index of a wrong object',
      '{"a":[{},3]}',
      { a: { type: 'array[object]' } },
      'OutputValidationError: Output a[1] is not an object, got int instead.',
    ],
    [
      'allow no null in number arrays',
      '{"a":[1,null]}',
      { a: { type: 'array[number]' } },
      'OutputValidationError: Output variable `a[1]` must be a number, got None instead.',
    ],
    [
      'may be the largest number',
      '{"a":9223372036854775807}',
      { a: { type: 'number' } },
      '{"a":9223372036854775807}',
    ],
    [
      'may not be one larger',
      '{"a":9223372036854775808}',
      { a: { type: 'number' } },
      'OutputValidationError: Output variable `a` is out of range, it must be between -9223372036854775808 and 9223372036854775807.',
    ],
    [
      'may not have too many decimals',
      '{"a":1.5e-25}',
      { a: { type: 'number' } },
      'OutputValidationError: Output variable `a` has too high precision, it must be at most 20 digits.',
    ],
    [
      'may not hold mixed lists in free objects',
      '{"o":{"l":[1,"x"]}}',
      { o: { type: 'object' } },
      'OutputValidationError: Output o.l is not a valid array: all elements must be of the same type.',
    ],
    [
      'may not be nested too deep',
      '{"o":{"a":{"b":{"c":{"d":{"e":1}}}}}}',
      { o: { type: 'object' } },
      'DepthLimitError: Depth limit 5 reached, object too deep at o.a.b.c.d.',
    ],
  ])('%s', (_title, json, declared, expected) => {
    expect(check(json, declared)).toBe(expected);
  });

  it('may not be too many or too long', () => {
    const list = JSON.stringify({ a: Array.from({ length: 31 }, () => 'x') });
    expect(check(list, { a: { type: 'array[string]' } })).toContain('must be at most 30 elements');
    const text = JSON.stringify({ a: 'x'.repeat(400_001) });
    expect(check(text, { a: { type: 'string' } })).toContain('must be at most 400000 characters');
    expect(check(JSON.stringify({ a: '😀'.repeat(400_000) }), { a: { type: 'string' } })).toContain('😀');
  });

  it('cannot be confused by names of object members', () => {
    expect(check('{"__proto__":{"x":1}}', { a: { type: 'string' } })).toBe(
      'OutputValidationError: Output a is missing.',
    );
    expect(
      check(
        '{"a":"x"}',
        Object.fromEntries(['toString', 'a'].map((name) => [name, { type: 'string' as const }])),
      ),
    ).toContain('toString is missing');
  });
});
