import { describe, expect, test } from 'vitest';
import { runNode } from '../testing/index.ts';
import { fileValue } from '../values/file.ts';

const filter = (comparison_operator: string, value: unknown, key = '') => ({
  filter_by: { enabled: true, conditions: [{ key, comparison_operator, value }] },
});
async function operate(list: unknown, settings: object, more: Readonly<Record<string, unknown>> = {}) {
  return runNode(
    { type: 'list-operator', variable: ['start', 'list'], ...settings },
    { variables: { 'start.list': list, ...more } },
  );
}
const files = [
  fileValue({ filename: 'b.png', extension: '.png', size: 10 }),
  fileValue({ filename: 'a.pdf', extension: '.pdf', size: 9 }),
];

describe('list-operator', () => {
  test('#95 filters, then extracts, then orders, then cuts', async () => {
    const list = [5, 1, 4, 2, 3];
    const many = {
      ...filter('>', '1'),
      order_by: { enabled: true, key: '', value: 'desc' },
      limit: { enabled: true, size: 2 },
    };
    expect((await operate(list, many)).outputs).toEqual({ result: [5, 4], first_record: 5, last_record: 4 });
    const extracting = { ...many, extract_by: { enabled: true, serial: '2' } };
    expect((await operate(list, extracting)).outputs).toEqual({
      result: [4],
      first_record: 4,
      last_record: 4,
    });
  });

  test.each([
    ['contains', 'an', ['banana']],
    ['start with', 'a', ['apple']],
    ['in', 'apple pie', ['apple']],
    ['not in', 'apple pie', ['banana']],
    ['is not', 'apple', ['banana']],
  ])('texts: %s %j', async (operator, value, expected) => {
    expect((await operate(['apple', 'banana'], filter(operator, value))).outputs?.['result']).toEqual(
      expected,
    );
  });

  test('files are filtered by attribute and ordered by size', async () => {
    expect((await operate(files, filter('in', ['image'], 'type'))).outputs?.['result']).toEqual([files[0]]);
    const ordered = await operate(files, { order_by: { enabled: true, key: 'size', value: 'asc' } });
    expect(ordered.outputs?.['result']).toEqual([files[1], files[0]]);
  });

  test('booleans are filtered by is', async () => {
    expect((await operate([true, false], filter('is', true))).outputs?.['result']).toEqual([true]);
  });

  test('filter values are templates', async () => {
    const result = await operate(['a', 'b'], filter('is', '{{#start.want#}}'), { 'start.want': 'b' });
    expect(result.outputs?.['result']).toEqual(['b']);
  });

  test('nothing in, nothing out', async () => {
    expect((await operate([], { limit: { enabled: true, size: 1 } })).outputs).toEqual({
      result: [],
      first_record: null,
      last_record: null,
    });
  });

  test.each(['0', '3', 'x'])('serial %s of two fails', async (serial) => {
    expect((await operate(['a', 'b'], { extract_by: { enabled: true, serial } })).status).toBe('failed');
  });

  test('a list of objects fails', async () => {
    expect((await operate([{ a: 1 }], {})).status).toBe('failed');
  });
});
