import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import {
  createTriggered,
  lastOutputs,
  publishDraft,
  runsOf,
  saveDraft,
  type TriggeredApp,
  triggerGraph,
} from './testing.ts';

let app: TestApp;
let owner: TestPerson;
let greet: TriggeredApp;

const hook = (data: object = {}) => ({
  type: 'trigger-webhook',
  method: 'POST',
  content_type: 'application/json',
  ...data,
});
const named = hook({ body: [{ name: 'name', type: 'string', required: true }] });

beforeAll(async () => {
  app = await createTestApp({ environment: { WEBHOOK_REQUEST_BODY_MAX_SIZE: '2000' } });
  owner = await app.owner();
  greet = await createTriggered(owner, triggerGraph({ hook: named }, ['hook', 'name']));
});
afterAll(() => app.close());

describe('a published webhook', () => {
  it('runs the workflow with what it was sent, and says so at once', async () => {
    const path = await greet.webhook('hook');
    expect(path).toMatch(/^\/triggers\/webhook\/[\w-]{24}$/);
    const answer = await app.anonymous.post(path, { name: 'Ada' });
    expect([answer.status, answer.json]).toEqual([
      200,
      { status: 'success', message: 'Webhook processed successfully' },
    ]);
    // Written down by now, whatever becomes of this process.
    expect(await runsOf(owner, greet.base)).toHaveLength(1);
    expect(await lastOutputs(app, greet.appId)).toEqual({ said: 'Ada' });
    const [run] = await runsOf(owner, greet.base);
    expect(run).toMatchObject({
      created_from: 'trigger',
      workflow_run: { triggered_from: 'webhook' },
      created_by_end_user: { type: 'trigger', session_id: 'DEFAULT-USER' },
    });
  });

  it('keeps the whole call under _webhook_raw', async () => {
    const raw = await createTriggered(owner, triggerGraph({ hook: named }, ['hook', '_webhook_raw']));
    const path = await raw.webhook('hook');
    await app.anonymous.post(`${path}?q=1`, { name: 'Ada', more: [1] }, { headers: { 'x-any': 'thing' } });
    expect((await lastOutputs(app, raw.appId))['said']).toMatchObject({
      method: 'POST',
      headers: { 'x-any': 'thing' },
      query_params: { q: '1' },
      body: { name: 'Ada', more: [1] },
      files: {},
    });
  });

  it('answers as its settings want', async () => {
    const answers: [object, number, unknown][] = [
      [{ status_code: 201, response_body: '{"ok": true}' }, 201, { ok: true }],
      [{ response_body: '[1, 2]' }, 200, [1, 2]],
      [{ status_code: 302, response_body: '{not json' }, 302, { message: '{not json' }],
      [{ response_body: 'Thank you' }, 200, { message: 'Thank you' }],
    ];
    for (const [settings, status, body] of answers) {
      const made = await createTriggered(
        owner,
        triggerGraph({ hook: hook(settings) }, ['hook', '_webhook_raw']),
      );
      const answer = await app.anonymous.post(await made.webhook('hook'), {});
      expect([answer.status, answer.json]).toEqual([status, body]);
    }
    const silent = await createTriggered(
      owner,
      triggerGraph({ hook: hook({ status_code: 204 }) }, ['hook', 'x']),
    );
    const answer = await app.anonymous.post(await silent.webhook('hook'), {});
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it('refuses what does not fit with 400, in words, and starts nothing', async () => {
    const path = await greet.webhook('hook');
    const before = (await runsOf(owner, greet.base)).length;
    const get = await app.anonymous.get(path);
    expect([get.status, get.json]).toEqual([
      400,
      { error: 'Bad Request', message: 'HTTP method mismatch. Expected POST, got GET' },
    ]);
    const refused = [
      await app.anonymous.request('OPTIONS', path),
      await app.anonymous.request('DELETE', path),
      await app.anonymous.put(path, { name: 'x' }),
      await app.anonymous.patch(path, { name: 'x' }),
      await app.anonymous.post(path, { name: 7 }),
      await app.anonymous.post(path, {}),
      await app.anonymous.post(path, '{', { headers: { 'content-type': 'application/json' } }),
      await app.anonymous.post(path, 'x', { headers: { 'content-type': 'text/plain' } }),
      await app.anonymous.post(path, 'x', { headers: { 'content-type': 'image/png' } }),
    ];
    for (const answer of refused) {
      expect([answer.status, answer.json.error]).toEqual([400, 'Bad Request']);
    }
    expect((await app.anonymous.request('HEAD', path)).status).toBe(400);
    expect(await runsOf(owner, greet.base)).toHaveLength(before);
  });

  it('refuses a body that is too large with 413', async () => {
    const answer = await app.anonymous.post(await greet.webhook('hook'), { name: 'x'.repeat(3_000) });
    expect([answer.status, answer.json.error]).toEqual([413, 'Request Entity Too Large']);
  });

  it('tells with 500 that it could not take a call in, and nothing of why', async () => {
    const made = await createTriggered(owner, triggerGraph({ hook: named }, ['hook', 'name']));
    const path = await made.webhook('hook');
    await app.services.pool.query(`update workflows set graph = '{"nodes": 7}' where app_id = $1`, [
      made.appId,
    ]);
    const answer = await app.anonymous.post(path, { name: 'x' });
    expect([answer.status, answer.json]).toEqual([
      500,
      { error: 'Internal server error', message: 'The call could not be taken in. Try again later.' },
    ]);
  });

  it('is called 600 times a minute from one address, not more', async () => {
    const path = `/triggers/webhook/${'y'.repeat(24)}`;
    let last = 0;
    for (let call = 0; call < 601; call += 1) {
      last = (await app.anonymous.request('DELETE', path, { ip: '10.66.0.1' })).status;
      if (call === 599) expect(last).toBe(404);
    }
    expect(last).toBe(429);
  });

  it('is called by pages of any origin', async () => {
    const answer = await app.anonymous.request('OPTIONS', await greet.webhook('hook'), {
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('takes calls by HEAD and GET where it is set up so', async () => {
    for (const method of ['HEAD', 'GET'] as const) {
      const params = [{ name: 'q', type: 'number', required: true }];
      const made = await createTriggered(
        owner,
        triggerGraph({ hook: hook({ method, params }) }, ['hook', 'q']),
      );
      const answer = await app.anonymous.request(method, `${await made.webhook('hook')}?q=4`);
      expect(answer.status).toBe(200);
      expect(await lastOutputs(app, made.appId)).toEqual({ said: 4 });
    }
  });

  it('makes files of a multipart body files of the run, and of a raw one too', async () => {
    const body = [{ name: 'f', type: 'file', required: true }];
    const settings = { content_type: 'multipart/form-data', body };
    const made = await createTriggered(owner, triggerGraph({ hook: hook(settings) }, ['hook', 'f']));
    const text =
      '--xx\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--xx--\r\n';
    const headers = { 'content-type': 'multipart/form-data; boundary=xx' };
    const answer = await app.anonymous.post(await made.webhook('hook'), text, { headers });
    expect(answer.status).toBe(200);
    const { said } = await lastOutputs(app, made.appId);
    expect(said).toMatchObject({
      dify_model_identity: '__dify__file__',
      filename: 'a.txt',
      size: 5,
      type: 'document',
    });
    const fetched = await app.anonymous.get(new URL((said as { url: string }).url, 'http://x').href.slice(8));
    expect(fetched.text).toBe('hello');

    const raw = hook({ content_type: 'application/octet-stream', body });
    const blob = await createTriggered(owner, triggerGraph({ hook: raw }, ['hook', 'f']));
    const octets = { 'content-type': 'application/octet-stream' };
    expect((await app.anonymous.post(await blob.webhook('hook'), 'abc', { headers: octets })).status).toBe(
      200,
    );
    expect((await lastOutputs(app, blob.appId))['said']).toMatchObject({
      size: 3,
      transfer_method: 'local_file',
    });
  });

  it('begins at its own step, also where several triggers lead on', async () => {
    const both = await createTriggered(owner, triggerGraph({ one: named, two: named }, ['two', 'name']));
    expect((await app.anonymous.post(await both.webhook('two'), { name: 'Second' })).status).toBe(200);
    expect(await lastOutputs(app, both.appId)).toEqual({ said: 'Second' });
    const [run] = await runsOf(owner, both.base);
    const nodes = await owner.client.get(`${both.base}/workflow-runs/${run.id}/node-executions`);
    expect(nodes.json.data.map((node: { node_id: string }) => node.node_id)).toEqual(['two', 'end']);
  });
});

describe('a run that a webhook started', () => {
  it('goes on at its own trigger when it has waited for people, and when it is run again', async () => {
    const { nodes } = triggerGraph({ one: named, two: named }, ['two', 'name']);
    const asking = {
      type: 'human-input',
      title: 'ask',
      delivery_methods: [{ id: 'web', type: 'webapp', enabled: true }],
      form_content: 'Greet {{#two.name#}}?',
      inputs: [],
      user_actions: [{ id: 'yes', title: 'Yes', button_style: 'primary' }],
    };
    const edge = (source: string, target: string, sourceHandle = 'source') => ({
      source,
      target,
      sourceHandle,
      targetHandle: 'target',
    });
    const made = await createTriggered(owner, {
      nodes: [...nodes, { id: 'ask', type: 'custom', data: asking }],
      edges: [edge('one', 'ask'), edge('two', 'ask'), edge('ask', 'end', 'yes')],
    });
    expect((await app.anonymous.post(await made.webhook('two'), { name: 'Ada' })).status).toBe(200);
    const { pool } = app.services;
    const formOf = async () =>
      (await pool.query('select token, content from human_input_forms where app_id = $1', [made.appId]))
        .rows[0];
    await expect.poll(async () => (await formOf())?.content).toBe('Greet Ada?');
    await expect.poll(async () => (await runsOf(owner, made.base))[0].workflow_run.status).toBe('paused');
    const { token } = await formOf();
    await owner.client.post(`/console/api/form/human_input/${token}`, { action: 'yes', inputs: {} });
    expect(await lastOutputs(app, made.appId)).toEqual({ said: 'Ada' });

    const [{ id }] = await runsOf(owner, made.base);
    const again = await owner.client.post(`${made.base}/workflow-runs/${id}/rerun`, {
      node_id: 'end',
      response_mode: 'blocking',
    });
    expect([again.status, again.json.data?.outputs]).toEqual([200, { said: 'Ada' }]);
  });
});

describe('an address', () => {
  it('is the same over publications, and of this app and step alone', async () => {
    const path = await greet.webhook('hook');
    await publishDraft(owner, greet.base);
    expect(await greet.webhook('hook')).toBe(path);
    const draft = await owner.client.get(`${greet.base}/workflows/draft`);
    const [node] = draft.json.graph.nodes;
    expect(new URL(node.data.webhook_url).pathname).toBe(path);
    expect(new URL(node.data.webhook_debug_url).pathname).toBe(path.replace('webhook', 'webhook-debug'));
    const copy = await owner.client.post(`${greet.base}/copy`, { name: 'Copy' });
    const copied = await owner.client.get(`/console/api/apps/${copy.json.id}/workflows/draft`);
    expect(copied.json.graph.nodes[0].data.webhook_url).toMatch(/\/triggers\/webhook\/[\w-]{24}$/);
    expect(copied.text).not.toContain(path);
  });

  it('does not go into files, and an imported app has its own', async () => {
    const path = await greet.webhook('hook');
    const file = await owner.client.get(`${greet.base}/export`);
    expect(file.json.data).not.toContain(path.split('/').at(-1));
    const imported = await owner.client.post('/console/api/apps/imports', {
      mode: 'yaml-content',
      yaml_content: file.json.data,
    });
    const base = `/console/api/apps/${imported.json.app_id}`;
    await publishDraft(owner, base);
    const { json } = await owner.client.get(`${base}/triggers`);
    expect(json.data).toHaveLength(1);
    expect(json.data[0].webhook_url).toMatch(/[\w-]{24}$/);
    expect(json.data[0].webhook_url).not.toContain(path);
  });

  it('leads nowhere when it is unknown, switched off, not published or of a closed app', async () => {
    const made = await createTriggered(owner, triggerGraph({ hook: named }, ['hook', 'name']), {
      publish: false,
    });
    const path = await made.webhook('hook');
    const statusOf = async () => (await app.anonymous.post(path, { name: 'x' })).status;
    expect(await statusOf()).toBe(404);
    await publishDraft(owner, made.base);
    expect(await statusOf()).toBe(200);
    const [trigger] = (await owner.client.get(`${made.base}/triggers`)).json.data;
    const toggle = (enable_trigger: boolean) =>
      owner.client.post(`${made.base}/trigger-enable`, { trigger_id: trigger.id, enable_trigger });
    expect((await toggle(false)).json.status).toBe('disabled');
    expect(await statusOf()).toBe(404);
    expect((await toggle(true)).json.status).toBe('enabled');
    expect(await statusOf()).toBe(200);
    await saveDraft(owner, made.base, triggerGraph({ other: named }, ['other', 'name']));
    await publishDraft(owner, made.base);
    expect(await statusOf()).toBe(404);
    await saveDraft(owner, made.base, triggerGraph({ hook: named }, ['hook', 'name']));
    await publishDraft(owner, made.base);
    expect(await statusOf()).toBe(200);
    await app.services.pool.query("update apps set status = 'disabled' where id = $1", [made.appId]);
    expect(await statusOf()).toBe(404);
    const unknown = await app.anonymous.post(`/triggers/webhook/${'x'.repeat(24)}`, {});
    expect([unknown.status, unknown.json]).toEqual([
      404,
      { error: 'Not Found', message: 'Webhook not found' },
    ]);
    await owner.client.delete(made.base);
    expect(await statusOf()).toBe(404);
  });

  it('begins with TRIGGER_URL where that is set', async () => {
    const other = await createTestApp({ environment: { TRIGGER_URL: 'https://hooks.example.com' } });
    try {
      const person = await other.owner();
      const made = await createTriggered(person, triggerGraph({ hook: named }, ['hook', 'name']));
      const { json } = await person.client.get(`${made.base}/triggers`);
      expect(json.data[0].webhook_url).toMatch(/^https:\/\/hooks\.example\.com\/triggers\/webhook\//);
    } finally {
      await other.close();
    }
  });
});

describe('publishing', () => {
  it('refuses more than five webhooks', async () => {
    const six = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`hook${index}`, named]));
    const made = await createTriggered(owner, triggerGraph(six, ['hook0', 'name']), { publish: false });
    const answer = await owner.client.post(`${made.base}/workflows/publish`, {});
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_param']);
  });

  it('is not for others: triggers of another workspace are not found', async () => {
    const stranger = await app.stranger();
    expect((await stranger.client.get(`${greet.base}/triggers`)).status).toBe(404);
    const [trigger] = (await owner.client.get(`${greet.base}/triggers`)).json.data;
    const own = await createTriggered(stranger, triggerGraph({ hook: named }, ['hook', 'name']));
    const answer = await stranger.client.post(`${own.base}/trigger-enable`, {
      trigger_id: trigger.id,
      enable_trigger: false,
    });
    expect(answer.status).toBe(404);
  });
});

describe('trying a webhook', () => {
  it('is refused with 409 while nobody listens', async () => {
    const answer = await app.anonymous.post(await greet.webhook('hook', 'webhook-debug'), { name: 'x' });
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({ error: 'No active debug listener', message: expect.any(String) });
    expect(new URL(answer.json.execution_url).pathname).toBe(await greet.webhook('hook'));
  });

  it('runs the draft, not what is published, with the event that comes in', async () => {
    const made = await createTriggered(owner, triggerGraph({ hook: named }, ['hook', 'name']), {
      publish: false,
    });
    const listen = () => owner.client.post(`${made.base}/workflows/draft/trigger/run`, { node_id: 'hook' });
    expect((await listen()).json).toEqual({ status: 'waiting', retry_in: 1_000 });
    const path = await made.webhook('hook', 'webhook-debug');
    expect((await app.anonymous.post(path, {})).status).toBe(400);
    expect((await app.anonymous.post(path, { name: 'Ada' })).status).toBe(200);
    const run = await listen();
    expect(run.headers['content-type']).toContain('text/event-stream');
    expect(run.text).toContain('"said":"Ada"');
    expect((await listen()).json.status).toBe('waiting');
    const all = await owner.client.post(`${made.base}/workflows/draft/trigger/run-all`, {
      node_ids: ['hook'],
    });
    expect(all.json.status).toBe('waiting');
  });

  it('runs one step alone, with a real event or one of your own making', async () => {
    const made = await createTriggered(owner, triggerGraph({ hook: named }, ['hook', 'name']), {
      publish: false,
    });
    const step = (body: object) =>
      owner.client.post(`${made.base}/workflows/draft/nodes/hook/trigger/run`, body);
    expect((await step({})).json.status).toBe('waiting');
    await app.anonymous.post(await made.webhook('hook', 'webhook-debug'), { name: 'Ada' });
    expect((await step({})).json).toMatchObject({
      node_id: 'hook',
      status: 'succeeded',
      outputs: { name: 'Ada' },
    });
    expect((await step({ inputs: { name: 'Bob' } })).json.outputs).toMatchObject({ name: 'Bob' });
    const wrong = await owner.client.post(`${made.base}/workflows/draft/trigger/run`, { node_id: 'end' });
    expect(wrong.status).toBe(400);
  });
});
