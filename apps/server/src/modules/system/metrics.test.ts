import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../test/support/app.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';

const adminKey = 'metrics-admin-key-0123456789';
let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ environment: { ADMIN_API_KEY_ENABLE: 'true', ADMIN_API_KEY: adminKey } });
}, 120_000);
afterAll(() => app?.close());

/** The sum of a metric's samples whose labels contain all of these. */
async function sampleOf(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { text } = await app.anonymous.get('/metrics');
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

describe('metrics', () => {
  it('count requests, turns, tokens and model calls', async () => {
    const chat = await createApp(app, await app.owner(), { mode: 'chat', marker: 'Metric', talks: false });
    const names = [
      'trellis_turns_total',
      'trellis_turn_tokens_total',
      'trellis_model_calls_total',
      'trellis_model_tokens_total',
      'trellis_http_request_seconds_count',
    ];
    const before = await Promise.all(names.map((name) => sampleOf(name)));
    const ask = (query: string) =>
      app
        .as(chat.key)
        .post('/v1/chat-messages', { inputs: {}, query, user: 'ada', auto_generate_name: false });
    expect((await ask('say: counted')).status).toBe(200);
    expect((await ask('')).status).toBe(400);
    const after = await Promise.all(names.map((name) => sampleOf(name)));
    const grown = after.map((value, index) => value - (before[index] ?? 0));
    expect(grown[0]).toBe(1);
    expect(grown[1]).toBeGreaterThan(2);
    expect(grown[2]).toBe(1);
    expect(grown[3]).toBe(grown[1]);
    expect(grown[4]).toBeGreaterThanOrEqual(2);
    expect(await sampleOf('trellis_http_request_seconds_count', { status: '4xx' })).toBeGreaterThan(0);
  });

  it('are for this machine and who has the key of the operator, also through a proxy', async () => {
    const from = async (headers: Record<string, string>) =>
      (await app.anonymous.get('/metrics', { ip: '203.0.113.7', headers })).status;
    expect(await from({})).toBe(401);
    expect(await from({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await from({ authorization: `Bearer ${adminKey}` })).toBe(200);
    const proxied = await app.anonymous.get('/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(proxied.status).toBe(401);
  });
});
