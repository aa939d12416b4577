import { GraphError, parseGraph } from '@trellis/graph';
import { describe, expect, test } from 'vitest';
import { defineNode, nodeDefinitions, plan } from '../../src/index.ts';
import {
  code,
  end,
  fakeCode,
  ifElse,
  llm,
  llmFor,
  runGraph,
  template,
  testGraph,
  timeline,
} from './support.ts';

const pass = (name: string) => code(name, {}, { result: { type: 'string' } });
const echo = fakeCode({
  a: () => ({ result: 'A' }),
  b: () => ({ result: 'B' }),
  c: () => ({ result: 'C' }),
});

describe('13.3 Branching, skipping, joins', () => {
  const contains = testGraph(
    {
      start: { type: 'start' },
      check: ifElse(['start', 'query'], 'contains', 'hello'),
      yes: end({ true: ['start', 'query'] }),
      no: end({ false: ['start', 'query'] }),
    },
    ['start -> check', 'check:true -> yes', 'check:false -> no'],
  );

  test.each(['hello123', ' hello ', 'hellohello'])('#32 %j contains hello', async (query) => {
    expect((await runGraph(contains, { inputs: { query } })).result.outputs).toEqual({ true: query });
  });

  test.each(['Hello', 'HELLO', 'helo', ''])('#32 %j does not contain hello', async (query) => {
    expect((await runGraph(contains, { inputs: { query } })).result.outputs).toEqual({ false: query });
  });

  const switched = testGraph(
    {
      start: { type: 'start' },
      check: ifElse(['start', 'switch'], '=', '1'),
      code1: pass('a'),
      code2: pass('b'),
      code3: pass('c'),
      end: end({ one: ['code1', 'result'], two: ['code2', 'result'], three: ['code3', 'result'] }),
    },
    [
      'start -> check',
      'check:true -> code1 -> end',
      'check:true -> code2 -> end',
      'check:false -> code2',
      'check:false -> code3 -> end',
    ],
  );

  test('#33 both branches of a switch reach a shared node and one end; what was skipped is null', async () => {
    const on = await runGraph(switched, { inputs: { switch: 1 }, ports: { code: echo } });
    expect(on.result.outputs).toEqual({ one: 'A', two: 'B', three: null });
    expect(timeline(on.events)).not.toContain('S>code3');
    const off = await runGraph(switched, { inputs: { switch: 0 }, ports: { code: echo } });
    expect(off.result.outputs).toEqual({ one: null, two: 'B', three: 'C' });
    expect(timeline(off.events)).not.toContain('S>code1');
  });

  const groups = testGraph(
    {
      start: { type: 'start' },
      if1: ifElse(['start', 's1'], '=', '1'),
      if2: ifElse(['start', 's2'], '=', '1'),
      t1: template('1 on'),
      f1: template('1 off'),
      t2: template('2 on'),
      f2: template('2 off'),
      agg: {
        type: 'variable-aggregator',
        output_type: 'string',
        variables: [],
        advanced_settings: {
          group_enabled: true,
          groups: [
            {
              group_name: 'Group1',
              output_type: 'string',
              variables: [
                ['t1', 'output'],
                ['f1', 'output'],
              ],
            },
            {
              group_name: 'Group2',
              output_type: 'string',
              variables: [
                ['t2', 'output'],
                ['f2', 'output'],
              ],
            },
          ],
        },
      },
      end: end({ a: ['agg', 'Group1', 'output'], b: ['agg', 'Group2', 'output'] }),
    },
    [
      'start -> if1',
      'start -> if2',
      'if1:true -> t1 -> agg',
      'if1:false -> f1 -> agg',
      'if2:true -> t2 -> agg',
      'if2:false -> f2 -> agg -> end',
    ],
  );

  test.each([
    [0, 0, '1 off', '2 off'],
    [0, 1, '1 off', '2 on'],
    [1, 0, '1 on', '2 off'],
    [1, 1, '1 on', '2 on'],
  ])('#34 switches %i and %i give the right pair, and the aggregator runs once', async (s1, s2, a, b) => {
    const run = await runGraph(groups, { inputs: { s1, s2 } });
    expect(run.result.outputs).toEqual({ a, b });
    expect(timeline(run.events).filter((mark) => mark === 'S>agg')).toHaveLength(1);
  });

  const joined = (deep: boolean) =>
    testGraph(
      {
        start: { type: 'start' },
        check: ifElse(['start', 'x'], '=', '1'),
        side: pass('a'),
        skipped: pass('b'),
        deeper: pass('b'),
        join: pass('c'),
        end: end({ c: ['join', 'result'] }),
      },
      [
        'start -> check',
        'start -> side',
        deep ? 'check:true -> skipped -> deeper -> join' : 'check:true -> join',
        'side -> join -> end',
      ],
    );

  test('#35 a skipped edge into a node with another unknown edge lets it wait', async () => {
    const run = await runGraph(joined(false), {
      inputs: { x: 0 },
      ports: { code: echo },
      environment: { trace: true },
    });
    const marks = timeline(run.events);
    expect(marks.indexOf('skip check->join')).toBeLessThan(marks.indexOf('edge side->join'));
    expect(marks.indexOf('S>join')).toBeGreaterThan(marks.indexOf('edge side->join'));
  });

  test('#36 a skipped edge after a taken one lets the node run', async () => {
    const run = await runGraph(joined(true), { inputs: { x: 0 }, ports: { code: echo } });
    expect(run.result.outputs).toEqual({ c: 'C' });
  });

  test('#37 a node whose edges are all skipped is skipped, and so is everything behind it', async () => {
    const run = await runGraph(joined(true), {
      inputs: { x: 0 },
      ports: { code: echo },
      environment: { trace: true },
    });
    const marks = timeline(run.events);
    expect(marks).toEqual(
      expect.arrayContaining(['skip check->skipped', 'skip skipped->deeper', 'skip deeper->join']),
    );
    expect(marks).not.toContain('S>skipped');
    expect(marks).not.toContain('S>deeper');
  });

  test('#38 all unselected edges are skipped before the selected one is taken', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        check: {
          type: 'if-else',
          cases: ['one', 'two', 'three'].map((case_id) => ({
            case_id,
            logical_operator: 'and',
            conditions: [{ variable_selector: ['start', 'x'], comparison_operator: 'is', value: case_id }],
          })),
        },
        a: end({}),
        b: end({}),
        c: end({}),
        d: end({}),
      },
      ['start -> check', 'check:one -> a', 'check:two -> b', 'check:three -> c', 'check:false -> d'],
    );
    const run = await runGraph(graph, { inputs: { x: 'two' }, environment: { trace: true } });
    expect(timeline(run.events).filter((mark) => mark.includes('check->'))).toEqual([
      'skip check->a',
      'skip check->c',
      'skip check->d',
      'edge check->b',
    ]);
  });

  test('#39 a branch node that chooses no branch is an internal error', async () => {
    const silent = defineNode({ type: 'if-else', run: () => ({ status: 'succeeded', outputs: {} }) });
    const definitions = new Map([...nodeDefinitions, ['if-else', silent] as const]);
    const { executeRun } = await import('../../src/index.ts');
    const { fakePorts, MemoryLog } = await import('./support.ts');
    const stream = executeRun({
      plan: plan(contains, { definitions }),
      log: new MemoryLog(),
      ports: fakePorts(),
      run: { runId: 'r', workflowId: 'w', inputs: { query: 'x' }, system: {}, conversation: [] },
    });
    const events = await Array.fromAsync(stream);
    expect(events.at(-1)).toMatchObject({ event: 'workflow_finished', data: { status: 'failed' } });
  });

  test('#40 a fail-branch node that succeeds takes its source edges and skips its fail-branch', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go', { error_strategy: 'fail-branch' }),
        good: end({ text: ['llm', 'text'] }),
        bad: end({ error: ['llm', 'error_message'] }),
      },
      ['start -> llm -> good', 'llm:fail-branch -> bad'],
    );
    const run = await runGraph(graph, { ports: { models: llmFor({ go: 'fine' }) } });
    expect(run.result).toMatchObject({ status: 'succeeded', outputs: { text: 'fine' } });
    expect(timeline(run.events)).not.toContain('S>bad');
  });

  test('#41 with the second of two roots active, what only the first reaches is skipped, what both reach runs', async () => {
    const graph = testGraph(
      {
        hook: { type: 'trigger-webhook' },
        timer: { type: 'trigger-schedule' },
        only: pass('a'),
        shared: pass('b'),
        end: end({ b: ['shared', 'result'] }),
      },
      ['hook -> only', 'hook -> shared', 'timer -> shared -> end'],
    );
    const run = await runGraph(graph, { root: 'timer', ports: { code: echo } });
    expect(timeline(run.events).filter((mark) => mark.startsWith('S>'))).toEqual([
      'S>timer',
      'S>shared',
      'S>end',
    ]);
    expect(run.result.outputs).toEqual({ b: 'B' });
  });

  test('#42 with three roots, deep branches and converging paths, only nodes with all inputs skipped are skipped', async () => {
    const graph = testGraph(
      {
        r1: { type: 'trigger-webhook' },
        r2: { type: 'trigger-schedule' },
        r3: { type: 'trigger-plugin' },
        a: pass('a'),
        b: pass('a'),
        c: pass('a'),
        join12: pass('b'),
        join13: pass('b'),
        last: end({ x: ['join12', 'result'] }),
      },
      [
        'r1 -> a -> b -> join13',
        'r3 -> c -> join13',
        'r1 -> join12',
        'r2 -> join12 -> last',
        'join13 -> last',
      ],
    );
    const run = await runGraph(graph, { root: 'r2', ports: { code: echo } });
    expect(timeline(run.events).filter((mark) => mark.startsWith('S>'))).toEqual([
      'S>r2',
      'S>join12',
      'S>last',
    ]);
    expect(run.result.status).toBe('succeeded');
  });

  test('#43 edges to unknown nodes, unknown roots, non-root roots and empty graphs are found before the start', () => {
    const node = { id: 'start', type: 'custom', data: { type: 'start', title: 'Start' } };
    const codeOf = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error instanceof GraphError ? error.code : error;
      }
      return null;
    };
    const edge = { source: 'start', target: 'nowhere', sourceHandle: 'source' };
    expect(codeOf(() => parseGraph({ nodes: [node], edges: [edge] }))).toBe('MISSING_NODE');
    expect(codeOf(() => plan(contains, { root: 'nobody' }))).toBe('MISSING_NODE');
    expect(codeOf(() => plan(contains, { root: 'check' }))).toBe('INVALID_ROOT');
    expect(codeOf(() => parseGraph({ nodes: [], edges: [] }))).toBe('EMPTY_GRAPH');
  });

  test('#44 notes in a graph are ignored', async () => {
    const graph = parseGraph({
      nodes: [
        { id: 'note', type: 'custom-note', data: { type: '', text: '', theme: 'blue' } },
        { id: 'start', type: 'custom', data: { type: 'start', title: 'Start' } },
        { id: 'end', type: 'custom', data: { type: 'end', title: 'End', outputs: [] } },
      ],
      edges: [{ source: 'start', target: 'end', sourceHandle: 'source' }],
    });
    const run = await runGraph(graph);
    expect(run.result).toMatchObject({ status: 'succeeded', total_steps: 2 });
  });

  /** The result of one if-else node, its handle seen by which end runs. */
  async function decide(data: Readonly<Record<string, unknown>>, inputs: Readonly<Record<string, unknown>>) {
    const graph = testGraph({ start: { type: 'start' }, check: { type: 'if-else', ...data } }, [
      'start -> check',
    ]);
    const run = await runGraph(graph, { inputs });
    const finished = run.events.find(
      (event) => event.event === 'node_finished' && event.data.node_id === 'check',
    );
    if (finished?.event !== 'node_finished') throw new Error('if-else did not run');
    return finished.data;
  }
  const is = (name: string, value: unknown, operator = 'is') => ({
    variable_selector: ['start', name],
    comparison_operator: operator,
    value,
  });
  const oneCase = (...conditions: object[]) => ({
    cases: [{ case_id: 'true', logical_operator: 'and', conditions }],
  });

  test.each([
    ['yes', 'true'],
    ['no', 'false'],
  ])('#45 the legacy form with %j chooses %s, in one entry', async (x, handle) => {
    const data = await decide({ logical_operator: 'and', conditions: [is('x', 'yes')] }, { x });
    expect(data.outputs).toEqual({ result: handle === 'true', selected_case_id: handle });
    expect(data.process_data?.['condition_results']).toHaveLength(1);
  });

  test('#46 the second case matches, the third with its missing variable is not tested', async () => {
    const cases = [is('x', 'no'), is('x', 'yes'), is('missing', 'yes')].map((condition, index) => ({
      case_id: `case${index + 1}`,
      logical_operator: 'and',
      conditions: [condition],
    }));
    const data = await decide({ cases }, { x: 'yes' });
    expect(data).toMatchObject({ status: 'succeeded', outputs: { selected_case_id: 'case2' } });
    expect(data.process_data?.['condition_results']).toHaveLength(2);
  });

  test('#47 an empty list of cases always means ELSE, whatever legacy conditions say', async () => {
    const data = await decide(
      { cases: [], logical_operator: 'and', conditions: [is('x', 'yes')] },
      { x: 'yes' },
    );
    expect(data.outputs).toEqual({ result: false, selected_case_id: 'false' });
  });

  test.each([
    [0, '≤', '0.95'],
    [1, '≥', '0.95'],
    [1.1, '≥', '0.95'],
  ])('#48 %d %s %j', async (x, operator, value) => {
    const data = await decide(oneCase(is('x', value, operator)), { x });
    expect(data.outputs?.['result']).toBe(true);
  });

  test('#49 false is "false"', async () => {
    expect((await decide(oneCase(is('x', 'false')), { x: false })).outputs?.['result']).toBe(true);
  });

  test.each([
    ['text', 'abcd'],
    ['list', ['bc', 'x']],
  ])('#50 a %s contains what a template gives', async (_kind, x) => {
    const data = await decide(oneCase(is('x', '{{#start.part#}}', 'contains')), { x, part: 'bc' });
    expect(data.outputs?.['result']).toBe(true);
  });
});
