import type { BenchResult } from './contract.ts';
import { processUse } from './processes.ts';
import { startLoad } from './start-load.ts';
import { median } from './statistics.ts';
import type { LoadRequest, LoadSample } from './stream-load.ts';

/** What had happened at a moment, and what server and database used by then. */
export interface UseSample extends LoadSample {
  readonly pssMb: number;
  readonly cpuSeconds: number;
}

/** Keeps the load up and looks at the server meanwhile; says every sample. */
export async function sustain(
  request: LoadRequest,
  options: { streams: number; seconds: number; pid: number; databasePid: number },
): Promise<{ samples: UseSample[]; idleMb: number }> {
  const use = () => processUse(options.pid, [options.databasePid]);
  const idleMb = use().pssMb;
  const samples: UseSample[] = [];
  for await (const load of startLoad(request, options)) {
    const { pssMb, cpuSeconds } = use();
    samples.push({ ...load, pssMb, cpuSeconds });
    console.error(
      `  ${load.second} s: ${load.open} open, ${load.tokens} tokens, ${load.failed} failed, ${pssMb.toFixed(0)} MB`,
    );
  }
  return { samples, idleMb };
}

/** What was asked, and what is known besides the samples. */
export interface SustainedLoad {
  /** Such as `1000 chats at 30 tokens/s for 60 s`. */
  readonly title: string;
  readonly seconds: number;
  /** Tokens a second that a server without limits would hand on. */
  readonly offered: number;
  /** Memory before the load began. */
  readonly idleMb: number;
}

/** Answers of a load that went on for a while: what arrived, what failed, what it took. */
export function sustainedAnswers(samples: readonly UseSample[], load: SustainedLoad): BenchResult[] {
  const { title, seconds, offered, idleMb } = load;
  // The first windows hold the burst of the start, those after the end its fading; what is asked is between.
  const steady = samples.filter(({ second }) => second > 10 && second <= seconds);
  const windows = steady.slice(1).map((sample, index) => {
    const before = steady[index] ?? sample;
    const elapsed = sample.second - before.second;
    return {
      tokens: (sample.tokens - before.tokens) / elapsed,
      cpu: (sample.cpuSeconds - before.cpuSeconds) / elapsed,
    };
  });
  const last = steady.at(-1);
  const first = steady[0];
  if (last === undefined || first === undefined) throw new Error('The run was too short to say anything.');
  // A heap grows to its working size first; a leak is what goes on growing.
  const half = steady[steady.length >> 1] ?? first;
  const growth = ((last.pssMb - half.pssMb) / (last.second - half.second)) * 60;
  const alone = { baseline: null, ratio: null };
  const tokens = windows.map((window) => window.tokens);
  return [
    {
      question: `${title}: tokens that arrive`,
      unit: 'tokens/s',
      ours: median(tokens),
      baseline: offered,
      ratio: median(tokens) / offered,
      rounds: tokens.map((ours) => ({ ours, baseline: offered })),
    },
    {
      question: `${title}: turns that failed`,
      unit: `of ${last.completed + last.failed}`,
      ours: last.failed,
      ...alone,
      rounds: [last.failed],
    },
    {
      question: `${title}: CPU of server and database`,
      unit: 'cores',
      ours: median(windows.map((window) => window.cpu)),
      ...alone,
      rounds: windows.map((window) => window.cpu),
    },
    {
      question: `${title}: most memory (PSS) of server and database, against idle`,
      unit: 'MB',
      ours: Math.max(...samples.map((sample) => sample.pssMb)),
      baseline: idleMb,
      ratio: Math.max(...samples.map((sample) => sample.pssMb)) / idleMb,
      rounds: steady.map((sample) => ({ ours: sample.pssMb, baseline: idleMb })),
    },
    {
      question: `${title}: growth of memory in the second half`,
      unit: 'MB per minute',
      ours: growth,
      ...alone,
      rounds: [growth],
    },
  ];
}
