import type { Usage } from '@trellis/contracts';
import type { FileValue } from '../values/file.ts';

/** The model that a node calls, placeholders in its parameters resolved. */
export interface ModelReference {
  readonly provider: string;
  readonly name: string;
  readonly mode: 'chat' | 'completion';
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A part of a message: text, or a file the model gets to see. */
export type PromptPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'file'; readonly file: FileValue; readonly detail: 'high' | 'low' };

/** A message to a model. */
export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly PromptPart[];
  readonly toolCalls?: readonly ModelToolCall[];
  readonly toolCallId?: string;
}

/** A function that a model may call; `parameters` is a JSON Schema. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A function call that a model asks for; `arguments` is JSON text. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a model can do; undefined where that is not known. */
export interface ModelTraits {
  readonly toolCalls?: boolean;
  readonly structuredOutput?: boolean;
  /** Kinds of files it takes. */
  readonly files: ReadonlySet<'image' | 'audio' | 'video' | 'document'>;
  /** Tokens of context; null when unknown. */
  readonly contextSize: number | null;
}

/** A call of a model. */
export interface ModelRequest {
  readonly model: ModelReference;
  readonly messages: readonly PromptMessage[];
  readonly tools?: readonly ModelTool[];
  /** JSON Schema that the answer has to follow. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  readonly stop?: readonly string[];
  readonly userId: string;
  /** The same for a repetition of the same call after a crash. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** What a model says, in order; `finish` comes last. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  /** Thoughts that the provider sends apart from the text. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** A picture or sound it made, already stored. */
  | { readonly type: 'file'; readonly file: FileValue }
  | { readonly type: 'tool-call'; readonly call: ModelToolCall }
  | { readonly type: 'finish'; readonly usage: Usage; readonly finishReason: string | null };

/** Models of the workspace. */
export interface ModelPort {
  /** Facts about a model; throws for models that are not set up. */
  describe(model: ModelReference, signal: AbortSignal): Promise<ModelTraits>;
  /** Calls a model. Errors carry `name` (a stable class-like name) and a message for people. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
}
