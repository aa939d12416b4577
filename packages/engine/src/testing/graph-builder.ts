import { type Graph, parseGraph } from '@trellis/graph';

/** Data of a node of a test graph; `in` names the container it is a child of. */
export interface TestNode {
  readonly type: string;
  readonly in?: string;
  readonly [key: string]: unknown;
}

/**
 * Makes a graph from node data by id and edges written `source -> target` or `source:handle -> target`, several in a
 * row joined as a chain. Titles are the ids unless given.
 */
export function testGraph(nodes: Readonly<Record<string, TestNode>>, edges: readonly string[]): Graph {
  return parseGraph({
    nodes: Object.entries(nodes).map(([id, { in: parentId, ...data }]) => ({
      id,
      type: 'custom',
      ...(parentId === undefined ? {} : { parentId }),
      data: { title: id, ...containment(parentId, nodes), ...data },
    })),
    edges: edges.flatMap(edgesOf),
  });
}

function containment(parentId: string | undefined, nodes: Readonly<Record<string, TestNode>>): object {
  if (parentId === undefined) return {};
  return nodes[parentId]?.type === 'loop' ? { loop_id: parentId } : { iteration_id: parentId };
}

function edgesOf(chain: string): object[] {
  const stops = chain.split('->').map((stop) => stop.trim());
  return stops.slice(1).map((target, index) => {
    const [source, handle = 'source'] = (stops[index] ?? '').split(':');
    const [targetId] = target.split(':');
    return { source, sourceHandle: handle, target: targetId, targetHandle: 'target', type: 'custom' };
  });
}
