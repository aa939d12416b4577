import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';

const imports = '/console/api/apps/imports';
const chatFile =
  'kind: app\nversion: 0.6.0\napp: {name: Helper, mode: chat}\nmodel_config: {pre_prompt: Be kind.}\n';
const workflowFile = [
  'kind: app',
  'version: 0.6.0',
  'app: {name: Flow, mode: workflow}',
  'workflow:',
  '  graph: {nodes: [{id: s, data: {type: start, title: Start, variables: []}}], edges: []}',
  '  environment_variables:',
  '  - {id: 6f6e1a52-2a3c-4f0e-9d57-0a4a9d8f0d11, name: token, value_type: secret, value: hush-hush}',
  '  - {id: 6f6e1a52-2a3c-4f0e-9d57-0a4a9d8f0d12, name: region, value_type: string, value: north}',
  '',
].join('\n');

let app: TestApp;
let owner: TestPerson;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
}, 120_000);
afterAll(() => app?.close());

function importText(text: string, more: Record<string, unknown> = {}, by = owner) {
  return by.client.post(imports, { mode: 'yaml-content', yaml_content: text, ...more });
}

async function appCount(): Promise<number> {
  return (await owner.client.get('/console/api/apps?limit=1')).json.total;
}

describe('importing a file', () => {
  it('makes an app whose configuration is that of the file', async () => {
    const answer = await importText(chatFile, { name: 'Renamed' });
    expect([answer.status, answer.json.status, answer.json.app_mode]).toEqual([200, 'completed', 'chat']);
    const made = await owner.client.get(`/console/api/apps/${answer.json.app_id}`);
    expect(made.json).toMatchObject({
      name: 'Renamed',
      mode: 'chat',
      model_config: { pre_prompt: 'Be kind.' },
    });
  });

  it.each([
    ['#126 a list', '- a'],
    ['#126 an unknown mode', 'app: {name: A, mode: channel}'],
    ['#126 a version that is no text', `version: 0.6\n${chatFile.replace('version: 0.6.0\n', '')}`],
  ])('%s fails in words and makes nothing', async (_what, text) => {
    const before = await appCount();
    const answer = await importText(text);
    expect([answer.status, answer.json.status, answer.json.app_id]).toEqual([400, 'failed', null]);
    expect(answer.json.error).not.toBe('');
    expect(await appCount()).toBe(before);
  });

  it('#127 of a later version waits, is imported once when somebody confirms it, and by nobody else', async () => {
    const before = await appCount();
    const waiting = await importText(chatFile.replace('0.6.0', '0.7.0'));
    expect([waiting.status, waiting.json.status, waiting.json.app_id]).toEqual([202, 'pending', null]);
    expect(await appCount()).toBe(before);
    const path = `${imports}/${waiting.json.id}/confirm`;
    const stranger = await app.stranger();
    expect((await stranger.client.post(path, {})).json.status).toBe('failed');
    const confirmed = await owner.client.post(path, {});
    expect([confirmed.status, confirmed.json.status]).toEqual([200, 'completed']);
    const again = await owner.client.post(path, {});
    expect([again.status, again.json.status, again.json.app_id]).toEqual([400, 'failed', null]);
    expect(await appCount()).toBe(before + 1);
  });

  it('#128 of a workflow does not overwrite a chatbot', async () => {
    const chat = (await importText(chatFile)).json.app_id;
    const answer = await importText(workflowFile, { app_id: chat });
    expect([answer.status, answer.json.status]).toEqual([400, 'failed']);
    expect((await owner.client.get(`/console/api/apps/${chat}`)).json.mode).toBe('chat');
  });

  it('names the plugins that are missing, and none whose models are built in', async () => {
    const dependencies = ['langgenius/openai:0.0.12@abc', 'langgenius/tavily'].map((identifier) =>
      JSON.stringify({
        type: 'marketplace',
        current_identifier: null,
        value: { marketplace_plugin_unique_identifier: identifier },
      }),
    );
    const file = `${workflowFile}dependencies: [${dependencies.join(', ')}]\n`;
    const id = (await importText(file)).json.app_id;
    const missing = await owner.client.get(`${imports}/${id}/check-dependencies`);
    expect(missing.json.leaked_dependencies).toMatchObject([
      { value: { marketplace_plugin_unique_identifier: 'langgenius/tavily' } },
    ]);
  });

  it('never fetches an address inside the network', async () => {
    for (const address of [
      'http://127.0.0.1:5432/a.yml',
      'http://169.254.169.254/a.yml',
      'file:///etc/passwd',
    ]) {
      const answer = await owner.client.post(imports, { mode: 'yaml-url', yaml_url: address });
      expect([answer.status, answer.json.code], address).toEqual([400, 'invalid_param']);
    }
  });
});

describe('exporting an app', () => {
  it('leaves out the values of secrets, unless somebody who may asks for them', async () => {
    const id = (await importText(workflowFile)).json.app_id;
    const path = `/console/api/apps/${id}/export`;
    const file: string = (await owner.client.get(path)).json.data;
    expect(file).toContain('value: north');
    expect(file).not.toContain('hush-hush');
    expect((await owner.client.get(`${path}?include_secret=true`)).json.data).toContain('value: hush-hush');
  });
});
