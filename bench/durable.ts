import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineBench, type Measurement } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { startProgram, startTrellis } from './harness/server.ts';
import { openSharedDatabase, type SharedDatabase } from './harness/shared-database.ts';
import { median } from './harness/statistics.ts';
import { runStreams, type StreamRequest } from './harness/streams.ts';
import {
  addWorkflowApp,
  chainGraph,
  type StoredGraph,
  setUpServer,
  startToEnd,
} from './harness/workflow-app.ts';

/** Nodes of the long graph, start and end among them. */
const nodes = 10;
const runs = 150;
const busy = { total: 600, concurrency: 32 };
const largeBytes = 1_000_000;

/** What it costs that a run survives the server: every node's result is durable before the next node starts. */
export default defineBench({
  questions: {
    node: {
      question: 'Engine cost per node of a durable run over HTTP, idle server',
      unit: 'ms (p50)',
      baseline: 'committing one row on the same PostgreSQL',
      better: 'lower',
    },
    flushes: {
      question: `Flushes of the database's log per run of ${nodes} nodes, one run at a time`,
      unit: 'flushes',
      better: 'lower',
    },
    'flushes-busy': {
      question: `Flushes of the database's log per run of ${nodes} nodes, ${busy.concurrency} runs at a time`,
      unit: 'flushes',
      better: 'lower',
    },
    graph: {
      question: `Workflow runs of ${nodes} nodes, history stored, ${busy.concurrency} at a time`,
      unit: 'runs per CPU second',
      baseline: 'a bare node:http server that echoes JSON and writes nothing down',
      better: 'higher',
    },
    large: {
      question: `Bytes written to the database's log by a run that passes ${largeBytes / 1e6} MB through ${nodes} nodes`,
      unit: 'MB',
      baseline: 'the value',
      better: 'lower',
    },
  },
  async prepare({ say }) {
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
    const database = await openSharedDatabase();
    const echo = await startProgram(['bench/harness/json-echo.ts']);
    const trellis = await startTrellis(dataPath, database.env);
    const token = await setUpServer(trellis.url);
    const request = async (graph: StoredGraph, text: string): Promise<StreamRequest> => {
      const { key } = await addWorkflowApp(trellis.url, token, { graph });
      return {
        url: `${trellis.url}/v1/workflows/run`,
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ inputs: { text }, user: 'bench', response_mode: 'blocking' }),
        first: '{',
        end: '"succeeded"',
      };
    };
    const short = await request(startToEnd, 'hello');
    const long = await request(passingOn({ type: 'text-input', max_length: 200 }), 'hello');
    // The status stands before the text; what comes after it says that all nodes have run.
    const large = {
      ...(await request(passingOn({ type: 'paragraph' }), randomText())),
      end: `"total_steps":${nodes},`,
    };
    const baseline: StreamRequest = { ...short, url: `${echo.url}/`, headers: {} };
    await database.pool.query('create table bench_commits (id bigserial primary key, at timestamptz)');
    say(`echo ${echo.url}, Trellis ${trellis.url}`);
    // All get warm before the first round counts.
    for (const warm of [short, long, baseline]) await runStreams(warm, { total: 300, concurrency: 8 });
    await runStreams(large, { total: 3, concurrency: 1 });
    return { dataPath, database, echo, trellis, short, long, large, baseline };
  },
  async run({ prepared }) {
    const { database, trellis, echo, short, long, large, baseline } = prepared;
    const alone = { total: runs, concurrency: 1 };
    const shortMs = await medianMs(short);
    const quiet = await written(database, runs, () => medianMs(long));
    const commits = await commitMs(database);
    const ours = () => processUse(trellis.pid, [database.pid]).cpuSeconds;
    const theirs = () => processUse(echo.pid).cpuSeconds;
    let perCpuSecond = 0;
    const crowd = await written(database, busy.total, async () => {
      const before = ours();
      await runStreams(long, busy);
      perCpuSecond = busy.total / (ours() - before);
    });
    const echoBefore = theirs();
    // The echo is so cheap that a clock of 10 ms ticks needs many of them.
    await runStreams(baseline, { ...busy, total: busy.total * 30 });
    const echoed = (busy.total * 30) / (theirs() - echoBefore);
    const few = { ...alone, total: 5 };
    const passed = await written(database, few.total, () => runStreams(large, few));
    const results: Record<string, Measurement> = {
      node: { ours: (quiet.answer - shortMs) / (nodes - 2), baseline: commits },
      flushes: { ours: quiet.flushes },
      'flushes-busy': { ours: crowd.flushes },
      graph: { ours: perCpuSecond, baseline: echoed },
      large: { ours: passed.bytes / 1e6, baseline: largeBytes / 1e6 },
    };
    return results;
  },
  async finish({ dataPath, database, echo, trellis }) {
    await trellis.stop();
    await echo.stop();
    await database.close();
    await rm(dataPath, { recursive: true, force: true });
  },
});

/** A text goes in, through nodes that only hand it on, and comes out. */
function passingOn(field: { type: string; max_length?: number }): StoredGraph {
  const places = Array.from({ length: nodes - 2 }, (_, index) => `pass${index + 1}`);
  const before = (index: number) => (index === 0 ? ['start', 'text'] : [places[index - 1] ?? '', 'output']);
  return chainGraph({
    start: { type: 'start', variables: [{ variable: 'text', label: 'Text', required: true, ...field }] },
    ...Object.fromEntries(
      places.map((place, index) => [
        place,
        { type: 'variable-aggregator', output_type: 'string', variables: [before(index)] },
      ]),
    ),
    end: {
      type: 'end',
      outputs: [{ variable: 'text', value_selector: before(places.length), value_type: 'string' }],
    },
  });
}

/** Text that does not get smaller by packing it. */
function randomText(): string {
  return randomBytes((largeBytes / 4) * 3).toString('base64');
}

/** One run after the other, from the request to the whole answer. */
async function medianMs(request: StreamRequest): Promise<number> {
  const { firstMs } = await runStreams(request, { total: runs, concurrency: 1 });
  return median(firstMs);
}

async function commitMs({ pool }: SharedDatabase): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < runs; count += 1) {
    const startedAt = performance.now();
    await pool.query({ name: 'commit', text: 'insert into bench_commits (at) values (now())' });
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

/** What the database's log takes per run of some work. */
async function written<Answer>(database: SharedDatabase, count: number, work: () => Promise<Answer>) {
  const before = await database.log();
  const answer = await work();
  const after = await database.log();
  return {
    answer,
    flushes: (after.flushes - before.flushes) / count,
    bytes: (after.bytes - before.bytes) / count,
  };
}
