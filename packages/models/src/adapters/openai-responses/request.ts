import {
  type ContentPart,
  messageParts,
  messageText,
  type PromptMessage,
  partData,
} from '../../prompt/message.ts';
import { asArray, asObject, isObject, type JsonObject } from '../json.ts';
import type { LlmCall, WireRequest } from '../llm-adapter.ts';
import { toOpenAiParameters, wrapSchema } from '../openai-chat/parameters.ts';

/** Parameters that the Responses API does not take at all. */
const unsupported = ['presence_penalty', 'frequency_penalty', 'seed', 'n', 'logit_bias', 'logprobs'];

/** Builds a request of the OpenAI Responses API (platform.openai.com/docs/api-reference/responses). */
export function responsesRequest(call: LlmCall): WireRequest {
  const { model, quirks, stream, tools, user } = call;
  return {
    path: '/responses',
    body: {
      model,
      input: call.messages.flatMap(toInputItems),
      ...parametersOf(call),
      ...(tools.length > 0
        ? {
            tools: tools.map(({ name, description, parameters }) => ({
              type: 'function',
              name,
              description,
              parameters,
              strict: false,
            })),
          }
        : {}),
      ...(user === undefined ? {} : { [quirks.user_field]: user }),
      // Conversations are kept here, not at the provider; reasoning comes back encrypted for the next call instead.
      store: false,
      ...(isReasoningModel(model) ? { include: ['reasoning.encrypted_content'] } : {}),
      stream,
      ...quirks.extra_body,
    },
  };
}

function isReasoningModel(model: string): boolean {
  return /^(?:gpt-5|o\d)/iu.test(model) && !/chat/iu.test(model);
}

function parametersOf(call: LlmCall): JsonObject {
  const { response_format: format, ...parameters } = toOpenAiParameters(call);
  const { max_tokens: maxTokens, max_completion_tokens: maxCompletionTokens, ...rest } = parameters;
  const {
    reasoning_effort: effort,
    reasoning_summary: summary,
    reasoning_mode: mode,
    reasoning_context: context,
    verbosity,
    ...plain
  } = rest;
  for (const name of unsupported) delete plain[name];
  const reasoning = defined({ effort, summary, mode, context });
  const text = defined({ verbosity, format: textFormat(call, asObject(format)) });
  return {
    ...plain,
    ...defined({ max_output_tokens: maxCompletionTokens ?? maxTokens }),
    ...(Object.keys(reasoning).length > 0 ? { reasoning } : {}),
    ...(Object.keys(text).length > 0 ? { text } : {}),
  };
}

function textFormat(call: LlmCall, format: JsonObject | undefined): JsonObject | undefined {
  if (format?.['type'] === 'json_schema')
    return { type: 'json_schema', ...wrapSchema(call.parameters['json_schema']) };
  return format?.['type'] === 'json_object' ? { type: 'json_object' } : undefined;
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function toInputItems(message: PromptMessage): JsonObject[] {
  switch (message.role) {
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.tool_call_id, output: messageText(message) }];
    case 'assistant': {
      const text = messageText(message);
      const calls = (message.tool_calls ?? []).map((call) => ({
        type: 'function_call',
        call_id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
      }));
      // Encrypted reasoning must stand before the items that it led to.
      const reasoning = asArray(asObject(message.opaque_body)?.['reasoning_items']).filter(isObject);
      return [...reasoning, ...(text === '' ? [] : [{ role: 'assistant', content: text }]), ...calls];
    }
    default:
      return [{ role: message.role === 'system' ? 'developer' : 'user', content: contentOf(message) }];
  }
}

function contentOf(message: PromptMessage): string | JsonObject[] {
  if (typeof message.content === 'string' || message.content === null) return message.content ?? '';
  const parts = messageParts(message);
  return parts.every((part) => part.type === 'text') ? messageText(message) : parts.map(toInputPart);
}

function toInputPart(part: ContentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.data };
    case 'image':
      return { type: 'input_image', image_url: partData(part), detail: part.detail ?? 'low' };
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.base64_data, format: part.format } };
    default:
      return part.url === ''
        ? { type: 'input_file', filename: part.filename, file_data: partData(part) }
        : { type: 'input_file', file_url: part.url };
  }
}
