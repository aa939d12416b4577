import { type ContentPart, messageText, type PromptMessage, partData } from '../../prompt/message.ts';
import type { Quirks } from '../../schema/quirks.ts';
import { asObject, asText, type JsonObject } from '../json.ts';

/** Messages in the form of the OpenAI chat protocol. */
export function toOpenAiMessages(
  messages: readonly PromptMessage[],
  quirks: Quirks,
  model: string,
): JsonObject[] {
  const wire = messages.map((message) => toOpenAiMessage(message, quirks, model));
  return quirks.merge_same_role ? mergeSameRole(wire) : wire;
}

function toOpenAiMessage(message: PromptMessage, quirks: Quirks, model: string): JsonObject {
  const name = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case 'assistant':
      return {
        role: 'assistant',
        content: assistantContent(message),
        ...name,
        ...toolCalls(message, quirks),
        ...reasoning(message, quirks, model),
      };
    case 'tool':
      return quirks.tool_mode === 'functions'
        ? { role: 'function', name: message.name ?? message.tool_call_id, content: messageText(message) }
        : { role: 'tool', tool_call_id: message.tool_call_id, content: messageText(message) };
    default:
      return { role: message.role, content: contentOf(message, quirks), ...name };
  }
}

function assistantContent(message: PromptMessage): string | null {
  const text = messageText(message);
  // Servers reject an empty text beside tool calls, and null without them.
  const hasCalls = message.role === 'assistant' && (message.tool_calls?.length ?? 0) > 0;
  return text === '' && hasCalls ? null : text;
}

function contentOf(message: PromptMessage, quirks: Quirks): string | JsonObject[] {
  if (typeof message.content === 'string' || message.content === null) return message.content ?? '';
  if (message.content.every((part) => part.type === 'text')) return messageText(message);
  return message.content.map((part) => toOpenAiPart(part, quirks));
}

function toOpenAiPart(part: ContentPart, quirks: Quirks): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.data };
    case 'image': {
      const url = partData(part);
      return {
        type: 'image_url',
        image_url: quirks.image_mode === 'string' ? url : { url, detail: part.detail ?? 'low' },
      };
    }
    case 'audio':
      // The protocol has no address form for audio.
      return part.base64_data === ''
        ? { type: 'image_url', image_url: { url: partData(part) } }
        : { type: 'input_audio', input_audio: { data: part.base64_data, format: part.format } };
    case 'video':
      return { type: 'video_url', video_url: { url: partData(part) } };
    case 'document':
      return { type: 'file', file: { filename: part.filename, file_data: partData(part) } };
  }
}

function toolCalls(message: PromptMessage, quirks: Quirks): JsonObject {
  if (message.role !== 'assistant' || message.tool_calls === undefined || message.tool_calls.length === 0)
    return {};
  if (quirks.tool_mode === 'functions') return { function_call: message.tool_calls[0]?.function };
  return {
    tool_calls: message.tool_calls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { ...call.function },
    })),
  };
}

function reasoning(message: PromptMessage, quirks: Quirks, model: string): JsonObject {
  const opaque = asObject(message.opaque_body);
  // OpenRouter's signed details go back as they came, whichever model they are of.
  const details = opaque?.['reasoning_details'];
  const echoed = quirks.echo_reasoning?.test(model) === true;
  return {
    ...(echoed ? { reasoning_content: asText(opaque?.['reasoning_content']) ?? '' } : {}),
    ...(details === undefined ? {} : { reasoning_details: details }),
  };
}

function mergeSameRole(messages: readonly JsonObject[]): JsonObject[] {
  const merged: JsonObject[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    const joinable =
      last?.['role'] === message['role'] &&
      typeof last?.['content'] === 'string' &&
      typeof message['content'] === 'string';
    const plain =
      last?.['tool_calls'] === undefined && message['tool_calls'] === undefined && message['role'] !== 'tool';
    if (last !== undefined && joinable && plain) {
      merged[merged.length - 1] = {
        ...last,
        content: `${String(last['content'])}\n\n${String(message['content'])}`,
      };
    } else {
      merged.push(message);
    }
  }
  return merged;
}
