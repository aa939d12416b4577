import { describe, expect, it } from 'vitest';
import { toCurrentAssigner } from './assigner.ts';
import { type NormaliseOptions, normaliseGraph, stripTransient } from './normalise.ts';
import { parseGraph } from './parse.ts';

type Data = Record<string, unknown>;

function dataOf(data: Data, options?: NormaliseOptions): Data {
  return normaliseGraph({ nodes: [{ id: 'n', data }] }, options).nodes[0]?.data ?? {};
}

describe('normaliseGraph', () => {
  it('#124 gives an iteration that begins at an ordinary child a start child of its own', () => {
    const graph = normaliseGraph({
      nodes: [
        { id: 's', data: { type: 'start' } },
        { id: 'i', data: { type: 'iteration', start_node_id: 'c', startNodeType: 'llm' } },
        { id: 'c', parentId: 'i', data: { type: 'llm', isIterationStart: true, iteration_id: 'i' } },
      ],
      edges: [{ source: 's', target: 'i' }],
    });
    expect(graph.nodes[1]?.data).toMatchObject({
      start_node_id: 'istart',
      parallel_nums: 10,
      is_parallel: false,
    });
    expect(graph.nodes[3]).toEqual({
      id: 'istart',
      type: 'custom-iteration-start',
      parentId: 'i',
      data: { type: 'iteration-start', title: '', desc: '', isInIteration: true },
      position: { x: 24, y: 68 },
      zIndex: 1002,
      draggable: false,
      selectable: false,
    });
    expect(graph.edges[1]).toMatchObject({
      source: 'istart',
      target: 'c',
      data: { isInIteration: true, iteration_id: 'i', sourceType: 'iteration-start', targetType: 'llm' },
    });
    const parsed = parseGraph(graph);
    expect(parsed.nodes.map((node) => node.containerId)).toEqual([null, null, 'i', 'i']);
    expect(normaliseGraph(graph)).toEqual(graph);
  });

  it('uses the start child that a loop has already, and a free id for a new one', () => {
    const existing = normaliseGraph({
      nodes: [
        { id: 'l', data: { type: 'loop' } },
        { id: 'own', parentId: 'l', data: { type: 'loop-start' } },
      ],
    });
    expect(existing.nodes.map((node) => node.id)).toEqual(['l', 'own']);
    expect(existing.nodes[0]?.data['start_node_id']).toBe('own');
    const taken = normaliseGraph({
      nodes: [
        { id: 'l', data: { type: 'loop' } },
        { id: 'lstart', data: { type: 'code' } },
      ],
    });
    expect(taken.nodes[2]).toMatchObject({ id: 'lstart0', parentId: 'l', type: 'custom-loop-start' });
  });

  it('gives if-else nodes of the oldest form a case, but leaves an empty list of cases alone', () => {
    const conditions = [{ id: 'c', comparison_operator: 'empty', variable_selector: ['a', 'b'] }];
    expect(dataOf({ type: 'if-else', logical_operator: 'or', conditions })).toEqual({
      type: 'if-else',
      cases: [{ case_id: 'true', logical_operator: 'or', conditions }],
    });
    const both = {
      type: 'if-else',
      logical_operator: 'or',
      conditions,
      cases: [{ case_id: 'x', conditions: [] }],
    };
    expect(dataOf(both)).toEqual({ type: 'if-else', cases: both.cases });
    expect(dataOf({ type: 'if-else', cases: [] })).toEqual({ type: 'if-else', cases: [] });
    const onlyIds = { type: 'if-else', cases: [{ id: 'x', conditions: [] }] };
    expect(dataOf(onlyIds)['cases']).toEqual([{ id: 'x', case_id: 'x', conditions: [] }]);
  });

  it.each([
    ['openai', 'langgenius/openai/openai'],
    ['google', 'langgenius/gemini/google'],
    ['own/plugin/p', 'own/plugin/p'],
    ['', ''],
  ])('completes the model provider %j to %j', (provider, full) => {
    for (const type of ['llm', 'question-classifier', 'parameter-extractor']) {
      expect(dataOf({ type, model: { provider, name: 'm' } })['model']).toEqual({
        provider: full,
        name: 'm',
      });
    }
    const config = { reranking_model: { provider, model: 'r' } };
    expect(dataOf({ type: 'knowledge-retrieval', multiple_retrieval_config: config })).toMatchObject({
      multiple_retrieval_config: { reranking_model: { provider: full } },
    });
  });

  it('makes settings of old tools parameters with a type', () => {
    const tool_configurations = { num: 3, text: null, typed: { type: 'mixed', value: 'x' } };
    expect(dataOf({ type: 'tool', tool_configurations })).toEqual({
      type: 'tool',
      tool_node_version: '2',
      tool_configurations: {
        num: { type: 'constant', value: 3 },
        text: { type: 'constant', value: null },
        typed: { type: 'mixed', value: 'x' },
      },
    });
    const current = { type: 'tool', tool_node_version: '2', tool_configurations: { num: 3 } };
    expect(dataOf(current)).toEqual(current);
  });

  it('adds retries to http requests for the canvas only, because they change how a run behaves', () => {
    const retry_config = { retry_enabled: true, max_retries: 3, retry_interval: 100 };
    expect(dataOf({ type: 'http-request' })).toEqual({ type: 'http-request' });
    expect(dataOf({ type: 'http-request' }, { canvasDefaults: true })).toEqual({
      type: 'http-request',
      retry_config,
    });
  });

  it('fills the handles and types of edges and the type of nodes', () => {
    const graph = normaliseGraph({
      nodes: [
        { id: 'a', data: { type: 'start' } },
        { id: 'b', data: { type: 'end' } },
      ],
      edges: [{ source: 'a', target: 'b' }],
    });
    expect(graph.nodes[0]?.type).toBe('custom');
    expect(graph.edges[0]).toEqual({
      source: 'a',
      target: 'b',
      sourceHandle: 'source',
      targetHandle: 'target',
      data: { sourceType: 'start', targetType: 'end' },
    });
  });

  it('does not change what it is given', () => {
    const stored = {
      nodes: [{ id: 'i', data: { type: 'iteration' } }],
      edges: [{ source: 'i', target: 'i' }],
    };
    const before = structuredClone(stored);
    normaliseGraph(stored, { canvasDefaults: true });
    expect(stored).toEqual(before);
  });
});

