import type { FinishReason, UsageEvent } from '../../runtime/llm-event.ts';
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from '../json.ts';
import { type Emit, type LlmDecoder, UpstreamEventError } from '../llm-adapter.ts';

/**
 * Reads streamed chunks of the OpenAI chat protocol and of the many servers that speak it in their own way: usage on
 * any chunk, chunks without choices, reasoning under three names, legacy function calls, arguments as objects.
 */
export function createOpenAiChatDecoder(): LlmDecoder {
  const opaque: { reasoning: string; details: unknown[] } = { reasoning: '', details: [] };
  return {
    chunk: (document, emit) => {
      if (!isObject(document)) throw new UpstreamEventError(document);
      const choices = asArray(document['choices']);
      if (choices.length === 0) failOnError(document);
      const usage = readUsage(document);
      for (const choice of choices) {
        if (isObject(choice)) readChoice(choice, opaque, emit);
      }
      if (usage !== undefined) emit(usage);
    },
    end: (emit) => {
      if (opaque.details.length > 0) {
        emit({
          t: 'opaque',
          body: { reasoning_content: opaque.reasoning, reasoning_details: opaque.details },
        });
      } else if (opaque.reasoning !== '') {
        emit({ t: 'opaque', body: { reasoning_content: opaque.reasoning } });
      }
    },
  };
}

/** Reads a blocking answer: the same choices with whole messages instead of deltas. */
export function decodeOpenAiChat(document: unknown, emit: Emit): void {
  const decoder = createOpenAiChatDecoder();
  if (!isObject(document) || !Array.isArray(document['choices'])) throw new UpstreamEventError(document);
  decoder.chunk(document, emit);
  decoder.end(emit);
}

function failOnError(document: JsonObject): void {
  if (document['error'] !== undefined && document['error'] !== null) throw new UpstreamEventError(document);
  // Gateways answer refusals with status 200 and a bare code and message.
  if (document['object'] === 'error') throw new UpstreamEventError(document);
}

function readChoice(choice: JsonObject, opaque: { reasoning: string; details: unknown[] }, emit: Emit): void {
  const delta = asObject(choice['delta']) ?? asObject(choice['message']);
  if (delta !== undefined) {
    const reasoning = asText(delta['reasoning_content']) ?? asText(delta['reasoning']);
    if (reasoning !== undefined) {
      opaque.reasoning += reasoning;
      emit({ t: 'reasoning', v: reasoning });
    }
    if (Array.isArray(delta['reasoning_details'])) opaque.details.push(...delta['reasoning_details']);
    const { content } = delta;
    if (typeof content === 'string') {
      if (content !== '') emit({ t: 'text', v: content });
    } else if (Array.isArray(content)) {
      readContentParts(content, emit);
    } else if (content == null && typeof delta['refusal'] === 'string' && delta['refusal'] !== '') {
      emit({ t: 'text', v: delta['refusal'] });
    }
    for (const image of asArray(delta['images'])) readImage(image, emit);
    if (delta['tool_calls'] !== undefined) readToolCalls(asArray(delta['tool_calls']), emit);
    const legacy = asObject(delta['function_call']);
    if (legacy !== undefined)
      emit({ t: 'tool', index: 0, name: asText(legacy['name']), args: argumentsText(legacy['arguments']) });
  }
  const reason = asText(choice['finish_reason']);
  if (reason !== undefined) emit({ t: 'finish', reason: finishReasons[reason] ?? 'stop', raw: reason });
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

/** Mistral and some gateways send content as a list of typed parts. */
function readContentParts(parts: readonly unknown[], emit: Emit): void {
  for (const part of parts) {
    const record = asObject(part);
    const text = asText(record?.['text']);
    if (record?.['type'] === 'thinking') {
      const thinking = asArray(record['thinking']).map((piece) => asText(asObject(piece)?.['text']) ?? '');
      const joined = thinking.join('') || (asText(record['thinking']) ?? '');
      if (joined !== '') emit({ t: 'reasoning', v: joined });
    } else if (record?.['type'] === 'image_url') {
      readImage(record, emit);
    } else if (text !== undefined) {
      emit({ t: 'text', v: text });
    }
  }
}

function readImage(image: unknown, emit: Emit): void {
  const link = asObject(asObject(image)?.['image_url']);
  const url = asText(link?.['url']);
  if (url === undefined) return;
  const inline = /^data:([^;,]+);base64,(.*)$/su.exec(url);
  emit(
    inline === null
      ? { t: 'file', mime: 'image/png', url }
      : { t: 'file', mime: inline[1] ?? '', base64: inline[2] ?? '' },
  );
}

function readToolCalls(calls: readonly unknown[], emit: Emit): void {
  for (const call of calls) {
    const record = asObject(call);
    if (record === undefined) continue;
    const called = asObject(record['function']);
    const id = record['id'];
    emit({
      t: 'tool',
      index: asNumber(record['index']),
      id: typeof id === 'number' ? String(id) : asText(id),
      name: asText(called?.['name']),
      args: argumentsText(called?.['arguments']),
    });
  }
}

function argumentsText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Token counts, wherever the server put them: on the chunk, on the choice, or under Groq's own key. */
function readUsage(document: JsonObject): UsageEvent | undefined {
  const usage =
    asObject(document['usage']) ??
    asObject(asObject(document['x_groq'])?.['usage']) ??
    asObject(asObject(asArray(document['choices'])[0])?.['usage']);
  return usage === undefined ? undefined : openAiUsage(usage);
}

/** A usage object of the OpenAI protocol as an event. */
export function openAiUsage(usage: JsonObject): UsageEvent | undefined {
  const prompt = asNumber(usage['prompt_tokens']);
  const completion = asNumber(usage['completion_tokens']);
  if (prompt === undefined && completion === undefined) return undefined;
  return {
    t: 'usage',
    prompt: prompt ?? 0,
    completion: completion ?? Math.max(0, (asNumber(usage['total_tokens']) ?? 0) - (prompt ?? 0)),
    cached:
      asNumber(asObject(usage['prompt_tokens_details'])?.['cached_tokens']) ??
      asNumber(usage['prompt_cache_hit_tokens']),
    reasoning: asNumber(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
    raw: usage,
  };
}
