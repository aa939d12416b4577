import type { FinishReason } from '../../runtime/llm-event.ts';
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from '../json.ts';
import { type Emit, type LlmAdapter, type LlmDecoder, UpstreamEventError } from '../llm-adapter.ts';
import { responsesRequest } from './request.ts';

/** The OpenAI Responses API (platform.openai.com/docs/api-reference/responses-streaming). */
export const openAiResponses: LlmAdapter = {
  request: responsesRequest,
  decoder: createResponsesDecoder,
  decodeWhole: (document, _call, emit) => {
    const response = asObject(document);
    if (response === undefined || !Array.isArray(response['output'])) throw new UpstreamEventError(document);
    if (response['status'] === 'failed') throw new UpstreamEventError(response);
    for (const [index, item] of asArray(response['output']).entries())
      readWholeItem(asObject(item), index, emit);
    readEnd(response, emit);
  },
};

function createResponsesDecoder(): LlmDecoder {
  let summaryParts = 0;
  return {
    chunk: (document, emit) => {
      if (!isObject(document)) throw new UpstreamEventError(document);
      const event = document;
      const index = asNumber(event['output_index']);
      switch (event['type']) {
        case 'response.output_text.delta':
        case 'response.refusal.delta': {
          const delta = asText(event['delta']);
          if (delta !== undefined) emit({ t: 'text', v: delta });
          break;
        }
        case 'response.reasoning_summary_part.added':
          // Summaries come in several paragraphs.
          if (summaryParts > 0) emit({ t: 'reasoning', v: '\n\n' });
          summaryParts += 1;
          break;
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta': {
          const delta = asText(event['delta']);
          if (delta !== undefined) emit({ t: 'reasoning', v: delta });
          break;
        }
        case 'response.output_item.added': {
          const item = asObject(event['item']);
          if (item?.['type'] === 'function_call')
            emit({ t: 'tool', index, id: asText(item['call_id']), name: asText(item['name']) });
          break;
        }
        case 'response.function_call_arguments.delta':
          emit({ t: 'tool', index, args: asText(event['delta']) });
          break;
        case 'response.completed':
        case 'response.incomplete':
          readEnd(asObject(event['response']) ?? {}, emit);
          break;
        case 'response.failed':
          throw new UpstreamEventError(event['response']);
        case 'error':
          throw new UpstreamEventError(event);
        case undefined:
          if (event['error'] !== undefined) throw new UpstreamEventError(event);
          break;
        default:
          break;
      }
    },
    end: () => undefined,
  };
}

function readWholeItem(item: JsonObject | undefined, index: number, emit: Emit): void {
  if (item?.['type'] === 'function_call') {
    emit({
      t: 'tool',
      index,
      id: asText(item['call_id']),
      name: asText(item['name']),
      args: asText(item['arguments']),
    });
  } else if (item?.['type'] === 'reasoning') {
    const summary = asArray(item['summary']).flatMap((part) => asText(asObject(part)?.['text']) ?? []);
    if (summary.length > 0) emit({ t: 'reasoning', v: summary.join('\n\n') });
  } else if (item?.['type'] === 'message') {
    for (const part of asArray(item['content'])) {
      const text = asText(asObject(part)?.['text']) ?? asText(asObject(part)?.['refusal']);
      if (text !== undefined) emit({ t: 'text', v: text });
    }
  }
}

/** What the finished response object says: usage, why it ended, reasoning to be sent back. */
function readEnd(response: JsonObject, emit: Emit): void {
  const output = asArray(response['output']).filter(isObject);
  const reasoning = output.filter(
    (item) => item['type'] === 'reasoning' && asText(item['encrypted_content']) !== undefined,
  );
  if (reasoning.length > 0) emit({ t: 'opaque', body: { reasoning_items: reasoning } });
  const usage = asObject(response['usage']);
  if (usage !== undefined) {
    emit({
      t: 'usage',
      prompt: asNumber(usage['input_tokens']) ?? 0,
      completion: asNumber(usage['output_tokens']) ?? 0,
      cached: asNumber(asObject(usage['input_tokens_details'])?.['cached_tokens']),
      reasoning: asNumber(asObject(usage['output_tokens_details'])?.['reasoning_tokens']),
      raw: usage,
    });
  }
  const cause = asText(asObject(response['incomplete_details'])?.['reason']);
  const called = output.some((item) => item['type'] === 'function_call');
  const raw = cause ?? asText(response['status']) ?? 'completed';
  emit({ t: 'finish', reason: finishReason(cause, called), raw });
}

function finishReason(cause: string | undefined, called: boolean): FinishReason {
  if (cause === 'max_output_tokens') return 'length';
  if (cause === 'content_filter') return 'content_filter';
  return called ? 'tool_calls' : 'stop';
}
