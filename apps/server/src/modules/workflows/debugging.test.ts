import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { askText, endWith, eventsOf, publishGraph, rowGraph } from './testing.ts';

let app: TestApp;
let owner: TestPerson;
let path: string;

const template = (source: readonly [string, string]) => ({
  type: 'template-transform',
  template: '{{ text }}!',
  variables: [{ variable: 'text', value_selector: source }],
});

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
  const { base } = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({
      start: askText,
      louder: template(['start', 'text']),
      end: endWith(['louder', 'output']),
    }),
  });
  path = base;
});
afterAll(() => app.close());

describe('a debug run of a draft', () => {
  it('streams its events and is found in the history with its graph and its nodes', async () => {
    const answer = await owner.client.post(`${path}/workflows/draft/run`, { inputs: { text: 'hey' } });
    const events = eventsOf(answer);
    expect(events.at(-1)).toMatchObject({
      event: 'workflow_finished',
      data: { outputs: { result: 'hey!' }, created_by: { id: owner.accountId, email: owner.email } },
    });
    const runId = events[0].workflow_run_id;
    const list = (await owner.client.get(`${path}/workflow-runs`)).json;
    expect(list.data[0]).toMatchObject({ id: runId, status: 'succeeded', version: 'draft' });
    const detail = (await owner.client.get(`${path}/workflow-runs/${runId}`)).json;
    expect(detail).toMatchObject({ outputs: { result: 'hey!' }, graph: { nodes: expect.any(Array) } });
    const nodes = (await owner.client.get(`${path}/workflow-runs/${runId}/node-executions`)).json.data;
    expect(nodes.map(({ node_id }: { node_id: string }) => node_id)).toEqual(['start', 'louder', 'end']);
    expect(nodes[1]).toMatchObject({ status: 'succeeded', inputs: { text: 'hey' }, index: 2 });
    const counts = (await owner.client.get(`${path}/workflow-runs/count`)).json;
    expect(counts).toMatchObject({ succeeded: 1, failed: 0, total: 1 });
  });

  it('runs the graph as it was saved, whatever is changed meanwhile', async () => {
    const detailOf = async (id: string) => (await owner.client.get(`${path}/workflow-runs/${id}`)).json;
    const first = eventsOf(await owner.client.post(`${path}/workflows/draft/run`, { inputs: { text: 'a' } }));
    const before = await detailOf(first[0].workflow_run_id);
    const draft = (await owner.client.get(`${path}/workflows/draft`)).json;
    const moved = { ...draft.graph, viewport: { x: 5, y: 5, zoom: 2 } };
    await owner.client.post(`${path}/workflows/draft`, { graph: moved, features: {}, hash: draft.hash });
    expect((await detailOf(first[0].workflow_run_id)).graph).toEqual(before.graph);
  });

  it('does not appear in the logs of the published app', async () => {
    const logs = (await owner.client.get(`${path}/workflow-app-logs`)).json;
    expect(logs.total).toBe(0);
  });
});

