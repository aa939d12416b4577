import { isObject, type JsonObject, tryParseJson } from '../json.ts';
import type { LlmCall } from '../llm-adapter.ts';

/** Families that take `max_completion_tokens` only. */
const completionTokenFamilies = /^(?:o1|o3|o4|gpt-5)/iu;

/** Parameters that steer the call here and never reach the wire by themselves. */
const consumed = new Set(['response_format', 'json_schema', 'enable_stream', 'stop']);

/** The call's parameters under their wire names. */
export function toOpenAiParameters(call: Pick<LlmCall, 'model' | 'parameters' | 'quirks'>): JsonObject {
  const { parameters, quirks, model } = call;
  const dropped = droppedParameters(call);
  const wire: JsonObject = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (consumed.has(name) || dropped.has(name)) continue;
    const wireName = wireNameOf(name, model, quirks);
    wire[wireName] =
      quirks.bool_to_object.includes(name) && typeof value === 'boolean'
        ? { type: value ? 'enabled' : 'disabled' }
        : value;
  }
  if (quirks.reasoning_object) gatherReasoning(wire);
  return { ...wire, ...responseFormat(parameters) };
}

function wireNameOf(name: string, model: string, quirks: LlmCall['quirks']): string {
  if (name !== 'max_tokens' && name !== 'max_completion_tokens') return quirks.rename_params[name] ?? name;
  if (quirks.max_tokens_field !== 'auto')
    return name === 'max_completion_tokens' ? name : quirks.max_tokens_field;
  return name === 'max_completion_tokens' || completionTokenFamilies.test(model)
    ? 'max_completion_tokens'
    : 'max_tokens';
}

function droppedParameters({
  model,
  parameters,
  quirks,
}: Pick<LlmCall, 'model' | 'parameters' | 'quirks'>): Set<string> {
  return new Set(
    quirks.drop_params
      .filter(({ models, when }) => {
        const conditions = Object.entries(when ?? {});
        return (
          models?.test(model) !== false && conditions.every(([name, value]) => parameters[name] === value)
        );
      })
      .flatMap((rule) => rule.params),
  );
}

/** OpenRouter takes everything about reasoning in one object. */
function gatherReasoning(wire: JsonObject): void {
  const reasoning: JsonObject = {};
  const move = (from: string, to: string) => {
    if (wire[from] !== undefined) reasoning[to] = wire[from];
    delete wire[from];
  };
  move('reasoning_effort', 'effort');
  move('reasoning_budget', 'max_tokens');
  move('thinking_budget', 'max_tokens');
  move('exclude_reasoning_tokens', 'exclude');
  const thinking = wire['enable_thinking'] ?? wire['thinking'];
  delete wire['enable_thinking'];
  delete wire['thinking'];
  if (thinking === false || thinking === 'dynamic') delete reasoning['max_tokens'];
  if (typeof thinking === 'boolean') reasoning['enabled'] = thinking;
  // The service takes an effort or a budget, not both.
  if (reasoning['max_tokens'] !== undefined) delete reasoning['effort'];
  if (Object.keys(reasoning).length > 0) wire['reasoning'] = reasoning;
}

function responseFormat(parameters: LlmCall['parameters']): JsonObject {
  const format = parameters['response_format'];
  if (format === 'json_object' || format === 'JSON') return { response_format: { type: 'json_object' } };
  if (format !== 'json_schema') return {};
  return { response_format: { type: 'json_schema', json_schema: wrapSchema(parameters['json_schema']) } };
}

/** The schema parameter in the protocol's envelope `{name, schema, strict?}`, which users may also write themselves. */
export function wrapSchema(parameter: unknown): JsonObject {
  const schema = typeof parameter === 'string' ? tryParseJson(parameter) : parameter;
  if (!isObject(schema)) return { name: 'llm_response', schema: {} };
  if (isObject(schema['schema'])) return { name: 'llm_response', ...schema };
  return { name: 'llm_response', schema, ...(isStrict(schema) ? { strict: true } : {}) };
}

/** Whether a schema satisfies strict mode: every object closed, every property required. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isObject(schema)) return true;
  const properties = isObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const isObjectSchema = schema['type'] === 'object' || properties.length > 0;
  if (
    isObjectSchema &&
    (schema['additionalProperties'] !== false || !properties.every((name) => required.includes(name)))
  ) {
    return false;
  }
  return Object.values(schema).every((value) => (typeof value === 'object' ? isStrict(value) : true));
}
