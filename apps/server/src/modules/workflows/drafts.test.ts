import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { askText, endWith, publishGraph, rowGraph } from './testing.ts';

let app: TestApp;
let owner: TestPerson;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
});
afterAll(() => app.close());

const echo = rowGraph({ start: askText, end: endWith(['start', 'text']) });
const secret = { id: 's1', name: 'api_key', value_type: 'secret', value: 'very-secret', description: '' };

async function newApp(mode: 'workflow' | 'advanced-chat' = 'workflow'): Promise<string> {
  const made = await owner.client.post('/console/api/apps', { name: 'Draft', mode });
  expect(made.status).toBe(201);
  return `/console/api/apps/${made.json.id}/workflows`;
}

describe('a draft', () => {
  it('is there from the start: empty for a workflow, start, model and answer for a chatflow', async () => {
    const workflow = await owner.client.get(`${await newApp()}/draft`);
    expect(workflow.json).toMatchObject({ version: 'draft', graph: { nodes: [], edges: [] } });
    const chatflow = await owner.client.get(`${await newApp('advanced-chat')}/draft`);
    const types = chatflow.json.graph.nodes.map((node: { data: { type: string } }) => node.data.type);
    expect(types).toEqual(['start', 'llm', 'answer']);
  });

  it('is not overwritten by somebody who saw another state', async () => {
    const path = await newApp();
    const { hash } = (await owner.client.get(`${path}/draft`)).json;
    const first = await owner.client.post(`${path}/draft`, { graph: echo, features: {}, hash });
    expect(first.json).toMatchObject({ result: 'success' });
    const second = await owner.client.post(`${path}/draft`, { graph: rowGraph({}), features: {}, hash });
    expect(second.json).toMatchObject({ code: 'draft_workflow_not_sync' });
    const now = await owner.client.get(`${path}/draft`);
    expect(now.json.hash).toBe(first.json.hash);
    expect(now.json.graph).toEqual(echo);
  });

  it('keeps the order of keys in graphs', async () => {
    const path = await newApp();
    const graph = { ...echo, viewport: { zoom: 1, y: 2, x: 3, b: 4, a: 5 } };
    await owner.client.post(`${path}/draft`, { graph, features: {} });
    const { text } = await owner.client.get(`${path}/draft`);
    expect(text).toContain('"viewport":{"zoom":1,"y":2,"x":3,"b":4,"a":5}');
  });

  it('takes text/plain from a page that is being closed', async () => {
    const path = await newApp();
    const answer = await owner.client.post(`${path}/draft`, JSON.stringify({ graph: echo, features: {} }), {
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
    });
    expect(answer.json).toMatchObject({ result: 'success' });
  });

  it('refuses start and triggers together, wrong features and variables of the wrong type', async () => {
    const path = await newApp();
    const both = rowGraph({ start: askText, trigger: { type: 'trigger-schedule' } });
    expect((await owner.client.post(`${path}/draft`, { graph: both, features: {} })).status).toBe(400);
    const features = { text_to_speech: { enabled: 'loud' } };
    expect((await owner.client.post(`${path}/draft`, { graph: echo, features })).status).toBe(400);
    const environment_variables = [{ id: '1', name: 'n', value_type: 'number', value: 'many' }];
    const refused = await owner.client.post(`${path}/draft`, {
      graph: echo,
      features: {},
      environment_variables,
    });
    expect(refused.json).toMatchObject({ code: 'invalid_param' });
  });

  it('hides secrets, keeps them when the hidden marker comes back, and stores none in clear', async () => {
    const path = await newApp();
    const body = { graph: echo, features: {}, environment_variables: [secret] };
    await owner.client.post(`${path}/draft`, body);
    const shown = (await owner.client.get(`${path}/draft`)).json.environment_variables;
    expect(shown).toMatchObject([{ name: 'api_key', value: '[__HIDDEN__]' }]);
    await owner.client.post(`${path}/draft`, { ...body, environment_variables: shown });
    const { rows } = await app.services.pool.query(
      "select environment_variables::text as text from workflows where environment_variables::text like '%api_key%'",
    );
    expect(rows.every(({ text }: { text: string }) => !text.includes('very-secret'))).toBe(true);
    const file = await owner.client.get(`${path.replace('/workflows', '')}/export?include_secret=true`);
    expect(file.json.data).toContain('very-secret');
    const plain = await owner.client.get(`${path.replace('/workflows', '')}/export`);
    expect(plain.json.data).not.toContain('very-secret');
  });

  it('says on its checklist what is missing', async () => {
    const path = await newApp();
    const graph = rowGraph({
      start: askText,
      tool: { type: 'tool', provider_id: 'x/y/z', provider_type: 'builtin', tool_name: 't' },
      end: endWith([]),
    });
    await owner.client.post(`${path}/draft`, { graph, features: {} });
    const { data } = (await owner.client.get(`${path}/draft/checklist`)).json;
    expect(data.map(({ code }: { code: string }) => code)).toEqual(
      expect.arrayContaining(['plugin_missing', 'field_required']),
    );
  });
});

