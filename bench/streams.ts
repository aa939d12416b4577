/**
 * Many people being answered at once: 1,000 chats of 30 tokens a second each, and how memory goes meanwhile. Lasts a
 * minute; BENCH_SECONDS=300 makes it five, BENCH_STREAMS another number of chats.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareChatApp } from './harness/chat-app.ts';
import type { BenchResult } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { databasePid, startProgram, startTrellis } from './harness/server.ts';
import { startLoad } from './harness/start-load.ts';
import { median } from './harness/statistics.ts';
import type { LoadRequest, LoadSample } from './harness/stream-load.ts';

const { BENCH_SECONDS = '60', BENCH_STREAMS = '1000' } = process.env;
const seconds = Number(BENCH_SECONDS);
const streams = Number(BENCH_STREAMS);
const tokensPerSecond = 30;

interface Sample extends LoadSample {
  readonly pssMb: number;
  readonly cpuSeconds: number;
}

/** Runs once for the given time; its rounds are windows of five seconds. */
export async function run(): Promise<BenchResult[]> {
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
  // Room for as much memory as the budget allows, and not more.
  const trellis = await startTrellis(dataPath, { NODE_OPTIONS: '--max-old-space-size=3000' });
  try {
    // An answer lasts ten seconds, so that turns also open and end all the time.
    const model = {
      endpoint: `${provider.url}/v1`,
      name: `bench-${tokensPerSecond * 10}@${tokensPerSecond}`,
    };
    const app = await prepareChatApp(trellis.url, model);
    const use = () => processUse(trellis.pid, [databasePid(dataPath)]);
    const idleMb = use().pssMb;
    const samples: Sample[] = [];
    for await (const load of startLoad(chatsWith(trellis.url, app.key), { streams, seconds })) {
      const { pssMb, cpuSeconds } = use();
      samples.push({ ...load, pssMb, cpuSeconds });
      console.error(
        `  ${load.second} s: ${load.open} open, ${load.tokens} tokens, ${load.failed} failed, ${pssMb.toFixed(0)} MB`,
      );
    }
    return answers(samples, idleMb);
  } finally {
    await trellis.stop();
    await provider.stop();
    await rm(dataPath, { recursive: true, force: true });
  }
}

/** People who ask again as soon as they have been answered. */
function chatsWith(url: string, key: string): LoadRequest {
  return {
    url: `${url}/v1/chat-messages`,
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      inputs: {},
      query: 'Go on.',
      user: 'person-{stream}',
      response_mode: 'streaming',
      auto_generate_name: false,
    }),
    first: '"answer":"token',
    piece: '"event":"message",',
    end: '"message_end"',
    spreadMs: 5_000,
    reportEveryMs: 5_000,
  };
}

function answers(samples: readonly Sample[], idleMb: number): BenchResult[] {
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
  const offered = streams * tokensPerSecond;
  const title = `${streams} chats at ${tokensPerSecond} tokens/s for ${seconds} s`;
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
