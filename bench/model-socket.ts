import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { prepareChatApp } from './harness/chat-app.ts';
import { defineBench } from './harness/contract.ts';
import { startProgram, startTrellis } from './harness/server.ts';

const arrivalsPerSecond = 50;
const secondsPerRound = 10;
const baseline = 'a pass-through proxy';

/** How long a turn takes to reach its model: from the client's request to the model's. Arrivals keep their own time. */
export default defineBench({
  questions: {
    p50: {
      question: `From a client's request to the model's, ${arrivalsPerSecond} turns/s arriving (median)`,
      unit: 'ms',
      baseline,
      better: 'lower',
    },
    p99: {
      question: `From a client's request to the model's, ${arrivalsPerSecond} turns/s arriving (99th percentile)`,
      unit: 'ms',
      baseline,
      better: 'lower',
    },
  },
  async prepare() {
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
    const arrivals = new Map<string, number>();
    const model = await startRecordingModel(arrivals);
    const modelUrl = `http://127.0.0.1:${(model.address() as AddressInfo).port}`;
    const proxy = await startProgram(['bench/harness/pass-through.ts', modelUrl]);
    const trellis = await startTrellis(dataPath);
    const app = await prepareChatApp(trellis.url, { endpoint: `${modelUrl}/v1`, name: 'recorder' });
    const pools = { ours: new Pool(trellis.url), theirs: new Pool(proxy.url) };
    const ours = (mark: string) =>
      send(pools.ours, '/v1/chat-messages', app.key, {
        inputs: {},
        query: mark,
        user: 'bench',
        response_mode: 'streaming',
        auto_generate_name: false,
      });
    const theirs = (mark: string) =>
      send(pools.theirs, '/v1/chat/completions', '', {
        model: 'recorder',
        stream: true,
        messages: [{ role: 'user', content: mark }],
      });
    await arrive(theirs, arrivals);
    await arrive(ours, arrivals);
    return { dataPath, arrivals, model, proxy, trellis, pools, ours, theirs };
  },
  async run({ prepared }) {
    const { arrivals, ours, theirs } = prepared;
    const proxy = await arrive(theirs, arrivals);
    const own = await arrive(ours, arrivals);
    return {
      p50: { ours: at(own, 0.5), baseline: at(proxy, 0.5) },
      p99: { ours: at(own, 0.99), baseline: at(proxy, 0.99) },
    };
  },
  async finish({ dataPath, model, proxy, trellis, pools }) {
    await Promise.all([pools.ours.close(), pools.theirs.close()]);
    await Promise.all([proxy.stop(), trellis.stop()]);
    model.closeAllConnections();
    model.close();
    await rm(dataPath, { recursive: true, force: true });
  },
});

/** A model in this process, on the same clock: notes when each marked request reached it, and answers one word. */
async function startRecordingModel(arrivals: Map<string, number>): Promise<Server> {
  const answer = [
    'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"recorder","choices":[{"index":0,"delta":{"role":"assistant","content":"Yes."},"finish_reason":null}]}',
    'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"recorder","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
    'data: [DONE]\n\n',
  ].join('\n\n');
  const server = createServer((request, response) => {
    const reachedAt = performance.now();
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const mark = /mark-[\d.]+/.exec(body)?.[0];
      if (mark !== undefined) arrivals.set(mark, reachedAt);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Sends marked requests at a steady pace whatever becomes of them; answers the sorted delays to the model. */
async function arrive(
  call: (mark: string) => Promise<void>,
  arrivals: Map<string, number>,
): Promise<number[]> {
  const sent: { mark: string; at: number }[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < arrivalsPerSecond * secondsPerRound; index += 1) {
    const due = startedAt + (index * 1_000) / arrivalsPerSecond;
    const waitMs = due - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const mark = `mark-${startedAt}.${index}`;
    sent.push({ mark, at: performance.now() });
    pending.push(call(mark));
  }
  await Promise.all(pending);
  const delays = sent.map(({ mark, at: sentAt }) => (arrivals.get(mark) ?? Number.NaN) - sentAt);
  if (delays.some(Number.isNaN)) throw new Error('Some turns never reached the model.');
  arrivals.clear();
  return delays.sort((a, b) => a - b);
}

async function send(pool: Pool, path: string, bearer: string, body: unknown): Promise<void> {
  const answer = await pool.request({
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 || !text.includes('Yes.')) {
    throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 200)}`);
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
