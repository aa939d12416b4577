import type { z } from 'zod';
import {
  type ExecutionKind,
  executionKindOf,
  isContainerStartType,
  isRootType,
} from '../nodes/execution-kind.ts';
import { type NodeDataByType, type NodeType, nodeSchemas, toNodeType } from '../nodes/registry.ts';
import { type CanvasEdge, type CanvasGraph, type CanvasNode, canvasNodeTypes } from './canvas.ts';
import { GraphError, type GraphIssue, graphIssue } from './errors.ts';
import { textOf } from './json.ts';
import { normaliseGraph } from './normalise.ts';

interface NodeOf<T extends NodeType> {
  id: string;
  type: T;
  kind: ExecutionKind;
  title: string;
  /** The iteration or loop that the node is a child of; null at the top level. */
  containerId: string | null;
  data: NodeDataByType[T];
}

/** A node of a graph that can run; `type` tells what `data` is. */
export type GraphNode<T extends NodeType = NodeType> = { [K in T]: NodeOf<K> }[T];

/** A connection from a handle of one node to another node. `index` is its place in the file: edges have no ids. */
export interface GraphEdge {
  index: number;
  source: string;
  target: string;
  sourceHandle: string;
}

/** A graph that can run: every node's data is checked, every edge leads from a node to a node, notes are gone. */
export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** A graph that can run, or everything that stands against it. */
export type ParsedGraph = { ok: true; graph: Graph } | { ok: false; error: GraphError };

/**
 * Reads a stored graph for a run: normalises it, drops notes and placeholders, checks every node's data against its
 * type and every edge's ends.
 *
 * @throws {GraphError} `INVALID_GRAPH`, `EMPTY_GRAPH`, `DUPLICATE_NODE`, `UNKNOWN_NODE_TYPE`, `INVALID_NODE_DATA`,
 * `MISSING_NODE`
 */
export function parseGraph(stored: unknown): Graph {
  const parsed = safeParseGraph(stored);
  if (!parsed.ok) throw parsed.error;
  return parsed.graph;
}

/** Like `parseGraph`, giving the error back instead of throwing it. */
export function safeParseGraph(stored: unknown): ParsedGraph {
  let canvas: CanvasGraph;
  try {
    canvas = normaliseGraph(stored);
  } catch (cause) {
    const error = new GraphError(
      graphIssue('INVALID_GRAPH', 'the graph is not a mapping of nodes and edges'),
    );
    error.cause = cause;
    return { ok: false, error };
  }
  const issues: GraphIssue[] = [];
  const stayed = canvas.nodes.filter((node) => !isDrawingOnly(node));
  if (stayed.length === 0) {
    return { ok: false, error: new GraphError(graphIssue('EMPTY_GRAPH', 'the graph has no nodes')) };
  }
  const byId = new Map(stayed.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const nodes: GraphNode[] = [];
  for (const node of stayed) {
    if (seen.has(node.id)) issues.push(nodeIssue(node, 'DUPLICATE_NODE', `the id ${node.id} is used twice`));
    seen.add(node.id);
    const parsed = parseNode(node, byId, issues);
    if (parsed) nodes.push(parsed);
  }
  const edges = parseEdges(canvas.edges, seen, notesOf(canvas), issues);
  const [first, ...rest] = issues;
  return first ? { ok: false, error: new GraphError(first, rest) } : { ok: true, graph: { nodes, edges } };
}

function isDrawingOnly(node: CanvasNode): boolean {
  return node.type === canvasNodeTypes.note || node.type === canvasNodeTypes.dataSourceEmpty;
}

function notesOf(canvas: CanvasGraph): Set<string> {
  return new Set(canvas.nodes.filter(isDrawingOnly).map((node) => node.id));
}

function nodeIssue(node: CanvasNode, code: GraphIssue['code'], message: string, path = ''): GraphIssue {
  return { code, message, nodeId: node.id, nodeTitle: textOf(node.data['title']), path };
}

function parseNode(
  node: CanvasNode,
  byId: ReadonlyMap<string, CanvasNode>,
  issues: GraphIssue[],
): GraphNode | null {
  const storedType = textOf(node.data['type']);
  const type = toNodeType(storedType);
  if (type === null) {
    issues.push(
      nodeIssue(node, 'UNKNOWN_NODE_TYPE', `unknown node type ${JSON.stringify(storedType)}`, 'type'),
    );
    return null;
  }
  const schema: z.ZodType = nodeSchemas[type];
  const parsed = schema.safeParse({ ...node.data, type });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.join('.');
      issues.push(
        nodeIssue(node, 'INVALID_NODE_DATA', path === '' ? issue.message : `${path}: ${issue.message}`, path),
      );
    }
    return null;
  }
  // The schema was looked up by the same type: the pair is right by construction, which the compiler cannot see.
  const data = parsed.data as GraphNode['data'];
  return {
    id: node.id,
    type,
    kind: executionKindOf(data),
    title: data.title,
    containerId: containerOf(node, byId),
    data,
  } as GraphNode;
}

