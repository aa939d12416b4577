import { type Schema, Validator } from '@cfworker/json-schema';
import { isObject } from '../graph/json.ts';

/**
 * What is wrong with a plain JSON value by a JSON Schema (Draft 7), or null. The schema is interpreted, not compiled,
 * and never fetched: a reference to another address is itself a fault.
 */
export function schemaFault(value: unknown, schema: Readonly<Record<string, unknown>>): string | null {
  const foreign = foreignReference(schema);
  if (foreign !== null) return `the schema refers to ${foreign}, which is not part of it`;
  try {
    const { valid, errors } = new Validator(schema as Schema, '7', true).validate(value);
    if (valid) return null;
    const fault = errors.at(-1);
    return fault === undefined ? 'it does not match' : `${fault.instanceLocation}: ${fault.error}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function foreignReference(schema: unknown): string | null {
  if (Array.isArray(schema)) {
    for (const item of schema) {
      const found = foreignReference(item);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isObject(schema)) return null;
  const { $ref: reference } = schema;
  if (typeof reference === 'string' && !reference.startsWith('#')) return reference;
  return foreignReference(Object.values(schema));
}
