import type { GraphNode, IterationData, LoopData, NodeType } from '@trellis/graph';
import type { NodeRunner } from './node-definition.ts';
import type { ResponsePlan, ResponseTemplate } from './response-plan.ts';

/** Role of a node in traversal. */
export type NodeKind = 'root' | 'response' | 'branch' | 'container' | 'container-start' | 'executable';

/** How a node's failures are met. */
export interface FailurePolicy {
  readonly strategy: 'fail-branch' | 'default-value' | null;
  /** Outputs of the default-value strategy, already of their declared types. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly retry: RetryPolicy | null;
}

/** When a failed attempt is repeated. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly intervalMs: number;
  /** Fixed repeats after `intervalMs`; exponential doubles it each time, up to `maxIntervalMs`. */
  readonly backoff: 'fixed' | 'exponential';
  readonly maxIntervalMs: number;
  /** Share of the interval, 0 to 1, that is random. */
  readonly jitter: number;
}

/** What happens when a node's turn comes. */
export type NodeBody =
  | { readonly kind: 'run'; readonly runner: NodeRunner }
  | { readonly kind: 'iteration'; readonly data: IterationData; readonly sub: SubPlan }
  | { readonly kind: 'loop'; readonly data: LoopData; readonly sub: SubPlan }
  | { readonly kind: 'pass' };

/** A node as the engine sees it. */
export interface PlannedNode {
  /** Place in its sub-plan's `nodes`. */
  readonly position: number;
  readonly id: string;
  readonly type: NodeType;
  readonly title: string;
  /** The node's configuration, for records and icons. */
  readonly data: GraphNode['data'];
  readonly kind: NodeKind;
  readonly failure: FailurePolicy;
  readonly body: NodeBody;
  readonly response: ResponseTemplate | null;
  readonly outgoing: readonly PlannedEdge[];
  readonly incoming: readonly PlannedEdge[];
}

/** An edge as the engine sees it. */
export interface PlannedEdge {
  /** Place in its sub-plan's `edges`. */
  readonly position: number;
  readonly handle: string;
  readonly source: PlannedNode;
  readonly target: PlannedNode;
}

/** The nodes that run together from one root: the whole graph without the insides of its containers, or one inside. */
export interface SubPlan {
  /** Node id of the container whose inside this is; null at the top. */
  readonly container: string | null;
  readonly root: PlannedNode;
  readonly nodes: readonly PlannedNode[];
  readonly edges: readonly PlannedEdge[];
  readonly byId: ReadonlyMap<string, PlannedNode>;
  /** Roots of other triggers, skipped when the run starts. */
  readonly inactiveRoots: readonly PlannedNode[];
  /** Null when nothing in it answers. */
  readonly responses: ResponsePlan | null;
  /** Ids of its nodes and of all nodes inside its containers. */
  readonly allIds: readonly string[];
}

/** A graph made ready to run, once, for any number of runs. */
export interface Plan {
  readonly top: SubPlan;
  /** Tells graphs apart in logs: the same for graphs of the same shape. */
  readonly fingerprint: string;
}
