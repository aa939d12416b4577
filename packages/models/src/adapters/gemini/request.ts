import { type ContentPart, messageParts, messageText, type PromptMessage } from '../../prompt/message.ts';
import { asNumber, asObject, asText, isObject, type JsonObject, tryParseJson } from '../json.ts';
import type { LlmCall, WireRequest } from '../llm-adapter.ts';

/** Builds a request of the Gemini API (ai.google.dev/api/generate-content). */
export function geminiRequest(call: LlmCall): WireRequest {
  const { stream, messages } = call;
  const system = messages
    .filter((message) => message.role === 'system')
    .map(messageText)
    .filter((text) => text !== '');
  const method = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  const tools = toolsOf(call);
  const generationConfig = generationConfigOf(call);
  const tier = serviceTier(call.parameters);
  return {
    path: `/v1beta/models/${encodeURIComponent(call.model)}:${method}`,
    body: {
      contents: toContents(messages),
      ...(system.length > 0 ? { systemInstruction: { parts: [{ text: system.join('\n\n') }] } } : {}),
      ...(tools.length > 0 ? { tools } : {}),
      ...(Object.keys(generationConfig).length > 0 ? { generationConfig } : {}),
      ...(tier === undefined ? {} : { serviceTier: tier }),
    },
  };
}

function serviceTier(parameters: LlmCall['parameters']): string | undefined {
  const tier =
    asText(parameters['service_tier']) ?? (parameters['flex_inference'] === true ? 'flex' : undefined);
  return tier === 'standard' ? undefined : tier;
}

function generationConfigOf({ parameters, stop }: LlmCall): JsonObject {
  const named: Readonly<Record<string, string>> = {
    temperature: 'temperature',
    top_p: 'topP',
    top_k: 'topK',
    presence_penalty: 'presencePenalty',
    frequency_penalty: 'frequencyPenalty',
    max_tokens: 'maxOutputTokens',
    max_output_tokens: 'maxOutputTokens',
    seed: 'seed',
  };
  const config: JsonObject = {};
  for (const [name, wireName] of Object.entries(named)) {
    if (parameters[name] !== undefined) config[wireName] = parameters[name];
  }
  if (stop.length > 0) config['stopSequences'] = stop;
  const schema = tryParseJson(asText(parameters['json_schema']) ?? '');
  if (isObject(schema)) {
    config['responseMimeType'] = 'application/json';
    config['responseSchema'] = cleanSchema(schema);
  } else if (parameters['response_format'] === 'json_object' || parameters['response_format'] === 'JSON') {
    config['responseMimeType'] = 'application/json';
  }
  const resolution = asText(parameters['media_resolution']);
  if (resolution !== undefined && resolution !== 'Default')
    config['mediaResolution'] = `MEDIA_RESOLUTION_${resolution.toUpperCase()}`;
  const thinking = thinkingConfig(parameters);
  if (Object.keys(thinking).length > 0) config['thinkingConfig'] = thinking;
  const image = imageConfig(parameters);
  if (Object.keys(image).length > 0) config['imageConfig'] = image;
  return config;
}

function imageConfig(parameters: LlmCall['parameters']): JsonObject {
  const ratio = asText(parameters['aspect_ratio']);
  const size = asText(parameters['resolution']);
  return {
    ...(ratio !== undefined && ratio !== 'Auto' ? { aspectRatio: ratio } : {}),
    ...(size === undefined ? {} : { imageSize: size }),
  };
}

function thinkingConfig(parameters: LlmCall['parameters']): JsonObject {
  const config: JsonObject = {};
  const level = asText(parameters['thinking_level']);
  if (level !== undefined) config['thinkingLevel'] = level.toUpperCase();
  const budget = asNumber(parameters['thinking_budget']);
  const mode = parameters['thinking_mode'];
  if (mode === false) config['thinkingBudget'] = 0;
  else if (mode === true || budget !== undefined) config['thinkingBudget'] = budget ? budget : -1;
  if (typeof parameters['include_thoughts'] === 'boolean')
    config['includeThoughts'] = parameters['include_thoughts'];
  return config;
}

