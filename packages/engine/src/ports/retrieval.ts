import type { Usage } from '@trellis/contracts';
import type { KnowledgeRetrievalData } from '@trellis/graph';
import type { FileValue } from '../values/file.ts';

/** A condition on document metadata, templates resolved. */
export interface ResolvedMetadataCondition {
  readonly name: string;
  readonly comparison_operator: string;
  readonly value: unknown;
}

/** A search in knowledge bases. */
export interface RetrievalRequest {
  readonly datasetIds: readonly string[];
  readonly query: string | null;
  readonly attachments: readonly FileValue[];
  /** The node's settings: mode, ranking, models. */
  readonly settings: KnowledgeRetrievalData;
  readonly metadataConditions: {
    readonly logical_operator: 'and' | 'or';
    readonly conditions: readonly ResolvedMetadataCondition[];
  } | null;
  readonly userId: string;
  readonly signal: AbortSignal;
}

/** Passages found, best first, in the form of the node's `result`; `position` and `_source` are filled in by the node. */
export interface RetrievalResult {
  readonly passages: readonly RetrievedPassage[];
  /** Models used for choosing, filtering and ranking. */
  readonly usage: Usage;
}

/** One passage. */
export interface RetrievedPassage {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly score: number | null };
  readonly title: string;
  readonly content: string;
  readonly files: readonly FileValue[];
  readonly summary: string | null;
}

/** Knowledge bases of the workspace. */
export interface RetrievalPort {
  /** Searches. Errors carry `name` and a message for people. */
  retrieve(request: RetrievalRequest): Promise<RetrievalResult>;
}
