import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineBench, type Measurement } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { databasePid, type Serving, startProgram, startTrellis } from './harness/server.ts';
import { runStreams, type StreamRequest } from './harness/streams.ts';
import { prepareWorkflowApp, startToEnd } from './harness/workflow-app.ts';

const concurrency = 32;
const total = 2_000;
/** One at a time, for the time to the first event. */
const idle = { total: 150, concurrency: 1 };

const runs = (how: string) => ({
  question: `Workflow runs from start to end, history stored, ${how}, ${concurrency} at a time`,
  unit: 'runs per CPU second',
  baseline: 'a bare node:http server that echoes JSON and writes nothing down',
  better: 'higher' as const,
});
const first = (when: string) => ({
  question: `Time to the first event of a workflow run, ${when}`,
  unit: 'ms (median)',
  baseline: 'the answer of a bare node:http server that echoes JSON',
  better: 'lower' as const,
});

/** What a run costs: accepted, carried out, written down and told. */
export default defineBench({
  questions: {
    blocking: runs('blocking'),
    streaming: runs('streaming'),
    'first-idle': first('idle server'),
    'first-60': first('60 at a time'),
  },
  async prepare({ say }) {
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
    const echo = await startProgram(['bench/harness/json-echo.ts']);
    const trellis = await startTrellis(dataPath);
    const app = await prepareWorkflowApp(trellis.url, startToEnd);
    say(`echo ${echo.url}, Trellis ${trellis.url}`);
    const request = (mode: 'blocking' | 'streaming'): StreamRequest => ({
      url: `${trellis.url}/v1/workflows/run`,
      headers: { authorization: `Bearer ${app.key}` },
      body: JSON.stringify({ inputs: { text: 'hello' }, user: 'bench', response_mode: mode }),
      first: mode === 'streaming' ? 'data: ' : '{',
      end: '"succeeded"',
    });
    const baseline: StreamRequest = {
      url: `${echo.url}/`,
      headers: {},
      body: JSON.stringify({ inputs: { text: 'hello' }, user: 'bench', response_mode: 'blocking' }),
      first: '{',
      end: '"succeeded"',
    };
    const blocking = request('blocking');
    const streaming = request('streaming');
    // All get warm before the first round counts.
    for (const warm of [blocking, streaming, baseline]) {
      await runStreams(warm, { total: 1_000, concurrency });
    }
    return { dataPath, echo, trellis, blocking, streaming, baseline, database: databasePid(dataPath) };
  },
  async run({ prepared }) {
    const { trellis, echo, database } = prepared;
    const ours = () => processUse(trellis.pid, [database]).cpuSeconds;
    const theirs = () => processUse(echo.pid).cpuSeconds;
    const level = { total, concurrency };
    // The echo is so cheap that a clock of 10 ms ticks needs many of them.
    const echoed = await perCpuSecond(prepared.baseline, { ...level, total: total * 10 }, theirs);
    const blocking = await perCpuSecond(prepared.blocking, level, ours);
    const streaming = await perCpuSecond(prepared.streaming, level, ours);
    const echoIdle = await firstMs(prepared.baseline, idle);
    const ownIdle = await firstMs(prepared.streaming, idle);
    const echoBusy = await firstMs(prepared.baseline, { total, concurrency: 60 });
    const ownBusy = await firstMs(prepared.streaming, { total: 1_200, concurrency: 60 });
    const results: Record<string, Measurement> = {
      blocking: { ours: blocking, baseline: echoed },
      streaming: { ours: streaming, baseline: echoed },
      'first-idle': { ours: ownIdle, baseline: echoIdle },
      'first-60': { ours: ownBusy, baseline: echoBusy },
    };
    return results;
  },
  async finish({ dataPath, echo, trellis }) {
    await stopAll([trellis, echo]);
    await rm(dataPath, { recursive: true, force: true });
  },
});

interface Level {
  readonly total: number;
  readonly concurrency: number;
}

async function perCpuSecond(request: StreamRequest, level: Level, cpuSeconds: () => number): Promise<number> {
  const before = cpuSeconds();
  const { completed } = await runStreams(request, level);
  return completed / (cpuSeconds() - before);
}

async function firstMs(request: StreamRequest, level: Level): Promise<number> {
  const { firstMs: times } = await runStreams(request, level);
  return times[Math.floor(times.length / 2)] ?? 0;
}

async function stopAll(programs: readonly Serving[]): Promise<void> {
  for (const program of programs) await program.stop();
}