function toolsOf({ tools, parameters }: LlmCall): JsonObject[] {
  const declarations = tools.map(({ name, description, parameters: schema }) => ({
    name,
    description,
    // A function without arguments must not carry an empty schema.
    ...(Object.keys(asObject(schema['properties']) ?? {}).length > 0
      ? { parameters: cleanSchema(schema) }
      : {}),
  }));
  const builtIn = [
    ...(parameters['grounding'] === true ? [{ google_search: {} }] : []),
    ...(parameters['url_context'] === true ? [{ url_context: {} }] : []),
    ...(parameters['code_execution'] === true ? [{ code_execution: {} }] : []),
  ];
  return [...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []), ...builtIn];
}

const unknownSchemaKeys = new Set([
  'additionalProperties',
  '$schema',
  '$id',
  '$defs',
  'definitions',
  'strict',
  'title',
  'default',
  'const',
  'examples',
]);

/** A JSON schema without what the API refuses; references are resolved, constants become one-member enums. */
export function cleanSchema(schema: JsonObject, root: JsonObject = schema, depth = 0): JsonObject {
  const reference = asText(schema['$ref']);
  if (reference !== undefined && depth < 20) {
    const target = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((node, key) => asObject(node)?.[key], root);
    return isObject(target) ? cleanSchema(target, root, depth + 1) : {};
  }
  const cleaned: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (unknownSchemaKeys.has(key)) continue;
    if (key === 'properties' && isObject(value)) {
      cleaned[key] = Object.fromEntries(
        Object.entries(value).map(([name, property]) => [
          name,
          isObject(property) ? cleanSchema(property, root, depth + 1) : {},
        ]),
      );
    } else if (Array.isArray(value)) {
      cleaned[key] = value.map((item) => (isObject(item) ? cleanSchema(item, root, depth + 1) : item));
    } else {
      cleaned[key] = isObject(value) ? cleanSchema(value, root, depth + 1) : value;
    }
  }
  if (typeof schema['const'] === 'string') cleaned['enum'] = [schema['const']];
  return cleaned;
}

function toContents(messages: readonly PromptMessage[]): JsonObject[] {
  const contents: { role: string; parts: JsonObject[] }[] = [];
  const names = new Map<string, string>();
  for (const message of messages) {
    if (message.role === 'system') continue;
    if (message.role === 'assistant')
      for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name);
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = partsOf(message, names);
    if (parts.length === 0) continue;
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }
  // A prompt of instructions only still needs something to answer.
  return contents.length > 0 ? contents : [{ role: 'user', parts: [{ text: ' ' }] }];
}

function partsOf(message: PromptMessage, names: ReadonlyMap<string, string>): JsonObject[] {
  if (message.role === 'tool') {
    const text = messageText(message);
    const parsed = tryParseJson(text);
    const name = message.name ?? names.get(message.tool_call_id) ?? message.tool_call_id;
    return [{ functionResponse: { name, response: isObject(parsed) ? parsed : { result: text } } }];
  }
  const content = messageParts(message).flatMap(partOf);
  if (message.role !== 'assistant') return content;
  // Signatures of thoughts belong to the calls in whose course they were made.
  const signatures = asObject(asObject(message.opaque_body)?.['thought_signatures']) ?? {};
  const calls = (message.tool_calls ?? []).map((call) => {
    const args = tryParseJson(call.function.arguments);
    const signature = asText(signatures[call.id]);
    return {
      functionCall: { name: call.function.name, args: isObject(args) ? args : {} },
      ...(signature === undefined ? {} : { thoughtSignature: signature }),
    };
  });
  return [...content, ...calls];
}

function partOf(part: ContentPart): JsonObject[] {
  if (part.type === 'text') return part.data === '' ? [] : [{ text: part.data }];
  return part.url === ''
    ? [{ inlineData: { mimeType: part.mime_type, data: part.base64_data } }]
    : [{ fileData: { mimeType: part.mime_type, fileUri: part.url } }];
}
