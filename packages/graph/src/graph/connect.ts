import { isRootType } from '../nodes/execution-kind.ts';
import { toNodeType } from '../nodes/registry.ts';
import { type CanvasGraph, type CanvasNode, canvasNodeTypes } from './canvas.ts';
import { textOf } from './json.ts';

/** Why two nodes cannot be connected. */
export type ConnectionRefusal =
  | 'missing_node'
  | 'note'
  | 'other_container'
  | 'no_incoming'
  | 'no_outgoing'
  | 'cycle'
  | 'exists';

/** A connection that a person wants to draw. */
export interface WantedConnection {
  source: string;
  target: string;
  sourceHandle?: string;
}

const lastTypes: ReadonlySet<string> = new Set(['end', 'loop-end', 'knowledge-index']);

/** Why the canvas does not allow a connection, or null when it does. */
export function refusalOf(graph: CanvasGraph, wanted: WantedConnection): ConnectionRefusal | null {
  const source = graph.nodes.find((node) => node.id === wanted.source);
  const target = graph.nodes.find((node) => node.id === wanted.target);
  if (!source || !target) return 'missing_node';
  if (isNote(source) || isNote(target)) return 'note';
  if ((source.parentId ?? null) !== (target.parentId ?? null)) return 'other_container';
  const targetType = toNodeType(textOf(target.data['type']));
  if (targetType !== null && isRootType(targetType)) return 'no_incoming';
  if (lastTypes.has(textOf(source.data['type']))) return 'no_outgoing';
  const handle = wanted.sourceHandle ?? 'source';
  const isDrawn = graph.edges.some(
    (edge) =>
      edge.source === source.id &&
      edge.target === target.id &&
      (textOf(edge['sourceHandle']) || 'source') === handle,
  );
  if (isDrawn) return 'exists';
  return leadsTo(graph, target.id, source.id) ? 'cycle' : null;
}

function isNote(node: CanvasNode): boolean {
  return node.type === canvasNodeTypes.note;
}

function leadsTo(graph: CanvasGraph, from: string, to: string): boolean {
  const seen = new Set<string>();
  const queue = [from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    for (const edge of graph.edges) if (edge.source === id) queue.push(textOf(edge.target));
  }
  return false;
}

/** Node types that may not stand in an iteration or loop. */
const topLevelTypes: ReadonlySet<string> = new Set([
  'start',
  'end',
  'iteration',
  'loop',
  'datasource',
  'knowledge-index',
  'human-input',
  'trigger-webhook',
  'trigger-schedule',
  'trigger-plugin',
]);

/** Whether the canvas lets a node of a type stand in a container of a type; null is the top level. */
export function mayStandIn(nodeType: string, containerType: 'iteration' | 'loop' | null): boolean {
  if (nodeType === 'loop-end') return containerType === 'loop';
  return containerType === null || !topLevelTypes.has(nodeType);
}

/** A graph without edges that belong to a cycle, as the canvas shows it. */
export function withoutCycles(graph: CanvasGraph): CanvasGraph {
  const edges = graph.edges.filter((edge) => !leadsTo(graph, textOf(edge.target), textOf(edge.source)));
  return edges.length === graph.edges.length ? graph : { ...graph, edges };
}
