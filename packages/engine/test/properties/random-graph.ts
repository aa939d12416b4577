import type { Graph } from '@trellis/graph';
import fc from 'fast-check';
import { defineNode, nodeDefinitions } from '../../src/index.ts';
import { type TestNode, testGraph } from '../../src/testing/index.ts';

/** What a node of a random graph does: plain text, a branch by the input, streamed text, or a container of two children, or of another container. */
type Shape = 'template' | 'branch' | 'stream' | 'iteration' | 'loop' | 'nested';

/** A random graph with what is known about it without running it. */
export interface RandomGraph {
  readonly graph: Graph;
  /** Ids of top-level nodes that must run, by walking the edges with the branches decided. */
  readonly live: ReadonlySet<string>;
}

const shapes = fc.constantFrom<Shape>('template', 'branch', 'stream', 'iteration', 'loop', 'nested');

/** Graphs of up to twelve nodes in layers, with joins, skipped parts, containers, streams and an answer at the end. */
export const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .array(
    fc.record({
      shape: shapes,
      parents: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
      on: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((specs) => {
    const nodes: Record<string, TestNode> = { start: { type: 'start' } };
    const edges: string[] = [];
    const handles = new Map<string, string[]>([['start', ['source']]]);
    const chosen = new Map<string, string>();
    const ids = ['start'];
    specs.forEach(({ shape, parents, on }, index) => {
      const id = `n${index}`;
      addNode(nodes, edges, { id, shape, on });
      for (const parent of new Set(parents)) {
        const source = ids[parent % ids.length] ?? 'start';
        const options = handles.get(source) ?? ['source'];
        edges.push(`${source}:${options[parent % options.length]} -> ${id}`);
      }
      handles.set(id, shape === 'branch' ? ['true', 'false'] : ['source']);
      if (shape === 'branch') chosen.set(id, on ? 'true' : 'false');
      ids.push(id);
    });
    const shown = ids.slice(1).map((id) => `{{#${id}.output#}}{{#${id}.text#}}`);
    nodes['answer'] = { type: 'answer', answer: shown.join('|') };
    edges.push(`start -> answer`, ...ids.slice(1).flatMap((id) => joinEdges(id, handles.get(id) ?? [])));
    const graph = testGraph(nodes, edges);
    return { graph, live: liveNodes(graph, chosen) };
  });

function joinEdges(id: string, handles: readonly string[]): string[] {
  return handles.map((handle) => `${id}:${handle} -> answer`);
}

function addNode(
  nodes: Record<string, TestNode>,
  edges: string[],
  { id, shape, on }: { id: string; shape: Shape; on: boolean },
): void {
  const value = on ? 'yes' : 'no';
  if (shape === 'template') {
    nodes[id] = { type: 'template-transform', template: `t-${id}`, variables: [] };
  } else if (shape === 'branch') {
    const condition = { variable_selector: ['start', value], comparison_operator: 'is', value: 'yes' };
    nodes[id] = {
      type: 'if-else',
      cases: [{ case_id: 'true', logical_operator: 'and', conditions: [condition] }],
    };
  } else if (shape === 'stream') {
    nodes[id] = { type: 'knowledge-retrieval', query_variable_selector: ['start', 'yes'], dataset_ids: [id] };
  } else if (shape === 'nested') {
    nodes[id] = { type: 'loop', start_node_id: `${id}start`, loop_count: 2, loop_variables: [] };
    nodes[`${id}start`] = { type: 'loop-start', in: id };
    addNode(nodes, edges, { id: `${id}sub`, shape: 'iteration', on });
    nodes[`${id}sub`] = { ...nodes[`${id}sub`], type: 'iteration', in: id };
    edges.push(`${id}start -> ${id}sub`);
  } else {
    const inner = `${id}inner`;
    const container =
      shape === 'iteration'
        ? { iterator_selector: ['start', 'items'], output_selector: [inner, 'text'], is_parallel: on }
        : { loop_count: 2, loop_variables: [] };
    nodes[id] = { type: shape, start_node_id: `${id}start`, ...container };
    nodes[`${id}start`] = { type: `${shape}-start`, in: id };
    nodes[inner] = {
      type: 'knowledge-retrieval',
      query_variable_selector: ['start', 'yes'],
      dataset_ids: [inner],
      in: id,
    };
    nodes[`${id}say`] = { type: 'answer', answer: `<{{#${inner}.text#}}>`, in: id };
    edges.push(`${id}start -> ${inner} -> ${id}say`);
  }
}

/** Nodes that run: those with a taken incoming edge, where taken edges leave live nodes by the chosen handle. */
function liveNodes(graph: Graph, chosen: ReadonlyMap<string, string>): ReadonlySet<string> {
  const live = new Set(['start']);
  const top = graph.nodes.filter(({ containerId }) => containerId === null);
  for (let size = 0; size !== live.size; ) {
    size = live.size;
    for (const node of top) {
      const isReached = graph.edges.some(
        ({ source, target, sourceHandle }) =>
          target === node.id && live.has(source) && sourceHandle === (chosen.get(source) ?? sourceHandle),
      );
      if (isReached) live.add(node.id);
    }
  }
  return live;
}

/** Inputs that decide the branches. */
export const inputs = { yes: 'yes', no: 'no', items: ['a', 'b'] };

/** A node with side effects that streams, standing in for a model; every run is remembered by its key. */
export function countingDefinitions(runs: string[]) {
  const streaming = defineNode({
    type: 'knowledge-retrieval',
    hasSideEffects: true,
    run: async (data, context) => {
      runs.push(context.idempotencyKey);
      const [name = ''] = data.dataset_ids;
      for (const piece of [`${name} `, 'says ', 'so']) {
        await Promise.resolve();
        context.stream('text', piece, false);
      }
      context.stream('text', '', true);
      return { status: 'succeeded', outputs: { text: `${name} says so` } };
    },
  });
  return new Map([...nodeDefinitions, ['knowledge-retrieval', streaming] as const]);
}
