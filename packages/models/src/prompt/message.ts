/** A file in a message: its data, or an address where the provider fetches it. */
export interface FilePart {
  type: 'image' | 'audio' | 'video' | 'document';
  /** File extension without the dot, such as `png`. */
  format: string;
  mime_type: string;
  /** Empty when `base64_data` is set. */
  url: string;
  /** Empty when `url` is set. */
  base64_data: string;
  filename: string;
  /** Images only; `low` when absent. */
  detail?: 'low' | 'high' | undefined;
}

/** A text in a message. */
export interface TextPart {
  type: 'text';
  data: string;
}

/** A part of a message. */
export type ContentPart = TextPart | FilePart;

/** A tool call that a model made; `arguments` is the JSON text as the model wrote it. */
export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

interface MessageBase {
  content: string | readonly ContentPart[] | null;
  name?: string | undefined;
  /** Provider-private data that has to come back with the next call (thinking blocks, signatures). */
  opaque_body?: unknown;
}

/** Instructions. */
export interface SystemMessage extends MessageBase {
  role: 'system';
}

/** What the user says. */
export interface UserMessage extends MessageBase {
  role: 'user';
}

/** What the model said. */
export interface AssistantMessage extends MessageBase {
  role: 'assistant';
  tool_calls?: readonly ToolCall[] | undefined;
}

/** What a tool answered. */
export interface ToolMessage extends MessageBase {
  role: 'tool';
  tool_call_id: string;
}

/** A message of a prompt. */
export type PromptMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A tool offered to a model. */
export interface ToolDefinition {
  name: string;
  description: string;
  /** JSON schema of the arguments. */
  parameters: Readonly<Record<string, unknown>>;
}

/** The text of a message, its text parts joined by line breaks. */
export function messageText(message: PromptMessage): string {
  if (typeof message.content === 'string') return message.content;
  return (message.content ?? []).flatMap((part) => (part.type === 'text' ? [part.data] : [])).join('\n');
}

/** Where a file part's data is: its address, or a data URI. */
export function partData(part: FilePart): string {
  return part.url === '' ? `data:${part.mime_type};base64,${part.base64_data}` : part.url;
}

/** The parts of a message; a plain text is one part, an empty one none. */
export function messageParts(message: PromptMessage): readonly ContentPart[] {
  if (typeof message.content === 'string')
    return message.content === '' ? [] : [{ type: 'text', data: message.content }];
  return message.content ?? [];
}
