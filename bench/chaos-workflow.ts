import { runWorkflowChaos } from '../tests/chaos/workflow-chaos.ts';
import type { BenchResult } from './harness/contract.ts';

/** Kills in all rounds together. */
const kills = 200;

/** Kills servers under running workflows, far more often than the tests do. */
export async function run(rounds: number): Promise<BenchResult[]> {
  const counts: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const report = await runWorkflowChaos({
      kills: Math.ceil(kills / rounds),
      concurrency: 20,
      say: (line) => console.error(`  ${line}`),
    });
    console.error(
      `  ${report.accepted} runs accepted, ${report.takenOver} taken over, ${report.repeated} calls repeated`,
    );
    for (const line of report.broken) console.error(`  BROKEN: ${line}`);
    counts.push(report.broken.length);
  }
  return [
    {
      question: `Broken promises to workflows in ${kills} kills of a server`,
      unit: 'promises',
      ours: Math.max(...counts),
      baseline: null,
      ratio: null,
      rounds: counts,
    },
  ];
}
