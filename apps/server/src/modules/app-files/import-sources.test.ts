import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScope } from '../../platform/auth/scope.ts';
import { newId } from '../../platform/ids.ts';
import {
  type ChatWorld,
  createChatWorld,
  expectAnswer,
  modelOf,
  sentMessages,
} from '../../testing/chat-world.ts';
import type { TestPerson } from '../../testing/test-app.ts';
import { loopbackAllowed } from '../extensions/testing.ts';
import { PendingImportStore } from './pending-store.ts';

const imports = '/console/api/apps/imports';
let world: ChatWorld;
let owner: TestPerson;
/** Serves files by path. */
let web: Server;
let base: string;
const files = new Map<string, string>();

beforeAll(async () => {
  web = createServer((request, response) => {
    const text = files.get(request.url ?? '');
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/yaml' }).end(text);
  });
  await new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  world = await createChatWorld({ environment: loopbackAllowed });
  owner = world.owner;
}, 120_000);
afterAll(async () => {
  await world?.close();
  web?.close();
});

const importText = (text: string, by = owner) =>
  by.client.post(imports, { mode: 'yaml-content', yaml_content: text });
const exportOf = async (appId: string): Promise<string> =>
  (await expectAnswer(owner.client.get(`/console/api/apps/${appId}/export`), 200)).json.data;

/** A file of a prompt app, as another installation would have written it. */
const fileOf = (mode: string, config: object) =>
  JSON.stringify({
    kind: 'app',
    version: '0.6.0',
    app: { name: `From a file: ${mode}`, mode, icon: '🤖', description: 'Told of itself' },
    model_config: { model: modelOf('scripted'), ...config },
  });

describe('a file at an address', () => {
  it('is fetched and imported', async () => {
    files.set('/helper.yml', fileOf('chat', { pre_prompt: 'Fetched.' }));
    const answer = await owner.client.post(imports, { mode: 'yaml-url', yaml_url: `${base}/helper.yml` });
    expect([answer.status, answer.json.status]).toEqual([200, 'completed']);
    const made = await owner.client.get(`/console/api/apps/${answer.json.app_id}`);
    expect(made.json).toMatchObject({ name: 'From a file: chat', model_config: { pre_prompt: 'Fetched.' } });
  });

  it('is refused in words when it is not there, or is empty', async () => {
    const fetched = (path: string) => owner.client.post(imports, { mode: 'yaml-url', yaml_url: base + path });
    expect((await fetched('/missing.yml')).json).toMatchObject({
      code: 'invalid_param',
      message: 'The address answered with status 404.',
    });
    files.set('/empty.yml', ' \n');
    expect((await fetched('/empty.yml')).json.message).toBe('The file at the address is empty.');
  });
});

describe('files of prompt apps over HTTP', () => {
  it('make a text generator that writes, and that exports as the same file', async () => {
    const text = fileOf('completion', {
      pre_prompt: 'Write about {{topic}}.',
      user_input_form: [{ paragraph: { label: 'Topic', variable: 'topic', required: true } }],
      more_like_this: { enabled: true },
    });
    const id = (await expectAnswer(importText(text), 200)).json.app_id;
    const first = await exportOf(id);
    expect(first).toContain('Write about {{topic}}.');
    const again = (await expectAnswer(importText(first), 200)).json.app_id;
    expect(await exportOf(again)).toBe(first);
    const config = (await owner.client.get(`/console/api/apps/${id}`)).json.model_config;
    await expectAnswer(owner.client.post(`/console/api/apps/${id}/model-config`, config), 200);
    const key = (await owner.client.post(`/console/api/apps/${id}/api-keys`)).json.token;
    world.provider.script({ text: 'Tides are regular.' });
    const body = { inputs: { topic: 'tides' }, user: 'ada', response_mode: 'blocking' };
    const written = await world.app.as(key).post('/v1/completion-messages', body);
    expect(written.json).toMatchObject({ mode: 'completion', answer: 'Tides are regular.' });
    expect(JSON.stringify(sentMessages(world.provider))).toContain('Write about tides.');
  });

  it('keep an agent with its tools and strategy, which come out as they went in', async () => {
    const agent_mode = {
      enabled: true,
      strategy: 'function_call',
      max_iteration: 7,
      tools: [
        {
          enabled: true,
          provider_type: 'builtin',
          provider_id: 'time',
          tool_name: 'current_time',
          tool_label: 'Time',
          tool_parameters: { timezone: 'UTC' },
        },
      ],
    };
    const id = (
      await expectAnswer(importText(fileOf('agent-chat', { agent_mode, pre_prompt: 'Use tools.' })), 200)
    ).json.app_id;
    const made = (await owner.client.get(`/console/api/apps/${id}`)).json;
    expect(made).toMatchObject({
      mode: 'agent-chat',
      model_config: { agent_mode, pre_prompt: 'Use tools.' },
    });
    const first = await exportOf(id);
    expect(first).toContain('current_time');
    const again = (await expectAnswer(importText(first), 200)).json.app_id;
    expect(await exportOf(again)).toBe(first);
  });
});

