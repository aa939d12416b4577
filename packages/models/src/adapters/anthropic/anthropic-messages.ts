import type { FinishReason } from '../../runtime/llm-event.ts';
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from '../json.ts';
import { type Emit, type LlmAdapter, type LlmDecoder, UpstreamEventError } from '../llm-adapter.ts';
import { anthropicRequest } from './request.ts';

/** Anthropic's Messages API (docs.anthropic.com/en/api/messages-streaming). */
export const anthropicMessages: LlmAdapter = {
  request: anthropicRequest,
  decoder: createAnthropicDecoder,
  decodeWhole: (document, _call, emit) => {
    if (!isObject(document) || !Array.isArray(document['content'])) throw new UpstreamEventError(document);
    const decoder = createAnthropicDecoder();
    decoder.chunk({ type: 'message_start', message: document }, emit);
    for (const [index, block] of asArray(document['content']).entries()) {
      decoder.chunk({ type: 'content_block_start', index, content_block: block }, emit);
      const input = asObject(asObject(block)?.['input']);
      if (input !== undefined) {
        decoder.chunk(
          {
            type: 'content_block_delta',
            index,
            delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
          },
          emit,
        );
      }
    }
    decoder.chunk({ type: 'message_delta', delta: document, usage: document['usage'] }, emit);
    decoder.end(emit);
  },
};

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

function createAnthropicDecoder(): LlmDecoder {
  const thinking = new Map<number, JsonObject>();
  let usage: JsonObject = {};
  return {
    chunk: (document, emit) => {
      if (!isObject(document)) throw new UpstreamEventError(document);
      const index = asNumber(document['index']) ?? 0;
      switch (document['type']) {
        case 'message_start':
          usage = { ...asObject(asObject(document['message'])?.['usage']) };
          emitUsage(usage, emit);
          break;
        case 'content_block_start':
          startBlock({ block: asObject(document['content_block']) ?? {}, index, thinking, emit });
          break;
        case 'content_block_delta':
          readDelta({ delta: asObject(document['delta']) ?? {}, index, thinking, emit });
          break;
        case 'message_delta': {
          // Counts are cumulative, and only those that changed are repeated.
          usage = { ...usage, ...asObject(document['usage']) };
          emitUsage(usage, emit);
          const raw = asText(asObject(document['delta'])?.['stop_reason']);
          if (raw !== undefined) emit({ t: 'finish', reason: finishReasons[raw] ?? 'stop', raw });
          break;
        }
        case 'error':
          throw new UpstreamEventError(document);
        default:
          if (document['type'] === undefined && document['error'] !== undefined)
            throw new UpstreamEventError(document);
      }
    },
    end: (emit) => {
      if (thinking.size > 0) emit({ t: 'opaque', body: { thinking_blocks: [...thinking.values()] } });
    },
  };
}

interface BlockContext {
  index: number;
  thinking: Map<number, JsonObject>;
  emit: Emit;
}

function startBlock({ block, index, thinking, emit }: BlockContext & { block: JsonObject }): void {
  switch (block['type']) {
    case 'text': {
      const text = asText(block['text']);
      if (text !== undefined) emit({ t: 'text', v: text });
      break;
    }
    case 'tool_use':
      emit({ t: 'tool', index, id: asText(block['id']), name: asText(block['name']) });
      break;
    case 'thinking': {
      thinking.set(index, { ...block });
      const text = asText(block['thinking']);
      if (text !== undefined) emit({ t: 'reasoning', v: text });
      break;
    }
    case 'redacted_thinking':
      thinking.set(index, { ...block });
      break;
    default:
      break;
  }
}

function readDelta({ delta, index, thinking, emit }: BlockContext & { delta: JsonObject }): void {
  const text = asText(delta['text']);
  switch (delta['type']) {
    case 'text_delta':
      if (text !== undefined) emit({ t: 'text', v: text });
      break;
    case 'thinking_delta': {
      const piece = asText(delta['thinking']) ?? '';
      const block = thinking.get(index);
      if (block !== undefined) block['thinking'] = `${asText(block['thinking']) ?? ''}${piece}`;
      if (piece !== '') emit({ t: 'reasoning', v: piece });
      break;
    }
    case 'signature_delta': {
      const block = thinking.get(index);
      if (block !== undefined) block['signature'] = delta['signature'];
      break;
    }
    case 'input_json_delta':
      emit({ t: 'tool', index, args: asText(delta['partial_json']) });
      break;
    default:
      break;
  }
}

/** Input tokens are counted apart from those written to and read from the cache; the prompt is all three. */
function emitUsage(usage: JsonObject, emit: Emit): void {
  const cached = asNumber(usage['cache_read_input_tokens']) ?? 0;
  const written = asNumber(usage['cache_creation_input_tokens']) ?? 0;
  emit({
    t: 'usage',
    prompt: (asNumber(usage['input_tokens']) ?? 0) + cached + written,
    completion: asNumber(usage['output_tokens']) ?? 0,
    cached,
    cacheWrite: written,
    raw: usage,
  });
}
