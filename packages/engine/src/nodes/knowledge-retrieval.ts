import type { KnowledgeRetrievalData } from '@trellis/graph';
import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import type { RetrievalRequest, RetrievedPassage } from '../ports/index.ts';
import { type FileValue, isFile } from '../values/file.ts';
import type { PoolReader } from '../values/pool.ts';
import { renderTemplate, soleVariable } from '../values/template.ts';
import { failureOf } from './error-of.ts';
import { requirePort } from './node-context.ts';

/** Searches knowledge bases; gives the passages found, best first. */
export const knowledgeRetrievalNode = defineNode({
  type: 'knowledge-retrieval',
  async run(data, context) {
    const inputs: Record<string, unknown> = {};
    try {
      const query = readQuery(data, context.pool);
      const attachments = readAttachments(data, context.pool);
      if (query !== null) inputs['query'] = query;
      if (attachments !== null) inputs['attachments'] = attachments;
      if (query === null && attachments === null) return { status: 'succeeded', inputs, outputs: {} };
      checkSettings(data);
      const { passages, usage } = await requirePort(context, 'retrieval').retrieve({
        datasetIds: data.dataset_ids,
        query,
        attachments: attachments ?? [],
        settings: data,
        metadataConditions: resolveConditions(data, context.pool),
        userId: context.userId,
        signal: context.signal,
      });
      return {
        status: 'succeeded',
        inputs,
        processData: { usage },
        outputs: { result: ranked(passages) },
        usage,
      };
    } catch (error) {
      return failureOf(error, { inputs }, 'KnowledgeRetrievalNodeError');
    }
  },
});

function readQuery(
  { query_variable_selector: selector }: KnowledgeRetrievalData,
  pool: PoolReader,
): string | null {
  if (selector.length === 0) return null;
  const value = pool.get(selector)?.value;
  if (typeof value !== 'string') throw new NodeError('', 'The query must be a text');
  return value;
}

function readAttachments(
  { query_attachment_selector: selector }: KnowledgeRetrievalData,
  pool: PoolReader,
): FileValue[] | null {
  if (selector.length === 0) return null;
  const value = pool.get(selector)?.value ?? null;
  if (isFile(value)) return [value];
  if (Array.isArray(value) && value.every(isFile)) return value;
  throw new NodeError('', 'The attachments must be files');
}

function checkSettings(data: KnowledgeRetrievalData): void {
  const { retrieval_mode: mode, multiple_retrieval_config: multiple, single_retrieval_config: single } = data;
  if (mode === 'single' && single === null)
    throw new NodeError('ModelNotExistError', 'Choosing one knowledge base needs a model');
  const isWeighted = multiple?.reranking_enable === true && multiple.reranking_mode === 'weighted_score';
  if (mode === 'multiple' && isWeighted && multiple.weights === null) {
    throw new NodeError('KnowledgeRetrievalNodeError', 'A weighted score needs weights');
  }
}

/** Values are templates; one that is exactly one placeholder keeps the type of its variable. */
function resolveConditions(
  { metadata_filtering_mode: mode, metadata_filtering_conditions: given }: KnowledgeRetrievalData,
  pool: PoolReader,
): RetrievalRequest['metadataConditions'] {
  if (mode !== 'manual' || given === null) return null;
  const conditions = given.conditions.map(({ name, comparison_operator, value }) => ({
    name,
    comparison_operator,
    value: Array.isArray(value) ? value.map((item) => resolve(item, pool)) : resolve(value, pool),
  }));
  return { logical_operator: given.logical_operator, conditions };
}

function resolve(value: unknown, pool: PoolReader): unknown {
  if (typeof value !== 'string') return value;
  const variable = soleVariable(value, pool);
  return variable === undefined ? renderTemplate(value, pool) : variable.value;
}

function ranked(passages: readonly RetrievedPassage[]): Record<string, unknown>[] {
  return passages
    .toSorted((a, b) => (b.metadata.score ?? 0) - (a.metadata.score ?? 0))
    .map(({ metadata, title, files, content, summary }, index) => ({
      metadata: { _source: 'knowledge', ...metadata, position: index + 1 },
      title,
      files,
      content,
      summary,
    }));
}
