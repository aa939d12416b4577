/**
 * What handing one streamed token on costs, once its turn is open. BENCH_STREAMS is the number of streams (500), each
 * of 30 tokens a second.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startChatPair } from './harness/chat-pair.ts';
import { defineBench } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { startLoad } from './harness/start-load.ts';
import type { LoadRequest } from './harness/stream-load.ts';

const { BENCH_STREAMS = '500' } = process.env;
const streams = Number(BENCH_STREAMS);
const tokensPerSecond = 30;
/**
 * All streams have begun and are warm after `from`; none ends before the measurement does. Whoever leaves ends no turn:
 * the next measurement waits until the last answer is over.
 */
const seconds = { from: 4, to: 12, spread: 2, answer: 15, over: 18 } as const;

/** CPU of server and database per token, against a proxy at the same pace. */
export default defineBench({
  questions: {
    relay: {
      question: `CPU per relayed token, ${streams} streams at 30 tokens a second each`,
      unit: 'µs',
      baseline: 'a pass-through proxy that writes nothing down',
      better: 'lower',
    },
  },
  prepare: () => startChatPair(`bench-${seconds.answer * tokensPerSecond}@${tokensPerSecond}`),
  async run({ prepared, say }) {
    const { trellis, proxy, database } = prepared;
    const baseline = await perToken(
      { ...prepared.baseline, piece: prepared.baseline.first },
      () => processUse(proxy.pid).cpuSeconds,
    );
    const ours = await perToken({ ...prepared.ours, piece: prepared.ours.first }, () => {
      return processUse(trellis.pid, [database]).cpuSeconds;
    });
    say(
      `${ours.tokens} tokens at ${ours.us.toFixed(1)} µs; the proxy's ${baseline.tokens} at ${baseline.us.toFixed(1)} µs`,
    );
    return { relay: { ours: ours.us, baseline: baseline.us } };
  },
  finish: (pair) => pair.stop(),
});

async function perToken(
  request: Pick<LoadRequest, 'url' | 'headers' | 'body' | 'first' | 'end' | 'piece'>,
  cpuSeconds: () => number,
): Promise<{ us: number; tokens: number }> {
  const load = { ...request, spreadMs: seconds.spread * 1_000, reportEveryMs: 500 };
  let begun: { tokens: number; cpu: number } | undefined;
  let tokens = 0;
  let cpu = 0;
  const over = sleep(seconds.over * 1_000);
  for await (const sample of startLoad(load, { streams, seconds: seconds.to })) {
    if (sample.second < seconds.from || sample.second > seconds.to) continue;
    const now = { tokens: sample.tokens, cpu: cpuSeconds() };
    begun ??= now;
    tokens = now.tokens - begun.tokens;
    cpu = now.cpu - begun.cpu;
  }
  await over;
  return { us: (cpu / tokens) * 1e6, tokens };
}
