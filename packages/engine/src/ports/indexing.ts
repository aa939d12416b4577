import type { DatasourceData, KnowledgeIndexData } from '@trellis/graph';

/** Knowledge pipelines: where documents come from and go to. */
export interface IndexingPort {
  /** Reads what a datasource node names; returns its outputs. */
  read(request: {
    data: DatasourceData;
    type: string;
    info: unknown;
    signal: AbortSignal;
  }): Promise<Readonly<Record<string, unknown>>>;
  /** Stores chunks as the document of this run (or makes a preview of it); returns the node's outputs. */
  index(request: {
    data: KnowledgeIndexData;
    chunks: unknown;
    system: Readonly<Record<string, unknown>>;
    idempotencyKey: string;
    signal: AbortSignal;
  }): Promise<Readonly<Record<string, unknown>>>;
}
