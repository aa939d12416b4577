import { describe, expect, test } from 'vitest';
import {
  code,
  end,
  FakeModels,
  fakeCode,
  llm,
  llmFor,
  runGraph,
  template,
  testGraph,
  timeline,
} from './support.ts';

const broken = llmFor({ go: new Error('the model is down') });

describe('13.4 Failure handling', () => {
  test('#51 a failing model with a default value shows the fallback; the run is partly successful', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go', {
          error_strategy: 'default-value',
          default_value: [{ key: 'text', type: 'string', value: 'fallback response' }],
        }),
        answer: { type: 'answer', answer: '{{#llm.text#}}' },
      },
      ['start -> llm -> answer'],
    );
    const run = await runGraph(graph, { ports: { models: broken } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>llm',
      '~fallback response',
      'E>llm',
      'S>answer',
      'F>answer',
      'PART',
    ]);
    expect(run.result).toMatchObject({ exceptions_count: 1, outputs: { answer: 'fallback response' } });
    const failed = run.events.find(
      (event) => event.event === 'node_finished' && event.data.node_id === 'llm',
    );
    expect(failed?.data).toMatchObject({
      status: 'exception',
      error: 'the model is down',
      outputs: { text: 'fallback response', error_message: 'the model is down' },
      execution_metadata: { error_strategy: 'default-value' },
    });
  });

  test('#52 a fail branch runs with the message and type of the error', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm('go', { error_strategy: 'fail-branch' }),
        good: end({ text: ['llm', 'text'] }),
        explain: template('{{ type }}: {{ message }}', {
          type: ['llm', 'error_type'],
          message: ['llm', 'error_message'],
        }),
        bad: end({ explained: ['explain', 'output'] }),
      },
      ['start -> llm -> good', 'llm:fail-branch -> explain -> bad'],
    );
    const error = Object.assign(new Error('too many'), { name: 'InvokeRateLimitError' });
    const run = await runGraph(graph, { ports: { models: llmFor({ go: error }) } });
    expect(run.result).toMatchObject({
      status: 'partial-succeeded',
      outputs: { explained: 'InvokeRateLimitError: too many' },
    });
    expect(timeline(run.events)).not.toContain('S>good');
  });

  test('#53 without a strategy the node fails and the run fails with its message', async () => {
    const graph = testGraph({ start: { type: 'start' }, llm: llm('go'), end: end({}) }, [
      'start -> llm -> end',
    ]);
    const run = await runGraph(graph, { ports: { models: broken } });
    expect(timeline(run.events).slice(-3)).toEqual(['S>llm', 'X>llm', 'FAIL']);
    expect(run.result).toMatchObject({ error: 'the model is down', exceptions_count: 1 });
  });

  const retried = (more: object = {}) =>
    testGraph(
      {
        start: { type: 'start' },
        llm: llm('go', {
          retry_config: { retry_enabled: true, max_retries: 2, retry_interval: 1000 },
          ...more,
        }),
        end: end({ text: ['llm', 'text'] }),
      },
      ['start -> llm -> end'],
    );

  test('#54 two failures and a success: two retries, one start, five steps, partly successful', async () => {
    const models = new FakeModels((_request, call) => (call < 2 ? new Error(`no ${call}`) : 'yes'));
    const run = await runGraph(retried(), { ports: { models } });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>llm',
      'R>llm#1',
      'R>llm#2',
      '~yes',
      '~',
      'F>llm',
      'S>end',
      'F>end',
      'PART',
    ]);
    expect(run.result).toMatchObject({ exceptions_count: 2, total_steps: 5, elapsed_time: 2 });
  });

  test('#55 when retries are used up, the strategy follows', async () => {
    const strategy = {
      error_strategy: 'default-value',
      default_value: [{ key: 'text', type: 'string', value: 'gave up' }],
    };
    const run = await runGraph(retried(strategy), { ports: { models: broken } });
    expect(timeline(run.events).slice(3)).toEqual([
      'S>llm',
      'R>llm#1',
      'R>llm#2',
      '~gave up',
      'E>llm',
      'S>end',
      'F>end',
      'PART',
    ]);
    expect(run.result.exceptions_count).toBe(3);
  });

  test.each([
    ['of a wrong type', { key: 'text', type: 'array[number]', value: ['a'] }],
    ['of bad JSON', { key: 'text', type: 'object', value: '{' }],
  ])('#56 a default value %s is a validation error', (_name, entry) => {
    const build = () =>
      testGraph({ start: { type: 'start' }, llm: llm('go', { default_value: [entry] }) }, ['start -> llm']);
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_NODE_DATA' }));
  });

  test('#57 an unexpected exception of a node is a WorkflowNodeError', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        node: {
          type: 'knowledge-index',
          error_strategy: 'fail-branch',
          index_chunk_variable_selector: ['start', 'c'],
        },
        code: code('x', {}, {}),
      },
      ['start -> node', 'node:fail-branch -> code'],
    );
    const { defineNode, nodeDefinitions, plan, executeRun } = await import('../../src/index.ts');
    const { fakePorts, MemoryLog } = await import('./support.ts');
    const surprising = defineNode({
      type: 'knowledge-index',
      run: () => {
        throw new RangeError('surprise');
      },
    });
    const definitions = new Map([...nodeDefinitions, ['knowledge-index', surprising] as const]);
    const events = await Array.fromAsync(
      executeRun({
        plan: plan(graph, { definitions }),
        log: new MemoryLog(),
        ports: fakePorts({ code: fakeCode({ x: () => ({}) }) }),
        run: { runId: 'r', workflowId: 'w', inputs: {}, system: {}, conversation: [] },
      }),
    );
    const failed = events.find((event) => event.event === 'node_finished' && event.data.node_id === 'node');
    expect(failed?.data).toMatchObject({
      status: 'exception',
      outputs: { error_message: 'surprise', error_type: 'WorkflowNodeError' },
    });
  });
});
