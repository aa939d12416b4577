import { describe, expect, it } from 'vitest';
import type { FormField } from '../apps/prompt-config.ts';
import { checkInputs } from './inputs.ts';

const field = (control: string, settings: Record<string, unknown> = {}): FormField => ({
  control,
  variable: 'x',
  label: 'X',
  required: settings['required'] === true,
  settings: { variable: 'x', ...settings },
});
const check = async (control: string, value: unknown, settings?: Record<string, unknown>) =>
  (await checkInputs([field(control, settings)], { x: value, other: 1 }, async (_field, file) => file))['x'];

describe('inputs', () => {
  it.each([
    ['text-input', 'a\u0000b', {}, 'ab'],
    ['text-input', '', { required: true }, ''],
    ['paragraph', 'abc', { max_length: 3 }, 'abc'],
    ['select', 'b', { options: ['a', 'b'] }, 'b'],
    ['number', 4, {}, 4],
    ['number', '4.5', {}, 4.5],
    ['number', '', {}, null],
    ['checkbox', 'Yes', {}, true],
    ['checkbox', 'off', {}, false],
    ['checkbox', 1, {}, true],
    ['checkbox', '0', {}, false],
    ['json_object', { a: [1] }, {}, { a: [1] }],
    ['json_object', { a: 1 }, { json_schema: '{"required":["a"]}' }, { a: 1 }],
    ['text-input', undefined, { default: 'd' }, 'd'],
    ['text-input', null, {}, null],
    ['number', undefined, { default: '7' }, 7],
    ['checkbox', undefined, { default: 'true' }, true],
    ['select', undefined, { options: ['a'], default: 'a' }, 'a'],
    ['file', '', {}, null],
  ])('take %s %j with %j as %j', async (control, value, settings, expected) => {
    expect(await check(control, value, settings)).toEqual(expected);
  });

  it.each([
    ['text-input', 5, {}, 'x in input form must be a string'],
    ['paragraph', 'abcd', { max_length: 3 }, 'x in input form must be less than 3 characters'],
    ['select', 'c', { options: ['a', 'b'] }, 'x in input form must be one of the following: a, b'],
    ['select', '', { options: ['a'] }, 'x in input form must be one of the following: a'],
    ['number', 'four', {}, 'x in input form must be a valid number'],
    ['number', true, {}, 'x in input form must be a valid number'],
    ['checkbox', 'maybe', {}, 'x in input form must be a boolean value'],
    ['checkbox', 2, {}, 'x in input form must be a boolean value'],
    ['json_object', '[]', {}, 'x in input form must be a JSON object'],
    ['json_object', [1], {}, 'x in input form must be a JSON object'],
    [
      'json_object',
      { a: 'one' },
      { json_schema: { type: 'object', properties: { a: { type: 'number' } } } },
      'x in input form does not match its JSON schema: #/a: Instance type "string" is invalid. Expected "number".',
    ],
    [
      'json_object',
      {},
      { json_schema: { $ref: 'https://example.com/schema.json' } },
      'x in input form does not match its JSON schema: the schema refers to https://example.com/schema.json, which is not part of it',
    ],
    ['text-input', undefined, { required: true }, 'x is required in input form'],
    ['file-list', null, { required: true }, 'x is required in input form'],
  ])('refuse %s %j with %j', async (control, value, settings, message) => {
    await expect(check(control, value, settings)).rejects.toMatchObject({
      code: 'invalid_param',
      status: 400,
      message,
    });
  });

  it('drop what the form does not ask for and what the server fills itself', async () => {
    const fields = [field('text-input'), { ...field('external_data_tool'), variable: 'y' }];
    expect(await checkInputs(fields, { x: 'a', y: 'b', z: 'c' }, async () => null)).toEqual({ x: 'a' });
  });
});
