import type { StartVariable } from '@trellis/graph';
import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import { parseJson } from '../values/float.ts';
import { isObject } from '../values/types.ts';
import { schemaFault } from './json-schema.ts';

/**
 * Puts the run's inputs where other nodes find them; a declared one that was not given is there too, as its default
 * or null. Inputs were checked before the run, except JSON objects.
 */
export const startNode = defineNode({
  type: 'start',
  run(data, { inputs }) {
    const values: Record<string, unknown> = { ...inputs };
    for (const variable of data.variables) {
      const { variable: name, type, default: fallback } = variable;
      const given = inputs[name] ?? fallback ?? null;
      values[name] = type === 'json_object' ? readObject(variable, given) : given;
    }
    return { status: 'succeeded', inputs: values, outputs: values };
  },
});

function readObject(
  { variable: name, required, json_schema: schema }: StartVariable,
  given: unknown,
): unknown {
  const value = typeof given === 'string' ? parseText(name, given) : given;
  if (value === null || value === undefined) {
    if (required) throw new NodeError('', `${name} is required in input form`);
    return null;
  }
  if (!isObject(value)) throw new NodeError('', `${name} must be a JSON object`);
  const fault = schema === null ? null : schemaFault(value, schema);
  if (fault !== null) throw new NodeError('', `${name} does not follow its schema: ${fault}`);
  return value;
}

function parseText(name: string, text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return parseJson(text);
  } catch (cause) {
    throw new NodeError('', `${name} is not valid JSON`, { cause });
  }
}
