import { hash } from 'node:crypto';
import {
  findRoot,
  type Graph,
  GraphError,
  type GraphNode,
  graphIssue,
  isContainerStartType,
  isRootType,
} from '@trellis/graph';
import { nodeDefinitions } from '../nodes/registry.ts';
import type { Selector } from '../values/pool.ts';
import { failurePolicyOf } from './failure-policy.ts';
import type { NodeDefinition } from './node-definition.ts';
import type { NodeBody, Plan, PlannedEdge, PlannedNode, SubPlan } from './plan.ts';
import { answerTemplate, endTemplate, planResponses, type ResponseTemplate } from './response-plan.ts';

/** How a graph is planned. */
export interface PlanOptions {
  /** Node at which the run begins (a trigger); the first start-like node unless given. */
  readonly root?: string;
  /** Node types beside or instead of the built-in ones. */
  readonly definitions?: ReadonlyMap<string, NodeDefinition>;
}

/**
 * Makes a checked graph ready to run. Do it once per graph and keep the result: runs share it.
 *
 * @throws {GraphError} `MISSING_ROOT`, `MISSING_NODE`, `INVALID_ROOT`, `UNKNOWN_NODE_TYPE`
 */
export function plan(graph: Graph, options: PlanOptions = {}): Plan {
  const root = findRoot(graph, options.root);
  const definitions = options.definitions ?? nodeDefinitions;
  const members = groupByContainer(graph);
  const builder = new PlanBuilder(graph, members, definitions);
  const top = isContainerStartType(root.type) ? root.containerId : null;
  return { top: builder.build(top, root), fingerprint: fingerprintOf(graph, root.id) };
}

/**
 * Plans a single node, to be tried by itself: no edges, no retries. A container comes with its inside. What the node
 * reads is given to the run as variables.
 *
 * @throws {GraphError} `MISSING_NODE`, `INVALID_ROOT`, `UNKNOWN_NODE_TYPE`
 */
export function planNode(graph: Graph, nodeId: string, options: Omit<PlanOptions, 'root'> = {}): Plan {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  if (node === undefined)
    throw new GraphError(graphIssue('MISSING_NODE', `the node ${nodeId} does not exist`));
  const definitions = options.definitions ?? nodeDefinitions;
  const builder = new PlanBuilder(graph, groupByContainer(graph), definitions);
  return { top: builder.single(node), fingerprint: fingerprintOf(graph, `only ${nodeId}`) };
}

/**
 * Digest of a graph's shape. The nodes' settings are not part of it: they are read with defaults, and a later release
 * that knows one default more must still continue the logs of this one.
 */
function fingerprintOf(graph: Graph, root: string): string {
  const nodes = graph.nodes.map(({ id, type, containerId }) => [id, type, containerId]);
  const edges = graph.edges.map(({ source, sourceHandle, target }) => [source, sourceHandle, target]);
  return hash('sha256', JSON.stringify([root, nodes, edges]), 'base64url');
}

type Members = ReadonlyMap<string | null, ReadonlySet<string>>;

/** Node ids by container. A node that names no container but is reached from a container's start belongs to it. */
function groupByContainer(graph: Graph): Members {
  const targets = Map.groupBy(graph.edges, (edge) => edge.source);
  const home = new Map(graph.nodes.map((node) => [node.id, node.containerId]));
  for (const node of graph.nodes) {
    if (node.type !== 'iteration' && node.type !== 'loop') continue;
    const pending = [node.data.start_node_id];
    const seen = new Set<string>();
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      if (seen.has(id) || (home.get(id) ?? node.id) !== node.id) continue;
      seen.add(id);
      if (home.has(id)) home.set(id, node.id);
      for (const edge of targets.get(id) ?? []) pending.push(edge.target);
    }
  }
  const groups = Map.groupBy(graph.nodes, (node) => home.get(node.id) ?? null);
  return new Map([...groups].map(([container, nodes]) => [container, new Set(nodes.map(({ id }) => id))]));
}

/** A planned node while its edges are still being connected. */
type OpenNode = PlannedNode & { outgoing: PlannedEdge[]; incoming: PlannedEdge[] };

class PlanBuilder {
  readonly #graph: Graph;
  readonly #members: Members;
  readonly #definitions: ReadonlyMap<string, NodeDefinition>;
  readonly #nodesById: ReadonlyMap<string, GraphNode>;

