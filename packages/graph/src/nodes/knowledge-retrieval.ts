import { z } from 'zod';
import { modelConfig, nodeData } from './common.ts';
import { logicalOperator } from './conditions.ts';
import {
  flagOn,
  list,
  looseNumber,
  looseText,
  numberOrNull,
  orElse,
  selector,
  textOrEmpty,
} from './fields.ts';

/** Operators of conditions on document metadata. */
export const metadataOperators = [
  'contains',
  'not contains',
  'start with',
  'end with',
  'in',
  'not in',
  'is',
  'is not',
  'empty',
  'not empty',
  '=',
  '≠',
  '>',
  '<',
  '≥',
  '≤',
  'before',
  'after',
] as const;

/** Shares of vector similarity and keywords in a weighted ranking. */
export const rankingWeights = z.looseObject({
  weight_type: looseText.nullish(),
  vector_setting: z.looseObject({
    vector_weight: looseNumber,
    embedding_provider_name: textOrEmpty,
    embedding_model_name: textOrEmpty,
  }),
  keyword_setting: z.looseObject({ keyword_weight: looseNumber }),
});

/** Retrieval from several knowledge bases at once; a null threshold keeps everything. */
export const multipleRetrievalConfig = z.looseObject({
  top_k: orElse(looseNumber.pipe(z.int().min(1)), () => 4),
  score_threshold: numberOrNull,
  reranking_mode: orElse(
    z.enum(['reranking_model', 'weighted_score']).catch('reranking_model'),
    () => 'reranking_model' as const,
  ),
  reranking_enable: flagOn,
  reranking_model: z
    .looseObject({ provider: textOrEmpty, model: textOrEmpty })
    .nullish()
    .transform((value) => (value && value.model !== '' ? value : null)),
  // Old files hold empty weights beside a rerank model; only complete ones are of use.
  weights: rankingWeights
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
});

/** Retrieval from several knowledge bases, see `multipleRetrievalConfig`. */
export type MultipleRetrievalConfig = z.output<typeof multipleRetrievalConfig>;

/** Conditions on the metadata of documents; text values are templates. */
export const metadataConditions = z.looseObject({
  logical_operator: logicalOperator,
  conditions: list(
    z.looseObject({
      id: looseText.nullish(),
      name: looseText,
      comparison_operator: z.enum(metadataOperators),
      value: z.unknown().optional(),
    }),
  ),
});

/** Conditions on the metadata of documents, see `metadataConditions`. */
export type MetadataConditions = z.output<typeof metadataConditions>;

/** Data of a knowledge-retrieval node. */
export const knowledgeRetrievalData = nodeData('knowledge-retrieval', {
  query_variable_selector: selector,
  query_attachment_selector: selector,
  dataset_ids: list(looseText),
  retrieval_mode: orElse(z.enum(['single', 'multiple']), () => 'multiple' as const),
  multiple_retrieval_config: multipleRetrievalConfig.nullish().transform((value) => value ?? null),
  single_retrieval_config: z
    .looseObject({ model: modelConfig })
    .nullish()
    .transform((value) => value ?? null),
  metadata_filtering_mode: orElse(z.enum(['disabled', 'automatic', 'manual']), () => 'disabled' as const),
  metadata_model_config: modelConfig,
  metadata_filtering_conditions: metadataConditions.nullish().transform((value) => value ?? null),
});

/** Data of a knowledge-retrieval node. */
export type KnowledgeRetrievalData = z.output<typeof knowledgeRetrievalData>;
