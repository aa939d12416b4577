import { recoveryLimitMs, runChatChaos } from '../tests/chaos/chat-chaos.ts';
import type { BenchResult } from './harness/contract.ts';
import { median } from './harness/statistics.ts';

const moments = 50;

/** Server and database killed together at 50 random moments under 100 streaming turns: how long until all is final. */
export async function run(): Promise<readonly BenchResult[]> {
  const reports = await runChatChaos({
    moments,
    concurrency: 100,
    say: (line) => console.error(`  ${line}`),
  });
  const broken = reports.flatMap((report) => report.broken);
  const late = reports.filter((report) => report.recoveredMs > recoveryLimitMs);
  if (late.length > 0) broken.push(`${late.length} of ${moments} recoveries took longer than 5 s`);
  if (broken.length > 0) throw new Error(`Promises were broken:\n${broken.join('\n')}`);
  const starts = reports.map((report) => report.readyMs / 1_000);
  const times = reports.map((report) => report.recoveredMs / 1_000);
  return [
    {
      question:
        'From the restart until every interrupted turn has its final state, server and database killed together',
      unit: 's (median of 50 kills; limit 5)',
      ours: median(times),
      baseline: null,
      ratio: null,
      rounds: times,
    },
    {
      question: 'From that restart until the first answer: start and the recovery of the database',
      unit: 's (median of 50 kills)',
      ours: median(starts),
      baseline: null,
      ratio: null,
      rounds: starts,
    },
  ];
}
