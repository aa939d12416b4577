import { estimateMessageTokens } from '../tokens/estimate.ts';
import { messageParts, type PromptMessage } from './message.ts';

/** Tokens that history may take when the model's context size is unknown. */
const defaultHistoryTokens = 2000;
/** An answer is left at least this much room, in tokens. */
const leastAnswerTokens = 16;

/** Tokens left for history beside the rest of the prompt and the longest answer; 2,000 for an unknown context size. */
export function historyBudget(options: {
  contextSize: number | undefined;
  /** The limit of the answer, where one is set. */
  maxTokens: number | undefined;
  /** Tokens of the prompt without history. */
  promptTokens: number;
}): number {
  if (options.contextSize === undefined) return defaultHistoryTokens;
  return Math.max(0, options.contextSize - (options.maxTokens ?? 0) - options.promptTokens);
}

/**
 * The newest part of a history that fits a budget. Whole messages are dropped, oldest first; the last one stays
 * whatever its size, and an answer is not kept without its question where anything else remains.
 */
export function fitHistory(history: readonly PromptMessage[], budgetTokens: number): PromptMessage[] {
  const sizes = history.map(estimateMessageTokens);
  let total = sizes.reduce((sum, size) => sum + size, 0);
  let start = 0;
  while (
    start < history.length - 1 &&
    (total > budgetTokens || (start > 0 && history[start]?.role === 'assistant'))
  ) {
    total -= sizes[start] ?? 0;
    start += 1;
  }
  return history.slice(start);
}

/** The newest turns of a history; a window of 0 or less keeps all of it. */
export function windowHistory(history: readonly PromptMessage[], turns: number): PromptMessage[] {
  if (turns <= 0) return [...history];
  const starts = history.flatMap((message, index) => (message.role === 'user' ? [index] : []));
  return history.slice(starts.at(-turns) ?? 0);
}

/** The token limit of an answer, lowered where prompt and answer together would not fit the context. */
export function fitMaxTokens(options: {
  contextSize: number | undefined;
  maxTokens: number;
  promptTokens: number;
}): number {
  const { contextSize, maxTokens, promptTokens } = options;
  if (contextSize === undefined || promptTokens + maxTokens <= contextSize) return maxTokens;
  return Math.max(contextSize - promptTokens, leastAnswerTokens);
}

/** Names by which a text prompt tells the two sides of a conversation apart. */
export interface RolePrefixes {
  user: string;
  assistant: string;
}

/** A history as text, for completion models: one line per message, images named as such. */
export function historyText(history: readonly PromptMessage[], prefixes: RolePrefixes): string {
  return history
    .filter((message) => message.role === 'user' || message.role === 'assistant')
    .map((message) => {
      const text = messageParts(message).map((part) => (part.type === 'text' ? part.data : `[${part.type}]`));
      return `${message.role === 'user' ? prefixes.user : prefixes.assistant}: ${text.join('\n')}`;
    })
    .join('\n');
}
