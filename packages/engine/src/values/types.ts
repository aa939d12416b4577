import { isFile } from './file.ts';
import { Float, isInteger, numberOf } from './float.ts';

/** Type of a value in the variable pool. `integer` and `float` are what `number` is at run time. */
export type ValueType =
  | 'none'
  | 'string'
  | 'number'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'object'
  | 'secret'
  | 'file'
  | 'array[string]'
  | 'array[number]'
  | 'array[object]'
  | 'array[boolean]'
  | 'array[file]'
  | 'array[any]';

/** True for plain mappings: not null, not a list, not a file, not a marked float. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float);
}

/** Type of a raw value, inferred from its content. Lists of mixed, nested or null elements are `array[any]`. */
export function inferType(value: unknown): ValueType {
  if (value === null || value === undefined) return 'none';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'float';
    default:
  }
  if (value instanceof Float) return 'float';
  if (Array.isArray(value)) return inferArrayType(value);
  return isFile(value) ? 'file' : 'object';
}

function inferArrayType(items: readonly unknown[]): ValueType {
  let common: ValueType | undefined;
  for (const item of items) {
    const type = elementArrayType(item);
    if (type === 'array[any]' || (common !== undefined && common !== type)) return 'array[any]';
    common = type;
  }
  return common ?? 'array[any]';
}

function elementArrayType(item: unknown): ValueType {
  switch (inferType(item)) {
    case 'string':
      return 'array[string]';
    case 'integer':
    case 'float':
      return 'array[number]';
    case 'boolean':
      return 'array[boolean]';
    case 'object':
      return 'array[object]';
    case 'file':
      return 'array[file]';
    default:
      return 'array[any]';
  }
}

/** True when `type` is one of the list types. */
export function isArrayType(type: ValueType): boolean {
  return type.startsWith('array[');
}

/** The name a type is shown by: integers and floats are numbers. */
export function shownType(type: ValueType): ValueType {
  return type === 'integer' || type === 'float' ? 'number' : type;
}

const elementChecks: Partial<Record<ValueType, (item: unknown) => boolean>> = {
  'array[string]': (item) => typeof item === 'string',
  'array[number]': (item) => numberOf(item) !== undefined,
  'array[boolean]': (item) => typeof item === 'boolean',
  'array[object]': (item) => isObject(item) && !isFile(item),
  'array[file]': isFile,
  'array[any]': () => true,
};

/** True when `item` may be an element of a list of type `arrayType`. */
export function isElementOf(arrayType: ValueType, item: unknown): boolean {
  return elementChecks[arrayType]?.(item) ?? false;
}

/** True when `value` may be stored where `type` is declared. Null fits `none` only; `[]` fits every list type. */
export function fitsType(type: ValueType, value: unknown): boolean {
  if (isArrayType(type)) return Array.isArray(value) && value.every((item) => isElementOf(type, item));
  switch (type) {
    case 'none':
      return value === null || value === undefined;
    case 'string':
    case 'secret':
      return typeof value === 'string';
    case 'number':
      return numberOf(value) !== undefined;
    case 'integer':
      return isInteger(value);
    case 'float':
      return numberOf(value) !== undefined && !isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'file':
      return isFile(value);
    default:
      return isObject(value) && !isFile(value);
  }
}

/** What clearing a variable of this type leaves: `[]`, `{}`, `""`, `0`, `0.0`, `false`. */
export function zeroValue(type: ValueType): unknown {
  if (isArrayType(type)) return [];
  switch (type) {
    case 'string':
    case 'secret':
      return '';
    case 'number':
    case 'integer':
      return 0;
    case 'float':
      return new Float(0);
    case 'boolean':
      return false;
    case 'object':
      return {};
    default:
      return null;
  }
}
