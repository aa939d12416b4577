import type { AssignerItem, AssignerOperation } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import { asFloat, Float, numberOf, parseJson } from '../../values/float.ts';
import type { Selector } from '../../values/pool.ts';
import {
  fitsType,
  isArrayType,
  isElementOf,
  isObject,
  shownType,
  type ValueType,
  zeroValue,
} from '../../values/types.ts';
import type { Variable } from '../../values/variable.ts';

/** An operation with all it reads. `current` sees the results of earlier operations of the same node. */
export interface Operation {
  readonly item: AssignerItem;
  readonly target: Variable;
  current(selector: Selector): Variable | undefined;
}

/**
 * The value of a target after an operation, or `skipped` when its input is null.
 *
 * @throws {NodeError} `OperationNotSupportedError`, `InputTypeNotSupportedError`, `InvalidInputValueError`,
 * `VariableNotFoundError`
 */
export function operate(operation: Operation): { value: unknown } | 'skipped' {
  const { item, target } = operation;
  checkSupport(item, target.type);
  switch (item.operation) {
    case 'clear':
      return { value: zeroValue(target.type) };
    case 'remove-first':
      return { value: listOf(target).slice(1) };
    case 'remove-last':
      return { value: listOf(target).slice(0, -1) };
    default:
  }
  const input = inputOf(operation);
  if (item.input_type === 'variable' && (input === null || input === undefined)) return 'skipped';
  switch (item.operation) {
    case 'over-write':
    case 'set':
      return { value: replacement(item, target.type, input) };
    case 'append':
      return { value: [...listOf(target), element(target.type, input)] };
    case 'extend':
      return { value: [...listOf(target), ...elements(target.type, input)] };
    default:
      return { value: calculate(item.operation, target.value, input) };
  }
}

const scalarTypes: ReadonlySet<ValueType> = new Set(['string', 'number', 'object', 'boolean']);
const arithmetic: ReadonlySet<AssignerOperation> = new Set(['+=', '-=', '*=', '/=']);
const listOperations: ReadonlySet<AssignerOperation> = new Set([
  'append',
  'extend',
  'remove-first',
  'remove-last',
]);

function checkSupport(item: AssignerItem, targetType: ValueType): void {
  const { operation, input_type: inputType } = item;
  const type = shownType(targetType);
  const isSupported =
    operation === 'over-write' ||
    operation === 'clear' ||
    (operation === 'set' && scalarTypes.has(type)) ||
    (arithmetic.has(operation) && type === 'number') ||
    (listOperations.has(operation) && isArrayType(type));
  if (!isSupported) {
    throw new NodeError(
      'OperationNotSupportedError',
      `Operation ${operation} is not supported for type ${type}`,
    );
  }
  const needsConstant = operation === 'set' || arithmetic.has(operation);
  const needsVariable = operation === 'append' || operation === 'extend';
  const isConstantOverwrite = operation === 'over-write' && inputType === 'constant';
  const isRefused =
    (needsConstant && inputType !== 'constant') ||
    (needsVariable && inputType !== 'variable') ||
    (isConstantOverwrite && !scalarTypes.has(type));
  if (isRefused) {
    throw new NodeError(
      'InputTypeNotSupportedError',
      `Input type ${inputType} is not supported for operation ${operation} on type ${type}`,
    );
  }
}

function inputOf({ item, current }: Operation): unknown {
  if (item.input_type === 'constant') return item.value;
  const selector = Array.isArray(item.value) ? item.value.map(String) : [];
  const variable = current(selector);
  if (variable === undefined) {
    throw new NodeError('VariableNotFoundError', `Variable ${selector.join('.')} not found`);
  }
  return variable.value;
}

function listOf(target: Variable): readonly unknown[] {
  return Array.isArray(target.value) ? target.value : [];
}

function invalid(value: unknown): NodeError {
  return new NodeError('InvalidInputValueError', `Invalid input value ${JSON.stringify(value) ?? 'null'}`);
}

function replacement(item: AssignerItem, targetType: ValueType, input: unknown): unknown {
  const type = shownType(targetType);
  const value = item.input_type === 'constant' && type === 'object' ? objectOf(input) : input;
  if (type === 'number' && typeof value === 'boolean') return Number(value);
  if (type === 'array[any]' ? !Array.isArray(value) : type !== 'none' && !fitsType(type, value))
    throw invalid(input);
  return value;
}

function objectOf(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  try {
    const value = parseJson(input);
    if (isObject(value)) return value;
  } catch {
    // Text that is not JSON is refused below, like JSON that is no object.
  }
  throw invalid(input);
}

function element(type: ValueType, input: unknown): unknown {
  if (!isElementOf(type, input)) throw invalid(input);
  return input;
}

function elements(type: ValueType, input: unknown): readonly unknown[] {
  if (!Array.isArray(input) || !input.every((item) => isElementOf(type, item))) throw invalid(input);
  return input;
}

/** Python's arithmetic: integers stay integers, except in division. */
function calculate(operation: AssignerOperation, target: unknown, input: unknown): number | Float {
  const left = numberOf(target);
  const right = numberOf(input);
  if (left === undefined || right === undefined) throw invalid(input);
  if (operation === '/=') {
    if (right === 0) throw new NodeError('InvalidInputValueError', 'Division by zero');
    return asFloat(left / right);
  }
  const result = operation === '+=' ? left + right : operation === '-=' ? left - right : left * right;
  return target instanceof Float || input instanceof Float ? asFloat(result) : result;
}
