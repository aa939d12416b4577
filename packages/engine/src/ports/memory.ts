import type { ModelReference, PromptMessage } from './models.ts';

/** Which part of a conversation a model is shown. */
export interface MemoryRequest {
  readonly model: ModelReference;
  /** Messages at most; null for the default (500). */
  readonly window: number | null;
  /** Files of earlier messages are shown too. */
  readonly withFiles: boolean;
  readonly signal: AbortSignal;
}

/** The conversation a run is part of. Absent from runs without one. */
export interface MemoryPort {
  /** Earlier messages, oldest first, in user and assistant pairs, cut to what the model's context leaves room for. */
  messages(request: MemoryRequest): Promise<readonly PromptMessage[]>;
}
