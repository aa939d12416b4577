import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { createOutboundClient } from '../outbound/outbound-client.ts';
import { noErrorReporter, openErrorReporter } from './error-reporter.ts';
import { openTracing } from './open-tracing.ts';
import { noTracing } from './tracing.ts';

interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let collector: Server;
let received: Received[];
let address: string;

beforeEach(async () => {
  received = [];
  collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body });
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  address = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});

afterEach(() => {
  collector.closeAllConnections();
  collector.close();
});

interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status: { code: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}

function spans(): WireSpan[] {
  return received.flatMap(({ body }) =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: WireSpan[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}

async function tracing(variables: Record<string, string>) {
  const warnings: string[] = [];
  const opened = await openTracing({
    settings: readEnvironment(variables).observability,
    version: '1.2.3',
    deployment: 'PRODUCTION',
    warn: (sentence) => warnings.push(sentence),
  });
  return { tracing: opened, warnings };
}

describe('tracing', () => {
  it('is off unless ENABLE_OTEL is set', async () => {
    expect((await tracing({})).tracing).toBe(noTracing);
    expect(noTracing.start('x', { kind: 'internal' })).toBeUndefined();
  });

  it('sends spans with their parents to the collector, with its key', async () => {
    const { tracing: traces } = await tracing({
      ENABLE_OTEL: 'true',
      OTLP_BASE_ENDPOINT: address,
      OTLP_API_KEY: 'collector-key',
      OTEL_SAMPLING_RATE: '1',
    });
    const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };
    const request = traces.start('POST /v1/chat-messages', { kind: 'server', parent: remote });
    const turn = traces.start('turn', { kind: 'internal', parent: request });
    turn?.set({ 'trellis.run_id': 'run-1', 'trellis.app_id': undefined });
    turn?.fail('completion_request_error');
    turn?.end();
    turn?.end();
    request?.end();
    await traces.close();

    expect(received[0]?.url).toBe('/v1/traces');
    expect(received[0]?.headers['authorization']).toBe('Bearer collector-key');
    const [inner, outer] = spans();
    expect(spans()).toHaveLength(2);
    expect(outer).toMatchObject({ traceId: remote.traceId, parentSpanId: remote.spanId, kind: 2 });
    expect(inner).toMatchObject({ parentSpanId: outer?.spanId, name: 'turn', status: { code: 2 } });
    expect(inner?.attributes).toEqual(
      expect.arrayContaining([
        { key: 'trellis.run_id', value: { stringValue: 'run-1' } },
        { key: 'error.type', value: { stringValue: 'completion_request_error' } },
      ]),
    );
    expect(received[0]?.body).toContain('"deployment.environment.name"');
  });

  it('collects the given share, but goes by what a caller has decided', async () => {
    const { tracing: traces } = await tracing({
      ENABLE_OTEL: 'true',
      OTLP_TRACE_ENDPOINT: `${address}/elsewhere`,
      OTEL_SAMPLING_RATE: '0',
    });
    const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };
    const unsampled = traces.start('own', { kind: 'server' });
    expect(unsampled?.traceId).toMatch(/^[0-9a-f]{32}$/);
    unsampled?.end();
    traces.start('asked for', { kind: 'server', parent: remote })?.end();
    await traces.close();
    expect(received.map(({ url }) => url)).toEqual(['/elsewhere']);
    expect(spans().map(({ name }) => name)).toEqual(['asked for']);
  });

  it('does not hold up a shutdown when the collector is gone', async () => {
    const { tracing: traces } = await tracing({
      ENABLE_OTEL: 'true',
      OTLP_BASE_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_SAMPLING_RATE: '1',
    });
    traces.start('lost', { kind: 'internal' })?.end();
    const startedMs = performance.now();
    await traces.close();
    expect(performance.now() - startedMs).toBeLessThan(9_000);
  }, 12_000);

  it('says that it speaks HTTP where gRPC was wanted', async () => {
    const { warnings } = await tracing({ ENABLE_OTEL: 'true', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect(warnings).toEqual([expect.stringContaining('HTTP')]);
  });
});

describe('error reports', () => {
  async function reporter(variables: Record<string, string>) {
    const outbound = createOutboundClient();
    const opened = await openErrorReporter({
      settings: readEnvironment(variables).observability,
      outbound,
      version: '1.2.3',
      deployment: 'PRODUCTION',
    });
    return { reporter: opened, close: () => opened.close().then(() => outbound.close()) };
  }

  it('are off unless SENTRY_DSN is set', async () => {
    const { reporter: none, close } = await reporter({});
    expect(none).toBe(noErrorReporter);
    await close();
  });

  it('hold the error, its causes and the ids, and no text of anybody', async () => {
    const { reporter: sentry, close } = await reporter({
      SENTRY_DSN: address.replace('http://', 'http://publickey@').concat('/42'),
    });
    const secret = 'what-somebody-wrote';
    const cause = new TypeError(`Failed query: select 1\nparams: ${secret}`);
    sentry.report(new Error(`GET http://x.test/?sign=${secret} failed`, { cause }), {
      request_id: 'request-1',
      run_id: 'run-1',
    });
    await close();

    expect(received).toHaveLength(1);
    expect(received[0]?.url).toMatch(/^\/api\/42\/envelope\/\?.*sentry_key=publickey/);
    expect(received[0]?.body).not.toContain(secret);
    const [, , payload] = received[0]?.body.split('\n') ?? [];
    const event = JSON.parse(payload ?? '');
    expect(event).toMatchObject({
      release: 'trellis@1.2.3',
      environment: 'production',
      tags: { request_id: 'request-1', run_id: 'run-1' },
    });
    const values: { type: string; value: string; stacktrace: { frames: unknown[] } }[] =
      event.exception.values;
    expect(values.map(({ type }) => type).sort()).toEqual(['Error', 'TypeError']);
    expect(JSON.stringify(values)).toContain('export.test.ts');
    expect(event.request).toBeUndefined();
    expect(event.breadcrumbs).toBeUndefined();
  });

  it('refuse a DSN that is none, without repeating it', async () => {
    const opened = reporter({ SENTRY_DSN: 'https://sentry.test/hidden' });
    await expect(opened).rejects.toThrow(/^SENTRY_DSN is not usable; allowed: https:\/\/KEY@HOST\/PROJECT$/);
  });

  it('survive a receiver that is gone', async () => {
    const { reporter: sentry, close } = await reporter({ SENTRY_DSN: 'http://key@127.0.0.1:9/1' });
    sentry.report(new Error('lost'), {});
    await expect(close()).resolves.toBeUndefined();
  });
});
