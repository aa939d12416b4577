import { describe, expect, test } from 'vitest';
import {
  code,
  end,
  fakeCode,
  gate,
  runGraph,
  type TestNode,
  template,
  testGraph,
  timeline,
} from './support.ts';

/** start → iteration(children) → end, items from the input `items`. */
function iterating(options: {
  children: Readonly<Record<string, TestNode>>;
  edges: readonly string[];
  output: readonly string[];
  settings?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, TestNode>>;
  afterEdges?: readonly string[];
}) {
  const { children, edges, output, settings = {}, after, afterEdges } = options;
  return testGraph(
    {
      start: { type: 'start' },
      iter: {
        type: 'iteration',
        start_node_id: 'istart',
        iterator_selector: ['start', 'items'],
        output_selector: output,
        ...settings,
      },
      istart: { type: 'iteration-start', in: 'iter' },
      ...children,
      ...(after ?? { end: end({ out: ['iter', 'output'] }) }),
    },
    ['start -> iter', ...edges, ...(afterEdges ?? ['iter -> end'])],
  );
}

const rendering = iterating({
  children: { render: { ...template('{{ item }}!', { item: ['iter', 'item'] }), in: 'iter' } },
  edges: ['istart -> render'],
  output: ['render', 'output'],
});

const computing = (outputs: object, settings: Readonly<Record<string, unknown>> = {}) =>
  iterating({
    children: { code: { ...code('f', { x: ['iter', 'item'] }, outputs), in: 'iter' } },
    edges: ['istart -> code'],
    output: ['code', 'result'],
    settings,
  });
const one = { result: { type: 'number' } };
const failOnTwo = fakeCode({
  f: ({ x }) => {
    if (x === 2) throw new Error('no twos');
    return { result: x };
  },
});

