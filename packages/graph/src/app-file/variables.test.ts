import { describe, expect, it } from 'vitest';
import { readConversationVariables, readEnvironmentVariables, VariableError } from './variables.ts';

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof VariableError) return error.code;
    throw error;
  }
  return 'read';
}

describe('readEnvironmentVariables', () => {
  it('fills in description and selector and keeps other keys', () => {
    expect(
      readEnvironmentVariables([{ id: 'i', name: 'key', value_type: 'secret', value: 's', x: 1 }]),
    ).toEqual([
      {
        id: 'i',
        name: 'key',
        description: '',
        value_type: 'secret',
        value: 's',
        selector: ['env', 'key'],
        x: 1,
      },
    ]);
  });

  it.each([
    ['missing_name', { value_type: 'string', value: '' }],
    ['missing_value_type', { name: 'a', value: '' }],
    ['missing_value', { name: 'a', value_type: 'string' }],
    ['missing_value', { name: 'a', value_type: 'string', value: null }],
    ['unknown_value_type', { name: 'a', value_type: 'boolean', value: true }],
    ['unknown_value_type', { name: 'a', value_type: 7, value: true }],
    ['value_mismatch', { name: 'a', value_type: 'string', value: 1 }],
    ['value_mismatch', { name: 'a', value_type: 'number', value: '1' }],
    ['too_large', { name: 'a', value_type: 'string', value: '中'.repeat(70_000) }],
    ['read', { name: 'a', value_type: 'number', value: 1.5 }],
  ])('answers %s for %j', (code, variable) => {
    expect(codeOf(() => readEnvironmentVariables([variable]))).toBe(code);
  });

  it('refuses two variables with one id', () => {
    const variable = (name: string) => ({ id: 'same', name, value_type: 'string', value: '' });
    expect(codeOf(() => readEnvironmentVariables([variable('a'), variable('b')]))).toBe('duplicate_id');
  });

  it('takes an absent list for an empty one and refuses anything else', () => {
    expect(readEnvironmentVariables(undefined)).toEqual([]);
    expect(codeOf(() => readEnvironmentVariables({}))).toBe('not_a_list');
  });
});

describe('readConversationVariables', () => {
  it.each([
    ['string', 'x', 1],
    ['number', 1, 'x'],
    ['boolean', false, 0],
    ['object', { a: 1 }, [1]],
    ['array[string]', ['a'], [1]],
    ['array[number]', [1, 2.5], ['1']],
    ['array[object]', [{}], ['x']],
    ['array[boolean]', [true], [1]],
  ])('takes a fitting value of type %s and no other', (type, good, bad) => {
    const read = (value: unknown) => () =>
      readConversationVariables([{ name: 'v', value_type: type, value }]);
    expect(codeOf(read(good))).toBe('read');
    expect(codeOf(read(bad))).toBe('value_mismatch');
  });

  it('knows no secrets', () => {
    const secret = { name: 'v', value_type: 'secret', value: 'x' };
    expect(codeOf(() => readConversationVariables([secret]))).toBe('unknown_value_type');
  });
});
