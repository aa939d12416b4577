import type { CanvasEdge, CanvasGraph, CanvasNode } from './canvas.ts';
import { canvasGraph } from './canvas.ts';
import { isObject, type JsonObject, objectOf, textOf } from './json.ts';
import { toModelProviderId } from './providers.ts';

/** What `normaliseGraph` does besides what every reader needs. */
export interface NormaliseOptions {
  /**
   * Also fill what the canvas would fill when it opens the graph, where that changes how a run behaves: retries of
   * http requests that have no retry settings. A run of a stored graph does not want this. Default false.
   */
  canvasDefaults?: boolean;
}

const startTypes: Record<string, string> = { iteration: 'iteration-start', loop: 'loop-start' };
const startCanvasTypes: Record<string, string> = {
  iteration: 'custom-iteration-start',
  loop: 'custom-loop-start',
};
const childZIndex = 1002;

/**
 * Brings a stored graph of any age into today's form: start children of containers, cases of if-else nodes, full
 * provider ids, handles of edges. Pure and idempotent; what it does not know it keeps.
 */
export function normaliseGraph(graph: unknown, options: NormaliseOptions = {}): CanvasGraph {
  const parsed = canvasGraph.parse(graph);
  const nodes = parsed.nodes.map((node) => ({ ...node, data: normaliseData(node, options) }));
  const withStarts = addContainerStarts(nodes, parsed.edges);
  return {
    ...parsed,
    nodes: withStarts.nodes,
    edges: fillEdges(withStarts.edges, withStarts.nodes),
  };
}

function normaliseData(node: CanvasNode, options: NormaliseOptions): JsonObject {
  const data = node.data;
  switch (data['type']) {
    case 'if-else':
      return normaliseCases(data);
    case 'iteration':
      return {
        ...data,
        is_parallel: data['is_parallel'] ?? false,
        parallel_nums: data['parallel_nums'] ?? 10,
        error_handle_mode: data['error_handle_mode'] ?? 'terminated',
      };
    case 'loop':
      return { ...data, error_handle_mode: data['error_handle_mode'] ?? 'terminated' };
    case 'llm':
    case 'question-classifier':
    case 'parameter-extractor':
      return withModelProvider(data, 'model');
    case 'knowledge-retrieval':
      return normaliseRetrieval(data);
    case 'http-request':
      return options.canvasDefaults && !isObject(data['retry_config'])
        ? { ...data, retry_config: { retry_enabled: true, max_retries: 3, retry_interval: 100 } }
        : data;
    case 'tool':
      return normaliseTool(data);
    default:
      return data;
  }
}

function normaliseCases(data: JsonObject): JsonObject {
  const { conditions, logical_operator, ...rest } = data;
  const cases = data['cases'];
  if (Array.isArray(cases)) return cases.length > 0 ? { ...rest, cases: cases.map(withCaseId) } : data;
  if (!Array.isArray(conditions) || typeof logical_operator !== 'string') return data;
  return { ...rest, cases: [{ case_id: 'true', logical_operator, conditions }] };
}

function withCaseId(entry: unknown): unknown {
  return isObject(entry) && !entry['case_id'] && entry['id'] ? { ...entry, case_id: entry['id'] } : entry;
}

function withModelProvider(data: JsonObject, key: string): JsonObject {
  const model = data[key];
  if (!isObject(model) || typeof model['provider'] !== 'string') return data;
  const provider = toModelProviderId(model['provider']);
  return provider === model['provider'] ? data : { ...data, [key]: { ...model, provider } };
}

function normaliseRetrieval(data: JsonObject): JsonObject {
  const changed = withModelProvider(data, 'metadata_model_config');
  const multiple = changed['multiple_retrieval_config'];
  const single = changed['single_retrieval_config'];
  return {
    ...changed,
    ...(isObject(multiple) && {
      multiple_retrieval_config: withModelProvider(multiple, 'reranking_model'),
    }),
    ...(isObject(single) && { single_retrieval_config: withModelProvider(single, 'model') }),
  };
}

// Marks the tool as of today's version: its settings become parameters with a type.
function normaliseTool(data: JsonObject): JsonObject {
  if (data['version'] || data['tool_node_version']) return data;
  const settings: JsonObject = {};
  for (const [name, value] of Object.entries(objectOf(data['tool_configurations']))) {
    settings[name] = isObject(value) || Array.isArray(value) ? value : { type: 'constant', value };
  }
  return { ...data, tool_node_version: '2', tool_configurations: settings };
}

