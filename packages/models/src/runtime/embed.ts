import type { EmbeddingInputType } from '../adapters/embedding/embedding-adapter.ts';
import { embeddingAdapters } from '../adapters/embedding/embedding-adapters.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import { ModelError } from './errors.ts';
import { type ModelCallContext, type ModelRequest, postJson, resolveModel } from './model-call.ts';
import { computeEmbeddingUsage, type EmbeddingUsage } from './usage.ts';

/** A request for vectors. */
export interface EmbedRequest extends ModelRequest {
  texts: readonly string[];
  /** `document` when absent. */
  inputType?: EmbeddingInputType | undefined;
}

/** Vectors of length 1, in the order of the texts. */
export interface EmbedResult {
  model: string;
  embeddings: number[][];
  usage: EmbeddingUsage;
}

/** Embeds texts: as many at once as the model takes, over-long ones cut to its context. */
export async function embed(context: ModelCallContext, request: EmbedRequest): Promise<EmbedResult> {
  const resolved = resolveModel(context.catalogue, request, 'text-embedding');
  const { schema, provider, endpoint } = resolved;
  const adapter = embeddingAdapters[endpoint.adapter];
  const startMs = context.clock.now();
  const contextSize = schema.model_properties.context_size;
  const texts = request.texts.map((text) =>
    contextSize === undefined ? text : fitContext(text, contextSize),
  );
  const batchSize = schema.model_properties.max_chunks ?? 1;
  const embeddings: number[][] = [];
  let tokens = 0;
  for (let start = 0; start < texts.length; start += batchSize) {
    const call = {
      model: resolved.wireModel,
      texts: texts.slice(start, start + batchSize),
      inputType: request.inputType ?? 'document',
      credentials: request.credentials,
      user: resolved.user,
    };
    const answer = await postJson(context, {
      resolved,
      wire: adapter.request(call),
      decode: (document) => adapter.decode(document, call),
      signal: request.signal,
    });
    if (answer.vectors.length !== call.texts.length) {
      throw new ModelError('server_unavailable', {
        provider: provider.provider,
        upstream: `${answer.vectors.length} vectors for ${call.texts.length} texts`,
      });
    }
    embeddings.push(...answer.vectors.map(normalise));
    tokens += answer.tokens ?? call.texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  }
  const dimensions = new Set(embeddings.map((vector) => vector.length));
  if (dimensions.size > 1 || dimensions.has(0)) {
    throw new ModelError('server_unavailable', {
      provider: provider.provider,
      upstream: 'vectors of different or no dimensions',
    });
  }
  const usage = computeEmbeddingUsage(tokens, schema.pricing, (context.clock.now() - startMs) / 1000);
  return { model: schema.model, embeddings, usage };
}

/** Cuts a text that has more tokens than the context to the share that fits. */
function fitContext(text: string, contextSize: number): string {
  // A token is at least one character, so short texts need no counting.
  if (text.length <= contextSize) return text;
  const tokens = estimateTokens(text);
  return tokens <= contextSize ? text : text.slice(0, Math.floor((text.length * contextSize) / tokens));
}

function normalise(vector: readonly number[]): number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}
