import type { LlmAdapterName } from '../schema/provider.ts';
import type { LlmAdapter } from './llm-adapter.ts';
import { openAiChat } from './openai-chat/openai-chat.ts';

/** The adapter of every LLM wire format. */
export const llmAdapters: Partial<Record<LlmAdapterName, LlmAdapter>> = {
  openai_chat: openAiChat,
};
