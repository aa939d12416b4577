import { messageParts, messageText, type PromptMessage } from '../../prompt/message.ts';
import { asArray, asNumber, asObject, asText, isObject, type JsonObject, tryParseJson } from '../json.ts';
import { type Emit, type LlmAdapter, type LlmCall, UpstreamEventError } from '../llm-adapter.ts';

/** Ollama's own API (docs.ollama.com/api): newline-delimited JSON, model options apart from the request. */
export const ollama: LlmAdapter = {
  request: (call) => {
    const { model, stream, tools } = call;
    const top = { ...formatOf(call), ...topLevel(call.parameters), options: optionsOf(call), stream };
    if (call.schema.model_properties.mode === 'completion') {
      return {
        path: '/api/generate',
        body: { model, prompt: call.messages.map(messageText).join('\n'), ...top },
      };
    }
    return {
      path: '/api/chat',
      body: {
        model,
        messages: toOllamaMessages(call.messages),
        ...(tools.length > 0
          ? { tools: tools.map((tool) => ({ type: 'function', function: { ...tool } })) }
          : {}),
        ...top,
      },
    };
  },
  decoder: () => {
    const state = { calls: 0 };
    return { chunk: (document, emit) => read(document, state, emit), end: () => undefined };
  },
  decodeWhole: (document, _call, emit) => read(document, { calls: 0 }, emit),
};

/** Parameters of the request itself; all others are options of the model. */
const topLevelNames = new Set(['keep_alive', 'think', 'format', 'json_schema', 'response_format']);
const renamed: Readonly<Record<string, string>> = { max_tokens: 'num_predict' };

function topLevel(parameters: LlmCall['parameters']): JsonObject {
  const { keep_alive: keepAlive, think } = parameters;
  return {
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(think === undefined ? {} : { think }),
  };
}

function formatOf({ parameters }: LlmCall): JsonObject {
  const schema = tryParseJson(asText(parameters['json_schema']) ?? '');
  if (isObject(schema)) return { format: schema };
  const asked = [parameters['format'], parameters['response_format']];
  return asked.some((format) => format === 'json' || format === 'json_object' || format === 'JSON')
    ? { format: 'json' }
    : {};
}

function optionsOf({ parameters, schema, stop }: LlmCall): JsonObject {
  const options: JsonObject = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (!topLevelNames.has(name)) options[renamed[name] ?? name] = value;
  }
  // Without it the server cuts prompts at its own small default, without a word.
  options['num_ctx'] ??= schema.model_properties.context_size;
  if (stop.length > 0) options['stop'] = stop;
  return options;
}

function toOllamaMessages(messages: readonly PromptMessage[]): JsonObject[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    const wire: JsonObject = { role: message.role, content: messageText(message) };
    const images = messageParts(message).flatMap((part) =>
      part.type === 'image' && part.base64_data !== '' ? [part.base64_data] : [],
    );
    if (images.length > 0) wire['images'] = images;
    if (message.role === 'assistant' && (message.tool_calls?.length ?? 0) > 0) {
      wire['tool_calls'] = message.tool_calls?.map((call) => {
        names.set(call.id, call.function.name);
        return {
          function: {
            name: call.function.name,
            arguments: asObject(tryParseJson(call.function.arguments)) ?? {},
          },
        };
      });
    }
    if (message.role === 'tool') wire['tool_name'] = message.name ?? names.get(message.tool_call_id) ?? '';
    return wire;
  });
}

function read(document: unknown, state: { calls: number }, emit: Emit): void {
  if (!isObject(document) || document['error'] !== undefined) throw new UpstreamEventError(document);
  const message = asObject(document['message']);
  const thinking = asText(message?.['thinking']) ?? asText(document['thinking']);
  if (thinking !== undefined) emit({ t: 'reasoning', v: thinking });
  const text = asText(message?.['content']) ?? asText(document['response']);
  if (text !== undefined) emit({ t: 'text', v: text });
  for (const call of asArray(message?.['tool_calls'])) {
    const called = asObject(asObject(call)?.['function']);
    if (called === undefined) continue;
    // Calls come whole and without ids, several of them perhaps in several documents.
    emit({
      t: 'tool',
      index: state.calls,
      id: asText(asObject(call)?.['id']),
      name: asText(called['name']),
      args: argumentsText(called['arguments']),
    });
    state.calls += 1;
  }
  if (document['done'] !== true) return;
  const prompt = asNumber(document['prompt_eval_count']);
  const completion = asNumber(document['eval_count']);
  if (prompt !== undefined || completion !== undefined) {
    emit({
      t: 'usage',
      prompt: prompt ?? 0,
      completion: completion ?? 0,
      raw: { prompt_eval_count: prompt, eval_count: completion },
    });
  }
  const raw = asText(document['done_reason']) ?? 'stop';
  emit({
    t: 'finish',
    reason: state.calls > 0 && raw === 'stop' ? 'tool_calls' : raw === 'length' ? 'length' : 'stop',
    raw,
  });
}

function argumentsText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}