describe('versions', () => {
  it('are published, listed, named, restored and removed; the one in use stays', async () => {
    const { base } = await publishGraph(app, owner, { mode: 'workflow', graph: echo });
    const path = `${base}/workflows`;
    const first = (await owner.client.get(`${path}/publish`)).json;
    expect(first).toMatchObject({ dirty: false, graph: echo });
    const changed = rowGraph({ start: askText, end: endWith(['start', 'text'], 'other') });
    await owner.client.post(`${path}/draft`, { graph: changed, features: {} });
    expect((await owner.client.get(`${path}/publish`)).json.dirty).toBe(true);
    await owner.client.post(`${path}/publish`, { marked_name: 'second' });
    const listed = (await owner.client.get(path)).json;
    expect(listed.items).toHaveLength(2);
    expect(listed.items[0]).toMatchObject({ marked_name: 'second', created_by: { id: owner.accountId } });
    expect((await owner.client.get(`${path}?named_only=true`)).json.items).toHaveLength(1);
    const inUse = await owner.client.delete(`${path}/${listed.items[0].id}`);
    expect(inUse.status).toBe(400);
    await owner.client.patch(`${path}/${first.id}`, { marked_name: 'first' });
    await owner.client.post(`${path}/${first.id}/restore`);
    expect((await owner.client.get(`${path}/draft`)).json.graph).toEqual(echo);
    expect((await owner.client.delete(`${path}/${first.id}`)).status).toBe(204);
    expect((await owner.client.get(path)).json.items).toHaveLength(1);
  });

  it('can be run by their id; unknown, malformed and draft ids are refused in words', async () => {
    const { base, client } = await publishGraph(app, owner, { mode: 'workflow', graph: echo });
    const first = (await owner.client.get(`${base}/workflows/publish`)).json.id;
    const draft = (await owner.client.get(`${base}/workflows/draft`)).json.id;
    const graph = rowGraph({ start: askText, end: endWith(['start', 'text'], 'other') });
    await owner.client.post(`${base}/workflows/draft`, { graph, features: {} });
    await owner.client.post(`${base}/workflows/publish`, {});
    const body = { inputs: { text: 'x' }, user: 'u' };
    expect((await client.post('/v1/workflows/run', body)).json.data.outputs).toEqual({ other: 'x' });
    const old = await client.post(`/v1/workflows/${first}/run`, body);
    expect(old.json.data).toMatchObject({ workflow_id: first, outputs: { result: 'x' } });
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect((await client.post(`/v1/workflows/${nowhere}/run`, body)).json).toMatchObject({
      status: 404,
      message: `Workflow not found with id: ${nowhere}`,
    });
    expect((await client.post('/v1/workflows/abc/run', body)).json).toMatchObject({
      code: 'bad_request',
      message: "Invalid workflow_id format: 'abc'. ",
    });
    expect((await client.post(`/v1/workflows/${draft}/run`, body)).json.code).toBe('bad_request');
  });
});
