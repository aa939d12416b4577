import type { Credentials } from '../../schema/credential-form.ts';
import type { WireRequest } from '../llm-adapter.ts';

/** Whether a text is stored or searched with; some models embed the two differently. */
export type EmbeddingInputType = 'document' | 'query';

/** One request for vectors; at most as many texts as the model takes at once. */
export interface EmbeddingCall {
  model: string;
  texts: readonly string[];
  inputType: EmbeddingInputType;
  credentials: Credentials;
  user?: string | undefined;
}

/** What an answer held. */
export interface EmbeddingAnswer {
  /** In the order of the texts. */
  vectors: number[][];
  /** Undefined when the provider does not count. */
  tokens: number | undefined;
}

/** A wire format for embedding models. Pure, like the LLM adapters. */
export interface EmbeddingAdapter {
  request(call: EmbeddingCall): WireRequest;
  /** @throws UpstreamEventError when the answer holds no vectors */
  decode(document: unknown, call: EmbeddingCall): EmbeddingAnswer;
}
