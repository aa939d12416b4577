import { describe, expect, test } from 'vitest';
import {
  code,
  end,
  fakeCode,
  fakeTools,
  runGraph,
  type TestNode,
  template,
  testGraph,
  timeline,
} from './support.ts';

const counter = (initial: unknown = 0) => ({
  id: 'v1',
  label: 'counter',
  var_type: 'number',
  value_type: 'constant',
  value: initial,
});
const add = (selector: readonly string[], value = 1): TestNode => ({
  type: 'assigner',
  version: '2',
  items: [{ variable_selector: selector, operation: '+=', input_type: 'constant', value }],
  in: 'loop',
});
const atLeast = (value: string) => [
  { variable_selector: ['loop', 'counter'], comparison_operator: '≥', value },
];

/** start → loop(children) → end. */
function looping(options: {
  children: Readonly<Record<string, TestNode>>;
  edges: readonly string[];
  settings?: Readonly<Record<string, unknown>>;
  outputs?: Readonly<Record<string, readonly string[]>>;
}) {
  const { children, edges, settings = {}, outputs = { counter: ['loop', 'counter'] } } = options;
  return testGraph(
    {
      start: { type: 'start' },
      loop: {
        type: 'loop',
        start_node_id: 'lstart',
        loop_count: 10,
        loop_variables: [counter()],
        ...settings,
      },
      lstart: { type: 'loop-start', in: 'loop' },
      ...children,
      end: end(outputs),
    },
    ['start -> loop -> end', ...edges],
  );
}

const completedOf = (run: Awaited<ReturnType<typeof runGraph>>) => {
  const completed = run.events.find((event) => event.event === 'loop_completed');
  if (completed?.event !== 'loop_completed') throw new Error('the loop did not end');
  return completed.data;
};

