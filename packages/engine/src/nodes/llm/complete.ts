import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { MemoryConfig, VisionConfig } from '@trellis/graph';
import type {
  ModelReference,
  ModelTool,
  ModelToolCall,
  ModelTraits,
  PromptMessage,
} from '../../ports/index.ts';
import { type NodeContext, requirePort } from '../node-context.ts';
import { attachFiles, filePart, fitMessages, visionFiles } from './prompt-files.ts';

/** A whole answer of a model that nobody watches being written. */
export interface Completion {
  readonly text: string;
  readonly toolCalls: readonly ModelToolCall[];
  readonly usage: Usage;
  readonly finishReason: string | null;
  /** What it was asked, as it was sent. */
  readonly messages: readonly PromptMessage[];
}

/** Asks a model and waits for the whole answer. */
export async function complete(
  question: {
    model: ModelReference;
    messages: readonly PromptMessage[];
    vision: VisionConfig;
    traits: ModelTraits;
    tools?: readonly ModelTool[];
  },
  context: NodeContext,
): Promise<Completion> {
  const { model, vision, traits, tools } = question;
  const files = visionFiles(vision, context.pool).map((file) => filePart(file, vision.configs.detail));
  const messages = fitMessages(attachFiles(question.messages, files), traits);
  const text: string[] = [];
  const toolCalls: ModelToolCall[] = [];
  let usage: Usage = emptyUsage;
  let finishReason: string | null = null;
  const stream = requirePort(context, 'models').stream({
    model,
    messages,
    ...(tools === undefined ? {} : { tools }),
    userId: context.userId,
    idempotencyKey: context.idempotencyKey,
    signal: context.signal,
  });
  for await (const event of stream) {
    if (event.type === 'text') text.push(event.text);
    else if (event.type === 'tool-call') toolCalls.push(event.call);
    else if (event.type === 'finish') ({ usage, finishReason } = event);
  }
  return { text: text.join(''), toolCalls, usage, finishReason, messages };
}

/** The conversation so far as text, for prompts that quote it; empty without memory. */
export async function quotedHistory(
  { memory, model }: { memory: MemoryConfig | null; model: ModelReference },
  { ports, signal }: NodeContext,
): Promise<string> {
  if (memory === null || ports.memory === undefined) return '';
  const window = memory.window.enabled ? memory.window.size : null;
  const messages = await ports.memory.messages({ model, window, withFiles: false, signal });
  const prefix = {
    user: memory.role_prefix?.user || 'Human',
    assistant: memory.role_prefix?.assistant || 'Assistant',
  };
  return messages
    .map(({ role, content }) => {
      const text =
        typeof content === 'string'
          ? content
          : content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
      return `${role === 'user' ? prefix.user : prefix.assistant}: ${text}`;
    })
    .join('\n');
}
