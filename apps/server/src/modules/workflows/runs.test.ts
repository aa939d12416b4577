import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import type { TestAnswer } from '../../testing/test-client.ts';
import {
  askText,
  endWith,
  eventsOf,
  Gate,
  gatedNode,
  namesOf,
  type PublishedApp,
  publishGraph,
  rowGraph,
} from './testing.ts';

const gate = new Gate();
let app: TestApp;
let owner: TestPerson;
let echo: PublishedApp;
let gated: PublishedApp;

beforeAll(async () => {
  app = await createTestApp({ enginePorts: { code: gate.port } });
  owner = await app.owner();
  echo = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
  });
  gated = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({
      start: askText,
      first: gatedNode(['start', 'text']),
      second: gatedNode(['first', 'text']),
      end: endWith(['second', 'text']),
    }),
  });
});
afterAll(() => app.close());

const runBody = (text: string, mode = 'blocking') => ({
  inputs: { text },
  user: 'reader',
  response_mode: mode,
});

describe('a workflow run', () => {
  it('answers a blocking call with its outputs', async () => {
    const { status, json } = await echo.client.post('/v1/workflows/run', runBody('hello'));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      task_id: json.workflow_run_id,
      data: { status: 'succeeded', outputs: { result: 'hello' }, error: '', total_steps: 2 },
    });
  });

  it('streams its events in order, with a ping first', async () => {
    const answer = await echo.client.post('/v1/workflows/run', runBody('hello', 'streaming'));
    expect(answer.text.startsWith('event: ping\n\n')).toBe(true);
    const events = eventsOf(answer);
    expect(answer.headers['x-workflow-run-id']).toBe(events[0].workflow_run_id);
    expect(events.map(({ event }) => event)).toEqual([
      'workflow_started',
      'node_started',
      'text_chunk',
      'node_finished',
      'node_started',
      'node_finished',
      'workflow_finished',
    ]);
    expect(events.at(-1).data).toMatchObject({ created_by: { user: 'reader' }, exceptions_count: 0 });
    expect(events.every((event) => event.sequence === undefined)).toBe(true);
  });

  it('is found by its id and in the logs', async () => {
    const run = (await echo.client.post('/v1/workflows/run', runBody('needle-4711'))).json;
    const detail = (await echo.client.get(`/v1/workflows/run/${run.workflow_run_id}`)).json;
    expect(JSON.parse(detail.inputs)).toMatchObject({ text: 'needle-4711', 'sys.user_id': 'reader' });
    expect(detail.outputs).toEqual({ result: 'needle-4711' });
    const logs = (await echo.client.get('/v1/workflows/logs?keyword=needle-4711')).json;
    expect(logs).toMatchObject({ total: 1, data: [{ workflow_run: { id: run.workflow_run_id } }] });
    const others = (await echo.client.get('/v1/workflows/logs?created_by_end_user_session_id=nobody')).json;
    expect(others.total).toBe(0);
    const unknown = await echo.client.get('/v1/workflows/logs?created_by_account=nobody@example.com');
    expect(unknown.json.message).toBe('Account not found: nobody@example.com');
  });

  it('refuses inputs that do not fit the form', async () => {
    const missing = await echo.client.post('/v1/workflows/run', { inputs: {}, user: 'u' });
    expect(missing.json).toMatchObject({
      code: 'invalid_param',
      message: 'text is required in input form',
    });
    const tooLong = await echo.client.post('/v1/workflows/run', runBody('x'.repeat(101)));
    expect(tooLong.json.code).toBe('invalid_param');
  });

  it('fails with 200 and the reason when a node fails', async () => {
    const failing = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({
        start: askText,
        search: {
          type: 'knowledge-retrieval',
          query_variable_selector: ['start', 'text'],
          dataset_ids: ['0e1f2a3b-0000-4000-8000-000000000000'],
          retrieval_mode: 'multiple',
          multiple_retrieval_config: { top_k: 2, reranking_enable: false },
        },
        end: endWith(['search', 'result']),
      }),
    });
    const { status, json } = await failing.client.post('/v1/workflows/run', runBody('x'));
    expect(status).toBe(200);
    expect(json.data.status).toBe('failed');
    expect(json.data.error).toContain('knowledge-retrieval');
  });

  it('is stopped by the one who started it, and by nobody else', async () => {
    const answer = gated.client.post('/v1/workflows/run', runBody('stop me', 'streaming'));
    await gate.arrival();
    const { rows } = await app.services.pool.query(
      "select id from workflow_runs where status = 'running' and app_id = $1",
      [gated.appId],
    );
    const path = `/v1/workflows/tasks/${rows[0].id}/stop`;
    await gated.client.post(path, { user: 'somebody else' });
    const stopped = await gated.client.post(path, { user: 'reader' });
    expect(stopped.json).toEqual({ result: 'success' });
    const events = eventsOf(await answer);
    expect(events.at(-1)).toMatchObject({
      event: 'workflow_finished',
      data: { status: 'stopped', error: 'Stopped by user.' },
    });
    gate.open();
  });
});

