import { isObject, type JsonObject } from '../adapters/json.ts';
import type { LlmResult } from '../runtime/llm-result.ts';
import { repairJson } from '../runtime/repair-json.ts';
import { stripThink } from '../runtime/think.ts';
import type { ModelSchema } from '../schema/model.ts';
import type { PromptMessage } from './message.ts';

/** An answer that is not the JSON object it was to be. */
export class StructuredOutputError extends Error {
  override readonly name = 'StructuredOutputError';
  readonly code = 'structured_output_invalid';
  /** The answer. */
  readonly text: string;
  /** The whole call, where the answer came from one: it has been paid for. */
  result: LlmResult | undefined;

  constructor(text: string) {
    super(`Failed to parse structured output: ${text.slice(0, 500)}`);
    this.text = text;
  }
}

/** Whether a model follows a JSON schema by itself, by its features or by offering that response format. */
export function followsSchema(schema: ModelSchema): boolean {
  const offers = schema.parameter_rules.some(
    (rule) => rule.name === 'response_format' && rule.options.includes('json_schema'),
  );
  return offers || schema.features?.includes('structured-output') === true;
}

/** Prompt and parameters that make a model answer with an object of a schema. */
export interface StructuredRequest {
  messages: readonly PromptMessage[];
  parameters: Record<string, unknown>;
}

/** Asks for an object of a schema: by the model's own means, else in words before the system prompt. */
export function requestStructure(options: {
  schema: ModelSchema;
  jsonSchema: JsonObject;
  messages: readonly PromptMessage[];
  parameters: Readonly<Record<string, unknown>>;
}): StructuredRequest {
  const { schema, jsonSchema, messages, parameters } = options;
  if (followsSchema(schema)) {
    return {
      messages,
      parameters: { ...parameters, response_format: 'json_schema', json_schema: JSON.stringify(jsonSchema) },
    };
  }
  const formats = schema.parameter_rules.find((rule) => rule.name === 'response_format')?.options ?? [];
  const format = ['JSON', 'json_object'].find((name) => formats.includes(name));
  return {
    messages: demandJson(messages, jsonSchema),
    parameters: format === undefined ? { ...parameters } : { ...parameters, response_format: format },
  };
}

function demandJson(messages: readonly PromptMessage[], jsonSchema: JsonObject): PromptMessage[] {
  const demand = [
    'Answer with one JSON object and nothing else: no explanation, no code fence.',
    'The object follows this JSON schema:',
    JSON.stringify(jsonSchema),
  ].join('\n');
  const [first, ...rest] = messages;
  if (first?.role === 'system' && typeof first.content === 'string') {
    return [{ ...first, content: `${demand}\n\n${first.content}` }, ...rest];
  }
  return [{ role: 'system', content: demand }, ...messages];
}

/** Reads the object out of an answer, repairing what models get wrong. @throws StructuredOutputError */
export function parseStructure(answer: string): JsonObject {
  const text = stripThink(answer).trim();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = repairJson(text);
  }
  if (Array.isArray(value)) value = value.find(isObject);
  if (isObject(value)) return value;
  throw new StructuredOutputError(answer);
}
