import type { ModelSchema, PromptMessage } from '@trellis/models';
import type { PastTurn } from './history-store.ts';
import { fillPlaceholders } from './open-turn.ts';
import type { Turn } from './turn.ts';

/** What a model is to be sent. */
export interface BuiltPrompt {
  messages: PromptMessage[];
  parameters: Record<string, unknown>;
  stop: string[];
  /** The messages as the prompt log shows them. */
  log: { role: string; text: string }[];
}

/** Puts the prompt of a turn together. */
export class PromptBuilder {
  /** The app's instructions with the inputs filled in, what was said before, and the query. */
  async build(input: {
    turn: Turn;
    schema: ModelSchema;
    history: readonly PastTurn[];
    signal: AbortSignal;
  }): Promise<BuiltPrompt> {
    const { turn, history } = input;
    const messages: PromptMessage[] = [];
    const instructions = fillPlaceholders(turn.config.pre_prompt ?? '', turn.inputs).trim();
    if (instructions !== '')
      messages.push({ role: turn.query === '' ? 'user' : 'system', content: instructions });
    for (const past of history) {
      messages.push({ role: 'user', content: past.query }, { role: 'assistant', content: past.answer });
    }
    if (turn.query !== '') messages.push({ role: 'user', content: turn.query });
    const { stop, ...parameters } = turn.config.model?.completion_params ?? {};
    return {
      messages,
      parameters,
      stop: Array.isArray(stop) ? stop.filter((item): item is string => typeof item === 'string') : [],
      log: messages.map((message) => ({ role: message.role, text: String(message.content) })),
    };
  }
}