describe('an idempotency key', () => {
  it('makes a hundred parallel requests one run', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        echo.client.post('/v1/workflows/run', runBody('the order'), { headers }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ json }) => json.workflow_run_id)).size).toBe(1);
    expect(new Set(answers.map(({ json }) => json.data.outputs.result)).size).toBe(1);
    const { rows } = await app.services.pool.query(
      "select count(*)::int as runs from workflow_runs where idempotency_key = 'order-1'",
    );
    expect(rows[0].runs).toBe(1);
  });

  it('belongs to its user, and streams the run again to a late caller', async () => {
    const headers = { 'idempotency-key': 'order-2' };
    const first = await echo.client.post('/v1/workflows/run', runBody('one'), { headers });
    const again = await echo.client.post('/v1/workflows/run', runBody('one', 'streaming'), { headers });
    expect(eventsOf(again)[0].workflow_run_id).toBe(first.json.workflow_run_id);
    expect(eventsOf(again).at(-1).data.outputs).toEqual({ result: 'one' });
    const other = { ...runBody('three'), user: 'another reader' };
    const theirs = await echo.client.post('/v1/workflows/run', other, { headers });
    expect(theirs.json.workflow_run_id).not.toBe(first.json.workflow_run_id);
  });

  it('is refused with a request that asks for something else', async () => {
    const headers = { 'idempotency-key': 'order-3' };
    await echo.client.post('/v1/workflows/run', runBody('one'), { headers });
    const other = await echo.client.post('/v1/workflows/run', runBody('two'), { headers });
    expect(other.json).toMatchObject({ code: 'idempotency_key_reused', status: 422 });
  });
});

describe('the limit of an app', () => {
  it('lets no more runs through than may be under way, even when they come in one burst', async () => {
    const narrow = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({ start: askText, held: gatedNode(['start', 'text']), end: endWith(['held', 'text']) }),
    });
    await owner.client.put(narrow.base, { name: 'Narrow', max_active_requests: 2 });
    const burst = Array.from({ length: 8 }, (_, index) =>
      narrow.client.post('/v1/workflows/run', runBody(`run ${index}`)),
    );
    const refused: TestAnswer[] = [];
    for (const call of burst) call.then((answer) => refused.push(answer));
    await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(6);
    expect(refused.map(({ status, json }) => [status, json.code])).toEqual(
      refused.map(() => [429, 'too_many_requests']),
    );
    await expect.poll(() => gate.waiting, { timeout: 10_000 }).toBe(2);
    gate.open();
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    const after = narrow.client.post('/v1/workflows/run', runBody('after'));
    await gate.arrival();
    gate.open();
    expect((await after).status).toBe(200);
  });
});

