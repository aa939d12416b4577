import {
  type ContentPart,
  messageParts,
  messageText,
  type PromptMessage,
  partData,
} from '../../prompt/message.ts';
import { asArray, asObject, isObject, type JsonObject, tryParseJson } from '../json.ts';
import type { LlmCall } from '../llm-adapter.ts';

/** System text and conversation in the form of Anthropic's Messages API. */
export interface AnthropicMessages {
  system: JsonObject[];
  messages: { role: 'user' | 'assistant'; content: JsonObject[] }[];
}

/**
 * Converts a prompt: system messages apart, roles strictly alternating (consecutive ones are merged), tool results as
 * parts of user messages, thinking blocks with their signatures before what they led to.
 */
export function toAnthropicMessages(
  prompt: readonly PromptMessage[],
  parameters: LlmCall['parameters'],
): AnthropicMessages {
  const cache = cacheSettings(parameters);
  const result: AnthropicMessages = { system: [], messages: [] };
  for (const message of prompt) {
    if (message.role === 'system') {
      result.system.push(...systemBlocks(messageText(message), cache));
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocksOf(message, cache);
    if (content.length === 0) continue;
    const last = result.messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else result.messages.push({ role, content });
  }
  // The API refuses a conversation that does not begin with the user.
  if (result.messages[0]?.role === 'assistant') {
    result.messages.unshift({ role: 'user', content: [{ type: 'text', text: 'Continue.' }] });
  }
  limitCacheMarks(result);
  return result;
}

interface CacheSettings {
  mark: JsonObject;
  /** Texts with more words than this are cached; 0 caches none. */
  minWords: number;
  system: boolean;
  images: boolean;
  documents: boolean;
  toolResults: boolean;
}

function cacheSettings(parameters: LlmCall['parameters']): CacheSettings {
  const ttl = parameters['prompt_caching_ttl'];
  const on = (name: string) => parameters[name] === true;
  const flow = parameters['prompt_caching_message_flow'];
  return {
    mark: { cache_control: { type: 'ephemeral', ...(ttl === '1h' ? { ttl } : {}) } },
    minWords: typeof flow === 'number' ? flow : 0,
    system: on('prompt_caching_system_message'),
    images: on('prompt_caching_images'),
    documents: on('prompt_caching_documents'),
    toolResults: on('prompt_caching_tool_results'),
  };
}

/** Text inside `<cache>…</cache>` becomes a block of its own that is cached. */
function systemBlocks(text: string, cache: CacheSettings): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const [index, piece] of text.split(/<cache>([\s\S]*?)<\/cache>/u).entries()) {
    if (piece.trim() === '') continue;
    const cached = index % 2 === 1 && cache.system;
    blocks.push({ type: 'text', text: piece, ...(cached ? cache.mark : {}) });
  }
  return blocks;
}

function blocksOf(message: PromptMessage, cache: CacheSettings): JsonObject[] {
  if (message.role === 'tool') {
    const result = { type: 'tool_result', tool_use_id: message.tool_call_id, content: messageText(message) };
    return [{ ...result, ...(cache.toolResults && cache.minWords > 0 ? cache.mark : {}) }];
  }
  const content = messageParts(message).flatMap((part) => blockOf(part, cache));
  if (message.role !== 'assistant') return content;
  const calls = (message.tool_calls ?? []).map((call) => ({
    type: 'tool_use',
    id: call.id,
    name: call.function.name,
    input: inputOf(call.function.arguments),
  }));
  // Thinking has to come back unchanged where tools are used; otherwise the API does not ask for it.
  const thinking =
    calls.length > 0 ? asArray(asObject(message.opaque_body)?.['thinking_blocks']).filter(isObject) : [];
  return [...thinking, ...content, ...calls];
}

function inputOf(text: string): JsonObject {
  const parsed = tryParseJson(text);
  return isObject(parsed) ? parsed : {};
}

function blockOf(part: ContentPart, cache: CacheSettings): JsonObject[] {
  switch (part.type) {
    case 'text': {
      if (part.data.trim() === '') return [];
      const cached = cache.minWords > 0 && part.data.split(/\s+/u).length > cache.minWords;
      return [{ type: 'text', text: part.data, ...(cached ? cache.mark : {}) }];
    }
    case 'image':
      return [
        { type: 'image', source: sourceOf(part), ...(cache.images && cache.minWords > 0 ? cache.mark : {}) },
      ];
    case 'document':
      return [
        {
          type: 'document',
          source: sourceOf(part),
          ...(cache.documents && cache.minWords > 0 ? cache.mark : {}),
        },
      ];
    default:
      return [];
  }
}

function sourceOf(part: Exclude<ContentPart, { type: 'text' }>): JsonObject {
  return part.url === ''
    ? { type: 'base64', media_type: part.mime_type, data: part.base64_data }
    : { type: 'url', url: partData(part) };
}

const maxCacheMarks = 4;

/** The API takes at most four marks: the latest ones are worth most, the system's own count first. */
function limitCacheMarks({ system, messages }: AnthropicMessages): void {
  const marked = [
    ...messages.toReversed().flatMap((message) => message.content.toReversed()),
    ...system.toReversed(),
  ];
  const own = system.filter((block) => 'cache_control' in block).length;
  let left = Math.max(0, maxCacheMarks - own);
  for (const block of marked) {
    if (!('cache_control' in block) || system.includes(block)) continue;
    if (left > 0) left -= 1;
    else delete block['cache_control'];
  }
  let systemLeft = maxCacheMarks;
  for (const block of system) {
    if (!('cache_control' in block)) continue;
    if (systemLeft > 0) systemLeft -= 1;
    else delete block['cache_control'];
  }
}
