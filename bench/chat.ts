import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareChatApp } from './harness/chat-app.ts';
import { defineBench, type Measurement } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { databasePid, type Serving, startProgram, startTrellis } from './harness/server.ts';
import { runStreams, type StreamRequest } from './harness/streams.ts';

const model = 'bench-100';
const levels = [
  { concurrency: 1, total: 150 },
  { concurrency: 64, total: 1_500 },
  { concurrency: 500, total: 2_000 },
] as const;

const turns = (concurrency: number) => ({
  question: `Chat turns of 100 chunks, server and database, ${concurrency} streams at a time`,
  unit: 'turns per CPU second',
  baseline: 'a pass-through proxy that writes nothing down',
  better: 'higher' as const,
});
const first = (concurrency: number) => ({
  question: `Time to the first token, ${concurrency} streams at a time`,
  unit: 'ms (median)',
  baseline: 'a pass-through proxy that writes nothing down',
  better: 'lower' as const,
});

/** What answering a chat turn costs over handing the same answer through. */
export default defineBench({
  questions: {
    'turns-1': turns(1),
    'turns-64': turns(64),
    'turns-500': turns(500),
    'first-1': first(1),
    'first-64': first(64),
    'first-500': first(500),
  },
  async prepare({ say }) {
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
    const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
    const proxy = await startProgram(['bench/harness/pass-through.ts', provider.url]);
    const trellis = await startTrellis(dataPath);
    const app = await prepareChatApp(trellis.url, { endpoint: `${provider.url}/v1`, name: model });
    say(`provider ${provider.url}, proxy ${proxy.url}, Trellis ${trellis.url}`);
    const ours: StreamRequest = {
      url: `${trellis.url}/v1/chat-messages`,
      headers: { authorization: `Bearer ${app.key}` },
      // No title: it would be a second model call, which the proxy does not make.
      body: JSON.stringify({
        inputs: {},
        query: 'How long is the warranty?',
        user: 'bench',
        response_mode: 'streaming',
        auto_generate_name: false,
      }),
      end: '"message_end"',
    };
    const baseline: StreamRequest = {
      url: `${proxy.url}/v1/chat/completions`,
      headers: {},
      body: JSON.stringify({
        model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: 'user', content: 'How long is the warranty?' }],
      }),
      end: '[DONE]',
    };
    // Both get warm before the first round counts.
    await runStreams(ours, { total: 500, concurrency: 20 });
    await runStreams(baseline, { total: 500, concurrency: 20 });
    return { dataPath, provider, proxy, trellis, ours, baseline, database: databasePid(dataPath) };
  },
  async run({ prepared }) {
    const { trellis, proxy, database } = prepared;
    const results: Record<string, Measurement> = {};
    for (const level of levels) {
      const theirs = await measure(prepared.baseline, level, () => processUse(proxy.pid).cpuSeconds);
      const own = await measure(prepared.ours, level, () => processUse(trellis.pid, [database]).cpuSeconds);
      results[`turns-${level.concurrency}`] = { ours: own.perCpuSecond, baseline: theirs.perCpuSecond };
      results[`first-${level.concurrency}`] = { ours: own.firstMs, baseline: theirs.firstMs };
    }
    return results;
  },
  async finish({ dataPath, provider, proxy, trellis }) {
    await stopAll([trellis, proxy, provider]);
    await rm(dataPath, { recursive: true, force: true });
  },
});

async function measure(
  request: StreamRequest,
  level: { total: number; concurrency: number },
  cpuSeconds: () => number,
): Promise<{ perCpuSecond: number; firstMs: number }> {
  const before = cpuSeconds();
  const { completed, firstMs } = await runStreams(request, level);
  const used = cpuSeconds() - before;
  return { perCpuSecond: completed / used, firstMs: firstMs[Math.floor(firstMs.length / 2)] ?? 0 };
}

async function stopAll(programs: readonly Serving[]): Promise<void> {
  for (const program of programs) await program.stop();
}
