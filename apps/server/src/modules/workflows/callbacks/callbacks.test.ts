import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../../testing/test-app.ts';
import { askText, endWith, Gate, gatedNode, type PublishedApp, publishGraph, rowGraph } from '../testing.ts';

interface Call {
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: assertions are the type check
  json: any;
}

const gate = new Gate();
let app: TestApp;
let owner: TestPerson;
let echo: PublishedApp;
let gated: PublishedApp;
let receiver: Server;
let address: string;
let calls: Call[];
/** What the receiver answers next; 200 when the list is empty. */
let answers: number[];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      calls.push({ headers: request.headers, body, json: JSON.parse(body) });
      response.statusCode = answers.shift() ?? 200;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  app = await createTestApp({
    enginePorts: { code: gate.port },
    environment: { SSRF_PROXY_ALLOW_PRIVATE_IPS: '127.0.0.1' },
  });
  owner = await app.owner();
  echo = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
  });
  gated = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({ start: askText, wait: gatedNode(['start', 'text']), end: endWith(['wait', 'text']) }),
  });
});
beforeEach(() => {
  calls = [];
  answers = [];
});
afterAll(async () => {
  await app.close();
  receiver.closeAllConnections();
  receiver.close();
});

const body = (text: string, more: object = {}) => ({
  inputs: { text },
  user: 'reader',
  response_mode: 'async',
  ...more,
});

/** Waits for this many calls; retries of the queue take seconds. */
const received = (count: number) =>
  expect.poll(() => calls.length, { timeout: 25_000 }).toBeGreaterThanOrEqual(count);

async function secretOf(of: PublishedApp): Promise<string> {
  const { json } = await owner.client.get(`${of.base}/callback-secret`);
  return json.secret;
}

function signatureBy(secret: string, { headers, body: text }: Call): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe('an asynchronous run', () => {
  it('is answered at once with its ids and where to look, and is found there when it has ended', async () => {
    const arrival = gate.arrival();
    const answer = await gated.client.post('/v1/workflows/run', body('later'));
    expect(answer.status).toBe(202);
    const { task_id, workflow_run_id: runId, status } = answer.json;
    expect({ task_id, status }).toEqual({ task_id: runId, status: 'running' });
    expect(answer.headers['location']).toBe(`/v1/workflows/run/${runId}`);
    await arrival;
    const look = async () => (await gated.client.get(String(answer.headers['location']))).json;
    expect(await look()).toMatchObject({ status: 'running', outputs: {} });
    gate.open();
    await expect.poll(async () => (await look()).status).toBe('succeeded');
    expect(await look()).toMatchObject({ outputs: { result: 'later' } });
    expect(calls).toEqual([]);
  });

  it('is one run for one idempotency key, told as it is when it is asked for again', async () => {
    const headers = { 'idempotency-key': 'async-1' };
    const first = await echo.client.post('/v1/workflows/run', body('x'), { headers });
    const path = String(first.headers['location']);
    await expect.poll(async () => (await echo.client.get(path)).json.status).toBe('succeeded');
    const again = await echo.client.post('/v1/workflows/run', body('x'), { headers });
    expect(again.status).toBe(202);
    expect(again.json).toEqual({ ...first.json, status: 'succeeded' });
  });

  it('can be a chatflow, whose message is named', async () => {
    const chat = await publishGraph(app, owner, {
      mode: 'advanced-chat',
      graph: rowGraph({
        start: { type: 'start', variables: [] },
        answer: { type: 'answer', answer: 'said {{#sys.query#}}', variables: [] },
      }),
    });
    const answer = await chat.client.post('/v1/chat-messages', {
      ...body(''),
      inputs: {},
      query: 'hello',
      callback_url: address,
    });
    expect(answer.status).toBe(202);
    await received(1);
    const { conversation_id, message_id } = answer.json;
    expect(calls[0]?.json).toMatchObject({ conversation_id, message_id, answer: 'said hello' });
  });
});

