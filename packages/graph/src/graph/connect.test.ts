import { describe, expect, it } from 'vitest';
import { type ConnectionRefusal, mayStandIn, refusalOf, withoutCycles } from './connect.ts';
import { placeNodes } from './layout.ts';
import { normaliseGraph } from './normalise.ts';

const graph = normaliseGraph({
  nodes: [
    { id: 's', data: { type: 'start' } },
    { id: 'a', data: { type: 'code' } },
    { id: 'b', data: { type: 'code' } },
    { id: 'e', data: { type: 'end' } },
    { id: 'n', type: 'custom-note', data: {} },
    { id: 'l', data: { type: 'loop', start_node_id: 'ls' } },
    { id: 'ls', parentId: 'l', data: { type: 'loop-start' } },
    { id: 'le', parentId: 'l', data: { type: 'loop-end' } },
    { id: 'c', parentId: 'l', data: { type: 'code' } },
  ],
  edges: [
    { source: 's', target: 'a' },
    { source: 'a', target: 'b' },
  ],
});

describe('refusalOf', () => {
  it.each<[source: string, target: string, refusal: ConnectionRefusal | null]>([
    ['s', 'b', null],
    ['b', 'e', null],
    ['ls', 'c', null],
    ['c', 'le', null],
    ['s', 'gone', 'missing_node'],
    ['s', 'n', 'note'],
    ['n', 'a', 'note'],
    ['a', 'c', 'other_container'],
    ['b', 's', 'no_incoming'],
    ['e', 'a', 'no_outgoing'],
    ['le', 'c', 'no_outgoing'],
    ['b', 'a', 'cycle'],
    ['a', 'a', 'cycle'],
    ['a', 'b', 'exists'],
  ])('of %s → %s is %j', (source, target, refusal) => {
    expect(refusalOf(graph, { source, target })).toBe(refusal);
  });

  it('allows a second edge from another handle', () => {
    expect(refusalOf(graph, { source: 'a', target: 'b', sourceHandle: 'fail-branch' })).toBe(null);
  });
});

it('drops the edges of cycles and no others', () => {
  const cyclic = { ...graph, edges: [...graph.edges, { source: 'b', target: 'a' }] };
  expect(withoutCycles(cyclic).edges.map((edge) => edge.source)).toEqual(['s']);
  expect(withoutCycles(graph)).toBe(graph);
});

it.each([
  ['llm', 'iteration', true],
  ['answer', 'loop', true],
  ['end', 'loop', false],
  ['human-input', 'iteration', false],
  ['loop', 'loop', false],
  ['loop-end', 'loop', true],
  ['loop-end', 'iteration', false],
  ['loop-end', null, false],
  ['end', null, true],
] as const)('lets a %s stand in %s: %s', (type, container, isAllowed) => {
  expect(mayStandIn(type, container)).toBe(isAllowed);
});

describe('placeNodes', () => {
  it('lays out nodes without a place by their distance from the start, and leaves the others', () => {
    const placed = placeNodes({
      nodes: [
        { id: 's', type: 'custom', data: {} },
        { id: 'a', type: 'custom', data: {}, position: null },
        { id: 'b', type: 'custom', data: {} },
        { id: 'c', type: 'custom', data: {}, position: { x: 1, y: 2 } },
      ],
      edges: [
        { source: 's', target: 'a' },
        { source: 's', target: 'b' },
        { source: 'b', target: 's' },
      ],
    });
    expect(placed.nodes[3]?.['position']).toEqual({ x: 1, y: 2 });
    for (const node of placed.nodes)
      expect(node['position']).toEqual({ x: expect.any(Number), y: expect.any(Number) });
    const places = placed.nodes.map((node) => JSON.stringify(node['position']));
    expect(new Set(places).size).toBe(4);
  });
});
