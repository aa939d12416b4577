import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openTestDatabase } from '../../apps/server/src/platform/database/testing.ts';
import { type Serving, startTrellis } from '../../bench/harness/server.ts';
import { chainGraph, prepareWorkflowApp, type WorkflowApp } from '../../bench/harness/workflow-app.ts';

/** What the kills did. */
export interface WorkflowChaosReport {
  kills: number;
  /** Runs that were accepted: a client had read their id. */
  accepted: number;
  /** Of those, runs that another process had to take over. */
  takenOver: number;
  /** Requests that nodes repeated because their result had not been logged. */
  repeated: number;
  /** What was not as promised, in words; empty is good. */
  broken: string[];
}

/** How many nodes of a run talk to the outside. */
const steps = [1, 2, 3];
/** Lease, sweep, and the run itself on a machine that starts servers meanwhile. */
const settleMs = 30_000;

/**
 * Runs workflows on two servers of one database and kills one of them at random moments, again and again. Every run
 * that was accepted must end with the output of an undisturbed run, and no node may run again once its result is
 * logged.
 */
export async function runWorkflowChaos(options: {
  kills: number;
  concurrency: number;
  say: (line: string) => void;
}): Promise<WorkflowChaosReport> {
  const database = await openTestDatabase({ migrated: false });
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-workflow-chaos-'));
  const outside = await startOutside();
  const { host, port, user, database: name } = database.connection;
  const env = {
    DB_HOST: String(host),
    DB_PORT: String(port),
    DB_USERNAME: String(user),
    DB_DATABASE: String(name),
    DB_PASSWORD: '',
    SECRET_KEY: 'chaos-secret-key-that-protects-nothing-0123456789',
    SSRF_PROXY_ALLOW_PRIVATE_IPS: '127.0.0.1',
  };
  const start = () => startTrellis(dataPath, env);
  const servers: (Serving | null)[] = [await start(), await start()];
  const starting: Promise<void>[] = [];
  try {
    const app = await prepareWorkflowApp(servers[0]?.url ?? '', graphTo(outside.port));
    const load = new Load({ app, servers, concurrency: options.concurrency });
    for (let kill = 1; kill <= options.kills; kill += 1) {
      await sleep(200 + Math.random() * 1_000);
      // The other one may still be starting: then both are down for a while.
      const place = await oneThatIsUp(servers);
      const victim = servers[place];
      if (victim) process.kill(victim.pid, 'SIGKILL');
      servers[place] = null;
      starting[place] = start().then((server) => {
        servers[place] = server;
      });
      options.say(`kill ${kill}: ${load.accepted.size} runs accepted so far`);
    }
    await Promise.all(starting);
    await load.stop();
    const broken = await check({ pool: database.pool, load, outside });
    return { kills: options.kills, ...broken };
  } finally {
    await Promise.allSettled(starting);
    await Promise.all(servers.map((server) => server?.stop()));
    outside.server.close();
    outside.server.closeAllConnections();
    await database.close();
    await rm(dataPath, { recursive: true, force: true });
  }
}

/** Place of a server that is up, chosen by chance where both are. */
async function oneThatIsUp(servers: readonly (Serving | null)[]): Promise<number> {
  for (;;) {
    const up = servers.flatMap((server, place) => (server === null ? [] : [place]));
    const chosen = up[Math.floor(Math.random() * up.length)];
    if (chosen !== undefined) return chosen;
    await sleep(20);
  }
}

function graphTo(port: number) {
  const url = (step: number) => `http://127.0.0.1:${port}/step/${step}?text={{#start.text#}}`;
  const body = { type: 'none', data: [] };
  const authorization = { type: 'no-auth' };
  const call = (step: number) => ({
    type: 'http-request',
    method: 'get',
    url: url(step),
    headers: '',
    params: '',
    body,
    authorization,
  });
  return chainGraph({
    start: {
      type: 'start',
      variables: [{ variable: 'text', label: 'Text', type: 'text-input', required: true }],
    },
    call1: call(1),
    call2: call(2),
    call3: call(3),
    end: {
      type: 'end',
      outputs: steps.map((step) => ({
        variable: `step${step}`,
        value_selector: [`call${step}`, 'body'],
        value_type: 'string',
      })),
    },
  });
}

/** What a run with this text must put out. */
const expectedOutputs = (text: string) =>
  Object.fromEntries(steps.map((step) => [`step${step}`, `step ${step} of ${text}`]));

interface Outside {
  server: Server;
  port: number;
  /** When each request came, by the idempotency key that it carried. */
  calls: Map<string, number[]>;
}

