import { schemaFault as faultOf } from '@trellis/graph';
import { Float } from '../values/float.ts';
import { isObject } from '../values/types.ts';

/** What is wrong with a value of a run by a JSON Schema (Draft 7), or null. */
export function schemaFault(value: unknown, schema: Readonly<Record<string, unknown>>): string | null {
  return faultOf(plain(value), schema);
}

/** The value without float marks. */
function plain(value: unknown): unknown {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
