import { startChatPair } from './harness/chat-pair.ts';
import { defineBench } from './harness/contract.ts';
import { runStreams } from './harness/streams.ts';

/** An answer takes 3.3 s; people do not all ask in the same moment. */
const level = { concurrency: 64, total: 256, spreadMs: 3_300 } as const;

/**
 * Time to the first token while 64 answers stream at a person's reading speed. `chat` asks the same of a model that
 * answers at once, where 64 clients keep both machines saturated and the figure is the length of the queue.
 */
export default defineBench({
  questions: {
    first: {
      question: 'Time to the first token, 64 streams at 30 tokens a second each',
      unit: 'ms (median)',
      baseline: 'a pass-through proxy that writes nothing down',
      better: 'lower',
    },
  },
  prepare: async () => {
    const pair = await startChatPair('bench-100@30');
    await runStreams(pair.ours, { total: 64, concurrency: 64 });
    await runStreams(pair.baseline, { total: 64, concurrency: 64 });
    return pair;
  },
  async run({ prepared }) {
    const median = ({ firstMs }: { firstMs: readonly number[] }) =>
      firstMs[Math.floor(firstMs.length / 2)] ?? 0;
    const baseline = median(await runStreams(prepared.baseline, level));
    const ours = median(await runStreams(prepared.ours, level));
    return { first: { ours, baseline } };
  },
  finish: (pair) => pair.stop(),
});
