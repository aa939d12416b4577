import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import { failureOf } from './error-of.ts';
import { requirePort } from './node-context.ts';

/** Stores the chunks that a knowledge pipeline made. */
export const knowledgeIndexNode = defineNode({
  type: 'knowledge-index',
  hasSideEffects: true,
  async run(data, context) {
    const chunks = context.pool.get(data.index_chunk_variable_selector)?.value ?? null;
    const inputs = { chunks };
    try {
      if (chunks === null || (Array.isArray(chunks) && chunks.length === 0)) {
        throw new NodeError('KnowledgeIndexNodeError', 'There are no chunks to index');
      }
      const { system, idempotencyKey, signal } = context;
      const outputs = await requirePort(context, 'indexing').index({
        data,
        chunks,
        system,
        idempotencyKey,
        signal,
      });
      return { status: 'succeeded', inputs, outputs };
    } catch (error) {
      return failureOf(error, { inputs }, 'KnowledgeIndexNodeError');
    }
  },
});
