import { describe, expect, it } from 'vitest';
import type { NodeExecution } from '../../api/runs.ts';
import { applyRunEvent, beginningRun, childrenOf, type RunEvent, viewOfExecutions } from './run-view.ts';

const containerOf = (nodeId: string) => ({ child: 'outer', inner: 'outer', deep: 'inner' })[nodeId] ?? null;
const fold = (events: readonly RunEvent[]) =>
  events.reduce((view, event) => applyRunEvent(view, event, containerOf), beginningRun);
const started = (id: string, node_id: string, more: object = {}): RunEvent => ({
  event: 'node_started',
  data: { id, node_id, node_type: 'code', title: node_id, index: 1, ...more },
});
const finished = (id: string, node_id: string, more: object = {}): RunEvent => ({
  event: 'node_finished',
  data: {
    id,
    node_id,
    node_type: 'code',
    title: node_id,
    status: 'succeeded',
    elapsed_time: 0.5,
    outputs: { out: 1 },
    ...more,
  },
});
const container = (event: string, node_id: string, more: object = {}): RunEvent => ({
  event,
  data: { id: node_id, node_id, node_type: 'iteration', title: node_id, ...more },
});
const begin: RunEvent = { event: 'workflow_started', data: { id: 'run-1', inputs: { a: 1 } } };