describe('a chatbot that is converted to a chatflow', () => {
  it('answers as the chatbot did, with its inputs, history and features', async () => {
    const bot = await world.createApp('chat', {
      pre_prompt: 'You help {{name}}.',
      opening_statement: 'Hello {{name}}',
      user_input_form: [{ 'text-input': { label: 'Name', variable: 'name', required: true } }],
      suggested_questions_after_answer: { enabled: true },
    });
    const converted = await expectAnswer(
      owner.client.post(`${bot.path}/convert-to-workflow`, { name: 'Now a graph' }),
      200,
    );
    const path = `/console/api/apps/${converted.json.new_app_id}`;
    expect((await owner.client.get(path)).json).toMatchObject({ name: 'Now a graph', mode: 'advanced-chat' });
    await expectAnswer(owner.client.post(`${path}/workflows/publish`, {}), 200);
    const key = (await owner.client.post(`${path}/api-keys`)).json.token;
    const client = world.app.as(key);
    const say = async (query: string, more: object = {}) => {
      const body = { inputs: { name: 'Ann' }, query, user: 'ada', auto_generate_name: false, ...more };
      return (await expectAnswer(client.post('/v1/chat-messages', body), 200)).json;
    };
    world.provider.script({ text: 'First.' }, { text: 'Second.' });
    const first = await say('one');
    expect(first).toMatchObject({ mode: 'advanced-chat', answer: 'First.' });
    const second = await say('two', { conversation_id: first.conversation_id });
    expect(second.answer).toBe('Second.');
    const sent = sentMessages(world.provider).map(({ role, content }) => [
      role,
      typeof content === 'string' ? content.trim() : content,
    ]);
    expect(sent[0]).toEqual(['system', 'You help Ann.']);
    expect(sent.slice(1).map(([, content]) => content)).toEqual(['one', 'First.', 'two']);
    expect((await client.get('/v1/parameters')).json).toMatchObject({
      opening_statement: 'Hello {{name}}',
      suggested_questions_after_answer: { enabled: true },
      user_input_form: [{ 'text-input': { variable: 'name', required: true } }],
    });
    const twice = await owner.client.post(`${path}/convert-to-workflow`, {});
    expect(twice.json).toMatchObject({ code: 'invalid_param' });
  });
});

describe('knowledge in files', () => {
  it('#129 is unreadable in the file, is there again in the same workspace, and is left out in another', async () => {
    const datasetId = '0f000000-0000-4000-8000-000000000001';
    const graph = {
      nodes: [
        { id: 's', data: { type: 'start', title: 'Start', variables: [] } },
        {
          id: 'k',
          data: {
            type: 'knowledge-retrieval',
            title: 'Search',
            dataset_ids: [datasetId],
            query_variable_selector: ['sys', 'query'],
          },
        },
      ],
      edges: [],
    };
    const text = JSON.stringify({
      kind: 'app',
      version: '0.6.0',
      app: { name: 'Knows', mode: 'advanced-chat' },
      workflow: { graph },
    });
    const idsIn = async (by: TestPerson, file: string) => {
      const id = (await expectAnswer(importText(file, by), 200)).json.app_id;
      const draft = (await by.client.get(`/console/api/apps/${id}/workflows/draft`)).json;
      const node = draft.graph.nodes.find((one: { id: string }) => one.id === 'k');
      return { id, datasetIds: node.data.dataset_ids };
    };
    const mine = await idsIn(owner, text);
    expect(mine.datasetIds).toEqual([datasetId]);
    const file = await exportOf(mine.id);
    expect(file).not.toContain(datasetId);
    expect((await idsIn(owner, file)).datasetIds).toEqual([datasetId]);
    const stranger = await world.app.stranger();
    expect((await idsIn(stranger, file)).datasetIds).toEqual([]);
  });
});

describe('an import that waits to be confirmed', () => {
  it('#127 is kept for ten minutes and then gone, by the clock', async () => {
    let now = new Date('2030-01-01T00:00:00Z');
    const store = new PendingImportStore(world.app.services.db, () => now);
    const scope = makeScope(owner.workspaceId);
    const [first, second] = [newId(), newId()];
    for (const id of [first, second])
      await store.put(scope, { id, accountId: owner.accountId, payload: { id } });
    now = new Date('2030-01-01T00:09:59Z');
    expect(await store.find(scope, first)).toEqual({ id: first });
    expect(await store.take(scope, second)).toEqual({ id: second });
    now = new Date('2030-01-01T00:10:00Z');
    expect(await store.find(scope, first)).toBeNull();
    expect(await store.take(scope, first)).toBeNull();
    // The next one that is kept sweeps it away.
    now = new Date('2030-01-01T00:10:01Z');
    await store.put(scope, { id: newId(), accountId: owner.accountId, payload: {} });
    const { rowCount } = await world.app.services.pool.query('select from pending_imports where id = $1', [
      first,
    ]);
    expect(rowCount).toBe(0);
  });
});
