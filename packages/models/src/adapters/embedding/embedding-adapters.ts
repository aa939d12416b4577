import { credentialText } from '../../schema/credential-form.ts';
import { asArray, asNumber, asObject, isObject } from '../json.ts';
import { UpstreamEventError } from '../llm-adapter.ts';
import type { EmbeddingAdapter, EmbeddingCall } from './embedding-adapter.ts';

/** OpenAI's embeddings format (platform.openai.com/docs/api-reference/embeddings). */
const openAiEmbeddings: EmbeddingAdapter = {
  request: (call) => ({
    path: '/embeddings',
    body: {
      model: call.model,
      input: prefixed(call),
      ...(credentialText(call.credentials, 'encoding_format') === 'float'
        ? { encoding_format: 'float' }
        : {}),
      ...(call.user === undefined ? {} : { user: call.user }),
    },
  }),
  decode: (document) => {
    const data = asArray(asObject(document)?.['data']).filter(isObject);
    if (data.length === 0) throw new UpstreamEventError(document);
    // Servers that work in parallel may answer out of order.
    const ordered = data
      .map((item, position) => ({
        at: asNumber(item['index']) ?? position,
        vector: vectorOf(item['embedding']),
      }))
      .toSorted((left, right) => left.at - right.at);
    const usage = asObject(asObject(document)?.['usage']);
    return {
      vectors: ordered.map((item) => item.vector),
      tokens: asNumber(usage?.['total_tokens']) ?? asNumber(usage?.['prompt_tokens']),
    };
  },
};

function prefixed({ texts, inputType, credentials }: EmbeddingCall): readonly string[] {
  const prefix = credentials[inputType === 'query' ? 'query_prefix' : 'document_prefix'];
  return typeof prefix === 'string' && prefix !== '' ? texts.map((text) => `${prefix}${text}`) : texts;
}

/** Numbers as a list, or as base64 of 32-bit floats in little-endian order. */
function vectorOf(value: unknown): number[] {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'base64');
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4));
  }
  return asArray(value).filter((number) => typeof number === 'number');
}

/** Gemini's batch embedding (ai.google.dev/api/embeddings). */
const geminiEmbed: EmbeddingAdapter = {
  request: ({ model, texts, inputType }) => ({
    path: `/v1beta/models/${encodeURIComponent(model)}:batchEmbedContents`,
    body: {
      requests: texts.map((text) => ({
        model: `models/${model}`,
        content: { parts: [{ text }] },
        taskType: inputType === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT',
      })),
    },
  }),
  decode: (document) => {
    const embeddings = asArray(asObject(document)?.['embeddings']).filter(isObject);
    if (embeddings.length === 0) throw new UpstreamEventError(document);
    return { vectors: embeddings.map((item) => vectorOf(item['values'])), tokens: undefined };
  },
};

/** Ollama's embedding (docs.ollama.com/api). */
const ollamaEmbed: EmbeddingAdapter = {
  request: ({ model, texts }) => ({ path: '/api/embed', body: { model, input: texts } }),
  decode: (document) => {
    const embeddings = asArray(asObject(document)?.['embeddings']);
    if (embeddings.length === 0) throw new UpstreamEventError(document);
    return { vectors: embeddings.map(vectorOf), tokens: asNumber(asObject(document)?.['prompt_eval_count']) };
  },
};

/** The adapter of every embedding wire format. */
export const embeddingAdapters = {
  openai_embeddings: openAiEmbeddings,
  gemini_embed: geminiEmbed,
  ollama_embed: ollamaEmbed,
} as const;
