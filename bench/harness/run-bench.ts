import type { Bench, BenchContext, BenchResult, Measurement } from './contract.ts';
import { summarise } from './statistics.ts';

/** Fewer rounds say nothing about spread. */
export const minRounds = 5;

/** A loaded benchmark: which questions it answered, by the name of their result file. */
export type BenchAnswers = ReadonlyMap<string, BenchResult>;

/** Runs all rounds of a benchmark. */
export async function runRounds(bench: Bench, rounds: number, context: BenchContext): Promise<BenchAnswers> {
  const measured = new Map<string, Measurement[]>(Object.keys(bench.questions).map((id) => [id, []]));
  const prepared = await bench.prepare?.(context);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      context.signal.throwIfAborted();
      context.say(`round ${round} of ${rounds}`);
      const answers = await bench.run({ ...context, round, prepared });
      for (const [id, measurement] of Object.entries(answers)) {
        if (measurement !== undefined) measured.get(id)?.push(measurement);
      }
    }
  } finally {
    await bench.finish?.(prepared);
  }
  return new Map(
    Object.entries(bench.questions).flatMap(([id, question]) => {
      const values = measured.get(id) ?? [];
      return values.length === 0 ? [] : [[id, summarise(question, values)] as const];
    }),
  );
}
