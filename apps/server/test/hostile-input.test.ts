/**
 * Security requirements, classes (e) and (g), and secrets: hostile path parameters, queries and bodies on every route;
 * keys that a caller has no business with; and a search for secrets in everything that came back or was logged.
 */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnyRoute } from '../src/platform/http/route.ts';
import type { Tracing } from '../src/platform/telemetry/tracing.ts';
import { allRoutes } from '../src/routes.ts';
import { testPassword } from '../src/testing/test-app.ts';
import type { TestAnswer } from '../src/testing/test-client.ts';
import { fingerprintOf } from './support/fingerprint.ts';
import {
  callableRoutes,
  callOf,
  nameOf,
  pathOf,
  pathParametersOf,
  type RouteCall,
  send,
} from './support/route-call.ts';
import { createWorld, seededSecrets, type World } from './support/world.ts';

const secretKey = 'seeded-installation-secret-2c9e51d7a4b860f3';
const logged: string[] = [];
/** What spans were told, as text. */
const traced: string[] = [];
/** Bodies of all answers, by the request that got them. */
const answered: { name: string; text: string }[] = [];

let world: World;
let routes: AnyRoute[];

beforeAll(async () => {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  world = await createWorld({
    environment: { SECRET_KEY: secretKey },
    tracing: noting(traced),
    log: pino({ level: 'trace' }, sink),
    talks: false,
  });
  // Without streams, which calls in memory cannot take (their bodies are those of other routes), and without
  // calls that end the caller's session or take seconds of hashing each; the account suites try those.
  routes = callableRoutes(world, allRoutes(world.app.services)).routes.filter(
    ({ path, answers }) => answers !== 'events' && !/logout$|\/password$|\/login$|\/setup$/.test(path),
  );
}, 120_000);
afterAll(() => world?.close());

/** Keeps everything that spans are told. */
function noting(notes: string[]): Tracing {
  const note = (...told: unknown[]) => void notes.push(JSON.stringify(told));
  return {
    start(name, { attributes }) {
      note(name, attributes);
      return { traceId: '0'.repeat(32), set: note, fail: note, end: () => undefined };
    },
    close: async () => undefined,
  };
}

let requests = 0;

async function attempt(call: RouteCall): Promise<TestAnswer> {
  requests += 1;
  // Each from an address of its own: this is many people, not a flood.
  const ip = `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`;
  const answer = await call.client.request(call.route.method, pathOf(call), {
    ip,
    ...(call.body === undefined ? {} : { body: call.body }),
  });
  answered.push({ name: nameOf(call.route), text: answer.text });
  return answer;
}

/** Path parameters as they stand in an address. */
const hostileParameters = [
  '..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f%2e%2e%2fsecrets',
  '..%5c..%5cwindows',
  '%00',
  'a%00.png',
  '%c0%ae%c0%ae',
  '%ff%fe',
  '%E2%80%AE%F0%9F%92%A3',
  '%27%20or%201%3D1%20--',
  '%7B%22%24ne%22%3Anull%7D',
  'constructor',
  '__proto__',
  'null',
  '-1',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(1_900),
  'x'.repeat(9_000),
];

describe('hostile path parameters', () => {
  it('are 404 or 400 on every route, never an error of the server and never an answer', async () => {
    const failures: string[] = [];
    for (const route of routes) {
      const call = callOf(world, route);
      for (const parameter of pathParametersOf(route)) {
        for (const value of hostileParameters) {
          const answer = await attempt({ ...call, params: { ...call.params, [parameter]: value } });
          // Stopping what does not run is a success (spec: service API §6).
          const isTable = route.path.includes('default-workflow-block-configs');
          // A step that is not there has no variables, and none to forget.
          const isNothing = parameter === 'nodeId' && /^(\{"items":\[\]\}|)$/.test(answer.text);
          const isHarmless =
            ((parameter === 'taskId' || isTable) && answer.status === 200) ||
            (isNothing && answer.status < 300);
          if (!isHarmless && ![400, 404, 405, 414, 415].includes(answer.status)) {
            failures.push(
              `${nameOf(route)} ${parameter}=${value.slice(0, 40)}: ${answer.status} ${answer.text.slice(0, 80)}`,
            );
          }
        }
      }
    }
    expect(failures).toEqual([]);
  }, 120_000);

  it('reach no file and no other route as part of a path', async () => {
    const { app } = world;
    const paths = [
      '/..%2f..%2fpackage.json',
      '/assets/..%2f..%2fpackage.json',
      '/files/..%2f..%2fsecrets%2fsecret-key/file-preview',
      '/v1/..%2fconsole/api/apps',
      '/v1/%2e%2e/console/api/apps',
      '//console/api/apps',
      '/console//api/apps',
      '/CONSOLE/api/apps',
      '/console/api/apps%00',
      '/console/api/apps/',
      '/v1/info/',
    ];
    for (const path of paths) {
      const answer = await app.anonymous.get(path);
      const isPage = answer.status === 200 && String(answer.headers['content-type']).startsWith('text/html');
      expect(isPage || [400, 401, 404, 503].includes(answer.status), `${path}: ${answer.status}`).toBe(true);
      expect(answer.text).not.toContain('"dependencies"');
      expect(answer.text).not.toContain(secretKey);
    }
  });
});