describe('coming back to a run', () => {
  it('gives the same events under the same numbers from memory and from the log', async () => {
    const answer = gated.client.post('/v1/workflows/run', runBody('again', 'streaming'));
    await gate.arrival();
    const runId = await runningIn(gated);
    const path = `/v1/workflow/${runId}/events?user=reader`;
    const live = gated.client.get(`${path}&after=0`);
    const snapshot = gated.client.get(`${path}&include_state_snapshot=true`);
    const news = gated.client.get(path);
    await settle();
    const second = gate.arrival();
    gate.open();
    await second;
    gate.open();
    const whole = eventsOf(await answer);
    const fromMemory = eventsOf(await live);
    const fromLog = eventsOf(await gated.client.get(`${path}&after=0`));
    expect(fromLog).toEqual(fromMemory);
    expect(fromMemory.map(({ sequence: _, ...event }) => event)).toEqual(whole);
    const numbers = fromMemory.map(({ sequence }) => sequence);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    for (const [index, number] of numbers.entries()) {
      const rest = eventsOf(await gated.client.get(`${path}&after=${number}`));
      const events = rest.filter(({ event }) => event !== 'text_replace');
      expect(events).toEqual(fromMemory.slice(index + 1));
    }
    const seen = eventsOf(await snapshot);
    expect(seen[0].event).toBe('workflow_started');
    expect(seen.filter(({ event }) => event === 'node_started').map(({ data }) => data.node_id)).toEqual([
      'start',
      'first',
      'second',
      'end',
    ]);
    expect(seen.at(-1).event).toBe('workflow_finished');
    expect(namesOf(eventsOf(await news))[0]).not.toBe('workflow_started');
    expect(eventsOf(await news).at(-1).event).toBe('workflow_finished');
  });

  it('tells only the end of a run that has ended, and nothing to others', async () => {
    const run = (await echo.client.post('/v1/workflows/run', runBody('done'))).json;
    const path = `/v1/workflow/${run.workflow_run_id}/events`;
    const events = eventsOf(await echo.client.get(`${path}?user=reader`));
    expect(events).toMatchObject([{ event: 'workflow_finished', data: { outputs: { result: 'done' } } }]);
    expect((await echo.client.get(`${path}?user=stranger`)).json).toMatchObject({
      status: 404,
      message: 'Workflow run not found',
    });
    expect((await gated.client.get(`${path}?user=reader`)).status).toBe(404);
  });
});

describe('a run whose process died', () => {
  it('goes on where its log ends, in another process, without running finished nodes again', async () => {
    const answer = gated.client.post('/v1/workflows/run', runBody('moved', 'streaming'));
    await gate.arrival();
    const second = gate.arrival();
    gate.open();
    await second;
    const before = gate.count;
    const runId = await runningIn(gated);
    // The row is what a dead process leaves: owned by nobody who is alive.
    await app.services.pool.query(
      "update runs set owner_id = '00000000-0000-4000-8000-000000000000' where id = $1",
      [runId],
    );
    app.services.workflows.runs.find(runId)?.live.stop('lease-lost');
    const again = gate.arrival();
    await settle();
    await app.services.workflows.takeOver.sweep();
    await again;
    expect(gate.count - before).toBe(1);
    gate.open();
    await expect
      .poll(async () => (await gated.client.get(`/v1/workflows/run/${runId}`)).json.status, {
        timeout: 5_000,
      })
      .toBe('succeeded');
    const detail = (await gated.client.get(`/v1/workflows/run/${runId}`)).json;
    expect(detail).toMatchObject({ outputs: { result: 'moved' }, total_steps: 4 });
    const events = eventsOf(await answer);
    expect(events.at(-1)).toMatchObject({ event: 'workflow_finished', data: { status: 'succeeded' } });
  });
});

async function runningIn(published: PublishedApp): Promise<string> {
  const { rows } = await app.services.pool.query(
    "select id from workflow_runs where status = 'running' and app_id = $1 order by created_at desc limit 1",
    [published.appId],
  );
  return rows[0].id;
}

/** Requests that were sent have arrived. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 300));