/** The outside that nodes talk to: takes its time, and remembers who asked when. */
async function startOutside(): Promise<Outside> {
  const calls = new Map<string, number[]>();
  const server = createServer((incoming, response) => {
    const key = String(incoming.headers['idempotency-key']);
    calls.set(key, [...(calls.get(key) ?? []), Date.now()]);
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
    const answer = `step ${pathname.split('/').at(-1)} of ${searchParams.get('text')}`;
    setTimeout(
      () => response.writeHead(200, { 'content-type': 'text/plain' }).end(answer),
      10 + Math.random() * 250,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, calls };
}

/** Clients that start a new run as soon as theirs has ended or broken off. */
class Load {
  /** Texts of accepted runs by run id. */
  readonly accepted = new Map<string, string>();
  readonly #options: { app: WorkflowApp; servers: readonly (Serving | null)[] };
  readonly #workers: Promise<void>[];
  #stopped = false;

  constructor(options: { app: WorkflowApp; servers: readonly (Serving | null)[]; concurrency: number }) {
    this.#options = options;
    this.#workers = Array.from({ length: options.concurrency }, async (_, worker) => {
      for (let count = 0; !this.#stopped; count += 1) await this.#run(`text-${worker}-${count}`);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
  }

  async #run(text: string): Promise<void> {
    const up = this.#options.servers.filter((server) => server !== null);
    const server = up[Math.floor(Math.random() * up.length)];
    if (!server) return sleep(50);
    const body = JSON.stringify({ inputs: { text }, user: 'chaos', response_mode: 'streaming' });
    await new Promise<void>((resolve) => {
      const call = request(
        `${server.url}/v1/workflows/run`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#options.app.key}` },
        },
        (response) => {
          const runId = response.headers['x-workflow-run-id'];
          if (response.statusCode === 200 && typeof runId === 'string') this.accepted.set(runId, text);
          response.on('error', () => resolve()).on('close', () => resolve());
          response.resume();
        },
      );
      call.on('error', () => setTimeout(resolve, 50));
      call.end(body);
    });
  }
}

interface RunRow {
  id: string;
  status: string;
  outputs: Record<string, unknown> | null;
  fence: number;
}

async function check({
  pool,
  load,
  outside,
}: {
  pool: Pool;
  load: Load;
  outside: Outside;
}): Promise<Omit<WorkflowChaosReport, 'kills'>> {
  const rows = await settled(pool);
  const broken: string[] = [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [id, text] of load.accepted) {
    const row = byId.get(id);
    const expected = JSON.stringify(expectedOutputs(text));
    if (!row) broken.push(`the accepted run ${id} is not recorded`);
    else if (row.status !== 'succeeded') broken.push(`the run ${id} is ${row.status}`);
    else if (JSON.stringify(row.outputs) !== expected) {
      broken.push(`the run ${id} put out ${JSON.stringify(row.outputs)} instead of ${expected}`);
    }
  }
  for (const row of rows) if (row.status === 'running') broken.push(`the run ${row.id} never ended`);
  const { rows: finished } = await pool.query<{ run_id: string; node: string; times: Date[] }>(
    `select run_id, payload ->> 'node' as node, array_agg(created_at order by sequence) as times
     from run_log where kind = 'engine' and payload ->> 'type' = 'node-finished' group by 1, 2`,
  );
  let repeated = 0;
  for (const { run_id: runId, node, times } of finished) {
    if (times.length > 1) broken.push(`node ${node} of run ${runId} is logged ${times.length} times`);
    const calls = outside.calls.get(`${runId}:${node}`) ?? [];
    if (node.startsWith('call') && calls.length === 0) {
      broken.push(`node ${node} of run ${runId} is logged and never called`);
    }
    repeated += Math.max(0, calls.length - 1);
    const late = calls.filter((atMs) => atMs > (times[0]?.getTime() ?? 0));
    if (late.length > 0) broken.push(`node ${node} of run ${runId} ran again after its result was logged`);
  }
  const takenOver = rows.filter(({ fence }) => fence > 1).length;
  return { accepted: load.accepted.size, takenOver, repeated, broken };
}

/** All runs, once none is running any more. */
async function settled(pool: Pool): Promise<RunRow[]> {
  for (const deadline = Date.now() + settleMs; ; await sleep(200)) {
    const { rows } = await pool.query<RunRow>(
      'select w.id, w.status, w.outputs, r.fence from workflow_runs w join runs r on r.id = w.id',
    );
    if (Date.now() > deadline || rows.every(({ status }) => status !== 'running')) return rows;
  }
}
