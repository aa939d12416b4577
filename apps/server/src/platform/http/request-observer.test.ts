import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeScope } from '../auth/scope.ts';
import { readEnvironment } from '../environment.ts';
import { createLog } from '../logging/create-log.ts';
import { Correlation } from '../telemetry/correlation.ts';
import type { Span, SpanAttributes, SpanStart } from '../telemetry/tracing.ts';
import { EventStreamWriter } from './event-stream.ts';
import { RateLimits } from './rate-classes.ts';
import { defineRoute, EventStream } from './route.ts';
import { createHttpServer } from './server.ts';

interface Recorded extends SpanStart {
  name: string;
  set: Record<string, unknown>;
  failure?: string;
  ended: boolean;
}

const tracedId = 'a'.repeat(32);
const app = {
  id: 'app-1',
  workspaceId: 'workspace-1',
  name: 'App',
  description: '',
  mode: 'chat',
  modelConfigId: null,
  workflowId: null,
  maxActiveRequests: null,
} as const;

let lines: Record<string, unknown>[];
let spans: Recorded[];
let events: EventStreamWriter;
const servers: FastifyInstance[] = [];

beforeEach(() => {
  lines = [];
  spans = [];
  events = new EventStreamWriter();
});

afterEach(async () => {
  events.close();
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: { traced?: boolean; logRequests?: boolean } = {}): Promise<FastifyInstance> {
  const correlation = new Correlation();
  const { log } = createLog({
    settings: readEnvironment({ LOG_OUTPUT_FORMAT: 'json' }).logging,
    debug: false,
    correlation,
    output: { write: (line) => lines.push(JSON.parse(line)) },
  });
  const server = await createHttpServer({
    routes: [
      defineRoute({
        method: 'POST',
        path: '/v1/things/:id',
        auth: 'app-key',
        summary: 'Does a thing.',
        tag: 'Test',
        rate: 'default',
        params: z.object({ id: z.string() }),
        body: z.object({}),
        response: z.object({ external: z.string().nullable() }),
        handler: async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          log.warn('from deep down');
          return { external: correlation.current?.externalTraceId ?? null };
        },
      }),
      defineRoute({
        method: 'GET',
        path: '/v1/broken',
        auth: 'app-key',
        summary: 'Breaks.',
        tag: 'Test',
        rate: 'default',
        handler: () => Promise.reject(new RangeError('a bug')),
      }),
      defineRoute({
        method: 'GET',
        path: '/v1/stream',
        auth: 'public',
        summary: 'Streams.',
        tag: 'Test',
        rate: 'default',
        answers: 'events',
        handler: async () =>
          new EventStream(
            (async function* () {
              yield 'data: {}\n\n';
            })(),
          ),
      }),
    ],
    authenticators: {
      public: () => ({ kind: 'public' }),
      console: () => Promise.reject(new Error('not used')),
      'app-key': () => ({ kind: 'app-key', scope: makeScope('workspace-1'), keyId: 'key-1', app }),
      passport: () => Promise.reject(new Error('not used')),
    },
    rateLimits: new RateLimits(),
    events,
    log,
    version: '1',
    environmentName: 'TESTING',
    webOrigins: [],
    trustProxy: false,
    isSetUp: async () => true,
    maxUploadBytes: 1_000,
    correlation,
    tracing: { start: options.traced === true ? record : () => undefined, close: async () => {} },
    logRequests: options.logRequests,
  });
  servers.push(server);
  return server;
}

function record(name: string, start: SpanStart): Span {
  const span: Recorded = { ...start, name, set: {}, ended: false };
  spans.push(span);
  return {
    traceId: tracedId,
    set: (attributes: SpanAttributes) => Object.assign(span.set, attributes),
    fail: (type) => {
      span.failure = type;
    },
    end: () => {
      span.ended = true;
    },
  };
}

const post = (server: FastifyInstance, options: { headers?: Record<string, string>; body?: unknown } = {}) =>
  server.inject({
    method: 'POST',
    url: '/v1/things/7?secret=value',
    headers: { authorization: 'Bearer app-key-of-somebody', ...options.headers },
    payload: (options.body ?? {}) as object,
  });

