import type { GraphNode, NodeDataByType, NodeType } from '@trellis/graph';
import type { NodeOutcome } from '../core/outcome.ts';
import type { NodeContext } from '../nodes/node-context.ts';

/** The parsed data of a node type. */
export type DataOf<T extends NodeType> = NodeDataByType[T];

/** A node type that runs by itself, as opposed to containers, which the engine's core runs. */
export interface NodeDefinition {
  readonly type: NodeType;
  /** Binds the behaviour to one node of a graph; null for nodes of other types. */
  bind(node: GraphNode): NodeRunner | null;
}

/** A configured node, ready to run any number of times. */
export interface NodeRunner {
  /** True when running it twice can be noticed outside: it then starts only after its causes are durable. */
  readonly hasSideEffects: boolean;
  /** Runs it. Failures are results or thrown NodeErrors; anything else thrown is a WorkflowNodeError. */
  run(context: NodeContext): NodeOutcome | Promise<NodeOutcome>;
}

/** Makes a node definition out of a function over the type's data. */
export function defineNode<T extends NodeType>(definition: {
  type: T;
  hasSideEffects?: boolean;
  run(data: DataOf<T>, context: NodeContext): NodeOutcome | Promise<NodeOutcome>;
}): NodeDefinition {
  const { type, hasSideEffects = false, run } = definition;
  return {
    type,
    bind(node) {
      if (node.type !== type) return null;
      // The graph pairs types with their data; for a type that is a parameter the compiler cannot follow it.
      const data = node.data as DataOf<T>;
      return { hasSideEffects, run: (context) => run(data, context) };
    },
  };
}
