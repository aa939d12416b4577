import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../apps/server/src/platform/database/testing.ts';
import { chainGraph, prepareWorkflowApp, type WorkflowApp } from '../../bench/harness/workflow-app.ts';
import { type ServerProcess, startServer, until } from './testing/server-process.ts';

/** Most runs of the app at a time, in all processes together. */
const places = 3;

let base: string;
let database: TestDatabase;
let outside: Outside;
let settings: Record<string, string>;
let app: WorkflowApp;
const processes: ServerProcess[] = [];
let worker: ServerProcess;
let first: ServerProcess;
let second: ServerProcess;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'modes-'));
  database = await openTestDatabase({ migrated: false });
  outside = await startOutside();
  const { host, port, user, database: name } = database.connection;
  settings = {
    DB_HOST: String(host),
    DB_PORT: String(port),
    DB_USERNAME: String(user),
    DB_DATABASE: String(name),
    DB_PASSWORD: '',
    SECRET_KEY: 'modes-secret-key-that-protects-nothing-0123456789',
    SSRF_PROXY_ALLOW_PRIVATE_IPS: '127.0.0.1',
    APP_MAX_ACTIVE_REQUESTS: String(places),
  };
  const migration = start('migration');
  expect([await migration.ended, migration.output()]).toEqual([0, expect.anything()]);
  [worker, first, second] = [start('worker'), start('api'), start('api')];
  const [, url] = await Promise.all([worker.url, first.url, second.url]);
  app = await prepareWorkflowApp(url, graphTo(outside.port));
}, 120_000);

afterAll(async () => {
  for (const { child, ended } of processes) {
    child.kill('SIGKILL');
    await ended;
  }
  outside.server.close();
  outside.server.closeAllConnections();
  await database.close();
  await rm(base, { recursive: true, force: true });
});

function start(mode: string, env: Record<string, string> = settings): ServerProcess {
  const server = startServer({ dataPath: join(base, 'data'), env: { ...env, MODE: mode } });
  processes.push(server);
  return server;
}

interface Outside {
  server: Server;
  port: number;
  /** How many calls wait for an answer. */
  waiting(): number;
  /** Answers all that wait. */
  answer(): void;
}

/** What the nodes call: keeps them waiting until the test lets them go. */
async function startOutside(): Promise<Outside> {
  const held = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    held.add(response);
    response.on('close', () => held.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    waiting: () => held.size,
    answer: () => {
      for (const response of held) response.end('done');
    },
  };
}

function graphTo(port: number) {
  return chainGraph({
    start: { type: 'start', variables: [] },
    call: {
      type: 'http-request',
      method: 'get',
      url: `http://127.0.0.1:${port}/`,
      headers: '',
      params: '',
      body: { type: 'none', data: [] },
      authorization: { type: 'no-auth' },
    },
    end: {
      type: 'end',
      outputs: [{ variable: 'text', value_selector: ['call', 'body'], value_type: 'string' }],
    },
  });
}