describe('trying one node', () => {
  it('reads what earlier nodes last put out, and keeps what it puts out', async () => {
    await owner.client.post(`${path}/workflows/draft/run`, { inputs: { text: 'kept' } });
    await expect
      .poll(async () => (await owner.client.get(`${path}/workflows/draft/nodes/start/variables`)).json.items)
      .toMatchObject([{ name: 'text', value: 'kept', selector: ['start', 'text'], value_type: 'string' }]);
    const tried = await owner.client.post(`${path}/workflows/draft/nodes/louder/run`, { inputs: {} });
    expect(tried.json).toMatchObject({ status: 'succeeded', outputs: { output: 'kept!' }, index: 1 });
    const given = await owner.client.post(`${path}/workflows/draft/nodes/louder/run`, {
      inputs: { '#start.text#': 'given' },
    });
    expect(given.json.outputs).toEqual({ output: 'given!' });
    const last = (await owner.client.get(`${path}/workflows/draft/nodes/louder/last-run`)).json;
    expect(last).toMatchObject({ outputs: { output: 'given!' }, triggered_from: 'single-step' });
    const nothing = await owner.client.get(`${path}/workflows/draft/nodes/nowhere/last-run`);
    expect(nothing.status).toBe(404);
  });

  it('takes form inputs for a start node and refuses those that do not fit', async () => {
    const tried = await owner.client.post(`${path}/workflows/draft/nodes/start/run`, {
      inputs: { text: 'direct' },
    });
    expect(tried.json.outputs).toEqual({ text: 'direct' });
    const refused = await owner.client.post(`${path}/workflows/draft/nodes/start/run`, { inputs: {} });
    expect(refused.json.code).toBe('invalid_param');
  });

  it('streams the rounds of an iteration', async () => {
    const inner = (id: string, data: object) => ({
      id,
      type: 'custom',
      parentId: 'each',
      data: { title: id, iteration_id: 'each', ...data },
    });
    const graph = {
      nodes: [
        { id: 'start', type: 'custom', data: { ...askText, title: 'start' } },
        {
          id: 'each',
          type: 'custom',
          data: {
            type: 'iteration',
            title: 'each',
            start_node_id: 'begin',
            iterator_selector: ['list', 'items'],
            output_selector: ['inner', 'output'],
          },
        },
        inner('begin', { type: 'iteration-start' }),
        inner('inner', template(['each', 'item'])),
        { id: 'end', type: 'custom', data: { ...endWith(['each', 'output']), title: 'end' } },
      ],
      edges: [
        { source: 'start', sourceHandle: 'source', target: 'each', targetHandle: 'target' },
        { source: 'begin', sourceHandle: 'source', target: 'inner', targetHandle: 'target' },
        { source: 'each', sourceHandle: 'source', target: 'end', targetHandle: 'target' },
      ],
    };
    const { base } = await publishGraph(app, owner, { mode: 'workflow', graph });
    const answer = await owner.client.post(`${base}/workflows/draft/iteration/nodes/each/run`, {
      inputs: { 'list.items': ['a', 'b'] },
    });
    const events = eventsOf(answer);
    const done = events.find(({ event }) => event === 'iteration_completed');
    expect(done.data.outputs).toEqual({ output: ['a!', 'b!'] });
    const wrong = await owner.client.post(`${base}/workflows/draft/loop/nodes/each/run`, {});
    expect(wrong.status).toBe(400);
  });
});

describe('variables of a draft', () => {
  it('are changed within their type, reset and forgotten; each person has their own', async () => {
    await owner.client.post(`${path}/workflows/draft/nodes/louder/run`, {
      inputs: { 'start.text': 'original' },
    });
    const variables = `${path}/workflows/draft/variables`;
    const items = (await owner.client.get(`${variables}?limit=100`)).json.items;
    const { id } = items.find(({ selector }: { selector: string[] }) => selector[0] === 'louder');
    const changed = await owner.client.patch(`${variables}/${id}`, { value: 'changed' });
    expect(changed.json).toMatchObject({ value: 'changed', edited: true });
    expect((await owner.client.patch(`${variables}/${id}`, { value: 5 })).status).toBe(400);
    const reset = await owner.client.put(`${variables}/${id}/reset`);
    expect(reset.json).toMatchObject({ value: 'original!', edited: false });
    const colleague = await app.member('editor');
    expect((await colleague.client.get(`${variables}?limit=100`)).json.total).toBe(0);
    expect((await colleague.client.get(`${variables}/${id}`)).status).toBe(404);
    expect((await owner.client.delete(`${variables}/${id}`)).status).toBe(204);
    expect((await owner.client.delete(variables)).status).toBe(204);
    expect((await owner.client.get(variables)).json).toEqual({ items: [], total: 0 });
  });
});
