import type { CodePort } from '@trellis/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import {
  askText,
  endWith,
  eventsOf,
  gatedNode,
  type PublishedApp,
  publishGraph,
  rowGraph,
} from './testing.ts';

const large = 'Ein großer Wert. '.repeat(22_000);
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'] as const;

let app: TestApp;
let passing: PublishedApp;
let calls = 0;
let hold: Promise<void> = Promise.resolve();

/** The first node puts the large text out, the others pass it on; the fifth can be held. */
const port: CodePort = {
  run: async ({ inputs, signal }) => {
    calls += 1;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    if (calls === 5) await Promise.race([hold, aborted]);
    return { outputs: { text: inputs['text'] === 'begin' ? large : inputs['text'] } };
  },
};

beforeAll(async () => {
  app = await createTestApp({ enginePorts: { code: port } });
  const sources = ['start', ...nodes];
  passing = await publishGraph(app, await app.owner(), {
    mode: 'workflow',
    graph: rowGraph({
      start: askText,
      ...Object.fromEntries(nodes.map((node, place) => [node, gatedNode([sources[place] ?? '', 'text'])])),
      end: endWith(['n8', 'text']),
    }),
  });
});
afterAll(() => app.close());

const query = <Row extends object>(text: string, values: unknown[] = []) =>
  app.services.pool.query<Row & { [name: string]: unknown }>(text, values).then(({ rows }) => rows);

async function storedOf(runId: string) {
  const [log] = await query<{ bytes: number; records: number }>(
    `select sum(octet_length(payload::text))::int as bytes, count(*)::int as records
     from run_log where run_id = $1`,
    [runId],
  );
  const values = await query<{ bytes: number }>(
    'select octet_length(payload::text) as bytes from run_values where run_id = $1',
    [runId],
  );
  return { log, values };
}

const body = (mode: string) => ({ inputs: { text: 'begin' }, user: 'reader', response_mode: mode });

describe('a large value that goes from node to node', () => {
  it('is stored once, and told whole to everybody', async () => {
    calls = 10;
    const { json } = await passing.client.post('/v1/workflows/run', body('blocking'));
    expect(json.data.error).toBe('');
    expect(json.data.outputs.result === large).toBe(true);
    const runId: string = json.workflow_run_id;
    const { log, values } = await storedOf(runId);
    expect(values).toEqual([{ bytes: Buffer.byteLength(large) + 2 }]);
    expect(log?.bytes).toBeLessThan(20_000);
    const again = await passing.client.get(`/v1/workflow/${runId}/events?user=reader&after=0`);
    const finished = eventsOf(again).filter(({ event }) => event === 'node_finished');
    expect(finished.slice(1, 9).every(({ data }) => data.outputs.text === large)).toBe(true);
  });

  it('is there when another process goes on, which does not store it a second time', async () => {
    calls = 0;
    let release: () => void = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const answer = passing.client.post('/v1/workflows/run', body('streaming'));
    await expect.poll(() => calls, { timeout: 10_000 }).toBe(5);
    const [run] = await query<{ id: string }>("select id from runs where status = 'running'");
    const runId = run?.id ?? '';
    await expect.poll(async () => (await storedOf(runId)).log?.records).toBeGreaterThan(9);
    await query("update runs set owner_id = '00000000-0000-4000-8000-000000000000' where id = $1", [runId]);
    app.services.workflows.runs.find(runId)?.live.stop('lease-lost');
    await expect.poll(() => app.services.workflows.runs.find(runId)).toBeUndefined();
    await app.services.workflows.takeOver.sweep();
    release();
    const events = eventsOf(await answer);
    expect(events.at(-1)?.data.outputs.result === large).toBe(true);
    expect((await storedOf(runId)).values).toHaveLength(1);
  });

  it('goes with its app', async () => {
    await query('delete from apps where id = $1', [passing.appId]);
    await app.services.maintenance.removeApp(passing.appId);
    expect(await query('select from run_values')).toEqual([]);
  });
});