describe('a callback', () => {
  it('tells the end of a run, signed with the secret of the app', async () => {
    const answer = await echo.client.post('/v1/workflows/run', body('hello', { callback_url: address }));
    await received(1);
    const call = calls[0] as Call;
    expect(call.json).toMatchObject({
      type: 'workflow_run.finished',
      task_id: answer.json.task_id,
      workflow_run_id: answer.json.workflow_run_id,
      data: { status: 'succeeded', outputs: { result: 'hello' }, error: null, total_steps: 2 },
    });
    expect(call.headers['webhook-signature']).toBe(signatureBy(await secretOf(echo), call));
    expect(Math.abs(Number(call.headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('is repeated with the same id until the receiver takes it', async () => {
    answers = [500];
    await echo.client.post('/v1/workflows/run', body('again', { callback_url: address }));
    await received(2);
    expect(calls[1]?.headers['webhook-id']).toBe(calls[0]?.headers['webhook-id']);
    expect(calls[1]?.body).toBe(calls[0]?.body);
    const { rows } = await app.services.pool.query(
      'select attempts, delivered_at is not null as delivered, last_error from run_callbacks where id = $1',
      [calls[0]?.headers['webhook-id']],
    );
    expect(rows).toEqual([{ attempts: 2, delivered: true, last_error: null }]);
  }, 30_000);

  it('is made for a failed and for a stopped run', async () => {
    const failing = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({
        start: askText,
        code: { ...gatedNode(['start', 'text']), outputs: { other: { type: 'string', children: null } } },
        end: endWith(['code', 'other']),
      }),
    });
    const arrival = gate.arrival();
    await failing.client.post('/v1/workflows/run', body('x', { callback_url: address }));
    await arrival;
    gate.open();
    await received(1);
    expect(calls[0]?.json.data.status).toBe('failed');
    const second = gate.arrival();
    const run = await gated.client.post('/v1/workflows/run', body('x', { callback_url: address }));
    await second;
    await gated.client.post(`/v1/workflows/tasks/${run.json.task_id}/stop`, { user: 'reader' });
    await received(2);
    expect(calls[1]?.json.data).toMatchObject({ status: 'stopped', error: 'Stopped by user.' });
  });

  it('tells a pause with what is waited for, and later the end', async () => {
    const asking = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: {
        nodes: [
          { id: 'start', type: 'custom', data: { ...askText, title: 'start' } },
          {
            id: 'ask',
            type: 'custom',
            data: {
              type: 'human-input',
              title: 'ask',
              form_content: 'May I?',
              inputs: [],
              user_actions: [{ id: 'yes', title: 'Yes', button_style: 'primary' }],
              timeout: 1,
              timeout_unit: 'hour',
              delivery_methods: [{ type: 'webapp', enabled: true }],
            },
          },
          { id: 'end', type: 'custom', data: { ...endWith(['start', 'text']), title: 'end' } },
        ],
        edges: [
          { source: 'start', sourceHandle: 'source', target: 'ask', targetHandle: 'target' },
          { source: 'ask', sourceHandle: 'yes', target: 'end', targetHandle: 'target' },
        ],
      },
    });
    await asking.client.post('/v1/workflows/run', body('x', { callback_url: address }));
    await received(1);
    const paused = calls[0]?.json;
    expect(paused).toMatchObject({
      type: 'workflow_run.paused',
      data: { status: 'paused', outputs: {}, finished_at: null, paused_nodes: ['ask'] },
    });
    const token = paused.data.reasons[0].form_token;
    await asking.client.post(`/v1/form/human_input/${token}`, { action: 'yes', inputs: {}, user: 'reader' });
    await received(2);
    expect(calls[1]?.json).toMatchObject({ type: 'workflow_run.finished', data: { status: 'succeeded' } });
    expect(calls[1]?.headers['webhook-id']).not.toBe(calls[0]?.headers['webhook-id']);
  });

  it('is made when the process dies: by whoever ends the run, and by whoever finds it owed', async () => {
    const { pool, workflows } = app.services;
    const nobody = '00000000-0000-4000-8000-000000000000';
    const arrival = gate.arrival();
    const run = await gated.client.post('/v1/workflows/run', body('moved', { callback_url: address }));
    const runId: string = run.json.workflow_run_id;
    await arrival;
    await pool.query('update runs set owner_id = $2 where id = $1', [runId, nobody]);
    workflows.runs.find(runId)?.live.stop('lease-lost');
    await expect.poll(() => workflows.runs.find(runId)).toBeUndefined();
    const again = gate.arrival();
    await workflows.takeOver.sweep();
    await again;
    gate.open();
    await received(1);
    expect(calls[0]?.json).toMatchObject({ workflow_run_id: runId, data: { outputs: { result: 'moved' } } });
    // A server that died right after the end: the callback is written down, and no job was sent for it.
    await pool.query(
      'update run_callbacks set queued_at = null, delivered_at = null, attempts = 0 where run_id = $1',
      [runId],
    );
    await received(2);
    expect(calls[1]?.headers['webhook-id']).toBe(calls[0]?.headers['webhook-id']);
  }, 30_000);

  it('is made for a run that nobody can carry on', async () => {
    const { pool, workflows } = app.services;
    const arrival = gate.arrival();
    const run = await gated.client.post('/v1/workflows/run', body('lost', { callback_url: address }));
    const runId: string = run.json.workflow_run_id;
    await arrival;
    const nobody = '00000000-0000-4000-8000-000000000000';
    await pool.query('update runs set owner_id = $2 where id = $1', [runId, nobody]);
    await workflows.runStore.abandon(nobody, runId, 'The app of this run no longer exists.');
    await received(1);
    expect(calls[0]?.json.data).toMatchObject({
      status: 'failed',
      error: 'The app of this run no longer exists.',
    });
    gate.open();
  }, 30_000);

  it.each(['http://10.0.0.1/hook', 'ftp://example.com/', 'http://user:word@example.com/', 'nonsense'])(
    'to %s is refused at once',
    async (callback_url) => {
      const { json } = await echo.client.post('/v1/workflows/run', body('x', { callback_url }));
      expect(json).toMatchObject({ code: 'invalid_param', status: 400, params: 'callback_url' });
    },
  );
});

describe('the secret of an app', () => {
  it('is shown to those who may see its keys, and stored sealed', async () => {
    const secret = await secretOf(echo);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await secretOf(echo)).toBe(secret);
    expect(await secretOf(gated)).not.toBe(secret);
    const { rows } = await app.services.pool.query('select * from callback_secrets');
    expect(JSON.stringify(rows)).not.toContain(secret.slice('whsec_'.length));
    const editor = await app.member('editor');
    expect((await editor.client.get(`${echo.base}/callback-secret`)).status).toBe(403);
  });

  it('is replaced, and the one before signs for a day as well', async () => {
    const before = await secretOf(echo);
    const { json } = await owner.client.post(`${echo.base}/callback-secret/rotate`);
    expect(json.secret).not.toBe(before);
    expect(json.previous_valid_until * 1_000 - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await echo.client.post('/v1/workflows/run', body('both', { callback_url: address }));
    await received(1);
    const call = calls[0] as Call;
    expect(call.headers['webhook-signature']).toBe(
      `${signatureBy(json.secret, call)} ${signatureBy(before, call)}`,
    );
  });
});
