/** Codes of what can be wrong with a graph that is to run. */
export type GraphErrorCode =
  | 'INVALID_GRAPH'
  | 'EMPTY_GRAPH'
  | 'UNKNOWN_NODE_TYPE'
  | 'INVALID_NODE_DATA'
  | 'DUPLICATE_NODE'
  | 'MISSING_NODE'
  | 'MISSING_ROOT'
  | 'INVALID_ROOT';

/** One thing that is wrong with a graph; `path` leads into the node's data. */
export interface GraphIssue {
  code: GraphErrorCode;
  message: string;
  nodeId: string | null;
  nodeTitle: string | null;
  path: string;
}

/** A graph that cannot run. `code` and message are those of the first issue. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly code: GraphErrorCode;
  readonly issues: readonly GraphIssue[];

  constructor(first: GraphIssue, rest: readonly GraphIssue[] = []) {
    super(
      first.nodeId === null ? first.message : `node ${first.nodeTitle || first.nodeId}: ${first.message}`,
    );
    this.code = first.code;
    this.issues = [first, ...rest];
  }
}

/** An issue of the graph as a whole. */
export function graphIssue(code: GraphErrorCode, message: string): GraphIssue {
  return { code, message, nodeId: null, nodeTitle: null, path: '' };
}
