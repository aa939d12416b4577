import { describe, expect, test } from 'vitest';
import { executeRun, plan, planNode, recordsBefore, recordsToRetry, resumeRun } from '../src/index.ts';
import {
  end,
  FakeModels,
  fakePorts,
  llm,
  MemoryLog,
  runGraph,
  template,
  testGraph,
  timeline,
} from './conformance/support.ts';

const graph = testGraph(
  {
    start: { type: 'start' },
    side: template('side'),
    first: llm('one'),
    iter: {
      type: 'iteration',
      start_node_id: 'istart',
      iterator_selector: ['start', 'items'],
      output_selector: ['each', 'text'],
    },
    istart: { type: 'iteration-start', in: 'iter' },
    each: { ...llm('{{#iter.item#}} after {{#first.text#}}'), in: 'iter' },
    end: end({ out: ['iter', 'output'], side: ['side', 'output'] }),
  },
  ['start -> first -> iter -> end', 'start -> side -> end', 'istart -> each'],
);
const planned = plan(graph);
const inputs = { items: ['a', 'b', 'c'] };
const asked = (models: FakeModels) => models.requests.map(({ messages }) => messages[0]?.content);

async function resume(records: Parameters<typeof resumeRun>[0]['records'], models: FakeModels) {
  const log = new MemoryLog();
  return Array.fromAsync(resumeRun({ plan: planned, log, ports: fakePorts({ models }), records }));
}

describe('Running a part again', () => {
  test('a failed run tried again runs the failed node only; finished items of its iteration stay', async () => {
    const models = new FakeModels(({ messages }) =>
      String(messages[0]?.content).startsWith('b') ? new Error('down') : `<${messages[0]?.content}>`,
    );
    const run = await runGraph(graph, { inputs, ports: { models } });
    expect(run.result.status).toBe('failed');
    const better = new FakeModels(({ messages }) => `<${messages[0]?.content}>`);
    const events = await resume(recordsToRetry(run.log.records(), { runId: 'run-2', at: 5 }), better);
    expect(asked(better)).toEqual(['b after <one>', 'c after <one>']);
    expect(events.at(-1)).toMatchObject({
      event: 'workflow_finished',
      data: {
        id: 'run-2',
        status: 'succeeded',
        outputs: { out: ['<a after <one>>', '<b after <one>>', '<c after <one>>'], side: 'side' },
      },
    });
  });

  test('a run from a node keeps what is before and beside it, and sees edited variables', async () => {
    const models = new FakeModels(({ messages }) => `<${messages[0]?.content}>`);
    const run = await runGraph(graph, { inputs, ports: { models } });
    const again = new FakeModels(({ messages }) => `[${messages[0]?.content}]`);
    const records = recordsBefore(run.log.records(), {
      plan: planned,
      nodeId: 'iter',
      runId: 'run-2',
      at: 5,
      variables: [{ selector: ['first', 'text'], type: 'string', value: 'EDITED' }],
    });
    const events = await resume(records, again);
    expect(asked(again)).toEqual(['a after EDITED', 'b after EDITED', 'c after EDITED']);
    expect(timeline(events)).not.toContain('S>side');
    expect(events.at(-1)).toMatchObject({ data: { status: 'succeeded', outputs: { side: 'side' } } });
  });

  test('a single node runs by itself on given variables, with its error strategy and without retries', async () => {
    const lonely = testGraph(
      {
        start: { type: 'start' },
        llm: llm('{{#start.q#}}', {
          retry_config: { retry_enabled: true, max_retries: 3, retry_interval: 10 },
          error_strategy: 'default-value',
          default_value: [{ key: 'text', type: 'string', value: 'fallback' }],
        }),
      },
      ['start -> llm'],
    );
    const models = new FakeModels(() => new Error('down'));
    const events = await Array.fromAsync(
      executeRun({
        plan: planNode(lonely, 'llm'),
        log: new MemoryLog(),
        ports: fakePorts({ models }),
        run: {
          runId: 'r',
          workflowId: 'w',
          inputs: {},
          system: {},
          conversation: [],
          variables: [{ selector: ['start', 'q'], type: 'string', value: 'hi' }],
        },
      }),
    );
    expect(asked(models)).toEqual(['hi']);
    expect(timeline(events)).toEqual(['RUN+', 'S>llm', 'E>llm', 'PART']);
  });

  test('a single iteration runs with its inside', async () => {
    const models = new FakeModels(({ messages }) => `<${messages[0]?.content}>`);
    const variables = [
      { selector: ['start', 'items'], type: 'array[string]', value: ['x'] },
      { selector: ['first', 'text'], type: 'string', value: 'F' },
    ] as const;
    const events = await Array.fromAsync(
      executeRun({
        plan: planNode(graph, 'iter'),
        log: new MemoryLog(),
        ports: fakePorts({ models }),
        run: { runId: 'r', workflowId: 'w', inputs: {}, system: {}, conversation: [], variables },
      }),
    );
    expect(timeline(events)).toEqual([
      'RUN+',
      'started iter',
      'next iter 0',
      'S>each',
      'F>each',
      'completed iter',
      'F>iter',
      'OK',
    ]);
  });
});
