import type { LlmAdapterName } from '../schema/provider.ts';
import { anthropicMessages } from './anthropic/anthropic-messages.ts';
import { gemini } from './gemini/gemini.ts';
import type { LlmAdapter } from './llm-adapter.ts';
import { ollama } from './ollama/ollama.ts';
import { openAiChat } from './openai-chat/openai-chat.ts';
import { openAiCompletion } from './openai-completion.ts';
import { openAiResponses } from './openai-responses/openai-responses.ts';

/** The adapter of every LLM wire format. */
export const llmAdapters: Readonly<Record<LlmAdapterName, LlmAdapter>> = {
  openai_chat: openAiChat,
  openai_completion: openAiCompletion,
  openai_responses: openAiResponses,
  anthropic_messages: anthropicMessages,
  gemini,
  ollama,
};
