import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineBench } from './harness/contract.ts';
import { type Serving, startTrellis } from './harness/server.ts';
import { openSharedDatabase, type SharedDatabase } from './harness/shared-database.ts';
import {
  chainGraph,
  prepareWorkflowApp,
  type StoredGraph,
  type WorkflowApp,
} from './harness/workflow-app.ts';

const runs = 50;
/** What a call to the outside takes; a run makes three. */
const callMs = 300;
const budgetSeconds = 8;
const timeoutMs = 60_000;

/** How long people wait for their runs when a server dies. */
export default defineBench({
  questions: {
    recovery: {
      question: `From kill -9 of one of two servers until the last of its ${runs} runs has ended`,
      unit: 's',
      baseline: 'the budget: a lease of 3 s, and 5 s',
      better: 'lower',
    },
  },
  async prepare() {
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
    const database = await openSharedDatabase();
    const outside = await startOutside();
    const survivor = await startTrellis(dataPath, database.env);
    const { port } = outside.address() as AddressInfo;
    const app = await prepareWorkflowApp(survivor.url, callsTo(port));
    return { dataPath, database, outside, survivor, app };
  },
  async run({ prepared, say }) {
    const { dataPath, database, app } = prepared;
    const victim = await startTrellis(dataPath, database.env);
    const ids = await startRuns(victim, app);
    await sleep(callMs / 2);
    const killedAt = performance.now();
    process.kill(victim.pid, 'SIGKILL');
    await victim.exited;
    const left = await unfinished(database, ids);
    await untilEnded(database, ids);
    const seconds = (performance.now() - killedAt) / 1_000;
    say(`${left} runs were interrupted; the last one ended ${seconds.toFixed(1)} s after the kill`);
    return { recovery: { ours: seconds, baseline: budgetSeconds } };
  },
  async finish({ dataPath, database, outside, survivor }) {
    await survivor.stop();
    outside.close();
    outside.closeAllConnections();
    await database.close();
    await rm(dataPath, { recursive: true, force: true });
  },
});

function startOutside(): Promise<Server> {
  const server = createServer((_, response) => {
    setTimeout(() => response.end('done'), callMs);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function callsTo(port: number): StoredGraph {
  const call = {
    type: 'http-request',
    method: 'get',
    url: `http://127.0.0.1:${port}/`,
    headers: '',
    params: '',
    body: { type: 'none', data: [] },
    authorization: { type: 'no-auth' },
  };
  return chainGraph({
    start: { type: 'start', variables: [] },
    call1: call,
    call2: call,
    call3: call,
    end: {
      type: 'end',
      outputs: [{ variable: 'text', value_selector: ['call3', 'body'], value_type: 'string' }],
    },
  });
}

/** Starts runs and answers their ids; nobody reads their events. */
async function startRuns(server: Serving, app: WorkflowApp): Promise<string[]> {
  return Promise.all(
    Array.from({ length: runs }, async () => {
      const response = await fetch(`${server.url}/v1/workflows/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${app.key}` },
        body: JSON.stringify({ inputs: {}, user: 'bench', response_mode: 'streaming' }),
      });
      response.body?.cancel().catch(() => undefined);
      return response.headers.get('x-workflow-run-id') ?? '';
    }),
  );
}

async function unfinished(database: SharedDatabase, ids: readonly string[]): Promise<number> {
  const { rowCount } = await database.pool.query(
    "select from runs where id = any($1) and status = 'running'",
    [ids],
  );
  return rowCount ?? 0;
}

async function untilEnded(database: SharedDatabase, ids: readonly string[]): Promise<void> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await sleep(20)) {
    if ((await unfinished(database, ids)) === 0) return;
  }
  throw new Error('Interrupted runs did not end.');
}
