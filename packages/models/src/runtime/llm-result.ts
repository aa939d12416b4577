import type { Usage } from '@trellis/contracts';
import type { ToolCall } from '../prompt/message.ts';
import type { FileEvent, FinishReason } from './llm-event.ts';
import type { TokenCounts } from './usage.ts';

/** A finished (or broken-off) model call. */
export interface LlmResult {
  model: string;
  /** The answer without reasoning. */
  text: string;
  /** Empty when the model showed none. */
  reasoning: string;
  toolCalls: ToolCall[];
  files: Omit<FileEvent, 't'>[];
  finishReason: FinishReason | null;
  /** The public usage object. */
  usage: Usage;
  /** Token counts with cached and reasoning tokens apart, and what the provider sent. */
  tokens: TokenCounts & { raw: unknown };
  /** The provider gave no usage; the tokens are an estimate of ours. */
  estimated: boolean;
  /** The object that the answer was to be, where one was asked for. */
  structuredOutput?: Record<string, unknown>;
  /** To be sent back with the assistant message, where the provider wants it. */
  opaqueBody?: unknown;
  /** What was changed or left out to fit the model: clamped parameters, parts it does not take. */
  warnings: string[];
}
