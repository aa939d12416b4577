import { describe, expect, it } from 'vitest';
import type { GraphErrorCode } from './errors.ts';
import { findRoot, isNodeOf, parseGraph, safeParseGraph } from './parse.ts';

const start = { id: 's', data: { type: 'start', title: 'Begin' } };

function codesOf(stored: unknown): GraphErrorCode[] {
  const parsed = safeParseGraph(stored);
  return parsed.ok ? [] : parsed.error.issues.map((issue) => issue.code);
}

describe('parseGraph', () => {
  it('gives typed nodes and edges, without notes and what belongs to them', () => {
    const graph = parseGraph({
      nodes: [
        start,
        { id: 'a', data: { type: 'variable-assigner', variables: [['s', 'x']] } },
        { id: 'n', type: 'custom-note', data: { type: '', text: '{}' } },
      ],
      edges: [
        { source: 's', target: 'a' },
        { source: 'n', target: 'a' },
        { source: 's', target: 7 },
        { source: 's' },
      ],
    });
    expect(graph.nodes.map(({ id, type, kind, title }) => ({ id, type, kind, title }))).toEqual([
      { id: 's', type: 'start', kind: 'root', title: 'Begin' },
      { id: 'a', type: 'variable-aggregator', kind: 'executable', title: '' },
    ]);
    expect(graph.edges).toEqual([{ index: 0, source: 's', target: 'a', sourceHandle: 'source' }]);
    const [, aggregator] = graph.nodes;
    if (!aggregator || !isNodeOf(aggregator, 'variable-aggregator')) throw new Error('wrong type');
    expect(aggregator.data.variables).toEqual([['s', 'x']]);
  });

  it.each<[GraphErrorCode, unknown]>([
    ['INVALID_GRAPH', null],
    ['INVALID_GRAPH', { nodes: [7] }],
    ['EMPTY_GRAPH', {}],
    ['EMPTY_GRAPH', { nodes: [{ id: 'n', type: 'custom-note', data: {} }] }],
    ['UNKNOWN_NODE_TYPE', { nodes: [{ id: 'x', data: { type: 'teleport' } }] }],
    ['UNKNOWN_NODE_TYPE', { nodes: [{ id: 'x' }] }],
    ['INVALID_NODE_DATA', { nodes: [{ id: 'x', data: { type: 'loop', loop_count: 0 } }] }],
    ['DUPLICATE_NODE', { nodes: [start, start] }],
    ['MISSING_NODE', { nodes: [start], edges: [{ source: 's', target: 'gone' }] }],
  ])('refuses with %s: %j', (code, stored) => {
    expect(codesOf(stored)).toEqual([code]);
  });

  it('names the node and the place of what is wrong, all at once', () => {
    const parsed = safeParseGraph({
      nodes: [
        { id: 'x', data: { type: 'loop', title: 'Rounds', loop_count: 'many' } },
        { id: 'y', data: { type: 'http-request', body: { type: 'cake' } } },
      ],
    });
    if (parsed.ok) throw new Error('accepted');
    expect(parsed.error.issues.map(({ nodeId, path }) => [nodeId, path])).toEqual([
      ['x', 'loop_count'],
      ['y', 'body.type'],
    ]);
    expect(parsed.error.message).toMatch(/^node Rounds: loop_count: /);
  });

  it('finds the container of a child by parent or by data, the inner one of two', () => {
    const { nodes } = parseGraph({
      nodes: [
        { id: 'i', data: { type: 'iteration' } },
        { id: 'l', data: { type: 'loop', iteration_id: 'i' } },
        { id: 'a', data: { type: 'code', iteration_id: 'i', loop_id: 'l' } },
        { id: 'b', parentId: 'l', data: { type: 'code', iteration_id: 'i' } },
        { id: 'c', data: { type: 'code', iteration_id: 'gone' } },
      ],
    });
    const container = Object.fromEntries(nodes.map((node) => [node.id, node.containerId]));
    expect(container).toMatchObject({ i: null, l: 'i', a: 'l', b: 'l', c: null });
  });

  it('treats a node with a fail branch as a branch', () => {
    const { nodes } = parseGraph({
      nodes: [
        { id: 'a', data: { type: 'code', error_strategy: 'fail-branch' } },
        { id: 'b', data: { type: 'code', error_strategy: 'none' } },
        { id: 'c', data: { type: 'iteration', error_strategy: 'fail-branch' } },
      ],
    });
    expect(nodes.slice(0, 3).map((node) => node.kind)).toEqual(['branch', 'executable', 'container']);
  });
});

describe('findRoot', () => {
  const graph = parseGraph({
    nodes: [
      { id: 'i', data: { type: 'iteration', start_node_id: 'b' } },
      { id: 'b', parentId: 'i', type: 'custom-iteration-start', data: { type: 'iteration-start' } },
      { id: 't', data: { type: 'trigger-webhook' } },
      { id: 'u', data: { type: 'trigger-schedule' } },
    ],
  });

  it('takes the first root in the order of the list, or the one asked for', () => {
    expect(findRoot(graph).id).toBe('t');
    expect(findRoot(graph, 'u').id).toBe('u');
    expect(findRoot(graph, 'b').id).toBe('b');
  });

  it.each<[GraphErrorCode, string | undefined, unknown]>([
    ['MISSING_ROOT', undefined, { nodes: [{ id: 'a', data: { type: 'code' } }] }],
    ['MISSING_NODE', 'gone', { nodes: [start] }],
    ['INVALID_ROOT', 'a', { nodes: [start, { id: 'a', data: { type: 'code' } }] }],
  ])('refuses with %s', (code, rootId, stored) => {
    expect(() => findRoot(parseGraph(stored), rootId)).toThrow(expect.objectContaining({ code }));
  });
});
