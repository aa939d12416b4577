import { type CanvasGraph, type CanvasNode, canvasNodeTypes } from '../graph/canvas.ts';
import { textOf } from '../graph/json.ts';
import { containerOf } from '../graph/parse.ts';
import { isContainerStartType, isRootType } from '../nodes/execution-kind.ts';
import { toNodeType } from '../nodes/registry.ts';

/** An edge between two nodes that exist. */
export interface Link {
  source: string;
  sourceHandle: string;
  target: string;
}

/** How the nodes of a graph hang together. */
export interface Topology {
  /** Nodes that are more than drawing, by id. */
  nodes: Map<string, CanvasNode>;
  outgoing: Map<string, Link[]>;
  /** Container of each node, null at the top level. */
  containers: Map<string, string | null>;
  /** Nodes at the top level at which a run may begin. */
  roots: CanvasNode[];
  /** Nodes that a run can reach: from the roots by edges, and all children of reached containers. */
  reachable: Set<string>;
}

/** Works out how the nodes of a normalised graph hang together. */
export function topologyOf(graph: CanvasGraph): Topology {
  const real = graph.nodes.filter(
    (node) => node.type !== canvasNodeTypes.note && node.type !== canvasNodeTypes.dataSourceEmpty,
  );
  const nodes = new Map(real.map((node) => [node.id, node]));
  const outgoing = new Map<string, Link[]>(real.map((node) => [node.id, []]));
  for (const edge of graph.edges) {
    const [source, target] = [textOf(edge.source), textOf(edge.target)];
    if (!nodes.has(target)) continue;
    outgoing.get(source)?.push({ source, target, sourceHandle: textOf(edge['sourceHandle']) || 'source' });
  }
  const containers = new Map(real.map((node) => [node.id, containerOf(node, nodes)]));
  const roots = real.filter((node) => isRoot(node) && containers.get(node.id) === null);
  const reachable = new Set<string>();
  const queue = roots.map((node) => node.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reachable.has(id)) continue;
    reachable.add(id);
    for (const link of outgoing.get(id) ?? []) queue.push(link.target);
    for (const [child, container] of containers) if (container === id) queue.push(child);
  }
  return { nodes, outgoing, containers, roots, reachable };
}

function isRoot(node: CanvasNode): boolean {
  const type = toNodeType(textOf(node.data['type']));
  return type !== null && isRootType(type);
}

/** Whether a node stands at the beginning of a graph or of a container's children. */
export function isStartLike(node: CanvasNode): boolean {
  const type = toNodeType(textOf(node.data['type']));
  return type !== null && (isRootType(type) || isContainerStartType(type));
}

/** The nodes that can be reached from a node by edges, without itself unless it is on a cycle. */
export function downstreamOf(topology: Topology, id: string, without?: string): Set<string> {
  const found = new Set<string>();
  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const { target } of topology.outgoing.get(next) ?? []) {
      if (found.has(target) || target === without) continue;
      found.add(target);
      queue.push(target);
    }
  }
  return found;
}

/** For each node, all nodes that lead to it by edges. */
export function upstreamOfAll(topology: Topology): Map<string, Set<string>> {
  const upstream = new Map<string, Set<string>>([...topology.nodes.keys()].map((id) => [id, new Set()]));
  for (const id of topology.nodes.keys()) {
    for (const target of downstreamOf(topology, id)) upstream.get(target)?.add(id);
  }
  return upstream;
}

/** Edges of the longest path from a root, and a node of a cycle if there is one (the length ignores cycles). */
export function longestPath(topology: Topology): { length: number; cycle: string | null } {
  const lengths = new Map<string, number>();
  const open = new Set<string>();
  let cycle: string | null = null;
  const stack: { id: string; next: number }[] = [];
  for (const start of topology.nodes.keys()) {
    if (lengths.has(start)) continue;
    stack.push({ id: start, next: 0 });
    open.add(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const links = topology.outgoing.get(top.id) ?? [];
      const link = links[top.next];
      top.next += 1;
      if (link === undefined) {
        const below = links.map(({ target }) => (open.has(target) ? 0 : 1 + (lengths.get(target) ?? 0)));
        lengths.set(top.id, Math.max(0, ...below));
        open.delete(top.id);
        stack.pop();
      } else if (open.has(link.target)) {
        cycle ??= link.target;
      } else if (!lengths.has(link.target)) {
        open.add(link.target);
        stack.push({ id: link.target, next: 0 });
      }
    }
  }
  return { length: Math.max(0, ...topology.roots.map((root) => lengths.get(root.id) ?? 0)), cycle };
}