describe('stripTransient', () => {
  it('leaves out what the canvas keeps for the moment', () => {
    const graph = normaliseGraph({
      nodes: [
        { id: 'a', data: { type: 'start', _isBundled: true, kept: 1 } },
        { id: 'b', data: { type: 'llm', _isTempNode: true } },
      ],
      edges: [
        { source: 'a', target: 'x', data: { _hovering: true, kept: 2 } },
        { source: 'a', target: 'b', data: { _isTemp: true } },
      ],
    });
    const stripped = stripTransient(graph);
    expect(stripped.nodes.map((node) => node.data)).toEqual([{ type: 'start', kept: 1 }]);
    expect(stripped.edges.map((edge) => edge['data'])).toEqual([{ kept: 2, sourceType: 'start' }]);
  });
});

describe('toCurrentAssigner', () => {
  it('turns the one assignment of the first version into an item', () => {
    const first = {
      type: 'assigner',
      assigned_variable_selector: ['conversation', 'v'],
      write_mode: 'append',
      input_variable_selector: ['a', 'b'],
    };
    const second = {
      type: 'assigner',
      version: '2',
      items: [
        {
          variable_selector: ['conversation', 'v'],
          input_type: 'variable',
          operation: 'append',
          value: ['a', 'b'],
        },
      ],
    };
    expect(toCurrentAssigner(first)).toEqual(second);
    expect(toCurrentAssigner(second)).toBe(second);
  });
});
