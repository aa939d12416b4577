import type { CodePort } from '@trellis/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import {
  askText,
  endWith,
  eventsOf,
  Gate,
  gatedNode,
  type PublishedApp,
  publishGraph,
  rowGraph,
} from './testing.ts';

/** What the code nodes were given, in the order in which they ran. */
let asked: string[];
/** Texts at which code nodes fail for now. */
const failing = new Set<string>();
/** Puts out what it was given in brackets. */
const code: CodePort = {
  run: async ({ code: source, inputs }) => {
    const text = String(inputs['text']);
    if (source === 'split') return { outputs: { items: text.split(',') } };
    asked.push(text);
    if (failing.has(text)) throw new Error(`no ${text} today`);
    return { outputs: { text: `<${text}>` } };
  },
};
const ports = { code };

let app: TestApp;
let owner: TestPerson;
let row: PublishedApp;

beforeAll(async () => {
  app = await createTestApp({ enginePorts: ports });
  owner = await app.owner();
  row = await publishGraph(app, owner, { mode: 'workflow', graph: rowOfTwo });
});
afterAll(() => app.close());

const rowOfTwo = rowGraph({
  start: askText,
  first: gatedNode(['start', 'text']),
  second: gatedNode(['first', 'text']),
  end: endWith(['second', 'text']),
});

/** A run that failed at its second node. */
async function failedRun(of: PublishedApp = row): Promise<string> {
  asked = [];
  failing.add('<x>');
  const answer = await of.client.post('/v1/workflows/run', { inputs: { text: 'x' }, user: 'reader' });
  expect(answer.json.data.status).toBe('failed');
  expect(asked).toEqual(['x', '<x>']);
  failing.clear();
  asked = [];
  return answer.json.workflow_run_id;
}

/** A run that came to its end. */
async function succeededRun(text: string): Promise<string> {
  asked = [];
  const answer = await row.client.post('/v1/workflows/run', { inputs: { text }, user: 'reader' });
  expect(answer.json.data.status).toBe('succeeded');
  asked = [];
  return answer.json.workflow_run_id;
}

const reader = { user: 'reader' };

