import {
  isContainerStartType,
  isObject,
  type NodeData,
  type NodeType,
  nodeSchemas,
  normaliseGraph,
  objectOf,
  textOf,
  toNodeType,
} from '@trellis/graph';

/** Where a node leads to, and by which of its ways. */
export interface OutlineLink {
  readonly targetId: string;
  readonly targetTitle: string;
  /** Handle of the edge: `source` for the usual way, else a branch. */
  readonly handle: string;
  /** The branch in the words of the node: a class, a button; empty where the handle says it all. */
  readonly label: string;
}

/** A node as the outline lists it. */
export interface OutlineNode {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** What the node is set to; null when it cannot be read. */
  readonly data: NodeData | null;
  /** Everything that is stored about it. */
  readonly stored: Readonly<Record<string, unknown>>;
  /** Nodes of an iteration or loop, in run order. */
  readonly children: readonly OutlineNode[];
  readonly next: readonly OutlineLink[];
}

/** A graph to be read from top to bottom. */
export interface Outline {
  readonly nodes: readonly OutlineNode[];
  /** Every node by id, those inside containers too; the beginnings of rounds say nothing and are left out. */
  readonly byId: ReadonlyMap<string, OutlineNode>;
  readonly containerOf: (nodeId: string) => string | null;
}

const notes: ReadonlySet<string> = new Set(['custom-note', 'custom-data-source-empty']);

/** Reads a stored graph as an outline: nodes in run order, inside of containers too. Broken graphs give what can be read. */
export function outlineOf(stored: unknown): Outline {
  const canvas = normaliseGraph(isObject(stored) ? stored : { nodes: [], edges: [] });
  const raw = canvas.nodes
    .filter((node) => !notes.has(node.type))
    .map((node) => ({
      id: node.id,
      containerId: node.parentId || textOf(node.data['iteration_id']) || textOf(node.data['loop_id']) || null,
      type: toNodeType(textOf(node.data['type'])) ?? textOf(node.data['type']),
      stored: node.data,
    }));
  const known = new Map(raw.map((node) => [node.id, node]));
  const edges = canvas.edges.flatMap((edge) => {
    const [source, target] = [known.get(textOf(edge.source)), known.get(textOf(edge.target))];
    return source && target ? [{ source, target, handle: textOf(edge['sourceHandle']) || 'source' }] : [];
  });
  const byId = new Map<string, OutlineNode>();

  const level = (containerId: string | null): OutlineNode[] => {
    const members = raw.filter((node) =>
      containerId === null
        ? node.containerId === null || !known.has(node.containerId)
        : node.containerId === containerId,
    );
    return inRunOrder(members, edges).map((node) => {
      const data = readData(node.type, node.stored);
      const outlined: OutlineNode = {
        id: node.id,
        type: node.type,
        title: textOf(node.stored['title']) || node.type,
        description: textOf(node.stored['desc']),
        data,
        stored: node.stored,
        children: level(node.id).filter((child) => !isStart(child.type)),
        next: edges
          .filter(({ source }) => source.id === node.id)
          .map(({ target, handle }) => ({
            targetId: target.id,
            targetTitle: textOf(target.stored['title']) || target.type,
            handle,
            label: branchLabel(data, handle),
          })),
      };
      if (!isStart(node.type)) byId.set(node.id, outlined);
      return outlined;
    });
  };
  const nodes = level(null);
  return {
    nodes,
    byId,
    containerOf: (nodeId) => {
      const id = known.get(nodeId)?.containerId ?? null;
      return id !== null && known.has(id) ? id : null;
    },
  };
}

function isStart(type: string): boolean {
  const known = toNodeType(type);
  return known !== null && isContainerStartType(known);
}

function readData(type: string, stored: unknown): NodeData | null {
  const known = toNodeType(type);
  if (known === null) return null;
  const parsed = nodeSchemas[known as NodeType].safeParse({ ...objectOf(stored), type: known });
  return parsed.success ? parsed.data : null;
}

function branchLabel(data: NodeData | null, handle: string): string {
  if (data?.type === 'question-classifier') {
    return data.classes.find(({ id }) => id === handle)?.name ?? '';
  }
  if (data?.type === 'human-input') return data.user_actions.find(({ id }) => id === handle)?.title ?? '';
  if (data?.type === 'if-else' && handle !== 'false') {
    const place = data.cases?.findIndex((branch) => branch.case_id === handle) ?? 0;
    return place <= 0 ? 'IF' : `ELIF ${place}`;
  }
  if (data?.type === 'if-else') return 'ELSE';
  return '';
}

interface Placed {
  readonly id: string;
}

/** Nodes so that each comes after those that lead to it; a ring, or what nothing leads to, keeps the stored order. */
function inRunOrder<N extends Placed>(
  members: readonly N[],
  edges: readonly { source: Placed; target: Placed }[],
): N[] {
  const ids = new Set(members.map(({ id }) => id));
  const inner = edges.filter(({ source, target }) => ids.has(source.id) && ids.has(target.id));
  const waitsFor = new Map(members.map(({ id }) => [id, 0]));
  for (const { target } of inner) waitsFor.set(target.id, (waitsFor.get(target.id) ?? 0) + 1);
  const ordered: N[] = [];
  const placed = new Set<string>();
  const byId = new Map(members.map((node) => [node.id, node]));
  const place = (node: N) => {
    if (placed.has(node.id)) return;
    placed.add(node.id);
    ordered.push(node);
    // Along one branch to its end before the next one, which is how people read.
    for (const { target } of inner.filter(({ source }) => source.id === node.id)) {
      const left = (waitsFor.get(target.id) ?? 1) - 1;
      waitsFor.set(target.id, left);
      const next = byId.get(target.id);
      if (left === 0 && next) place(next);
    }
  };
  const leadsOn = new Set(inner.map(({ source }) => source.id));
  const roots = members.filter(({ id }) => waitsFor.get(id) === 0);
  for (const node of roots.filter(({ id }) => leadsOn.has(id))) place(node);
  for (const node of [...roots, ...members]) place(node);
  return ordered;
}