describe('13.6 Loop', () => {
  test('#73 a constant given as text counts up to the break condition', async () => {
    const graph = looping({
      children: { inc: add(['loop', 'counter']) },
      edges: ['lstart -> inc'],
      settings: { loop_variables: [counter('1')], break_conditions: atLeast('5') },
    });
    expect((await runGraph(graph)).result.outputs).toEqual({ counter: 5 });
  });

  test('#74 a condition that holds before the start breaks at once', async () => {
    const graph = looping({
      children: { inc: add(['loop', 'counter']) },
      edges: ['lstart -> inc'],
      settings: { break_conditions: atLeast('0') },
    });
    const run = await runGraph(graph);
    expect(timeline(run.events).filter((mark) => mark.includes('loop'))).toEqual([
      'started loop',
      'completed loop',
      'F>loop',
    ]);
    const data = completedOf(run);
    expect(data).toMatchObject({ steps: 0, execution_metadata: { completed_reason: 'loop_break' } });
    expect(data.outputs).toEqual({});
    expect(run.result.outputs).toEqual({ counter: 0 });
  });

  test('#75 two rounds: one next event, outputs of the last round, steps are the loop count', async () => {
    const graph = looping({
      children: { inc: add(['loop', 'counter']) },
      edges: ['lstart -> inc'],
      settings: { break_conditions: atLeast('2') },
    });
    const run = await runGraph(graph);
    expect(timeline(run.events).filter((mark) => mark.startsWith('next'))).toEqual(['next loop 1']);
    const data = completedOf(run);
    expect(data.outputs).toEqual({ counter: 2, loop_round: 2 });
    expect(data.steps).toBe(10);
    expect(data.execution_metadata['loop_variable_map']).toEqual({ 0: { counter: 1 }, 1: { counter: 2 } });
  });

  test('#76 a loop-end in the first round ends the loop after it', async () => {
    const graph = looping({
      children: { stop: { type: 'loop-end', in: 'loop' } },
      edges: ['lstart -> stop'],
    });
    const data = completedOf(await runGraph(graph));
    expect(data.outputs).toMatchObject({ loop_round: 1 });
    expect(data.execution_metadata['completed_reason']).toBe('loop_break');
  });

  test('#77 a loop-end inside an iteration inside the loop breaks the loop after the round', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        loop: { type: 'loop', start_node_id: 'lstart', loop_count: 5, loop_variables: [] },
        lstart: { type: 'loop-start', in: 'loop' },
        iter: {
          type: 'iteration',
          in: 'loop',
          start_node_id: 'istart',
          iterator_selector: ['start', 'items'],
          output_selector: ['iter', 'item'],
        },
        istart: { type: 'iteration-start', in: 'iter', loop_id: 'loop' },
        stop: { type: 'loop-end', in: 'iter', loop_id: 'loop' },
        end: end({}),
      },
      ['start -> loop -> end', 'lstart -> iter', 'istart -> stop'],
    );
    const run = await runGraph(graph, { inputs: { items: [1, 2] } });
    expect(completedOf(run).outputs).toEqual({ loop_round: 1 });
    const stops = run.events.filter(
      (event) => event.event === 'node_finished' && event.data.node_id === 'stop',
    );
    expect(stops).toHaveLength(2);
    expect(stops[0]?.data).toMatchObject({ iteration_id: 'iter', loop_id: 'loop' });
  });

  test('#78 a condition on a missing variable does not matter before the first round and fails the loop after it', async () => {
    const graph = looping({
      children: { inc: add(['loop', 'counter']) },
      edges: ['lstart -> inc'],
      settings: {
        break_conditions: [{ variable_selector: ['nobody', 'x'], comparison_operator: '=', value: '1' }],
      },
    });
    const run = await runGraph(graph);
    expect(timeline(run.events).slice(-5)).toEqual(['S>inc', 'F>inc', 'completed loop', 'X>loop', 'FAIL']);
    expect(run.result.exceptions_count).toBe(1);
    expect(completedOf(run)).toMatchObject({
      status: 'failed',
      execution_metadata: { completed_reason: 'error' },
    });
  });

  test('#79 a failing child fails the loop, and nothing of the round reaches the run', async () => {
    const graph = looping({
      children: {
        inner: { ...end({ leaked: ['loop', 'counter'] }), in: 'loop' },
        bad: { ...code('f', {}, {}), in: 'loop' },
      },
      edges: ['lstart -> inner -> bad'],
    });
    const bad = fakeCode({
      f: () => {
        throw new Error('broken');
      },
    });
    const run = await runGraph(graph, { ports: { code: bad } });
    expect(completedOf(run).execution_metadata['completed_reason']).toBe('error');
    expect(run.result).toMatchObject({ status: 'failed', exceptions_count: 2, outputs: {} });
  });

  test('#80 answers of all rounds and the outer one join, and each round shows its text before the assigner is done', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        loop: {
          type: 'loop',
          start_node_id: 'lstart',
          loop_count: 10,
          loop_variables: [{ label: 'i', var_type: 'number', value_type: 'constant', value: '0' }],
          break_conditions: [{ variable_selector: ['loop', 'i'], comparison_operator: '≥', value: '2' }],
        },
        lstart: { type: 'loop-start', in: 'loop' },
        inc: add(['loop', 'i']),
        say: { type: 'answer', answer: '{{#loop.i#}}\n', in: 'loop' },
        outer: { type: 'answer', answer: '{{#sys.query#}} + {{#loop.i#}}' },
      },
      ['start -> loop -> outer', 'lstart -> inc -> say'],
    );
    const run = await runGraph(graph, { system: { query: '1' } });
    expect(run.result.outputs['answer']).toBe('1\n2\n1 + 2');
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'started loop',
      'S>inc',
      '~1',
      '~\n',
      'F>inc',
      'S>say',
      'F>say',
      'next loop 1',
      'S>inc',
      '~2',
      '~\n',
      'F>inc',
      'S>say',
      'F>say',
      'completed loop',
      '~1',
      '~ + ',
      '~2',
      'F>loop',
      'S>outer',
      'F>outer',
      'OK',
    ]);
  });

  test('#81 a tool fills a list variable round by round; the answer shows it as a markdown list', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        loop: {
          type: 'loop',
          start_node_id: 'lstart',
          loop_count: 10,
          loop_variables: [
            { label: 'year', var_type: 'number', value_type: 'constant', value: 2023 },
            { label: 'res', var_type: 'array[string]', value_type: 'constant', value: '[]' },
          ],
          break_conditions: [
            { variable_selector: ['loop', 'year'], comparison_operator: '>', value: '2025' },
          ],
        },
        lstart: { type: 'loop-start', in: 'loop' },
        tool: {
          type: 'tool',
          in: 'loop',
          tool_name: 'look',
          tool_parameters: { year: { type: 'mixed', value: '{{#loop.year#}}' } },
        },
        keep: {
          type: 'assigner',
          in: 'loop',
          version: '2',
          items: [
            {
              variable_selector: ['loop', 'res'],
              operation: 'append',
              input_type: 'variable',
              value: ['tool', 'text'],
            },
            { variable_selector: ['loop', 'year'], operation: '+=', input_type: 'constant', value: 1 },
          ],
        },
        answer: { type: 'answer', answer: '{{#loop.res#}}' },
      },
      ['start -> loop -> answer', 'lstart -> tool -> keep'],
    );
    const tools = fakeTools({ look: ({ year }) => [{ type: 'text', text: `year ${year}` }] }, [
      { name: 'year', required: true, isSecret: false },
    ]);
    const run = await runGraph(graph, { ports: { tools } });
    expect(run.result.outputs['answer']).toBe('- year 2023\n- year 2024\n- year 2025');
  });

  test('#82 what a node inside put out is gone at the start of the next round', async () => {
    const graph = looping({
      children: {
        first: { ...template('seen: {{ before }}', { before: ['second', 'output'] }), in: 'loop' },
        second: { ...template('x'), in: 'loop' },
        inc: add(['loop', 'counter']),
      },
      edges: ['lstart -> first -> second -> inc'],
      settings: { break_conditions: atLeast('2') },
      outputs: { last: ['first', 'output'] },
    });
    expect((await runGraph(graph)).result.outputs).toEqual({ last: 'seen: ' });
  });

  test('#83 the start inside says nothing', async () => {
    const graph = looping({
      children: { inc: add(['loop', 'counter']) },
      edges: ['lstart -> inc'],
      settings: { loop_count: 1 },
    });
    const run = await runGraph(graph);
    const told = run.events.filter(({ data }) => 'node_id' in data && data.node_id === 'lstart');
    expect(told).toEqual([]);
    expect(completedOf(run).execution_metadata['completed_reason']).toBe('loop_completed');
  });
});