describe('trying a failed run again', () => {
  it('makes a new run of it that runs the failed node and what follows, and no finished node', async () => {
    const runId = await failedRun();
    const { status, json } = await row.client.post(`/v1/workflows/run/${runId}/retry`, reader);
    expect(status).toBe(200);
    expect(json.data).toMatchObject({ status: 'succeeded', outputs: { result: '<<x>>' } });
    expect(json.workflow_run_id).not.toBe(runId);
    expect(asked).toEqual(['<x>']);
    const detail = (await row.client.get(`/v1/workflows/run/${json.workflow_run_id}`)).json;
    expect(detail.origin).toEqual({ run_id: runId, kind: 'retry', node_id: null });
    expect(JSON.parse(detail.inputs)).toMatchObject({ 'sys.workflow_run_id': json.workflow_run_id });
    const old = (await row.client.get(`/v1/workflows/run/${runId}`)).json;
    expect(old).toMatchObject({ status: 'failed', origin: null });
  });

  it('streams a whole run: what the kept nodes had come to first, the same from memory and log', async () => {
    const runId = await failedRun();
    const answer = await row.client.post(`/v1/workflows/run/${runId}/retry`, {
      ...reader,
      response_mode: 'streaming',
    });
    const events = eventsOf(answer);
    const newId = events[0].workflow_run_id;
    expect(new Set(events.map(({ workflow_run_id }) => workflow_run_id))).toEqual(new Set([newId]));
    const ends = events.filter(({ event }) => event === 'node_finished');
    expect(ends.map(({ data }) => [data.node_id, data.status])).toEqual(
      ['start', 'first', 'second', 'end'].map((id) => [id, 'succeeded']),
    );
    expect(events.at(-1)).toMatchObject({ event: 'workflow_finished', data: { status: 'succeeded' } });
    const path = `/v1/workflow/${newId}/events?user=reader&after=0`;
    const fromLog = eventsOf(await row.client.get(path)).map(({ sequence: _, ...event }) => event);
    // The node in which the first run was cut off is announced to those who are there only.
    expect(fromLog).toEqual(events.filter(({ event }) => event !== 'text_replace'));
  });

  it('can be tried again and again, and runs on the version that it ran on', async () => {
    const changing = await publishGraph(app, owner, { mode: 'workflow', graph: rowOfTwo });
    const runId = await failedRun(changing);
    await owner.client.post(`${changing.base}/workflows/draft`, {
      graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
      features: {},
      hash: (await owner.client.get(`${changing.base}/workflows/draft`)).json.hash,
    });
    expect((await owner.client.post(`${changing.base}/workflows/publish`, {})).status).toBe(200);
    failing.add('<x>');
    const again = await changing.client.post(`/v1/workflows/run/${runId}/retry`, reader);
    expect(again.json.data.status).toBe('failed');
    failing.clear();
    const third = await changing.client.post(`/v1/workflows/run/${again.json.workflow_run_id}/retry`, reader);
    expect(third.json.data.outputs).toEqual({ result: '<<x>>' });
  });

  it('goes on with the rounds that an iteration had not finished', async () => {
    const iterating = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: iterationGraph,
    });
    asked = [];
    failing.add('b');
    const inputs = { text: 'a,b,c' };
    const { json } = await iterating.client.post('/v1/workflows/run', { inputs, user: 'reader' });
    expect(json.data.status).toBe('failed');
    failing.clear();
    asked = [];
    const path = `/v1/workflows/run/${json.workflow_run_id}/retry`;
    const again = await iterating.client.post(path, reader);
    expect(again.json.data).toMatchObject({
      status: 'succeeded',
      outputs: { result: ['<a>', '<b>', '<c>'] },
    });
    expect(asked).toEqual(['b', 'c']);
  });

  it('is refused in words for runs that did not fail or have not ended', async () => {
    const fine = await succeededRun('y');
    const refused = await row.client.post(`/v1/workflows/run/${fine}/retry`, reader);
    expect(refused.json).toMatchObject({ code: 'invalid_param', status: 400 });
    expect(refused.json.message).toContain('Nothing failed');
    const gate = new Gate();
    ports.code = gate.port;
    const gated = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({ start: askText, wait: gatedNode(['start', 'text']), end: endWith(['wait', 'text']) }),
    });
    const arrival = gate.arrival();
    const running = gated.client.post('/v1/workflows/run', { inputs: { text: 'z' }, user: 'reader' });
    await arrival;
    ports.code = code;
    const { rows } = await app.services.pool.query('select id from workflow_runs where app_id = $1', [
      gated.appId,
    ]);
    const early = await gated.client.post(`/v1/workflows/run/${rows[0].id}/retry`, reader);
    expect(early.json).toMatchObject({ code: 'conflict', status: 409 });
    gate.open();
    await running;
  });

  it('does not exist for other apps and other users', async () => {
    const runId = await failedRun();
    const stranger = await row.client.post(`/v1/workflows/run/${runId}/retry`, { user: 'stranger' });
    expect(stranger.status).toBe(404);
    const other = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
    });
    expect((await other.client.post(`/v1/workflows/run/${runId}/retry`, reader)).status).toBe(404);
    expect((await row.client.post('/v1/workflows/run/none/retry', reader)).status).toBe(404);
  });

  it('is one run for one idempotency key', async () => {
    const runId = await failedRun();
    const headers = { 'idempotency-key': 'again-1' };
    const path = `/v1/workflows/run/${runId}/retry`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => row.client.post(path, reader, { headers })),
    );
    expect(new Set(answers.map(({ json }) => json.workflow_run_id)).size).toBe(1);
    expect(asked).toEqual(['<x>']);
  });

  it('keeps what had finished when the process dies right after accepting it', async () => {
    const runId = await failedRun();
    const gate = new Gate();
    ports.code = gate.port;
    const arrival = gate.arrival();
    const answer = row.client.post(`/v1/workflows/run/${runId}/retry`, reader);
    await arrival;
    const { rows } = await app.services.pool.query(
      'select id from workflow_runs where origin_run_id = $1 and status = $2',
      [runId, 'running'],
    );
    const newId: string = rows[0].id;
    // The log is cut back to what was written with the run: what a death at that moment leaves.
    const owner = '00000000-0000-4000-8000-000000000000';
    await app.services.pool.query('update runs set owner_id = $2 where id = $1', [newId, owner]);
    app.services.workflows.runs.find(newId)?.live.stop('lease-lost');
    await expect.poll(() => app.services.workflows.runs.find(newId)).toBeUndefined();
    await app.services.pool.query(
      "delete from run_log where run_id = $1 and payload ->> 'type' = 'run-recovered'",
      [newId],
    );
    ports.code = code;
    await app.services.workflows.takeOver.sweep();
    await expect
      .poll(async () => (await row.client.get(`/v1/workflows/run/${newId}`)).json.status, { timeout: 5_000 })
      .toBe('succeeded');
    expect(asked).toEqual(['<x>']);
    await answer;
  });
});

