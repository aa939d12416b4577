import type { VisionConfig } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import type { ModelTraits, PromptMessage, PromptPart } from '../../ports/index.ts';
import { type FileValue, isFile } from '../../values/file.ts';
import type { PoolReader } from '../../values/pool.ts';

/**
 * Files that a node shows to its model.
 *
 * @throws {NodeError} `InvalidVariableTypeError` when the variable holds something else
 */
export function visionFiles(vision: VisionConfig, pool: PoolReader): FileValue[] {
  if (!vision.enabled) return [];
  const value = pool.get(vision.configs.variable_selector)?.value ?? null;
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  if (isFile(value)) return [value];
  if (Array.isArray(value) && value.every(isFile)) return value;
  const name = vision.configs.variable_selector.join('.');
  throw new NodeError('InvalidVariableTypeError', `Variable ${name} is not a file or a list of files`);
}

/** A message part of a file. Kinds that no model takes are said in words. */
export function filePart(file: FileValue, detail: 'high' | 'low'): PromptPart {
  if (file.type !== 'custom') return { type: 'file', file, detail };
  return { type: 'text', text: `[File ${file.filename ?? ''}: this type of file is not supported]` };
}

/** Puts files in front of the last message if a user says it, else into a user message of their own. */
export function attachFiles(
  messages: readonly PromptMessage[],
  parts: readonly PromptPart[],
): PromptMessage[] {
  if (parts.length === 0) return [...messages];
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: parts }];
  const own: readonly PromptPart[] =
    typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content;
  return [...messages.slice(0, -1), { ...last, content: [...parts, ...own] }];
}

/**
 * Fits messages to a model: parts it does not take are removed, a message left with one text becomes plain text,
 * empty messages go.
 *
 * @throws {NodeError} `NoPromptFoundError` when nothing is left
 */
export function fitMessages(messages: readonly PromptMessage[], traits: ModelTraits): PromptMessage[] {
  const fitted = messages.flatMap((message): PromptMessage[] => {
    if (typeof message.content === 'string') return message.content === '' ? [] : [message];
    const parts = message.content.filter((part) => isTaken(part, traits));
    const [first, ...rest] = parts;
    if (first === undefined) return [];
    if (rest.length === 0 && first.type === 'text') return [{ ...message, content: first.text }];
    return [{ ...message, content: parts }];
  });
  if (fitted.length === 0) {
    throw new NodeError('NoPromptFoundError', 'The prompt is empty: write a message or enable memory');
  }
  return fitted;
}

function isTaken(part: PromptPart, traits: ModelTraits): boolean {
  if (part.type === 'text') return part.text !== '';
  return part.file.type !== 'custom' && traits.files.has(part.file.type);
}

/** Prompts as records show them: content of files shortened to its ends. */
export function promptRecords(messages: readonly PromptMessage[]): Record<string, unknown>[] {
  return messages.map(({ role, content, toolCalls }) => {
    const parts: readonly PromptPart[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return {
      role,
      text: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
      files: parts.flatMap((part) => (part.type === 'file' ? [fileRecord(part)] : [])),
      ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
    };
  });
}

function fileRecord({ file, detail }: Extract<PromptPart, { type: 'file' }>): Record<string, unknown> {
  const reference = file.url ?? file.remote_url ?? file.reference ?? '';
  const data = reference.length > 20 ? `${reference.slice(0, 10)}...${reference.slice(-10)}` : reference;
  if (file.type === 'image') return { type: file.type, data, detail };
  return { type: file.type, data, format: (file.extension ?? '').replace(/^\./, '') };
}
