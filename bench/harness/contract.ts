/**
 * How a benchmark is written. `bench/NAME.ts` answers one or several questions; `npm run bench -- NAME` runs it:
 *
 *     export default defineBench({
 *       questions: {
 *         parse: { question: 'Parsing a megabyte', unit: 'ms', baseline: 'JSON.parse', better: 'lower' },
 *       },
 *       async run({ round }) {
 *         return { parse: { ours: await timeOurs(round), baseline: await timeBaseline(round) } };
 *       },
 *     });
 *
 * `run` is called once per round and measures ours and the baseline next to each other, because machines differ and
 * change: only the ratio travels. `prepare` and `finish` frame all rounds. A module that must drive its own rounds
 * exports `async function run(rounds: number): Promise<BenchResult[]>` instead.
 */
export interface Bench<Id extends string = string, Prepared = unknown> {
  readonly questions: Readonly<Record<Id, Question>>;
  /** Least number of rounds (default and minimum 5). */
  readonly rounds?: number;
  /** Runs once before all rounds; what it returns is handed to every round. */
  readonly prepare?: (context: BenchContext) => Promise<Prepared>;
  /** Measures one round. A question that this machine cannot answer is left out. */
  readonly run: (
    context: BenchContext & { readonly round: number; readonly prepared: Prepared },
  ) => Promise<Partial<Readonly<Record<Id, Measurement>>>>;
  /** Runs once after all rounds, also after a failure. */
  readonly finish?: (prepared: Prepared) => Promise<void>;
}

/** What is asked. */
export interface Question {
  readonly question: string;
  /** Of `ours` and `baseline`, e.g. `ms`, `turns per CPU second`, `MB`. */
  readonly unit: string;
  /** What ours is compared with; left out where nothing comparable exists. */
  readonly baseline?: string;
  readonly better: 'higher' | 'lower';
}

/** One round's answer. */
export interface Measurement {
  readonly ours: number;
  readonly baseline?: number;
}

/** What a benchmark gets. */
export interface BenchContext {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Says something on the way; results are printed by the runner. */
  say(line: string): void;
}

/** The answer to one question, as written to `bench/results`. */
export interface BenchResult {
  readonly question: string;
  readonly unit: string;
  /** Medians over the rounds. */
  readonly ours: number;
  readonly baseline: number | null;
  /** Median of the rounds' own ratios, ours / baseline. */
  readonly ratio: number | null;
  /** Every round, in order. */
  readonly rounds: readonly Measurement[] | readonly number[];
}

/** Gives a benchmark its types. */
export function defineBench<Id extends string, Prepared = undefined>(
  bench: Bench<Id, Prepared>,
): Bench<Id, Prepared> {
  return bench;
}
