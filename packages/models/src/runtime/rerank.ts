import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from '../adapters/json.ts';
import { UpstreamEventError } from '../adapters/llm-adapter.ts';
import { ModelError } from './errors.ts';
import { type ModelCallContext, type ModelRequest, postJson, resolveModel } from './model-call.ts';

/** A request to order documents by how well they answer a query. */
export interface RerankRequest extends ModelRequest {
  query: string;
  documents: readonly string[];
  /** Documents below it are left out. */
  scoreThreshold?: number | undefined;
  topN?: number | undefined;
}

/** One document with its score, from 0 to 1. */
export interface RankedDocument {
  /** Position in the request. */
  index: number;
  text: string;
  score: number;
}

/** Orders documents, best first. No documents, no call. */
export async function rerank(context: ModelCallContext, request: RerankRequest): Promise<RankedDocument[]> {
  const { query, documents, topN, scoreThreshold } = request;
  if (documents.length === 0) return [];
  const resolved = resolveModel(context.catalogue, request, 'rerank');
  const wire = {
    path: '/rerank',
    // Servers refuse a null limit, so it is left out instead.
    body: { model: resolved.wireModel, query, documents, ...(topN === undefined ? {} : { top_n: topN }) },
  };
  const read = (document: unknown) => readResults(document, documents, resolved.provider.provider);
  const results = await postJson(context, { resolved, wire, decode: read, signal: request.signal });
  const bounded = withinUnit(results);
  return bounded
    .filter((result) => scoreThreshold === undefined || result.score >= scoreThreshold)
    .toSorted((left, right) => right.score - left.score)
    .slice(0, topN);
}

/** The form that Jina introduced (jina.ai/reranker) and its variants: `results` or `data`, three names for the score. */
function readResults(document: unknown, documents: readonly string[], provider: string): RankedDocument[] {
  const record = asObject(document);
  const results =
    record?.['results'] ??
    record?.['data'] ??
    record?.['rankings'] ??
    (Array.isArray(document) ? document : undefined);
  if (!Array.isArray(results)) throw new UpstreamEventError(document);
  return asArray(results)
    .filter(isObject)
    .map((result) => {
      const index = asNumber(result['index']) ?? -1;
      const score = scoreOf(result);
      const text = documents[index];
      if (score === undefined || text === undefined) {
        throw new ModelError('server_unavailable', {
          provider,
          upstream: `the rerank server sent no usable score: ${JSON.stringify(result).slice(0, 200)}`,
        });
      }
      return { index, text: textOf(result) ?? text, score };
    });
}

function scoreOf(result: JsonObject): number | undefined {
  return asNumber(result['relevance_score']) ?? asNumber(result['score']) ?? asNumber(result['logit']);
}

function textOf(result: JsonObject): string | undefined {
  const { document } = result;
  return asText(document) ?? asText(asObject(document)?.['text']) ?? asText(result['text']);
}

/** Scores pass as they are when they lie between 0 and 1; raw logits go through the logistic function. */
function withinUnit(results: readonly RankedDocument[]): RankedDocument[] {
  if (results.every(({ score }) => score >= 0 && score <= 1)) return [...results];
  return results.map((result) => ({ ...result, score: 1 / (1 + Math.exp(-result.score)) }));
}