/**
 * The iteration or loop that a stored node is a child of, or null. The canvas says it as `parentId`, the engine of
 * old files as `iteration_id` and `loop_id` in the data; of two containers the inner one counts.
 */
export function containerOf(node: CanvasNode, byId: ReadonlyMap<string, CanvasNode>): string | null {
  const isContainer = (id: string) => {
    const type = byId.get(id)?.data['type'];
    return id !== node.id && (type === 'iteration' || type === 'loop');
  };
  const parentId = textOf(node.parentId);
  if (isContainer(parentId)) return parentId;
  const named = [textOf(node.data['loop_id']), textOf(node.data['iteration_id'])].filter(isContainer);
  const [first, second] = named;
  if (first === undefined) return null;
  if (second === undefined) return first;
  const firstNode = byId.get(first);
  const outerOfFirst = firstNode ? containerOf(firstNode, byId) : null;
  return outerOfFirst === second ? first : second;
}

function parseEdges(
  edges: CanvasEdge[],
  nodeIds: ReadonlySet<string>,
  noteIds: ReadonlySet<string>,
  issues: GraphIssue[],
): GraphEdge[] {
  const result: GraphEdge[] = [];
  edges.forEach((edge, index) => {
    const { source, target } = edge;
    const sourceHandle = edge['sourceHandle'];
    if (typeof source !== 'string' || typeof target !== 'string' || typeof sourceHandle !== 'string') return;
    if (noteIds.has(source) || noteIds.has(target)) return;
    const missing = [source, target].find((id) => !nodeIds.has(id));
    if (missing !== undefined) {
      issues.push(graphIssue('MISSING_NODE', `an edge names the node ${missing}, which does not exist`));
      return;
    }
    result.push({ index, source, target, sourceHandle });
  });
  return result;
}

/**
 * The node at which a run begins: the given one, else the first start, datasource or trigger at the top level.
 * `iteration-start` and `loop-start` may be given for the graph of a container's children.
 *
 * @throws {GraphError} `MISSING_ROOT` when there is none, `MISSING_NODE` when the given id is unknown, `INVALID_ROOT`
 * when the given node cannot begin a run
 */
export function findRoot(graph: Graph, rootId?: string): GraphNode {
  if (rootId !== undefined) {
    const node = graph.nodes.find((candidate) => candidate.id === rootId);
    if (!node) {
      throw new GraphError(graphIssue('MISSING_NODE', `the root node ${rootId} does not exist`));
    }
    if (!isRootType(node.type) && !isContainerStartType(node.type)) {
      throw new GraphError({
        code: 'INVALID_ROOT',
        message: `a run cannot begin at a node of type ${node.type}`,
        nodeId: node.id,
        nodeTitle: node.title,
        path: '',
      });
    }
    return node;
  }
  const root = graph.nodes.find((node) => isRootType(node.type) && node.containerId === null);
  if (!root) throw new GraphError(graphIssue('MISSING_ROOT', 'the graph has no start node'));
  return root;
}

/** Whether a node is of the given type; narrows its data. */
export function isNodeOf<T extends NodeType>(
  node: GraphNode,
  type: T,
): node is Extract<GraphNode, { type: T }> {
  return node.type === type;
}
