import { messageText } from '../prompt/message.ts';
import { asArray, asObject, asText, isObject } from './json.ts';
import { type Emit, type LlmAdapter, UpstreamEventError } from './llm-adapter.ts';
import { openAiUsage } from './openai-chat/decode.ts';
import { toOpenAiParameters } from './openai-chat/parameters.ts';

/** The legacy OpenAI Completions format (platform.openai.com/docs/api-reference/completions): one text in, one out. */
export const openAiCompletion: LlmAdapter = {
  request: (call) => {
    // The format has no structured output.
    const { response_format: _format, ...parameters } = toOpenAiParameters(call);
    const { quirks, stop, stream, user } = call;
    return {
      path: '/completions',
      body: {
        model: call.model,
        prompt: call.messages.map(messageText).join('\n'),
        ...parameters,
        ...(stop.length > 0 ? { stop } : {}),
        ...(user === undefined ? {} : { [quirks.user_field]: user }),
        stream,
        ...(stream && quirks.include_usage ? { stream_options: { include_usage: true } } : {}),
        ...quirks.extra_body,
      },
    };
  },
  decoder: () => ({ chunk: read, end: () => undefined }),
  decodeWhole: (document, _call, emit) => {
    if (!isObject(document) || !Array.isArray(document['choices'])) throw new UpstreamEventError(document);
    read(document, emit);
  },
};

function read(document: unknown, emit: Emit): void {
  if (!isObject(document)) throw new UpstreamEventError(document);
  const choices = asArray(document['choices']);
  if (choices.length === 0 && document['error'] != null) throw new UpstreamEventError(document);
  const choice = asObject(choices[0]);
  const text = asText(choice?.['text']);
  if (text !== undefined) emit({ t: 'text', v: text });
  const reason = asText(choice?.['finish_reason']);
  if (reason !== undefined)
    emit({ t: 'finish', reason: reason === 'length' ? 'length' : 'stop', raw: reason });
  const usage = asObject(document['usage']);
  const counted = usage === undefined ? undefined : openAiUsage(usage);
  if (counted !== undefined) emit(counted);
}
