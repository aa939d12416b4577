import { describe, expect, it } from 'vitest';
import { formParts } from './form-content.ts';
import { applyProcessEvent, hasEnded, newProcess, type ProcessEvent } from './process.ts';

const after = (...events: ProcessEvent[]) => events.reduce(applyProcessEvent, newProcess);
const started = { event: 'workflow_started', data: { id: 'run-1', reason: 'initial' } };
const node = (id: string, more: object = {}) => ({
  event: 'node_started',
  data: { id: `e-${id}`, node_id: id, node_type: 'llm', title: id, ...more },
});
const done = (id: string, status = 'succeeded') => ({
  event: 'node_finished',
  data: { id: `e-${id}`, node_id: id, status, elapsed_time: 0.2 },
});
const form = {
  event: 'human_input_required',
  data: {
    node_id: 'ask',
    node_title: 'Ask',
    form_token: 'tok',
    form_content: 'Right?',
    inputs: [],
    actions: [{ id: 'yes', title: 'Yes', button_style: 'primary' }],
    resolved_default_values: {},
    expiration_time: 100,
  },
};

describe('a run as visitors see it', () => {
  it('lists its steps in the order of their start, with how they ended', () => {
    const process = after(started, node('a'), node('b'), done('b', 'failed'), done('a'));
    expect(process.runId).toBe('run-1');
    expect(process.steps.map(({ title, status }) => [title, status])).toEqual([
      ['a', 'succeeded'],
      ['b', 'failed'],
    ]);
  });

  it('counts the rounds of a container and puts its steps into it', () => {
    const container = { node_id: 'each', node_type: 'iteration', title: 'Each' };
    const process = after(
      started,
      { event: 'iteration_started', data: { ...container, metadata: { iteration_length: 3 } } },
      { event: 'iteration_next', data: { ...container, index: 1 } },
      node('inner', { iteration_id: 'each' }),
      { event: 'iteration_completed', data: { ...container, status: 'succeeded', elapsed_time: 1 } },
    );
    expect(process.steps).toMatchObject([
      { title: 'Each', rounds: 2, length: 3, status: 'succeeded' },
      { title: 'inner', containerId: 'each' },
    ]);
  });

  it('waits for a form, and goes on when it was answered', () => {
    const paused = after(started, node('ask'), form, { event: 'workflow_paused', data: {} });
    expect([paused.status, paused.forms[0]?.token, hasEnded(paused)]).toEqual(['paused', 'tok', false]);
    const resumed = [
      { event: 'human_input_form_filled', data: { node_id: 'ask' } },
      { event: 'workflow_started', data: { id: 'run-1', reason: 'resumption' } },
      node('ask'),
      done('ask'),
    ].reduce(applyProcessEvent, paused);
    expect(resumed).toMatchObject({ status: 'running', forms: [], steps: [{ status: 'succeeded' }] });
  });

  it('begins anew when it is told again from the start', () => {
    expect(after(started, node('a'), node('b'), started, node('a')).steps).toHaveLength(1);
  });

  it('ends with what came out, and nothing runs any more', () => {
    const process = after(started, node('a'), {
      event: 'workflow_finished',
      data: { id: 'run-1', status: 'stopped', outputs: { said: 'hi' }, error: 'Stopped', elapsed_time: 2 },
    });
    expect(process).toMatchObject({ status: 'stopped', outputs: { said: 'hi' }, elapsed: 2 });
    expect(process.steps[0]?.status).toBe('stopped');
  });

  it('is left alone by events that tell nothing of it', () => {
    const process = after(started);
    expect(applyProcessEvent(process, { event: 'message' })).toBe(process);
  });
});

describe('the text of a form', () => {
  it('is taken apart at its fields, each once; fields without a place come last', () => {
    expect(
      formParts('Check {{#$output.note#}} and {{#$output.note#}} or {{#$output.gone#}} end', [
        'note',
        'size',
      ]),
    ).toEqual([
      { text: 'Check' },
      { field: 'note' },
      { text: 'and' },
      { text: 'or' },
      { text: 'end' },
      { field: 'size' },
    ]);
  });
});
