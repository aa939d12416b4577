/**
 * Security requirements, classes (b) and (f): who may call what. Every route refuses callers without credentials and
 * callers with credentials of another kind; every role of a workspace calls every console route.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions, type Role, roles } from '../src/platform/auth/permissions.ts';
import { EventStreamWriter } from '../src/platform/http/event-stream.ts';
import { RateLimits } from '../src/platform/http/rate-classes.ts';
import type { AnyRoute } from '../src/platform/http/route.ts';
import { createHttpServer } from '../src/platform/http/server.ts';
import { allRoutes } from '../src/routes.ts';
import { TestClient } from '../src/testing/test-client.ts';
import { callableRoutes, callOf, nameOf, pathOf, pathParametersOf, send } from './support/route-call.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let all: AnyRoute[];
let guarded: AnyRoute[];

beforeAll(async () => {
  world = await createWorld({ talks: false });
  all = allRoutes(world.app.services);
  guarded = callableRoutes(world, all).routes.filter((route) => route.auth !== 'public');
}, 120_000);
afterAll(() => world?.close());

describe('every route', () => {
  it('says who may call it, how often, and what it takes', () => {
    const failures = all.flatMap((route) =>
      faultsOfDeclaration(route).map((fault) => `${nameOf(route)}: ${fault}`),
    );
    expect(failures).toEqual([]);
  });

  it('is declared once', () => {
    const names = all.map(nameOf);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('stands in the table of who may call what (golden/access.txt)', async () => {
    const width = Math.max(...all.map((route) => nameOf(route).length));
    const lines = all
      .map((route) => `${nameOf(route).padEnd(width)}  ${route.auth} ${route.permission ?? ''}`.trimEnd())
      .sort();
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./golden/access.txt');
  });
});

function faultsOfDeclaration(route: AnyRoute): string[] {
  const faults: string[] = [];
  if (!['public', 'console', 'app-key', 'passport'].includes(route.auth)) faults.push('no kind of caller');
  if (route.auth === 'console' && !permissions.some((name) => name === route.permission))
    faults.push('no permission');
  if (!['none', 'default', 'sign-in', 'mail', 'upload', 'generate', 'webhook'].includes(route.rate))
    faults.push('no rate class');
  if (!/^[A-Z].*\.$/.test(route.summary)) faults.push('no sentence about what it does');
  if (pathParametersOf(route).length > 0 && route.params === undefined)
    faults.push('unchecked path parameters');
  if (route.response === undefined && route.answers === undefined) faults.push('nothing about its answer');
  const prefix = { console: '/console/api/', 'app-key': '/v1/', passport: '/api/', public: '/' }[route.auth];
  if (!route.path.startsWith(prefix)) faults.push(`a path outside of ${prefix}`);
  return faults;
}

describe('callers without the right credentials', () => {
  it('are refused with 401 and a challenge, on every route that is not public', async () => {
    const failures: string[] = [];
    for (const route of guarded) {
      const answer = await send(callOf(world, route), world.app.anonymous);
      const isRefused =
        answer.status === 401 &&
        answer.json.code === 'unauthorized' &&
        answer.json.status === 401 &&
        answer.headers['www-authenticate'] === 'Bearer realm="api"';
      if (!isRefused) failures.push(`${nameOf(route)}: ${answer.status} ${answer.text.slice(0, 120)}`);
    }
    expect(failures).toEqual([]);
  });

  it('are refused with credentials of every other kind', async () => {
    const { app, home } = world;
    const token = home.owner.cookies['access_token'] ?? '';
    const credentials: Record<string, Record<string, string>> = {
      console: { authorization: `Bearer ${token}` },
      'app-key': { authorization: `Bearer ${home.chat.key}` },
      passport: { 'x-app-passport': home.chat.passport },
      'a passport as bearer': { authorization: `Bearer ${home.chat.passport}` },
      'a refresh token': { authorization: `Bearer ${home.owner.cookies['refresh_token']}` },
      'a CSRF token': { authorization: `Bearer ${home.owner.cookies['csrf_token']}` },
      'a forged token': { authorization: `Bearer ${forged(token)}` },
      'an unsigned token': { authorization: `Bearer ${unsigned(token)}` },
    };
    const failures: string[] = [];
    for (const route of guarded) {
      for (const [kind, headers] of Object.entries(credentials)) {
        // A passport in the bearer header is the older way into the web app.
        if (kind === route.auth || (route.auth === 'passport' && kind === 'a passport as bearer')) continue;
        const answer = await send(callOf(world, route), app.anonymous.with(headers));
        // A flood of calls to routes that send mail is refused before anybody is looked at.
        const isRefused = answer.status === 401 || (answer.status === 429 && route.rate === 'mail');
        if (!isRefused) failures.push(`${nameOf(route)} with ${kind}: ${answer.status}`);
      }
    }
    expect(failures).toEqual([]);
  }, 60_000);
});

/** The token of somebody else, with the signature of the given one. */
function forged(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const changed = Buffer.from(JSON.stringify({ ...claims, user_id: world.foreign.owner.accountId }));
  return [header, changed.toString('base64url'), signature].join('.');
}