  constructor(graph: Graph, members: Members, definitions: ReadonlyMap<string, NodeDefinition>) {
    this.#graph = graph;
    this.#members = members;
    this.#definitions = definitions;
    this.#nodesById = new Map(graph.nodes.map((node) => [node.id, node]));
  }

  build(container: string | null, root: GraphNode): SubPlan {
    const ids = this.#members.get(container) ?? new Set();
    const sources = this.#graph.nodes.filter((node) => ids.has(node.id));
    const nodes = sources.map((node, position) => this.#node(node, position));
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const edges = this.#connect(byId);
    const rootNode = byId.get(root.id);
    if (rootNode === undefined) {
      throw new GraphError(
        graphIssue('INVALID_ROOT', `the root node ${root.id} is not where the run begins`),
      );
    }
    return {
      container,
      root: rootNode,
      nodes,
      edges,
      byId,
      inactiveRoots: nodes.filter((node) => node !== rootNode && isRootType(node.type)),
      responses: planResponses(nodes, edges, writersAmong(nodes)),
      allIds: nodes.flatMap(({ id, body }) => ('sub' in body ? [id, ...body.sub.allIds] : [id])),
    };
  }

  single(source: GraphNode): SubPlan {
    const planned = this.#node(source, 0);
    const node: OpenNode = { ...planned, failure: { ...planned.failure, retry: null } };
    return {
      container: null,
      root: node,
      nodes: [node],
      edges: [],
      byId: new Map([[node.id, node]]),
      inactiveRoots: [],
      responses: planResponses([node], [], new Map()),
      allIds: [node.id],
    };
  }

  #connect(byId: ReadonlyMap<string, OpenNode>): PlannedEdge[] {
    const edges: PlannedEdge[] = [];
    for (const { source: sourceId, target: targetId, sourceHandle: handle } of this.#graph.edges) {
      const source = byId.get(sourceId);
      const target = byId.get(targetId);
      if (source === undefined || target === undefined) continue;
      const edge: PlannedEdge = { position: edges.length, handle, source, target };
      edges.push(edge);
      source.outgoing.push(edge);
      target.incoming.push(edge);
    }
    return edges;
  }

  #node(node: GraphNode, position: number): OpenNode {
    const failure = failurePolicyOf(node);
    return {
      position,
      id: node.id,
      type: node.type,
      title: node.title,
      data: node.data,
      kind: isContainerStartType(node.type) ? 'container-start' : node.kind,
      failure,
      body: this.#body(node),
      response: responseTemplateOf(node),
      outgoing: [],
      incoming: [],
    };
  }

  #body(node: GraphNode): NodeBody {
    if (isContainerStartType(node.type)) return { kind: 'pass' };
    if (node.type === 'iteration') return { kind: 'iteration', data: node.data, sub: this.#inside(node) };
    if (node.type === 'loop') return { kind: 'loop', data: node.data, sub: this.#inside(node) };
    const runner = this.#definitions.get(node.type)?.bind(node);
    if (runner) return { kind: 'run', runner };
    throw new GraphError({
      code: 'UNKNOWN_NODE_TYPE',
      message: `nodes of type ${node.type} cannot run`,
      nodeId: node.id,
      nodeTitle: node.title,
      path: 'type',
    });
  }

  #inside(container: Extract<GraphNode, { type: 'iteration' | 'loop' }>): SubPlan {
    const start = this.#nodesById.get(container.data.start_node_id);
    if (start === undefined || !isContainerStartType(start.type)) {
      throw new GraphError({
        code: 'INVALID_ROOT',
        message: `a ${container.type} needs a start inside`,
        nodeId: container.id,
        nodeTitle: container.title,
        path: 'start_node_id',
      });
    }
    return this.build(container.id, start);
  }
}

function responseTemplateOf(node: GraphNode): ResponseTemplate | null {
  if (node.type === 'answer') return answerTemplate(node.data.answer);
  if (node.type === 'end') return endTemplate(node.data.outputs.map((output) => output.value_selector));
  return null;
}

function writersAmong(nodes: readonly PlannedNode[]): ReadonlyMap<PlannedNode, readonly Selector[]> {
  const writers = new Map<PlannedNode, readonly Selector[]>();
  for (const node of nodes) {
    if (node.data.type !== 'assigner') continue;
    const { items, assigned_variable_selector: assigned } = node.data;
    writers.set(node, items === null ? [assigned] : items.map((item) => item.variable_selector));
  }
  return writers;
}
