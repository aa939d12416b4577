import { startChatPair } from './harness/chat-pair.ts';
import { defineBench, type Measurement } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { runStreams, type StreamRequest } from './harness/streams.ts';

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
    const pair = await startChatPair('bench-100');
    say(`proxy ${pair.proxy.url}, Trellis ${pair.trellis.url}`);
    // Both get warm before the first round counts.
    await runStreams(pair.ours, { total: 500, concurrency: 20 });
    await runStreams(pair.baseline, { total: 500, concurrency: 20 });
    return pair;
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
  finish: (pair) => pair.stop(),
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
