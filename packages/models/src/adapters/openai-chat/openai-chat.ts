import type { ToolDefinition } from '../../prompt/message.ts';
import { asArray, type JsonObject } from '../json.ts';
import type { LlmAdapter, LlmCall } from '../llm-adapter.ts';
import { createOpenAiChatDecoder, decodeOpenAiChat } from './decode.ts';
import { toOpenAiMessages } from './messages.ts';
import { toOpenAiParameters } from './parameters.ts';

/** The OpenAI Chat Completions format (platform.openai.com/docs/api-reference/chat), with quirks as data. */
export const openAiChat: LlmAdapter = {
  request: (call) => {
    const { model, quirks, stop, stream, user } = call;
    const { tools: extraTools, ...extraBody } = quirks.extra_body;
    return {
      path: '/chat/completions',
      body: {
        model,
        messages: toOpenAiMessages(call.messages, quirks, model),
        ...chatParameters(call),
        ...toolFields(call.tools, quirks.tool_mode, asArray(extraTools)),
        ...(stop.length > 0 ? { stop } : {}),
        ...(user === undefined ? {} : { [quirks.user_field]: user }),
        stream,
        ...(stream && quirks.include_usage ? { stream_options: { include_usage: true } } : {}),
        ...extraBody,
      },
    };
  },
  decoder: createOpenAiChatDecoder,
  decodeWhole: (document, _call, emit) => decodeOpenAiChat(document, emit),
};

/** Parameters that only the Responses API has a place for; apps keep them when their credential is switched. */
const responsesOnly = ['reasoning_mode', 'reasoning_context', 'reasoning_summary'];

function chatParameters(call: LlmCall): JsonObject {
  const parameters = toOpenAiParameters(call);
  for (const name of responsesOnly) delete parameters[name];
  return parameters;
}

/** `extra` are tools that the server runs itself, such as a web search. */
function toolFields(
  tools: readonly ToolDefinition[],
  mode: 'tools' | 'functions',
  extra: readonly unknown[],
): JsonObject {
  if (tools.length === 0) return extra.length > 0 ? { tools: extra } : {};
  const functions = tools.map(({ name, description, parameters }) => ({ name, description, parameters }));
  if (mode === 'functions') return { functions };
  return {
    tools: [...functions.map((definition) => ({ type: 'function', function: definition })), ...extra],
  };
}