describe('13.5 Iteration', () => {
  test('#58 items run one after the other; the start inside says nothing', async () => {
    const run = await runGraph(rendering, { inputs: { items: ['alpha', 'beta'] } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'started iter',
      'next iter 0',
      'S>render',
      'F>render',
      'next iter 1',
      'S>render',
      'F>render',
      'completed iter',
      '~- alpha!\n- beta!',
      'F>iter',
      'S>end',
      'F>end',
      'OK',
    ]);
    expect(run.result.outputs).toEqual({ out: ['alpha!', 'beta!'] });
    const completed = run.events.find((event) => event.event === 'iteration_completed');
    expect(completed?.data).toMatchObject({ steps: 2, status: 'succeeded' });
    const inner = run.events.filter(
      (event) => event.event === 'node_finished' && event.data.node_id === 'render',
    );
    expect(inner.map(({ data }) => data)).toMatchObject([
      { iteration_id: 'iter', execution_metadata: { iteration_id: 'iter', iteration_index: 0 } },
      { iteration_id: 'iter', execution_metadata: { iteration_id: 'iter', iteration_index: 1 } },
    ]);
  });

  test('#59 a list made by code is rendered item by item', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        list: code('list', {}, { items: { type: 'array[number]' } }),
        iter: {
          type: 'iteration',
          start_node_id: 'istart',
          iterator_selector: ['list', 'items'],
          output_selector: ['render', 'output'],
        },
        istart: { type: 'iteration-start', in: 'iter' },
        render: { ...template('output: {{ n }}', { n: ['iter', 'item'] }), in: 'iter' },
        end: end({ out: ['iter', 'output'] }),
      },
      ['start -> list -> iter -> end', 'istart -> render'],
    );
    const run = await runGraph(graph, { ports: { code: fakeCode({ list: () => ({ items: [1, 2, 3] }) }) } });
    expect(run.result.outputs).toEqual({ out: ['output: 1', 'output: 2', 'output: 3'] });
  });

  test.each([[[]], [null]])('#60 %j gives an empty output without rounds', async (items) => {
    const run = await runGraph(rendering, { inputs: { items } });
    expect(run.result.outputs).toEqual({ out: [] });
    expect(timeline(run.events).filter((mark) => mark.includes('iter'))).toEqual([
      'started iter',
      'completed iter',
      'F>iter',
    ]);
    const completed = run.events.find((event) => event.event === 'iteration_completed');
    expect(completed?.data).toMatchObject({ steps: 0 });
  });

  const identity = (flatten: boolean) =>
    iterating({
      children: { pass: { type: 'variable-aggregator', variables: [['iter', 'item']], in: 'iter' } },
      edges: ['istart -> pass'],
      output: ['pass', 'output'],
      settings: { flatten_output: flatten },
    });

  test.each([
    [true, ['a', 'b', 'c']],
    [false, [['a'], ['b', 'c']]],
  ])('#61 lists with flatten_output %s', async (flatten, expected) => {
    const run = await runGraph(identity(flatten), { inputs: { items: [['a'], ['b', 'c']] } });
    expect(run.result.outputs).toEqual({ out: expected });
  });

  test.each([
    [true, [1, 2, 2, 4, 3, 6]],
    [
      false,
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
    ],
  ])('#62 pairs from code with flatten_output %s', async (flatten_output, expected) => {
    const graph = computing({ result: { type: 'array[number]' } }, { flatten_output });
    const double = fakeCode({ f: ({ x }) => ({ result: [Number(x), Number(x) * 2] }) });
    const run = await runGraph(graph, { inputs: { items: [1, 2, 3] }, ports: { code: double } });
    expect(run.result.outputs).toEqual({ out: expected });
  });

  test('#63 terminated: the first failure ends the iteration and the run', async () => {
    const run = await runGraph(computing(one), { inputs: { items: [2, 3] }, ports: { code: failOnTwo } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'started iter',
      'next iter 0',
      'S>code',
      'X>code',
      'completed iter',
      'X>iter',
      'FAIL',
    ]);
    expect(run.result).toMatchObject({ exceptions_count: 2, error: 'no twos' });
    const completed = run.events.find((event) => event.event === 'iteration_completed');
    expect(completed?.data).toMatchObject({ status: 'failed', outputs: { output: [] } });
  });

  test('#64 continue-on-error: failed items are null', async () => {
    const graph = computing(one, { error_handle_mode: 'continue-on-error' });
    const run = await runGraph(graph, { inputs: { items: [2, 2] }, ports: { code: failOnTwo } });
    expect(run.result).toMatchObject({
      status: 'partial-succeeded',
      outputs: { out: [null, null] },
      exceptions_count: 2,
    });
  });

  test('#65 remove-abnormal-output: failed items are left out', async () => {
    const graph = computing(one, { error_handle_mode: 'remove-abnormal-output' });
    const run = await runGraph(graph, { inputs: { items: [2] }, ports: { code: failOnTwo } });
    expect(run.result).toMatchObject({ status: 'partial-succeeded', outputs: { out: [] } });
  });

  test('#66 what an end put out in a failed item does not reach the run', async () => {
    const graph = iterating({
      children: {
        inner: { ...end({ leaked: ['iter', 'item'] }), in: 'iter' },
        code: { ...code('f', { x: ['iter', 'item'] }, one), in: 'iter' },
      },
      edges: ['istart -> inner -> code'],
      output: ['code', 'result'],
      settings: { error_handle_mode: 'continue-on-error' },
    });
    const run = await runGraph(graph, { inputs: { items: [2] }, ports: { code: failOnTwo } });
    expect(run.result.outputs).toEqual({ out: [null] });
  });

  test('#67 two at once: the third item starts when a slot is free, results keep their order, the answer is the last item’s', async () => {
    const gates = [gate(), gate(), gate()];
    const graph = iterating({
      children: {
        code: { ...code('f', { x: ['iter', 'item'] }, one), in: 'iter' },
        say: { type: 'answer', answer: 'item {{#code.result#}}', in: 'iter' },
      },
      edges: ['istart -> code -> say'],
      output: ['code', 'result'],
      settings: { is_parallel: true, parallel_nums: 2 },
    });
    const started: number[] = [];
    const slow = fakeCode({
      f: async ({ x }) => {
        started.push(Number(x));
        await gates[Number(x)]?.promise;
        return { result: x };
      },
    });
    const running = runGraph(graph, { inputs: { items: [0, 1, 2] }, ports: { code: slow } });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
    await settled();
    expect(started).toEqual([0, 1]);
    gates[1]?.open();
    await settled();
    expect(started).toEqual([0, 1, 2]);
    gates[2]?.open();
    await settled();
    gates[0]?.open();
    const run = await running;
    expect(run.result.outputs).toMatchObject({ out: [0, 1, 2], answer: 'item 2' });
    expect(timeline(run.events).filter((mark) => mark.startsWith('next'))).toEqual([
      'next iter 0',
      'next iter 1',
      'next iter 2',
    ]);
  });

  test('#68 parallel items with one worker come to their end', async () => {
    const graph = computing(one, { is_parallel: true, parallel_nums: 2 });
    const run = await runGraph(graph, {
      inputs: { items: [5, 6] },
      ports: { code: failOnTwo },
      environment: { maxParallelNodes: 1 },
    });
    expect(run.result.outputs).toEqual({ out: [5, 6] });
    expect(timeline(run.events).filter((mark) => mark.startsWith('next'))).toEqual([
      'next iter 0',
      'next iter 1',
    ]);
  });

  test('#69 terminated with two running: the container waits for the other one', async () => {
    const slow = gate();
    const graph = computing(one, { is_parallel: true, parallel_nums: 2 });
    const ports = {
      code: fakeCode({
        f: async ({ x }) => {
          if (x === 2) throw new Error('no twos');
          await slow.promise;
          return { result: x };
        },
      }),
    };
    setTimeout(slow.open, 10);
    const run = await runGraph(graph, { inputs: { items: [2, 7, 8] }, ports });
    const marks = timeline(run.events);
    expect(marks.indexOf('F>code')).toBeLessThan(marks.indexOf('completed iter'));
    expect(marks).not.toContain('next iter 2');
    const completed = run.events.find((event) => event.event === 'iteration_completed');
    expect(completed?.data).toMatchObject({ status: 'failed', outputs: { output: [7] } });
    expect(run.result.status).toBe('failed');
  });

  test('#70 a conversation variable assigned inside is seen after the iteration', async () => {
    const graph = iterating({
      children: {
        assign: {
          type: 'assigner',
          version: '2',
          items: [
            {
              variable_selector: ['conversation', 'answer'],
              operation: 'over-write',
              input_type: 'variable',
              value: ['sys', 'query'],
            },
          ],
          in: 'iter',
        },
      },
      edges: ['istart -> assign'],
      output: ['iter', 'item'],
      after: { answer: { type: 'answer', answer: '{{#conversation.answer#}}' } },
      afterEdges: ['iter -> answer'],
    });
    const run = await runGraph(graph, {
      inputs: { items: [1] },
      system: { query: 'remember me' },
      conversation: [{ name: 'answer', type: 'string', value: '' }],
    });
    expect(run.result.outputs['answer']).toBe('remember me');
  });

  test.each([
    ['is not a list', { items: 'text' }],
    ['is missing', {}],
  ])('#71 an iterator that %s fails the node', async (_name, inputs) => {
    const run = await runGraph(rendering, { inputs });
    expect(timeline(run.events).slice(-2)).toEqual(['X>iter', 'FAIL']);
  });

  test('#72 an answer inside is shown for every item', async () => {
    const graph = iterating({
      children: { say: { type: 'answer', answer: '{{#iter.index#}}:{{#iter.item#}} ', in: 'iter' } },
      edges: ['istart -> say'],
      output: ['say', 'answer'],
      after: { last: { type: 'answer', answer: 'done' } },
      afterEdges: ['iter -> last'],
    });
    const run = await runGraph(graph, { inputs: { items: ['a', 'b'] } });
    expect(timeline(run.events).filter((mark) => mark.startsWith('~'))).toEqual([
      '~0',
      '~:',
      '~a',
      '~ ',
      '~1',
      '~:',
      '~b',
      '~ ',
      '~done',
    ]);
    expect(run.result.outputs['answer']).toBe('1:b done');
  });
});
