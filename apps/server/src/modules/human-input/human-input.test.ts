import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import {
  askText,
  endWith,
  eventsOf,
  type PublishedApp,
  publishGraph,
  rowGraph,
} from '../workflows/testing.ts';

let app: TestApp;
let owner: TestPerson;
let approval: PublishedApp;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
  const node = (id: string, data: object) => ({ id, type: 'custom', data: { title: id, ...data } });
  const edge = (source: string, target: string, sourceHandle = 'source') => ({
    source,
    sourceHandle,
    target,
    targetHandle: 'target',
  });
  const end = (selector: string[]) => ({
    type: 'end',
    outputs: [{ variable: 'said', value_selector: selector, value_type: 'string' }],
  });
  approval = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: {
      nodes: [
        node('start', askText),
        node('ask', {
          type: 'human-input',
          delivery_methods: [{ id: '0e1f2a3b-0000-4000-8000-000000000001', type: 'webapp', enabled: true }],
          form_content: 'Is {{#start.text#}} right? {{#$output.note#}}',
          inputs: [
            {
              type: 'paragraph',
              output_variable_name: 'note',
              default: { type: 'constant', selector: [], value: 'fine' },
            },
          ],
          user_actions: [
            { id: 'yes', title: 'Yes', button_style: 'primary' },
            { id: 'no', title: 'No', button_style: 'default' },
          ],
          timeout: 1,
          timeout_unit: 'hour',
        }),
        node('approved', end(['ask', 'note'])),
        node('late', end(['start', 'text'])),
      ],
      edges: [edge('start', 'ask'), edge('ask', 'approved', 'yes'), edge('ask', 'late', '__timeout')],
    },
  });
});
afterAll(() => app.close());

async function pausedRun(text: string): Promise<{ runId: string; token: string }> {
  const { json } = await approval.client.post('/v1/workflows/run', { inputs: { text }, user: 'reader' });
  expect(json.data).toMatchObject({ status: 'paused', finished_at: null, paused_nodes: ['ask'] });
  return { runId: json.workflow_run_id, token: json.data.reasons[0].form_token };
}

const statusOf = async (runId: string) =>
  (await approval.client.get(`/v1/workflows/run/${runId}`)).json.status;

describe('a run that asks people', () => {
  it('pauses, shows its form, and goes on when it is answered', async () => {
    const { runId, token } = await pausedRun('the draft');
    expect(await statusOf(runId)).toBe('paused');
    const form = await approval.client.get(`/v1/form/human_input/${token}`);
    expect(form.json).toMatchObject({
      form_content: 'Is the draft right? {{#$output.note#}}',
      resolved_default_values: { note: 'fine' },
      user_actions: [{ id: 'yes' }, { id: 'no' }],
    });
    const events = approval.client.get(`/v1/workflow/${runId}/events?user=reader&continue_on_pause=true`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const answer = { inputs: { note: 'shorter', other: 1 }, action: 'yes', user: 'reader' };
    expect((await approval.client.post(`/v1/form/human_input/${token}`, answer)).json).toEqual({});
    await expect.poll(() => statusOf(runId), { timeout: 5_000 }).toBe('succeeded');
    const detail = (await approval.client.get(`/v1/workflows/run/${runId}`)).json;
    expect(detail.outputs).toEqual({ said: 'shorter' });
    const names = eventsOf(await events).map(({ event }) => event);
    expect(names).toContain('human_input_form_filled');
    expect(names.at(-1)).toBe('workflow_finished');
    const again = await approval.client.post(`/v1/form/human_input/${token}`, answer);
    expect(again.json).toMatchObject({ status: 412, code: 'human_input_form_submitted' });
  });

  it('refuses unknown tokens, actions and missing fields in words', async () => {
    const { token } = await pausedRun('x');
    const path = `/v1/form/human_input/${token}`;
    expect((await approval.client.get('/v1/form/human_input/nothing')).json.message).toBe('Form not found');
    const action = await approval.client.post(path, { inputs: { note: 'n' }, action: 'maybe', user: 'u' });
    expect(action.json.message).toBe('Invalid action: maybe');
    const missing = await approval.client.post(path, { inputs: {}, action: 'yes', user: 'u' });
    expect(missing.json.message).toBe('Missing required inputs: note');
    const other = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
    });
    const foreign = await other.client.post(path, { inputs: { note: 'n' }, action: 'yes', user: 'u' });
    expect(foreign.json).toMatchObject({ status: 404, message: 'Form not found' });
    const page = await app.anonymous.get(`/api/form/human_input/${token}`);
    expect(page.json.site.title).toBe('Graph');
  });

  it('tells people who work on the app what it waits for, and takes their answer', async () => {
    const { runId, token } = await pausedRun('the draft');
    const { json } = await owner.client.get(`/console/api/workflow/${runId}/pause-details`);
    expect(json.paused_nodes).toMatchObject([
      { node_id: 'ask', form_token: token, form_content: 'Is the draft right? {{#$output.note#}}' },
    ]);
    const path = `/console/api/workflow/${runId}/forms/${json.paused_nodes[0].form_id}`;
    const wrong = await owner.client.post(path, { inputs: { note: 'n' }, action: 'maybe' });
    expect(wrong.json).toMatchObject({ code: 'invalid_form_data', message: 'Invalid action: maybe' });
    const answered = await owner.client.post(path, { inputs: { note: 'from the console' }, action: 'yes' });
    expect(answered.json).toEqual({ result: 'success' });
    await expect.poll(() => statusOf(runId), { timeout: 5_000 }).toBe('succeeded');
    const after = await owner.client.get(`/console/api/workflow/${runId}/pause-details`);
    expect(after.json.paused_nodes).toEqual([]);
    const late = await owner.client.post(path, { inputs: { note: 'n' }, action: 'yes' });
    expect(late.json).toMatchObject({ status: 412, code: 'human_input_form_submitted' });
  });

  it('takes the way of the timeout when nobody answers', async () => {
    const { runId, token } = await pausedRun('slow');
    await app.services.pool.query(
      "update human_input_forms set expires_at = now() - interval '1 second' where token = $1",
      [token],
    );
    const late = await approval.client.get(`/v1/form/human_input/${token}`);
    expect(late.json).toMatchObject({ status: 412, code: 'human_input_form_expired' });
    await expect.poll(() => statusOf(runId), { timeout: 12_000 }).toBe('succeeded');
    const detail = (await approval.client.get(`/v1/workflows/run/${runId}`)).json;
    expect(detail.outputs).toEqual({ said: 'slow' });
  });

  it('is stopped while it waits', async () => {
    const { runId } = await pausedRun('never');
    await approval.client.post(`/v1/workflows/tasks/${runId}/stop`, { user: 'reader' });
    await expect.poll(() => statusOf(runId), { timeout: 5_000 }).toBe('stopped');
  });
});
