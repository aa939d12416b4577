import type { LlmData } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import { isObject } from '../../values/types.ts';
import { findJson } from '../json-in-text.ts';
import { schemaFault } from '../json-schema.ts';

/**
 * The schema that an answer has to follow, or null when none is asked for.
 *
 * @throws {NodeError} `LLMNodeError` when it is missing or describes no object
 */
export function structuredSchema(data: LlmData): Readonly<Record<string, unknown>> | null {
  if (!data.structured_output_enabled) return null;
  const schema = data.structured_output?.schema;
  if (!isObject(schema) || Object.keys(schema).length === 0) {
    throw new NodeError('LLMNodeError', 'Structured output needs a schema');
  }
  if (schema['type'] !== 'object') {
    throw new NodeError('LLMNodeError', 'The schema of structured output must describe an object');
  }
  return schema;
}

/**
 * Reads an answer by its schema.
 *
 * @throws {NodeError} `OutputParserError` when it is no JSON object or does not follow the schema
 */
export function structuredOutputOf(
  text: string,
  schema: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const value = findJson(text);
  if (!isObject(value))
    throw new NodeError('OutputParserError', 'The model did not answer with a JSON object');
  const fault = schemaFault(value, schema);
  if (fault !== null) {
    throw new NodeError('OutputParserError', `The answer does not follow the schema: ${fault}`);
  }
  return value;
}
