import { runChatChaos } from '../tests/chaos/chat-chaos.ts';
import type { BenchResult } from './harness/contract.ts';

const moments = 50;

/** Server and database killed together at 50 random moments under 100 streaming turns: how long until all is final. */
export async function run(): Promise<readonly BenchResult[]> {
  const reports = await runChatChaos({
    moments,
    concurrency: 100,
    say: (line) => console.error(`  ${line}`),
  });
  const broken = reports.flatMap((report) => report.broken);
  if (broken.length > 0) throw new Error(`Promises were broken:\n${broken.join('\n')}`);
  const times = reports.map((report) => report.recoveredMs / 1_000);
  const sorted = [...times].sort((a, b) => a - b);
  return [
    {
      question:
        'From the restart until every interrupted turn has its final state, server and database killed together',
      unit: 's (median of 50 kills; limit 5)',
      ours: sorted[Math.floor(sorted.length / 2)] ?? 0,
      baseline: null,
      ratio: null,
      rounds: times,
    },
  ];
}
