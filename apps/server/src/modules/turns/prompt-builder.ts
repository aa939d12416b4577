import {
  type AdvancedChatPrompt,
  type AdvancedCompletionPrompt,
  assemblePrompt,
  estimatePromptTokens,
  type FilePart,
  fitMaxTokens,
  type ModelSchema,
  messageParts,
  type PromptMessage,
  rolePrefixesFor,
  type SimplePrompt,
  stripThink,
} from '@trellis/models';
import { isSandboxError, type TemplateRenderer } from '@trellis/sandbox';
import { z } from 'zod';
import { invalidParam } from '../../platform/errors.ts';
import type { FileParts } from '../files/file-parts.ts';
import type { PastTurn } from './history-store.ts';
import type { Turn } from './turn.ts';

/** What a model is to be sent. */
export interface BuiltPrompt {
  messages: PromptMessage[];
  parameters: Record<string, unknown>;
  stop: string[];
  /** The messages as the prompt log shows them. */
  log: { role: string; text: string; files: { type: string; filename: string }[] }[];
}

const chatPrompt = z.object({
  prompt: z
    .array(
      z.object({
        role: z.enum(['system', 'user', 'assistant']),
        text: z.string().catch(''),
        edition_type: z.enum(['basic', 'jinja2']).catch('basic'),
        jinja2_text: z.string().optional().catch(undefined),
      }),
    )
    .catch([]),
});
const completionPrompt = z.object({
  prompt: z.object({ text: z.string().catch('') }).catch({ text: '' }),
  conversation_histories_role: z
    .object({ user_prefix: z.string().catch(''), assistant_prefix: z.string().catch('') })
    .catch({ user_prefix: '', assistant_prefix: '' }),
});

/** Puts the prompt of a turn together: the app's instructions, what was said before, the query and its files. */
export class PromptBuilder {
  readonly #files: FileParts;
  readonly #templates: TemplateRenderer;

  constructor(options: { files: FileParts; templates: TemplateRenderer }) {
    this.#files = options.files;
    this.#templates = options.templates;
  }

  /** The prompt with as much history as the model's context leaves room for. */
  async build(input: {
    turn: Turn;
    schema: ModelSchema;
    history: readonly PastTurn[];
    signal: AbortSignal;
  }): Promise<BuiltPrompt> {
    const { turn, schema } = input;
    const mode = schema.model_properties.mode ?? 'chat';
    const { stop: configured, ...parameters } = turn.config.model?.completion_params ?? {};
    const maxTokens = typeof parameters['max_tokens'] === 'number' ? parameters['max_tokens'] : undefined;
    const contextSize = schema.model_properties.context_size;
    const assembled = assemblePrompt({
      mode,
      prompt: await this.#promptOf(turn, mode, input.signal),
      inputs: turn.inputs,
      query: turn.query,
      files: await this.#parts(turn, input.signal),
      contextSize,
      maxTokens,
      prefixes: rolePrefixesFor(schema.model),
      ...(turn.app.mode === 'completion' ? {} : { history: historyOf(turn, input.history) }),
    });
    if (maxTokens !== undefined) {
      parameters['max_tokens'] = fitMaxTokens({
        contextSize,
        maxTokens,
        promptTokens: estimatePromptTokens(assembled.messages),
      });
    }
    const stops = Array.isArray(configured)
      ? configured.filter((item): item is string => typeof item === 'string' && item !== '')
      : [];
    return {
      messages: assembled.messages,
      parameters,
      stop: [...stops, ...assembled.stop],
      log: assembled.messages.map(toLogEntry),
    };
  }

  async #promptOf(
    turn: Turn,
    mode: 'chat' | 'completion',
    signal: AbortSignal,
  ): Promise<SimplePrompt | AdvancedChatPrompt | AdvancedCompletionPrompt> {
    const { config } = turn;
    if (config.prompt_type === 'simple') return { type: 'simple', text: config.pre_prompt ?? '' };
    if (mode === 'chat') {
      const { prompt } = chatPrompt.parse(config.chat_prompt_config ?? {});
      const messages = await Promise.all(
        prompt.map(async ({ role, text, edition_type: edition, jinja2_text: template }) =>
          edition === 'jinja2'
            ? { role, text: await this.#render(template ?? text, turn, signal), rendered: true }
            : { role, text },
        ),
      );
      return { type: 'advanced-chat', messages };
    }
    const { prompt, conversation_histories_role: roles } = completionPrompt.parse(
      config.completion_prompt_config ?? {},
    );
    return {
      type: 'advanced-completion',
      text: prompt.text,
      prefixes: { user: roles.user_prefix, assistant: roles.assistant_prefix },
    };
  }

  /** A template is somebody's program: it is rendered off the main thread, and its error is the author's to read. */
  async #render(template: string, turn: Turn, signal: AbortSignal): Promise<string> {
    try {
      return await this.#templates.render({
        template,
        variables: { ...turn.inputs, query: turn.query },
        signal,
      });
    } catch (error) {
      if (isSandboxError(error)) throw invalidParam(`The prompt template failed: ${error.message}`);
      throw error;
    }
  }

  #parts(turn: Turn, signal: AbortSignal): Promise<FilePart[]> {
    const detail = turn.config.file_upload?.image?.detail ?? 'high';
    return this.#files.of(turn.scope, turn.files, { detail, signal });
  }
}

/** The opener is part of what was said; reasoning of earlier answers is not sent back. */
function historyOf(turn: Turn, past: readonly PastTurn[]): PromptMessage[] {
  const messages: PromptMessage[] = [];
  if (turn.introduction !== '') messages.push({ role: 'assistant', content: turn.introduction });
  for (const { query, answer } of past) {
    messages.push({ role: 'user', content: query }, { role: 'assistant', content: stripThink(answer) });
  }
  return messages;
}

function toLogEntry(message: PromptMessage): BuiltPrompt['log'][number] {
  const parts = messageParts(message);
  return {
    role: message.role,
    text: parts.flatMap((part) => (part.type === 'text' ? [part.data] : [])).join('\n'),
    files: parts.flatMap((part) =>
      part.type === 'text' ? [] : [{ type: part.type, filename: part.filename }],
    ),
  };
}
