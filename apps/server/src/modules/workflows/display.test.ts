import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { askText, endWith, eventsOf, type PublishedApp, publishGraph, rowGraph } from './testing.ts';

const given = 'a text that is longer than what is shown of one';
const made = `${given}, and more`;
const shown = `${made.slice(0, 20)}...`;

let app: TestApp;
let owner: TestPerson;
let published: PublishedApp;

beforeAll(async () => {
  app = await createTestApp({ environment: { WORKFLOW_VARIABLE_TRUNCATION_STRING_LENGTH: '20' } });
  owner = await app.owner();
  published = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({
      start: askText,
      more: {
        type: 'template-transform',
        template: '{{ text }}, and more',
        variables: [{ variable: 'text', value_selector: ['start', 'text'] }],
      },
      end: endWith(['more', 'output']),
    }),
  });
});
afterAll(() => app.close());

/** The record of the middle node among others. */
// biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of records
const middle = (records: any[]) => records.find((record) => record.node_id === 'more');

describe('values that are too large to be shown', () => {
  it('are shortened in the console and flagged, and there whole for who asks', async () => {
    const { base } = published;
    const answer = await owner.client.post(`${base}/workflows/draft/run`, { inputs: { text: given } });
    const finished = middle(
      eventsOf(answer).flatMap(({ event, data }) => (event === 'node_finished' ? [data] : [])),
    );
    const short = { inputs_truncated: true, outputs: { output: shown }, outputs_truncated: true };
    expect(finished).toMatchObject(short);
    const runId = eventsOf(answer)[0].workflow_run_id;
    const run = `${base}/workflow-runs/${runId}`;
    const listed = middle((await owner.client.get(`${run}/node-executions`)).json.data);
    expect(listed).toMatchObject(short);
    const whole = await owner.client.get(`${run}/node-executions/${listed.id}`);
    expect(whole.json).toMatchObject({
      id: listed.id,
      inputs: { text: given },
      inputs_truncated: false,
      outputs: { output: made },
      outputs_truncated: false,
    });
    expect((await owner.client.get(`${run}/node-executions/nowhere`)).status).toBe(404);
    expect((await owner.client.get(run)).json).toMatchObject({
      inputs_truncated: true,
      outputs: { result: shown },
      outputs_truncated: true,
    });
    expect((await owner.client.get(`${run}?full=true`)).json).toMatchObject({
      inputs: { text: given },
      inputs_truncated: false,
      outputs: { result: made },
    });
  });

  it('are shortened in lists of draft variables, and cannot be edited', async () => {
    const { base } = published;
    const path = `${base}/workflows/draft/nodes/more`;
    const step = await owner.client.post(`${path}/run`, { inputs: { 'start.text': given } });
    expect(step.json).toMatchObject({ outputs: { output: shown }, outputs_truncated: true });
    const [variable] = (await owner.client.get(`${path}/variables`)).json.items;
    expect(variable).toMatchObject({ name: 'output', value: shown, is_truncated: true });
    const one = `${base}/workflows/draft/variables/${variable.id}`;
    expect((await owner.client.get(one)).json).toMatchObject({ value: made, is_truncated: false });
    expect((await owner.client.patch(one, { value: 'new' })).status).toBe(400);
    expect((await owner.client.get(one)).json.value).toBe(made);
    expect((await owner.client.get(`${path}/last-run`)).json.outputs).toEqual({ output: shown });
    expect((await owner.client.get(`${path}/last-run?full=true`)).json.outputs).toEqual({ output: made });
  });

  it('are never shortened for programs', async () => {
    const body = { inputs: { text: given }, user: 'ada', response_mode: 'streaming' };
    const events = eventsOf(await published.client.post('/v1/workflows/run', body));
    const finished = middle(events.flatMap(({ event, data }) => (event === 'node_finished' ? [data] : [])));
    expect(finished).toMatchObject({
      inputs: { text: given },
      inputs_truncated: false,
      outputs: { output: made },
      outputs_truncated: false,
    });
    expect(events.at(-1).data.outputs).toEqual({ result: made });
  });
});