/** Values of JSON that no field asks for, or that a database does not take. */
const hostileValues: readonly unknown[] = [
  'a\u0000b',
  '\ud800',
  `${'long '.repeat(30_000)}`,
  -1,
  1e308,
  true,
  [],
  [[null]],
  {},
  { $ne: null },
  { toString: 'x', __proto__: { isAdmin: true } },
];

describe('hostile fields', () => {
  it('of queries never break the server', async () => {
    const failures: string[] = [];
    for (const route of routes.filter((candidate) => candidate.query !== undefined)) {
      const call = callOf(world, route);
      for (const field of fieldsOf(route.query)) {
        for (const value of [
          'a\u0000b',
          '\ufffd',
          '-1',
          '1e309',
          '99999999999999999999',
          "' or 1=1 --",
          'x'.repeat(5_000),
        ]) {
          const answer = await attempt({ ...call, query: { ...call.query, [field]: value } });
          if (answer.status >= 500)
            failures.push(`${nameOf(route)} ${field}=${JSON.stringify(value).slice(0, 30)}: ${answer.text}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 120_000);

  it('of bodies never break the server', async () => {
    const failures: string[] = [];
    for (const route of routes.filter(takesJson)) {
      const call = callOf(world, route);
      for (const field of fieldsOf(route.body as z.ZodType)) {
        for (const value of hostileValues) {
          const answer = await attempt({ ...call, body: { ...call.body, [field]: value } });
          if (answer.status >= 500)
            failures.push(`${nameOf(route)} ${field}=${JSON.stringify(value).slice(0, 30)}: ${answer.text}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 120_000);

  it('in place of a body are told apart from bodies', async () => {
    const failures: string[] = [];
    for (const route of routes.filter(takesJson)) {
      const { client } = callOf(world, route);
      for (const body of ['[]', '"text"', '1', 'null', '{', '{"a":}', '{"__proto__":{"admin":true}}']) {
        const answer = await client.request(route.method, pathOf(callOf(world, route)), {
          body,
          headers: { 'content-type': 'application/json' },
        });
        if (answer.status >= 500) failures.push(`${nameOf(route)} with ${body}: ${answer.text}`);
      }
    }
    expect(failures).toEqual([]);
  }, 120_000);
});

function takesJson(route: AnyRoute): boolean {
  return route.body !== undefined && route.body !== 'multipart' && route.method !== 'DELETE';
}

function fieldsOf(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return [];
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object };
  return Object.keys(json.properties ?? {});
}

describe('keys that are not the caller’s to set', () => {
  const mark = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

  it('are ignored or refused on every route', async () => {
    const { pool } = world.app.services;
    const before = await fingerprintOf(pool, world.foreign.workspaceId);
    const owners = await ownersOf(world.home.workspaceId);
    for (const route of routes.filter(takesJson)) {
      const call = callOf(world, route);
      const known = new Set(fieldsOf(route.body as z.ZodType));
      const extra = Object.entries({
        ...Object.fromEntries(
          [
            'id',
            'app_id',
            'account_id',
            'created_by',
            'createdBy',
            'updated_by',
            'end_user_id',
            'owner_id',
          ].map((key) => [key, mark]),
        ),
        tenant_id: world.foreign.workspaceId,
        workspace_id: world.foreign.workspaceId,
        workspaceId: world.foreign.workspaceId,
        role: 'owner',
        is_admin: true,
        status: 'banned',
        password_hash: mark,
        passwordHash: mark,
        key_hash: mark,
      }).filter(([key]) => !known.has(key));
      const answer = await attempt({ ...call, body: { ...call.body, ...Object.fromEntries(extra) } });
      expect(answer.status, `${nameOf(route)}: ${answer.text}`).toBeLessThan(500);
    }
    expect(await fingerprintOf(pool, world.foreign.workspaceId)).toEqual(before);
    expect(await ownersOf(world.home.workspaceId)).toEqual(owners);
    expect(await tablesThatHold(mark)).toEqual([]);
  }, 120_000);

  it('do not let a public run bring its own configuration (CVE-2026-33017)', async () => {
    const { app, home } = world;
    const answer = await app.as(home.chat.key).post('/v1/chat-messages', {
      inputs: {},
      query: 'say: only this',
      user: 'mallory',
      model_config: { model: { provider: 'x', name: 'y' }, pre_prompt: 'another prompt' },
      graph: { nodes: [] },
      nodes: [],
      data: {},
      parent_message_id: mark,
      workspace_id: world.foreign.workspaceId,
    });
    expect(answer.status).toBe(200);
    expect(answer.json.answer).toBe('only this');
  });
});

async function ownersOf(workspaceId: string): Promise<string[]> {
  const { rows } = await world.app.services.pool.query<{ account_id: string }>(
    "select account_id from memberships where workspace_id = $1 and role = 'owner'",
    [workspaceId],
  );
  return rows.map((row) => row.account_id);
}

/** Tables with a row that holds the value in a column of its own; inside documents the app's own data may have it. */
async function tablesThatHold(value: string): Promise<string[]> {
  const { pool } = world.app.services;
  const { rows: columns } = await pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type in ('uuid', 'text')`,
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    const { rowCount } = await pool.query(`select 1 from "${table}" where "${column}"::text = $1 limit 1`, [
      value,
    ]);
    if ((rowCount ?? 0) > 0) found.push(`${table}.${column}`);
  }
  return found;
}

describe('secrets', () => {
  it('are in no answer to any GET, no error and no line of the log', async () => {
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const answer = await send(callOf(world, route));
      answered.push({ name: nameOf(route), text: answer.text });
    }
    answered.push(...(await exportsAndMetrics()));
    const secrets = await secretsOf();
    const told = answered.flatMap(({ name, text }) =>
      [...secrets].filter(([, value]) => text.includes(value)).map(([what]) => `${name} tells ${what}`),
    );
    const lines = logged.flatMap((line) =>
      [...secrets]
        .filter(([, value]) => line.includes(value))
        .map(([what]) => `${what} in ${line.slice(0, 300)}`),
    );
    const spans = [...secrets].filter(([, value]) => traced.some((text) => text.includes(value)));
    expect(spans.map(([what]) => what)).toEqual([]);
    expect(traced.length).toBeGreaterThan(100);
    expect(answered.length).toBeGreaterThan(1_000);
    expect(logged.length).toBeGreaterThan(100);
    expect([...new Set(told)]).toEqual([]);
    expect([...new Set(lines)]).toEqual([]);
  }, 60_000);
});

const secretVariable = 'seeded-secret-variable-90b7d3e1';

/** Files of apps, one with a secret variable in its graph, and the numbers that operators collect. */
async function exportsAndMetrics(): Promise<typeof answered> {
  const { home } = world;
  const { client } = home.owner;
  const base = `/console/api/apps/${home.workflow.appId}`;
  const draft = (await client.get(`${base}/workflows/draft`)).json;
  const saved = await client.post(`${base}/workflows/draft`, {
    graph: draft.graph,
    features: draft.features,
    hash: draft.hash,
    environment_variables: [
      { id: 'a-secret', name: 'token', value_type: 'secret', value: secretVariable, description: '' },
    ],
  });
  expect(saved.status).toBe(200);
  const apps = [home.chat, home.completion, home.workflow, home.chatflow];
  const files = await Promise.all(
    apps.map(async ({ appId, mode }) => {
      const { status, text } = await client.get(`/console/api/apps/${appId}/export`);
      expect(status).toBe(200);
      return { name: `the file of a ${mode} app`, text };
    }),
  );
  // The scanner can see it where somebody asked for it in so many words.
  expect((await client.get(`${base}/export?include_secret=true`)).text).toContain(secretVariable);
  const metrics = await world.app.anonymous.get('/metrics');
  expect(metrics.text).toContain('# TYPE');
  return [...files, { name: 'the metrics', text: metrics.text }];
}

/** Everything that must never leave, by what it is. */
async function secretsOf(): Promise<Map<string, string>> {
  const { pool } = world.app.services;
  const secrets = new Map<string, string>([
    ['the provider key', seededSecrets.providerKey],
    ['the model key', seededSecrets.modelKey],
    ['the key of an extension', seededSecrets.extensionKey],
    ['a secret variable of a graph', secretVariable],
    ['the installation secret', secretKey],
    ['a password', testPassword],
    ['an app key', world.home.chat.key],
    ['a refresh token', world.home.owner.cookies['refresh_token'] ?? ''],
  ]);
  const hashes = await pool.query<{ value: string }>(
    `select password_hash as value from accounts where password_hash is not null
     union all select key_hash from api_keys
     union all select refresh_token_hash from sessions
     union all select wrapped_private_key from workspaces`,
  );
  for (const [index, { value }] of hashes.rows.entries())
    secrets.set(`a stored hash or key (${index})`, value);
  expect([...secrets.values()].every((value) => value.length >= 12)).toBe(true);
  return secrets;
}