async function call(server: ServerProcess, method: string, path: string, body?: object): Promise<Response> {
  return fetch((await server.url) + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${app.key}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Calls the console as the owner of the installation. */
async function asOwner(server: ServerProcess, method: string, path: string): Promise<Response> {
  const account = { email: 'bench@example.org', password: 'bench-pass-1' };
  const { data } = (await (await call(server, 'POST', '/console/api/login', account)).json()) as {
    data: { access_token: string };
  };
  return fetch((await server.url) + path, {
    method,
    headers: { authorization: `Bearer ${data.access_token}` },
  });
}

/** Starts a run and answers its id and its stream, once its node waits outside. */
async function startRun(server: ServerProcess): Promise<{ id: string; response: Response }> {
  const before = outside.waiting();
  const body = { inputs: {}, user: 'ada', response_mode: 'streaming' };
  const response = await call(server, 'POST', '/v1/workflows/run', body);
  expect(response.status).toBe(200);
  await until('the node waits outside', () => outside.waiting() > before);
  return { id: response.headers.get('x-workflow-run-id') ?? '', response };
}

interface Told {
  event: string;
  data: { status: string; outputs: unknown };
}

/** The last event of a stream, once it has ended. */
async function endOf(response: Response): Promise<Told> {
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
  return JSON.parse(lines.at(-1)?.slice('data: '.length) ?? '{}') as Told;
}

const succeeded = { event: 'workflow_finished', data: { status: 'succeeded', outputs: { text: 'done' } } };

describe('processes that share the work', () => {
  it('answer for their half only', async () => {
    for (const [path, served, worked] of [
      ['/health', 200, 200],
      ['/health/ready', 200, 200],
      ['/v1/parameters', 200, 404],
      ['/console/api/system-features', 200, 404],
    ] as const) {
      expect([path, (await call(first, 'GET', path)).status]).toEqual([path, served]);
      expect([path, (await call(worker, 'GET', path)).status]).toEqual([path, worked]);
    }
  });

  it('let a client follow through one what another carries out', async () => {
    const run = await startRun(first);
    const attached = await call(second, 'GET', `/v1/workflow/${run.id}/events?user=ada&after=0`);
    outside.answer();
    expect(await endOf(attached)).toMatchObject(succeeded);
    expect(await endOf(run.response)).toMatchObject(succeeded);
  });

  it('stop through one what another carries out', async () => {
    const run = await startRun(first);
    const stopped = await call(second, 'POST', `/v1/workflows/tasks/${run.id}/stop`, { user: 'ada' });
    expect(stopped.status).toBe(200);
    expect(await endOf(run.response)).toMatchObject({ data: { status: 'stopped' } });
  });

  it('count the places of an app together, whoever is asked', async () => {
    const body = { inputs: {}, user: 'ada', response_mode: 'streaming' };
    const asked = Array.from({ length: 6 * places }, (_, index) =>
      call(index % 2 === 0 ? first : second, 'POST', '/v1/workflows/run', body),
    );
    const answers = await Promise.all(asked);
    const accepted = answers.filter(({ status }) => status === 200);
    expect(accepted).toHaveLength(places);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    await until('all that were accepted wait outside', () => outside.waiting() === places);
    outside.answer();
    for (const response of accepted) expect(await endOf(response)).toMatchObject(succeeded);
  });

  it('lose no run when the one that serves it is killed: a worker goes on, and clients of others hear the end', async () => {
    const run = await startRun(first);
    const attached = await call(second, 'GET', `/v1/workflow/${run.id}/events?user=ada&after=0`);
    const broken = run.response.text().catch(() => 'broken');
    first.child.kill('SIGKILL');
    await first.ended;
    await broken;
    await until('the node waits outside again', async () => {
      const { rows } = await database.pool.query<{ host: string }>(
        'select o.host from runs r join run_owners o on o.id = r.owner_id where r.id = $1',
        [run.id],
      );
      return outside.waiting() > 0 && rows.some(({ host }) => host.endsWith(`:${worker.pid}`));
    });
    outside.answer();
    expect(await endOf(attached)).toMatchObject(succeeded);
  });

  it('forget in all of them a key that is deleted in one', async () => {
    const keys = `/console/api/apps/${app.appId}/api-keys`;
    const made = (await (await asOwner(second, 'POST', keys)).json()) as { id: string; token: string };
    const third = start('api');
    const asked = async () =>
      (
        await fetch(`${await third.url}/v1/parameters`, {
          headers: { authorization: `Bearer ${made.token}` },
        })
      ).status;
    expect(await asked()).toBe(200);
    expect((await asOwner(second, 'DELETE', `${keys}/${made.id}`)).status).toBe(204);
    // Without a word from the other process it would be known for five seconds.
    await until('the key opens nothing any more', async () => (await asked()) === 401, 4_000);
  });

  it('leave jobs to the workers', async () => {
    const removed = await asOwner(second, 'DELETE', `/console/api/apps/${app.appId}`);
    expect(removed.status).toBe(204);
    await until('the rows of the app are gone', async () => {
      const { rowCount } = await database.pool.query('select from runs where app_id = $1', [app.appId]);
      return rowCount === 0;
    });
  });
});

describe('a half without a database that others reach', () => {
  it.each(['api', 'worker'])('is refused in words: MODE=%s', async (mode) => {
    const server = start(mode, {});
    expect(await server.ended).toBe(1);
    expect(server.output()).toContain(
      `MODE=${mode} needs a PostgreSQL that several processes share: set DB_HOST`,
    );
  });
});