describe('a run as it is shown', () => {
  it('shows nodes in the order of their start, with what they cost', () => {
    const view = fold([
      begin,
      started('e1', 'first'),
      started('e2', 'second'),
      finished('e1', 'first', { execution_metadata: { total_tokens: 12 } }),
    ]);
    expect(view.nodes.map(({ nodeId, status }) => [nodeId, status])).toEqual([
      ['first', 'succeeded'],
      ['second', 'running'],
    ]);
    expect(view.nodes[0]).toMatchObject({ tokens: 12, elapsed: 0.5, outputs: { out: 1 } });
    expect(view).toMatchObject({ runId: 'run-1', inputs: { a: 1 } });
  });

  it('joins streamed text, of workflows and of answers, and replaces it when told', () => {
    const said = fold([
      begin,
      { event: 'text_chunk', data: { text: 'Hel' } },
      { event: 'message', answer: 'lo' },
    ]);
    expect(said.text).toBe('Hello');
    expect(applyRunEvent(said, { event: 'text_replace', data: { text: 'No' } }, containerOf).text).toBe('No');
  });

  it('tells that values of a node are shortened', () => {
    const view = fold([
      begin,
      finished('e1', 'first', { outputs_truncated: true }),
      finished('e2', 'second'),
    ]);
    expect(view.nodes.map(({ truncated }) => truncated)).toEqual([true, false]);
  });

  it('counts failed attempts and keeps the node running until the last', () => {
    const retry: RunEvent = {
      ...finished('e1', 'first', { status: 'retry', error: 'busy' }),
      event: 'node_retry',
    };
    const view = fold([begin, started('e1', 'first'), retry, retry]);
    expect(view.nodes).toMatchObject([{ status: 'running', retries: 2, error: 'busy' }]);
  });

  it('puts nodes into the rounds of their container, also where rounds run side by side', () => {
    const view = fold([
      begin,
      container('iteration_started', 'outer', { metadata: { iteration_length: 2 } }),
      container('iteration_next', 'outer', { index: 0 }),
      started('e1', 'child'),
      container('iteration_next', 'outer', { index: 1 }),
      started('e2', 'child'),
      finished('e1', 'child', { execution_metadata: { iteration_index: 0 } }),
      finished('e2', 'child', { execution_metadata: { iteration_index: 1 } }),
      container('iteration_completed', 'outer', {
        status: 'succeeded',
        elapsed_time: 1,
        outputs: { output: [] },
      }),
    ]);
    const outer = view.nodes[0]!;
    expect(outer).toMatchObject({ rounds: 2, length: 2, status: 'succeeded', elapsed: 1 });
    expect(childrenOf(view, null)).toEqual([outer]);
    expect(childrenOf(view, outer.key, 0).map(({ key }) => key)).toEqual(['e1']);
    expect(childrenOf(view, outer.key, 1).map(({ key }) => key)).toEqual(['e2']);
  });

  it('keeps a container inside a container apart in every round', () => {
    const round = (index: number) => [
      container('iteration_next', 'outer', { index }),
      container('iteration_started', 'inner'),
      container('iteration_next', 'inner', { index: 0 }),
      started(`deep-${index}`, 'deep'),
      finished(`deep-${index}`, 'deep', { execution_metadata: { iteration_index: 0 } }),
      container('iteration_completed', 'inner', { status: 'succeeded' }),
    ];
    const view = fold([begin, container('iteration_started', 'outer'), ...round(0), ...round(1)]);
    const [outer] = childrenOf(view, null);
    const inners = [0, 1].map((index) => childrenOf(view, outer!.key, index));
    expect(inners.map((list) => list.length)).toEqual([1, 1]);
    expect(inners.map(([inner]) => childrenOf(view, inner!.key, 0).map(({ key }) => key))).toEqual([
      ['deep-0'],
      ['deep-1'],
    ]);
  });

  it('waits with a form, and goes on without it', () => {
    const paused = fold([
      begin,
      started('e1', 'ask'),
      {
        event: 'human_input_required',
        data: { form_id: 'f', node_id: 'ask', form_token: 't', actions: [{ id: 'yes', title: 'Yes' }] },
      },
      { event: 'workflow_paused', data: { elapsed_time: 1, total_tokens: 0, total_steps: 1 } },
    ]);
    expect(paused).toMatchObject({ status: 'paused', forms: [{ form_id: 'f', form_token: 't' }] });
    expect(paused.nodes).toMatchObject([{ status: 'paused' }]);
    const resumed = applyRunEvent(paused, begin, containerOf);
    expect(resumed).toMatchObject({ status: 'running', forms: [] });
    const again = applyRunEvent(resumed, started('e1', 'ask'), containerOf);
    expect(again.nodes).toHaveLength(1);
  });

  it('marks what was cut off when the run ended', () => {
    const end = (status: string): RunEvent => ({
      event: 'workflow_finished',
      data: { id: 'run-1', status, error: status === 'failed' ? 'no credit' : '', outputs: {} },
    });
    const running = fold([begin, started('e1', 'first')]);
    expect(applyRunEvent(running, end('failed'), containerOf)).toMatchObject({
      status: 'failed',
      error: 'no credit',
      nodes: [{ status: 'failed' }],
    });
    expect(applyRunEvent(running, end('stopped'), containerOf).nodes).toMatchObject([{ status: 'stopped' }]);
  });

  it('takes the second telling of a failed answer for the same failure', () => {
    const view = fold([
      begin,
      {
        event: 'workflow_finished',
        data: { id: 'run-1', status: 'failed', error: 'no credit', total_steps: 3 },
      },
      { event: 'error', message: 'Run failed: no credit' },
    ]);
    expect(view).toMatchObject({ error: 'no credit', steps: 3 });
  });

  it('looks the same from records as from events', () => {
    const record = (id: string, node_id: string, more: object): NodeExecution => ({
      id,
      index: 1,
      node_id,
      node_type: 'code',
      title: node_id,
      inputs: null,
      process_data: null,
      outputs: { out: 1 },
      status: 'succeeded',
      error: null,
      elapsed_time: 0.5,
      execution_metadata: null,
      iteration_id: null,
      loop_id: null,
      ...more,
    });
    const run = {
      id: 'run-1',
      status: 'succeeded' as const,
      inputs: {},
      outputs: { said: 'x' },
      error: null,
      elapsed_time: 2,
      total_tokens: 5,
      total_steps: 2,
    };
    const view = viewOfExecutions(
      run,
      [
        record('o', 'outer', { node_type: 'iteration' }),
        record('e1', 'child', { execution_metadata: { iteration_index: 0 } }),
        record('e2', 'child', { execution_metadata: { iteration_index: 1 } }),
      ],
      containerOf,
    );
    expect(view).toMatchObject({ status: 'succeeded', outputs: { said: 'x' }, elapsed: 2, tokens: 5 });
    expect(view.nodes[0]).toMatchObject({ rounds: 2, elapsed: 0.5 });
    expect(childrenOf(view, 'o', 1)).toMatchObject([{ key: 'e2', status: 'succeeded' }]);
  });
});
