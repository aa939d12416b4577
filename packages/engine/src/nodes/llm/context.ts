import { NodeError } from '../../errors.ts';
import { type FileValue, isFile } from '../../values/file.ts';
import type { PoolReader, Selector } from '../../values/pool.ts';
import { isObject } from '../../values/types.ts';

/** What a prompt gets from its context variable. */
export interface PromptContext {
  /** Null when there is none. */
  readonly text: string | null;
  /** Files attached to retrieved passages. */
  readonly files: readonly FileValue[];
  /** Passages of knowledge bases, for citation. */
  readonly resources: readonly unknown[];
}

const noContext: PromptContext = { text: null, files: [], resources: [] };

/**
 * Reads the context variable: a text as it is, a list item by item. A variable that does not exist is no context.
 *
 * @throws {NodeError} `InvalidContextStructureError` for items without content
 */
export function readContext(
  context: { readonly enabled: boolean; readonly variable_selector: Selector },
  pool: PoolReader,
): PromptContext {
  if (!context.enabled || context.variable_selector.length < 2) return noContext;
  const value = pool.get(context.variable_selector)?.value ?? null;
  if (value === null) return noContext;
  if (typeof value === 'string') return { ...noContext, text: value };
  if (!Array.isArray(value)) return noContext;
  const resources: unknown[] = [];
  const files: FileValue[] = [];
  let text = '';
  for (const item of value) {
    if (typeof item === 'string') {
      text += `${item}\n`;
      continue;
    }
    if (!isObject(item) || !('content' in item)) {
      throw new NodeError('InvalidContextStructureError', 'Items of the context need a content');
    }
    const { summary, content } = item;
    text += `${summary ? `${summary}\n` : ''}${content}\n`;
    if (Array.isArray(item['files'])) files.push(...item['files'].filter(isFile));
    const resource = retrieverResource(item);
    if (resource !== null) resources.push(resource);
  }
  return { text: text.trim(), files, resources };
}

/** A passage in the form in which answers cite it, or null for items that come from elsewhere. */
function retrieverResource(item: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  const { metadata } = item;
  if (!isObject(metadata) || metadata['_source'] !== 'knowledge') return null;
  return {
    position: metadata['position'] ?? null,
    dataset_id: metadata['dataset_id'] ?? null,
    dataset_name: metadata['dataset_name'] ?? null,
    document_id: metadata['document_id'] ?? null,
    document_name: metadata['document_name'] ?? null,
    data_source_type: metadata['data_source_type'] ?? metadata['document_data_source_type'] ?? null,
    segment_id: metadata['segment_id'] ?? null,
    retriever_from: metadata['retriever_from'] ?? 'workflow',
    score: metadata['score'] ?? null,
    hit_count: metadata['segment_hit_count'] ?? null,
    word_count: metadata['segment_word_count'] ?? null,
    segment_position: metadata['segment_position'] ?? null,
    index_node_hash: metadata['segment_index_node_hash'] ?? null,
    content: item['content'] ?? null,
    page: metadata['page'] ?? null,
    doc_metadata: metadata['doc_metadata'] ?? null,
    files: item['files'] ?? null,
    summary: item['summary'] ?? null,
  };
}
