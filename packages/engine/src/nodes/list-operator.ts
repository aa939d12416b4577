import type { ListFilter, ListOperatorData } from '@trellis/graph';
import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import { type FileValue, fileAttribute, isFile, isFileAttribute } from '../values/file.ts';
import { numberOf } from '../values/float.ts';
import type { PoolReader } from '../values/pool.ts';
import { renderTemplate } from '../values/template.ts';
import { compare } from './operators.ts';

/** Filters a list, takes one element, orders and cuts it. */
export const listOperatorNode = defineNode({
  type: 'list-operator',
  run(data, { pool }) {
    const name = data.variable.join('.');
    const variable = pool.get(data.variable);
    if (variable === undefined) throw new NodeError('', `Variable ${name} not found`);
    const list: unknown = variable.value ?? [];
    if (!Array.isArray(list)) throw new NodeError('', `Variable ${name} is not a list`);
    const report = { inputs: { variable: list }, processData: { variable: list } };
    checkKind(list, name);
    const result = operate(list, data, pool);
    return {
      ...report,
      status: 'succeeded',
      outputs: { result, first_record: result[0] ?? null, last_record: result.at(-1) ?? null },
    };
  },
});

function isOperable(item: unknown): boolean {
  return (
    typeof item === 'string' || typeof item === 'boolean' || numberOf(item) !== undefined || isFile(item)
  );
}

function checkKind(list: readonly unknown[], name: string): void {
  const kindOf = (item: unknown) =>
    isFile(item) ? 'file' : numberOf(item) === undefined ? typeof item : 'number';
  const [first] = list;
  if (list.every((item) => isOperable(item) && kindOf(item) === kindOf(first))) return;
  throw new NodeError('', `Variable ${name} must be a list of texts, numbers, booleans or files`);
}

function operate(list: readonly unknown[], data: ListOperatorData, pool: PoolReader): readonly unknown[] {
  let result: readonly unknown[] = list;
  if (list.length === 0) return result;
  if (data.filter_by.enabled) {
    for (const filter of data.filter_by.conditions)
      result = result.filter((item) => passes(item, filter, pool));
  }
  if (data.extract_by.enabled) result = [extract(result, data.extract_by.serial, pool)];
  if (data.order_by.enabled) result = ordered(result, data.order_by);
  const { enabled, size } = data.limit;
  return enabled && size >= 0 ? result.slice(0, size) : result;
}

function passes(
  item: unknown,
  { key, comparison_operator: operator, value }: ListFilter,
  pool: PoolReader,
): boolean {
  const expected = resolve(value, pool);
  if (isFile(item)) {
    if (!isFileAttribute(key)) throw new NodeError('', `Files have no attribute ${key}`);
    return test(operator, fileAttribute(item, key), expected);
  }
  return test(operator, item, expected);
}

/** Texts are templates. */
function resolve(value: unknown, pool: PoolReader): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, pool));
  return typeof value === 'string' ? renderTemplate(value, pool) : value;
}

function test(operator: ListFilter['comparison_operator'], item: unknown, expected: unknown): boolean {
  if (
    typeof item === 'string' &&
    (operator === 'in' || operator === 'not in') &&
    typeof expected === 'string'
  ) {
    return expected.includes(item) === (operator === 'in');
  }
  if (typeof item === 'boolean') {
    const wanted = expected === 'true' ? true : expected === 'false' ? false : expected;
    return compare(operator, item, wanted);
  }
  if (item === '' && (operator === 'is' || operator === 'is not')) {
    return (expected === '') === (operator === 'is');
  }
  return compare(operator, item, expected);
}

function extract(list: readonly unknown[], serial: string, pool: PoolReader): unknown {
  const text = renderTemplate(serial, pool);
  const position = Number(text);
  if (!Number.isInteger(position) || position < 1 || position > list.length) {
    throw new NodeError('', `Serial ${text} is not a position in a list of ${list.length}`);
  }
  return list[position - 1];
}

function ordered(
  list: readonly unknown[],
  { key, value: order }: ListOperatorData['order_by'],
): readonly unknown[] {
  const direction = order === 'desc' ? -1 : 1;
  return list.toSorted((a, b) => direction * natural(orderKey(a, key), orderKey(b, key)));
}

function orderKey(item: unknown, key: string): unknown {
  if (!isFile(item)) return item;
  const attribute = key === '' ? 'name' : key;
  if (!isFileAttribute(attribute)) throw new NodeError('', `Files have no attribute ${attribute}`);
  return fileKey(item, attribute);
}

function fileKey(file: FileValue, key: Parameters<typeof fileAttribute>[1]): string | number {
  return fileAttribute(file, key) ?? '';
}

function natural(a: unknown, b: unknown): number {
  const [left, right] = [numberOf(a) ?? a, numberOf(b) ?? b];
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [first, second] = [String(left), String(right)];
  return first < second ? -1 : first > second ? 1 : 0;
}
