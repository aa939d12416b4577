import type { PromptMessage, ToolDefinition } from '../prompt/message.ts';
import type { WireEvent } from '../runtime/llm-event.ts';
import type { Credentials } from '../schema/credential-form.ts';
import type { ModelSchema } from '../schema/model.ts';
import type { Quirks } from '../schema/quirks.ts';

/** What an adapter needs to know about one call. */
export interface LlmCall {
  /** The model's name on the wire. */
  model: string;
  schema: ModelSchema;
  credentials: Credentials;
  quirks: Quirks;
  messages: readonly PromptMessage[];
  /** Checked against the model's rules. */
  parameters: Readonly<Record<string, unknown>>;
  tools: readonly ToolDefinition[];
  stop: readonly string[];
  stream: boolean;
  /** The end user's id, already hashed where the provider is to get a hash; absent when none is to be sent. */
  user?: string | undefined;
}

/** A request body; the path is appended to the provider's base address. */
export interface WireRequest {
  path: string;
  body: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Where decoded events go. */
export type Emit = (event: WireEvent) => void;

/** Reads one answer; made anew for every call. */
export interface LlmDecoder {
  /** One JSON document of the stream. Throws `UpstreamEventError` for an error object. */
  chunk(document: unknown, emit: Emit): void;
  /** The stream ended; emits what was held back. */
  end(emit: Emit): void;
}

/**
 * A wire format for chat or completion models. Pure: it builds requests and reads documents, the runtime does the
 * rest. Streams are server-sent events or newline-delimited JSON; the reader accepts both.
 */
export interface LlmAdapter {
  request(call: LlmCall): WireRequest;
  /** Reads streamed answers. */
  decoder(call: LlmCall): LlmDecoder;
  /** Reads an answer that came in one piece. */
  decodeWhole(document: unknown, call: LlmCall, emit: Emit): void;
}

/** An error object in the middle of an answer; the runtime turns it into a `ModelError`. */
export class UpstreamEventError extends Error {
  override readonly name = 'UpstreamEventError';
  readonly body: unknown;

  constructor(body: unknown) {
    super('The provider sent an error.');
    this.body = body;
  }
}