function unsigned(token: string): string {
  const [, payload = ''] = token.split('.');
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
}

describe('roles', () => {
  it('reach exactly the routes that their permissions name', async () => {
    const reached = new Set<string>();
    const { services } = world.app;
    // The real pipeline up to the handler; behind it is only a note that the caller got there.
    const probe = await createHttpServer({
      routes: guarded
        .filter((route) => route.auth === 'console')
        .map((route) => {
          const { params: _params, query: _query, body: _body, ...rest } = route;
          return { ...rest, handler: async () => void reached.add(nameOf(route)) };
        }),
      authenticators: {
        public: () => ({ kind: 'public' }),
        console: (request) => services.sessions.authenticate(request),
        'app-key': (request) => services.access.byKey(request),
        passport: (request) => services.access.byPassport(request),
      },
      rateLimits: new RateLimits(() => 0),
      events: new EventStreamWriter(),
      log: services.log,
      version: '0',
      environmentName: 'TESTING',
      webOrigins: [],
      trustProxy: false,
      isSetUp: async () => true,
      maxUploadBytes: 1_000,
    });
    const table = new Map<string, Role[]>();
    for (const role of roles) {
      const person = role === 'owner' ? world.home.owner : await world.app.member(role);
      const client = new TestClient(probe, { authorization: `Bearer ${person.cookies['access_token']}` });
      for (const route of guarded.filter(({ auth }) => auth === 'console')) {
        reached.clear();
        const answer = await client.request(route.method, pathOf(callOf(world, route)), {
          // Addresses of their own: this is a matrix, not a flood.
          ip: `10.9.${roles.indexOf(role)}.${table.size % 250}`,
        });
        const isIn = reached.has(nameOf(route));
        expect(isIn ? 'reached' : answer.json.code, `${role} on ${nameOf(route)}`).toMatch(
          /^(reached|forbidden)$/,
        );
        expect(answer.status === 403).toBe(!isIn);
        if (isIn) table.set(nameOf(route), [...(table.get(nameOf(route)) ?? []), role]);
      }
    }
    await probe.close();
    const width = Math.max(...[...table.keys()].map((name) => name.length));
    const lines = [...table].map(([name, who]) => `${name.padEnd(width)}  ${who.join(' ')}`).sort();
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./golden/roles.txt');
  }, 60_000);

  it('take effect at the next request: a demoted editor loses what editors may', async () => {
    const { app, home } = world;
    const editor = await app.member('editor');
    const rename = () =>
      editor.client.post(`/console/api/apps/${home.chat.appId}/name`, { name: 'Homeland chat' });
    expect((await rename()).status).toBe(200);
    await home.owner.client.put(`/console/api/workspaces/current/members/${editor.accountId}/update-role`, {
      role: 'normal',
    });
    expect((await rename()).json.code).toBe('forbidden');
  });

  it('cannot be given by those who may not, nor can anybody raise themselves', async () => {
    const { app, home } = world;
    const editor = await app.member('editor');
    const admin = await app.member('admin');
    const path = (id: string) => `/console/api/workspaces/current/members/${id}/update-role`;
    expect((await editor.client.put(path(editor.accountId), { role: 'admin' })).json.code).toBe('forbidden');
    expect((await admin.client.put(path(admin.accountId), { role: 'editor' })).json.code).toBe(
      'cannot-operate-self',
    );
    expect((await admin.client.put(path(editor.accountId), { role: 'owner' })).json.code).toBe(
      'invalid-role',
    );
    expect((await admin.client.put(path(home.owner.accountId), { role: 'editor' })).json.code).toBe(
      'forbidden',
    );
  });
});
