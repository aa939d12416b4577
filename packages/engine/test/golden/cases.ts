import type { Graph } from '@trellis/graph';
import type { EnginePorts } from '../../src/index.ts';
import { FakeForms, FakeModels, fakePorts, testGraph } from '../../src/testing/index.ts';
import { end, ifElse, llm, template } from '../conformance/support.ts';

/** A run whose log is kept for all later releases to read. */
export interface GoldenCase {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Forms are answered before the run is resumed. */
  readonly submits?: readonly (readonly [node: string, action: string])[];
  /** What the run must come to, by the rules of the engine. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly status: 'succeeded' | 'partial-succeeded';
}

/** Ports for a case: models repeat what they are asked; the first call of `flaky` fails. */
export function goldenPorts(forms: FakeForms): EnginePorts {
  let flakyCalls = 0;
  const models = new FakeModels(({ messages }) => {
    const asked = String(messages[0]?.content);
    if (asked === 'flaky') flakyCalls += 1;
    return asked === 'flaky' && flakyCalls === 1 ? new Error('try again') : `said ${asked}`;
  });
  return fakePorts({ models, forms });
}

const retrying = { retry_config: { retry_enabled: true, max_retries: 2, retry_interval: 10 } };

/** Runs that together use every kind of record. Never change one: add another. */
export const goldenCases: readonly GoldenCase[] = [
  {
    name: 'branch-and-stream',
    graph: testGraph(
      {
        start: { type: 'start' },
        check: ifElse(['start', 'way'], 'is', 'left'),
        left: llm('left'),
        right: llm('right'),
        answer: { type: 'answer', answer: '{{#left.text#}}' },
        other: { type: 'answer', answer: '{{#right.text#}}' },
      },
      ['start -> check', 'check:true -> left -> answer', 'check:false -> right -> other'],
    ),
    inputs: { way: 'left' },
    outputs: { answer: 'said left', files: [] },
    status: 'succeeded',
  },
  {
    name: 'retry',
    graph: testGraph({ start: { type: 'start' }, llm: llm('flaky', retrying), end: end({ text: ['llm', 'text'] }) }, [
      'start -> llm -> end',
    ]),
    inputs: {},
    outputs: { text: 'said flaky' },
    status: 'partial-succeeded',
  },
  {
    name: 'containers',
    graph: testGraph(
      {
        start: { type: 'start' },
        iter: {
          type: 'iteration',
          start_node_id: 'istart',
          iterator_selector: ['start', 'items'],
          output_selector: ['each', 'text'],
          is_parallel: true,
          parallel_nums: 2,
        },
        istart: { type: 'iteration-start', in: 'iter' },
        each: { ...llm('{{#iter.item#}}'), in: 'iter' },
        loop: {
          type: 'loop',
          start_node_id: 'lstart',
          loop_count: 5,
          loop_variables: [{ label: 'n', var_type: 'number', value_type: 'constant', value: 1 }],
          break_conditions: [{ variable_selector: ['loop', 'n'], comparison_operator: '≥', value: '3' }],
        },
        lstart: { type: 'loop-start', in: 'loop' },
        half: {
          type: 'assigner',
          version: '2',
          items: [{ variable_selector: ['loop', 'n'], operation: '*=', input_type: 'constant', value: 2 }],
          in: 'loop',
        },
        end: end({ said: ['iter', 'output'], n: ['loop', 'n'] }),
      },
      ['start -> iter -> loop -> end', 'istart -> each', 'lstart -> half'],
    ),
    inputs: { items: ['a', 'b', 'c'] },
    outputs: { said: ['said a', 'said b', 'said c'], n: 4 },
    status: 'succeeded',
  },
  {
    name: 'pause',
    graph: testGraph(
      {
        start: { type: 'start' },
        llm: llm('first'),
        human: { type: 'human-input', user_actions: [{ id: 'ok', title: 'OK' }] },
        shown: template('{{ a }}', { a: ['human', '__action_value'] }),
        end: end({ first: ['llm', 'text'], action: ['shown', 'output'] }),
      },
      ['start -> llm -> human', 'human:ok -> shown -> end'],
    ),
    inputs: {},
    submits: [['human', 'ok']],
    outputs: { first: 'said first', action: 'OK' },
    status: 'succeeded',
  },
];
