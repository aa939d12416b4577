import type { Condition, SubCondition } from '@trellis/graph';
import { NodeError } from '../errors.ts';
import { type FileValue, fileAttribute, isFile, isFileAttribute } from '../values/file.ts';
import type { PoolReader } from '../values/pool.ts';
import { renderTemplate } from '../values/template.ts';
import { compare } from './operators.ts';

/** Conditions joined by and / or. */
export interface ConditionGroup {
  readonly logical_operator: 'and' | 'or';
  readonly conditions: readonly Condition[];
}

/** What testing conditions came to. Testing stops as soon as the result is known. */
export interface ConditionsResult {
  readonly result: boolean;
  readonly results: readonly boolean[];
  /** What was compared with what, for records. */
  readonly compared: readonly {
    readonly actual_value: unknown;
    readonly expected_value: unknown;
    readonly comparison_operator: string;
  }[];
}

/**
 * Tests conditions against the pool. No conditions at all hold for `and` and fail for `or`.
 *
 * @throws {NodeError} for missing variables and values that an operator cannot compare
 */
export function evaluateConditions(group: ConditionGroup, pool: PoolReader): ConditionsResult {
  const results: boolean[] = [];
  const compared: ConditionsResult['compared'][number][] = [];
  const isOr = group.logical_operator === 'or';
  for (const condition of group.conditions) {
    const variable = pool.get(condition.variable_selector);
    if (variable === undefined) {
      throw new NodeError('', `Variable ${condition.variable_selector.join('.')} not found`);
    }
    const actual = variable.value;
    const operator = condition.comparison_operator;
    const expected = expectedValue(condition.value, actual, pool);
    compared.push({ actual_value: actual, expected_value: expected, comparison_operator: operator });
    const result =
      isFileList(actual) && fileListOperators.has(operator)
        ? holdsForFiles(actual, condition, pool)
        : compare(operator, actual, expected);
    results.push(result);
    if (result === isOr) return { result, results, compared };
  }
  return { result: !isOr, results, compared };
}

const fileListOperators: ReadonlySet<string> = new Set(['contains', 'not contains', 'all of']);

function isFileList(value: unknown): value is FileValue[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFile);
}

/** Texts are templates; where the other side is boolean, they are read as JSON booleans or numbers. */
function expectedValue(value: unknown, actual: unknown, pool: PoolReader): unknown {
  if (Array.isArray(value)) return value.map((item) => expectedValue(item, undefined, pool));
  if (typeof value !== 'string') return value;
  const text = renderTemplate(value, pool);
  const isBoolean = typeof actual === 'boolean' || (Array.isArray(actual) && typeof actual[0] === 'boolean');
  return isBoolean ? readBoolean(text) : text;
}

function readBoolean(text: string): unknown {
  const lower = text.trim().toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  const number = Number(lower);
  return lower === '' || Number.isNaN(number) ? text : number;
}

function holdsForFiles(files: readonly FileValue[], condition: Condition, pool: PoolReader): boolean {
  const group = condition.sub_variable_condition;
  if (group === null) throw new NodeError('', 'A condition on files needs conditions on their attributes');
  const holds = (sub: SubCondition) => holdsForSome(files, sub, pool);
  return group.logical_operator === 'or' ? group.conditions.some(holds) : group.conditions.every(holds);
}

/** Positive operators need one file, negative ones all. */
function holdsForSome(files: readonly FileValue[], sub: SubCondition, pool: PoolReader): boolean {
  const { key, comparison_operator: operator } = sub;
  if (!isFileAttribute(key)) throw new NodeError('', `Files have no attribute ${key}`);
  const expected = expectedValue(sub.value, undefined, pool);
  const test = (file: FileValue) =>
    key === 'extension'
      ? compare(operator, withDot(fileAttribute(file, key)), withDots(expected))
      : compare(operator, fileAttribute(file, key), expected);
  return operator.includes('not') ? files.every(test) : files.some(test);
}

function withDots(value: unknown): unknown {
  return Array.isArray(value) ? value.map(withDot) : withDot(value);
}

function withDot(value: unknown): unknown {
  return typeof value === 'string' && value !== '' && !value.startsWith('.') ? `.${value}` : value;
}
