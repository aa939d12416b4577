import { describe, expect, it } from 'vitest';
import { startVariable } from '../nodes/start.ts';
import { checkInputs, InputError } from './check-inputs.ts';

function check(field: object, ...given: unknown[]): unknown {
  const form = [startVariable.parse({ variable: 'v', label: 'V', ...field })];
  try {
    return checkInputs(form, given.length > 0 ? { v: given[0] } : {})['v'];
  } catch (error) {
    if (error instanceof InputError) return `refused: ${error.code}`;
    throw error;
  }
}

const file = { type: 'image', transfer_method: 'remote_url', url: 'https://x/a.png' };

describe('checkInputs', () => {
  it.each<[field: object, given: unknown, result: unknown]>([
    [{ type: 'text-input' }, 'a\0b', 'ab'],
    [{ type: 'text-input' }, 1, 'refused: not_text'],
    [{ type: 'text-input', required: true }, '', ''],
    [{ type: 'text-input', required: true }, null, 'refused: required'],
    [{ type: 'paragraph', max_length: 3 }, 'abc', 'abc'],
    [{ type: 'paragraph', max_length: 3 }, '🤖🤖🤖', '🤖🤖🤖'],
    [{ type: 'paragraph', max_length: 3 }, 'abcd', 'refused: too_long'],
    [{ type: 'select', options: ['a'] }, 'a', 'a'],
    [{ type: 'select', options: ['a'] }, 'b', 'refused: not_an_option'],
    [{ type: 'select', options: ['a'] }, '', 'refused: not_an_option'],
    [{ type: 'number' }, 3, 3],
    [{ type: 'number' }, ' -1.5 ', -1.5],
    [{ type: 'number' }, '', null],
    [{ type: 'number', required: true }, '', 'refused: required'],
    [{ type: 'number', required: true }, 0, 0],
    [{ type: 'number' }, '1x', 'refused: not_a_number'],
    [{ type: 'number' }, '0x10', 'refused: not_a_number'],
    [{ type: 'number' }, true, 'refused: not_a_number'],
    ...[true, 1, '1', 'true', 'Yes', 'on'].map((given): [object, unknown, unknown] => [
      { type: 'checkbox' },
      given,
      true,
    ]),
    ...[false, 0, '0', 'FALSE', 'no', 'off'].map((given): [object, unknown, unknown] => [
      { type: 'checkbox', required: true },
      given,
      false,
    ]),
    [{ type: 'checkbox' }, 'maybe', 'refused: not_a_boolean'],
    [{ type: 'checkbox' }, 2, 'refused: not_a_boolean'],
    [{ type: 'checkbox' }, '', 'refused: not_a_boolean'],
    [{ type: 'file' }, file, file],
    [{ type: 'file' }, '', null],
    [{ type: 'file', required: true }, '', 'refused: required'],
    [{ type: 'file' }, [file], 'refused: not_a_file'],
    [{ type: 'file' }, 'a.png', 'refused: not_a_file'],
    [{ type: 'file-list' }, [file, 'junk', file], [file, file]],
    [{ type: 'file-list' }, '', []],
    [{ type: 'file-list', required: true }, [], 'refused: required'],
    [{ type: 'file-list' }, file, 'refused: not_a_list_of_files'],
    [{ type: 'file-list', max_length: 1 }, [file, file], 'refused: too_many_files'],
    [{ type: 'json_object' }, { a: 1 }, { a: 1 }],
    [{ type: 'json_object' }, '{"a": 1}', { a: 1 }],
    [{ type: 'json_object', json_schema: '{"required":["a"]}' }, { a: 1 }, { a: 1 }],
    [{ type: 'json_object', json_schema: { required: ['a'] } }, { b: 1 }, 'refused: not_by_schema'],
    [{ type: 'json_object' }, '[1]', 'refused: not_an_object'],
    [{ type: 'json_object' }, 'x', 'refused: not_an_object'],
  ])('%j given %j becomes %j', (field, given, result) => {
    expect(check(field, given)).toEqual(result);
  });

  it('uses the default for what is not given, and null without one', () => {
    expect(check({ type: 'number', default: 7 })).toBe(7);
    expect(check({ type: 'number', default: 7 }, null)).toBe(7);
    expect(check({ type: 'text-input' })).toBe(null);
  });

  it('drops inputs that the form does not have, and those that tools fill', () => {
    const form = [
      startVariable.parse({ variable: 'a', type: 'text-input' }),
      startVariable.parse({ variable: 't', type: 'external_data_tool', required: true }),
    ];
    expect(checkInputs(form, { a: 'x', t: 'y', other: 'z' })).toEqual({ a: 'x' });
  });

  it('names the variable in its message, in the words that clients know', () => {
    const form = [startVariable.parse({ variable: 'city', type: 'text-input', required: true })];
    expect(() => checkInputs(form, {})).toThrow('city is required in input form');
  });
});