function isChildOf(node: CanvasNode, containerId: string): boolean {
  return (
    node.parentId === containerId ||
    node.data['iteration_id'] === containerId ||
    node.data['loop_id'] === containerId
  );
}

// The oldest containers begin at an ordinary child; today each has a start child of its own.
function addContainerStarts(
  nodes: CanvasNode[],
  edges: CanvasEdge[],
): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
  const result: CanvasNode[] = [];
  const added: CanvasNode[] = [];
  const addedEdges: CanvasEdge[] = [];
  for (const node of nodes) {
    const containerType = textOf(node.data['type']);
    const startType = startTypes[containerType];
    if (!startType) {
      result.push(node);
      continue;
    }
    const firstId = textOf(node.data['start_node_id']);
    const first = nodes.find((other) => other.id === firstId);
    if (first?.data['type'] === startType) {
      result.push(node);
      continue;
    }
    const existing = nodes.find((other) => other.data['type'] === startType && isChildOf(other, node.id));
    const startId = existing?.id ?? freeId(`${node.id}start`, nodes);
    result.push({ ...node, data: { ...node.data, start_node_id: startId } });
    if (existing) continue;
    added.push(makeStart(node.id, startId, containerType));
    if (first && isChildOf(first, node.id))
      addedEdges.push(makeStartEdge(node.id, startId, first, containerType));
  }
  return { nodes: [...result, ...added], edges: [...edges, ...addedEdges] };
}

function freeId(base: string, nodes: CanvasNode[]): string {
  const taken = new Set(nodes.map((node) => node.id));
  let id = base;
  for (let index = 0; taken.has(id); index += 1) id = `${base}${index}`;
  return id;
}

function childMark(containerType: string): JsonObject {
  return containerType === 'loop' ? { isInLoop: true } : { isInIteration: true };
}

/** The start child of a container as the canvas stores it. */
export function makeStart(containerId: string, startId: string, containerType: string): CanvasNode {
  return {
    id: startId,
    type: startCanvasTypes[containerType] ?? 'custom',
    parentId: containerId,
    data: { type: startTypes[containerType], title: '', desc: '', ...childMark(containerType) },
    position: { x: 24, y: 68 },
    zIndex: childZIndex,
    draggable: false,
    selectable: false,
  };
}

function makeStartEdge(
  containerId: string,
  startId: string,
  first: CanvasNode,
  containerType: string,
): CanvasEdge {
  return {
    id: `${startId}-source-${first.id}-target`,
    type: 'custom',
    source: startId,
    sourceHandle: 'source',
    target: first.id,
    targetHandle: 'target',
    data: {
      sourceType: startTypes[containerType],
      targetType: first.data['type'],
      ...childMark(containerType),
      ...(containerType === 'loop' ? { loop_id: containerId } : { iteration_id: containerId }),
    },
    zIndex: childZIndex,
  };
}

function fillEdges(edges: CanvasEdge[], nodes: CanvasNode[]): CanvasEdge[] {
  const typeOf = new Map(nodes.map((node) => [node.id, node.data['type']]));
  return edges.map((edge) => {
    const data = objectOf(edge['data']);
    const ends = {
      sourceType: data['sourceType'] ?? typeOf.get(textOf(edge.source)),
      targetType: data['targetType'] ?? typeOf.get(textOf(edge.target)),
    };
    return {
      ...edge,
      sourceHandle: edge['sourceHandle'] ?? 'source',
      targetHandle: edge['targetHandle'] ?? 'target',
      data: { ...data, ...Object.fromEntries(Object.entries(ends).filter(([, type]) => type !== undefined)) },
    };
  });
}

/**
 * The graph without what the canvas keeps for the moment only: data keys that begin with `_`, and nodes and edges
 * that are being made. This is the form in which a draft is saved.
 */
export function stripTransient(graph: CanvasGraph): CanvasGraph {
  const isTemporary = (data: unknown) =>
    isObject(data) && (Boolean(data['_isTempNode']) || Boolean(data['_isTemp']));
  const strip = (data: JsonObject) =>
    Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('_')));
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => !isTemporary(node.data))
      .map((node) => ({ ...node, data: strip(node.data) })),
    edges: graph.edges
      .filter((edge) => !isTemporary(edge['data']) && !isTemporary(edge))
      .map((edge) => (isObject(edge['data']) ? { ...edge, data: strip(edge['data']) } : edge)),
  };
}
