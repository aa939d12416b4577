/**
 * Many workflows at once, each streaming the answer of a model: 1,000 runs of 30 tokens a second each. Lasts a minute;
 * BENCH_SECONDS and BENCH_STREAMS make it another time and number.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from './harness/contract.ts';
import { databasePid, startProgram, startTrellis } from './harness/server.ts';
import type { LoadRequest } from './harness/stream-load.ts';
import { sustain, sustainedAnswers } from './harness/sustained.ts';
import {
  chainGraph,
  compatibleProvider,
  prepareWorkflowApp,
  type StoredGraph,
} from './harness/workflow-app.ts';

const { BENCH_SECONDS = '60', BENCH_STREAMS = '1000' } = process.env;
const seconds = Number(BENCH_SECONDS);
const streams = Number(BENCH_STREAMS);
const tokensPerSecond = 30;

/** Runs once for the given time; its rounds are windows of five seconds. */
export async function run(): Promise<BenchResult[]> {
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
  const trellis = await startTrellis(dataPath, { NODE_OPTIONS: '--max-old-space-size=3000' });
  try {
    // An answer lasts ten seconds, so that runs also begin and end all the time.
    const model = {
      endpoint: `${provider.url}/v1`,
      name: `bench-${tokensPerSecond * 10}@${tokensPerSecond}`,
    };
    const app = await prepareWorkflowApp(trellis.url, answering(model.name), model);
    const server = { pid: trellis.pid, databasePid: databasePid(dataPath) };
    const request = runsWith(trellis.url, app.key);
    const { samples, idleMb } = await sustain(request, { streams, seconds, ...server });
    const title = `${streams} workflow runs with a model at ${tokensPerSecond} tokens/s for ${seconds} s`;
    return sustainedAnswers(samples, { title, seconds, offered: streams * tokensPerSecond, idleMb });
  } finally {
    await trellis.stop();
    await provider.stop();
    await rm(dataPath, { recursive: true, force: true });
  }
}

/** Text in, a model's answer out. */
function answering(model: string): StoredGraph {
  return chainGraph({
    start: {
      type: 'start',
      variables: [{ variable: 'text', label: 'Text', type: 'text-input', required: true, max_length: 200 }],
    },
    model: {
      type: 'llm',
      model: { provider: compatibleProvider, name: model, mode: 'chat', completion_params: {} },
      prompt_template: [{ role: 'user', text: '{{#start.text#}}' }],
      context: { enabled: false, variable_selector: [] },
      vision: { enabled: false },
    },
    end: {
      type: 'end',
      outputs: [{ variable: 'text', value_selector: ['model', 'text'], value_type: 'string' }],
    },
  });
}

/** People who run it again as soon as it has ended. */
function runsWith(url: string, key: string): LoadRequest {
  return {
    url: `${url}/v1/workflows/run`,
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      inputs: { text: 'Go on.' },
      user: 'person-{stream}',
      response_mode: 'streaming',
    }),
    first: '"text":"token',
    piece: '"event":"text_chunk",',
    end: '"event":"workflow_finished"',
    spreadMs: 5_000,
    reportEveryMs: 5_000,
  };
}