describe('running again from a node', () => {
  it('takes edited variables, keeps what is before, and runs the node and what follows', async () => {
    const runId = await failedRun();
    const { json } = await row.client.post(`/v1/workflows/run/${runId}/rerun`, {
      ...reader,
      node_id: 'second',
      inputs: { '#first.text#': 'EDITED' },
    });
    expect(json.data).toMatchObject({ status: 'succeeded', outputs: { result: '<EDITED>' } });
    expect(asked).toEqual(['EDITED']);
    const detail = (await row.client.get(`/v1/workflows/run/${json.workflow_run_id}`)).json;
    expect(detail.origin).toEqual({ run_id: runId, kind: 'rerun', node_id: 'second' });
  });

  it('takes fields of the form at the start, checked like any other input', async () => {
    const runId = await failedRun();
    const path = `/v1/workflows/run/${runId}/rerun`;
    const { json } = await row.client.post(path, { ...reader, node_id: 'start', inputs: { text: 'new' } });
    expect(json.data.outputs).toEqual({ result: '<<new>>' });
    const detail = (await row.client.get(`/v1/workflows/run/${json.workflow_run_id}`)).json;
    expect(JSON.parse(detail.inputs)).toMatchObject({ text: 'new' });
    const long = { text: 'x'.repeat(101) };
    const refused = await row.client.post(path, { ...reader, node_id: 'start', inputs: long });
    expect(refused.json.code).toBe('invalid_param');
  });

  const file = { dify_model_identity: '__dify__file__', related_id: 'somebody else’s' };
  it.each([
    ['an unknown node', { node_id: 'nobody' }, 404, 'does not exist'],
    ['a node that the run did not come to', { node_id: 'end' }, 400, 'did not come to'],
    ['an unknown field', { node_id: 'start', inputs: { words: 'x' } }, 400, 'words'],
    ['an unknown variable', { node_id: 'second', inputs: { 'first.words': 'x' } }, 400, 'first.words'],
    ['a variable of a later node', { node_id: 'first', inputs: { 'second.text': 'x' } }, 400, 'second.text'],
    ['a value of another type', { node_id: 'second', inputs: { 'first.text': 7 } }, 400, 'type string'],
    ['a made-up file', { node_id: 'second', inputs: { 'first.text': file } }, 400, 'files'],
    ['a system variable', { node_id: 'second', inputs: { 'sys.user_id': 'x' } }, 400, 'sys.user_id'],
  ])('refuses %s in words', async (_what, body, status, words) => {
    const runId = await failedRun();
    const refused = await row.client.post(`/v1/workflows/run/${runId}/rerun`, { ...reader, ...body });
    expect(refused.status).toBe(status);
    expect(refused.json.message).toContain(words);
    expect(asked).toEqual([]);
  });

  it('refuses a node inside of a container', async () => {
    const iterating = await publishGraph(app, owner, { mode: 'workflow', graph: iterationGraph });
    asked = [];
    const inputs = { text: 'a' };
    const { json } = await iterating.client.post('/v1/workflows/run', { inputs, user: 'reader' });
    const path = `/v1/workflows/run/${json.workflow_run_id}/rerun`;
    const refused = await iterating.client.post(path, { ...reader, node_id: 'inner' });
    expect(refused.json).toMatchObject({ code: 'invalid_param', params: 'node_id' });
  });
});

