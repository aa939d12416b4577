import type { LlmResult } from './llm-result.ts';

/** Why a model stopped. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** A piece of answer. */
export interface TextEvent {
  t: 'text';
  v: string;
}

/** A piece of reasoning. */
export interface ReasoningEvent {
  t: 'reasoning';
  v: string;
}

/** A piece of a tool call, as the provider sent it. */
export interface ToolEvent {
  t: 'tool';
  index?: number | undefined;
  id?: string | undefined;
  name?: string | undefined;
  /** To be appended to what came before. */
  args?: string | undefined;
}

/** A file that the model made. */
export interface FileEvent {
  t: 'file';
  mime: string;
  base64?: string;
  url?: string;
}

/** Token counts; cumulative, so the last one counts. */
export interface UsageEvent {
  t: 'usage';
  /** All input tokens, cached ones included. */
  prompt: number;
  completion: number;
  cached?: number | undefined;
  cacheWrite?: number | undefined;
  reasoning?: number | undefined;
  raw: unknown;
}

/** The model stopped. */
export interface FinishEvent {
  t: 'finish';
  reason: FinishReason;
  /** The provider's word for it. */
  raw: string;
}

/** Private data of the provider that has to be sent back with the answer (`opaque_body`). */
export interface OpaqueEvent {
  t: 'opaque';
  body: unknown;
}

/** The whole call, put together: always the last event of a successful one. */
export interface DoneEvent {
  t: 'done';
  result: LlmResult;
}

/** What an adapter reads out of an answer. */
export type WireEvent =
  | TextEvent
  | ReasoningEvent
  | ToolEvent
  | FileEvent
  | UsageEvent
  | FinishEvent
  | OpaqueEvent;

/** What a streamed model call says. */
export type LlmEvent = WireEvent | DoneEvent;