describe('X-Trace-Id', () => {
  it('is made from the request when nobody traces', async () => {
    const answer = await post(await serve());
    expect(answer.headers['x-trace-id']).toBe(String(answer.headers['x-request-id']).replaceAll('-', ''));
  });

  it("echoes the caller's own", async () => {
    const answer = await post(await serve(), { headers: { 'x-trace-id': 'mine-1' } });
    expect(answer.headers['x-trace-id']).toBe('mine-1');
    expect(answer.json()).toEqual({ external: 'mine-1' });
  });

  it("is the trace's when there is one, and the caller's is kept with the request", async () => {
    const answer = await post(await serve({ traced: true }), { headers: { 'x-trace-id': 'mine-1' } });
    expect(answer.headers['x-trace-id']).toBe(tracedId);
    expect(answer.json()).toEqual({ external: 'mine-1' });
  });

  it("may come in the body, and is also on errors' answers", async () => {
    const server = await serve();
    expect((await post(server, { body: { trace_id: 'in-body' } })).json()).toEqual({ external: 'in-body' });
    expect((await server.inject('/v1/nowhere')).headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('lines about a request', () => {
  it('name request, workspace and app however deep they are written', async () => {
    const answer = await post(await serve());
    expect(lines).toEqual([
      expect.objectContaining({
        message: 'from deep down',
        trace_id: answer.headers['x-trace-id'],
        identity: { tenant_id: 'workspace-1' },
        attributes: {
          request_id: answer.headers['x-request-id'],
          workspace_id: 'workspace-1',
          app_id: 'app-1',
        },
      }),
    ]);
  });

  it('say with ids why an answer was a 500', async () => {
    const answer = await (await serve()).inject('/v1/broken');
    expect(answer.statusCode).toBe(500);
    expect(lines).toEqual([
      expect.objectContaining({
        severity: 'ERROR',
        message: 'request failed',
        stack: expect.stringContaining('RangeError: a bug'),
        attributes: expect.objectContaining({
          request_id: answer.headers['x-request-id'],
          workspace_id: 'workspace-1',
          app_id: 'app-1',
          route: '/v1/broken',
        }),
      }),
    ]);
  });

  it('are one per request with ENABLE_REQUEST_LOGGING, without query and headers', async () => {
    const server = await serve({ logRequests: true });
    await post(server);
    await server.inject('/v1/stream');
    await server.inject('/v1/nowhere');
    const access = lines.filter((line) => line['message'] === 'request answered');
    expect(access.map((line) => line['attributes'])).toEqual([
      expect.objectContaining({ method: 'POST', path: '/v1/things/7', status: 200, app_id: 'app-1' }),
      expect.objectContaining({ method: 'GET', path: '/v1/stream', status: 200 }),
      expect.objectContaining({ method: 'GET', path: '/v1/nowhere', status: 404 }),
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/secret|app-key-of-somebody/);
  });

  it('are not written otherwise', async () => {
    await (await serve()).inject('/v1/stream');
    expect(lines).toEqual([]);
  });
});

describe('spans', () => {
  it('have the route, ids and outcome, and end with the answer', async () => {
    const server = await serve({ traced: true });
    await post(server, {
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    });
    await server.inject('/v1/broken');
    await server.inject('/v1/nowhere');
    expect(spans).toMatchObject([
      {
        name: 'POST /v1/things/:id',
        kind: 'server',
        parent: { spanId: 'b7ad6b7169203331' },
        set: {
          'trellis.workspace_id': 'workspace-1',
          'trellis.app_id': 'app-1',
          'http.response.status_code': 200,
        },
        ended: true,
      },
      { name: 'GET /v1/broken', failure: 'RangeError', set: { 'http.response.status_code': 500 } },
    ]);
    expect(JSON.stringify(spans)).not.toMatch(/secret|app-key-of-somebody/);
  });
});
