import { z } from 'zod';
import { nodeData } from './common.ts';
import { flag, looseNumber, looseText, orElse, selector, textOrEmpty } from './fields.ts';

const retrievalModel = z.looseObject({
  search_method: textOrEmpty,
  top_k: orElse(looseNumber.pipe(z.int().min(1)), () => 3),
  score_threshold: orElse(looseNumber, () => 0.5),
  score_threshold_enabled: flag,
  reranking_enable: flag,
  reranking_mode: looseText.nullish(),
  reranking_model: z
    .looseObject({ reranking_provider_name: textOrEmpty, reranking_model_name: textOrEmpty })
    .nullish(),
});

/** Data of a knowledge-index node, the end of a knowledge pipeline. */
export const knowledgeIndexData = nodeData('knowledge-index', {
  chunk_structure: z
    .enum(['text_model', 'hierarchical_model', 'qa_model', ''])
    .nullish()
    .transform((value) => value || null),
  index_chunk_variable_selector: selector,
  indexing_technique: z
    .enum(['high_quality', 'economy', ''])
    .nullish()
    .transform((value) => value || null),
  embedding_model: textOrEmpty,
  embedding_model_provider: textOrEmpty,
  keyword_number: orElse(looseNumber.pipe(z.int().min(1)), () => 10),
  retrieval_model: retrievalModel.nullish().transform((value) => value ?? null),
});

/** Data of a knowledge-index node. */
export type KnowledgeIndexData = z.output<typeof knowledgeIndexData>;
