import { PythonFloat } from '../../exact-json.ts';
import { typeError } from '../template-error.ts';
import { Dict, type Value } from './model.ts';

const deepest = 200;

/**
 * Copies JSON into template values: whole numbers become int, others and `PythonFloat` become float.
 * Only own enumerable data of plain objects is read. Errors: `TypeError` for anything that is not JSON.
 */
export function fromJson(value: unknown, depth = 0): Value {
  if (depth > deepest) throw typeError('the variables are nested too deep');
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'object':
      break;
    default:
      throw typeError(`a ${typeof value} cannot be a template variable`);
  }
  if (Array.isArray(value)) return value.map((item) => fromJson(item, depth + 1));
  if (value instanceof PythonFloat) return value.value;
  const dict = new Dict();
  for (const [key, item] of Object.entries(value)) dict.set(key, fromJson(item, depth + 1));
  return dict;
}