describe('in the console', () => {
  it('a run of a program is tried again for its user, as a stream, and shows where it comes from', async () => {
    const runId = await failedRun();
    const path = `${row.base}/workflow-runs/${runId}`;
    const events = eventsOf(await owner.client.post(`${path}/retry`, {}));
    expect(events.at(-1)).toMatchObject({
      event: 'workflow_finished',
      data: { status: 'succeeded', created_by: { user: 'reader' } },
    });
    const newId = events[0].workflow_run_id;
    const detail = (await owner.client.get(`${row.base}/workflow-runs/${newId}`)).json;
    expect(detail.origin).toEqual({ run_id: runId, kind: 'retry', node_id: null });
    const nodes = (await owner.client.get(`${row.base}/workflow-runs/${newId}/node-executions`)).json.data;
    expect(nodes.map(({ node_id }: { node_id: string }) => node_id)).toEqual([
      'start',
      'first',
      'second',
      'end',
    ]);
    expect((await row.client.get(`/v1/workflow/${newId}/events?user=reader`)).status).toBe(200);
  });

  it('a debug run is run again from a node', async () => {
    asked = [];
    const debugged = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({ start: askText, only: gatedNode(['start', 'text']), end: endWith(['only', 'text']) }),
    });
    const draft = await owner.client.post(`${debugged.base}/workflows/draft/run`, { inputs: { text: 'd' } });
    const runId = eventsOf(draft)[0].workflow_run_id;
    const path = `${debugged.base}/workflow-runs/${runId}/rerun`;
    const again = await owner.client.post(path, { node_id: 'only', inputs: { 'start.text': 'e' } });
    expect(eventsOf(again).at(-1).data.outputs).toEqual({ result: '<e>' });
    const list = (await owner.client.get(`${debugged.base}/workflow-runs?triggered_from=debugging`)).json
      .data;
    expect(list[0].origin).toEqual({ run_id: runId, kind: 'rerun', node_id: 'only' });
  });
});

describe('a chatflow', () => {
  it('writes the answer of a retry beside the failed message, with the history that it had', async () => {
    const chat = await publishGraph(app, owner, {
      mode: 'advanced-chat',
      graph: rowGraph({
        start: { type: 'start', variables: [] },
        say: gatedNode(['sys', 'query']),
        answer: { type: 'answer', answer: 'said {{#say.text#}}', variables: [] },
      }),
    });
    asked = [];
    const say = (query: string, conversation_id = '') =>
      chat.client.post('/v1/chat-messages', { inputs: {}, query, conversation_id, user: 'reader' });
    const first = (await say('one')).json;
    failing.add('two');
    expect((await say('two', first.conversation_id)).json).toMatchObject({ code: 'invalid_param' });
    failing.clear();
    const runs = (await owner.client.get(`${chat.base}/workflow-runs?triggered_from=app-run`)).json.data;
    const { json } = await chat.client.post(`/v1/workflows/run/${runs[0].id}/retry`, reader);
    expect(json).toMatchObject({ answer: 'said <two>', conversation_id: first.conversation_id });
    expect(json.message_id).not.toBe(runs[0].message_id);
    const { rows } = await app.services.pool.query(
      'select parent_message_id, query, status from messages where id = $1',
      [json.message_id],
    );
    expect(rows[0]).toEqual({ parent_message_id: first.message_id, query: 'two', status: 'normal' });
  });
});

const inside = (id: string, data: object) => ({
  id,
  type: 'custom',
  parentId: 'each',
  data: { title: id, iteration_id: 'each', ...data },
});

/** Takes a text apart at its commas, and puts each piece in brackets. */
const iterationGraph = {
  nodes: [
    { id: 'start', type: 'custom', data: { ...askText, title: 'start' } },
    {
      id: 'split',
      type: 'custom',
      data: {
        ...gatedNode(['start', 'text']),
        title: 'split',
        code: 'split',
        outputs: { items: { type: 'array[string]', children: null } },
      },
    },
    {
      id: 'each',
      type: 'custom',
      data: {
        type: 'iteration',
        title: 'each',
        start_node_id: 'begin',
        iterator_selector: ['split', 'items'],
        output_selector: ['inner', 'text'],
      },
    },
    inside('begin', { type: 'iteration-start' }),
    inside('inner', gatedNode(['each', 'item'])),
    { id: 'end', type: 'custom', data: { ...endWith(['each', 'output']), title: 'end' } },
  ],
  edges: [
    ['start', 'split'],
    ['split', 'each'],
    ['begin', 'inner'],
    ['each', 'end'],
  ].map(([source, target]) => ({ source, sourceHandle: 'source', target, targetHandle: 'target' })),
};
