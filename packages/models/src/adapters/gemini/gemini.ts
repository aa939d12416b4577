import { randomUUID } from 'node:crypto';
import type { FinishReason } from '../../runtime/llm-event.ts';
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from '../json.ts';
import { type Emit, type LlmAdapter, type LlmDecoder, UpstreamEventError } from '../llm-adapter.ts';
import { geminiRequest } from './request.ts';

/** Google's Gemini API (ai.google.dev/api/generate-content). */
export const gemini: LlmAdapter = {
  request: geminiRequest,
  decoder: createGeminiDecoder,
  decodeWhole: (document, _call, emit) => {
    const decoder = createGeminiDecoder();
    // Without server-sent events a stream is one array of chunks.
    for (const chunk of Array.isArray(document) ? document : [document]) decoder.chunk(chunk, emit);
    decoder.end(emit);
  },
};

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
};

function createGeminiDecoder(): LlmDecoder {
  const signatures: Record<string, string> = {};
  let calls = 0;
  let hasAnswer = false;
  return {
    chunk: (document, emit) => {
      if (!isObject(document) || document['error'] !== undefined) throw new UpstreamEventError(document);
      const blocked = asText(asObject(document['promptFeedback'])?.['blockReason']);
      if (blocked !== undefined) throw refusal(`the prompt was blocked: ${blocked}`);
      const candidate = asObject(asArray(document['candidates'])[0]);
      for (const part of asArray(asObject(candidate?.['content'])?.['parts'])) {
        const record = asObject(part);
        if (record === undefined) continue;
        hasAnswer = true;
        const called = asObject(record['functionCall']);
        if (called === undefined) {
          readPart(record, emit);
          continue;
        }
        // Ids are optional in this API, but an answer to a call needs one.
        const id = asText(called['id']) ?? `call_${randomUUID().replaceAll('-', '')}`;
        const signature = asText(record['thoughtSignature']);
        if (signature !== undefined) signatures[id] = signature;
        emit({
          t: 'tool',
          index: calls,
          id,
          name: asText(called['name']),
          args: JSON.stringify(called['args'] ?? {}),
        });
        calls += 1;
      }
      readUsage(asObject(document['usageMetadata']), emit);
      const raw = asText(candidate?.['finishReason']);
      if (raw === undefined || raw === 'FINISH_REASON_UNSPECIFIED') return;
      const reason = finishReasons[raw] ?? 'stop';
      if (reason === 'content_filter' && !hasAnswer) throw refusal(`the answer was blocked: ${raw}`);
      emit({ t: 'finish', reason: calls > 0 && reason === 'stop' ? 'tool_calls' : reason, raw });
    },
    end: (emit) => {
      if (Object.keys(signatures).length > 0) emit({ t: 'opaque', body: { thought_signatures: signatures } });
    },
  };
}

function refusal(message: string): UpstreamEventError {
  return new UpstreamEventError({ error: { code: 400, status: 'INVALID_ARGUMENT', message } });
}

function readPart(part: JsonObject, emit: Emit): void {
  const text = asText(part['text']);
  if (text !== undefined)
    emit(part['thought'] === true ? { t: 'reasoning', v: text } : { t: 'text', v: text });
  const inline = asObject(part['inlineData']);
  if (inline !== undefined && part['thought'] !== true) {
    emit({
      t: 'file',
      mime: asText(inline['mimeType']) ?? 'application/octet-stream',
      base64: asText(inline['data']) ?? '',
    });
  }
  const code = asText(asObject(part['executableCode'])?.['code']);
  if (code !== undefined) emit({ t: 'text', v: `\n\`\`\`python\n${code}\n\`\`\`\n` });
  const output = asText(asObject(part['codeExecutionResult'])?.['output']);
  if (output !== undefined) emit({ t: 'text', v: `\n\`\`\`\n${output}\n\`\`\`\n` });
}

/** Counts are cumulative over the chunks; thoughts are billed as output. */
function readUsage(usage: JsonObject | undefined, emit: Emit): void {
  // The first chunks of a stream may carry the object without any counts.
  if (usage === undefined || (usage['promptTokenCount'] ?? usage['candidatesTokenCount']) === undefined)
    return;
  const thoughts = asNumber(usage['thoughtsTokenCount']);
  emit({
    t: 'usage',
    prompt: (asNumber(usage['promptTokenCount']) ?? 0) + (asNumber(usage['toolUsePromptTokenCount']) ?? 0),
    completion: (asNumber(usage['candidatesTokenCount']) ?? 0) + (thoughts ?? 0),
    cached: asNumber(usage['cachedContentTokenCount']),
    reasoning: thoughts,
    raw: usage,
  });
}
