import { pathToFileURL } from 'node:url';
import {
  defineNode,
  executeRun,
  nodeDefinitions,
  plan,
  type RunRecord,
} from '../packages/engine/src/index.ts';
import { fakePorts, type TestNode, testGraph } from '../packages/engine/src/testing/index.ts';
import type { BenchResult, Measurement } from './harness/contract.ts';

const chainLength = 100;
const repetitions = 60;
const chunks = 2_000;

/** A log that keeps what it is given and counts how often somebody waited for it. */
class CountingLog {
  readonly records: RunRecord[] = [];
  flushes = 0;

  append(record: RunRecord): void {
    this.records.push(record);
  }

  flush(): Promise<void> {
    this.flushes += 1;
    return Promise.resolve();
  }
}

const input = { runId: 'run', workflowId: 'workflow', inputs: { text: 'x' }, system: {}, conversation: [] };

/** A node type that answers at once, and one that streams; both have side effects, like a model or a request. */
const definitions = new Map([
  ...nodeDefinitions,
  [
    'knowledge-retrieval',
    defineNode({
      type: 'knowledge-retrieval',
      hasSideEffects: true,
      run: () => ({ status: 'succeeded', outputs: { result: [] } }),
    }),
  ] as const,
  [
    'tool',
    defineNode({
      type: 'tool',
      run: (_data, context) => {
        for (let index = 0; index < chunks; index += 1)
          context.stream('text', 'token ', index === chunks - 1);
        return { status: 'succeeded', outputs: {} };
      },
    }),
  ] as const,
]);

const aggregator: TestNode = { type: 'variable-aggregator', variables: [['start', 'text']] };

function chain(node: TestNode) {
  const ids = Array.from({ length: chainLength }, (_, index) => `n${index}`);
  const nodes = {
    start: { type: 'start' },
    ...Object.fromEntries(ids.map((id) => [id, node])),
    end: { type: 'end' },
  };
  return plan(testGraph(nodes, [['start', ...ids, 'end'].join(' -> ')]), { definitions });
}

const plans = {
  pure: chain(aggregator),
  effects: chain({ type: 'knowledge-retrieval', dataset_ids: [] }),
  startEnd: plan(testGraph({ start: { type: 'start' }, end: { type: 'end' } }, ['start -> end'])),
  iteration: plan(
    testGraph(
      {
        start: { type: 'start' },
        iter: {
          type: 'iteration',
          start_node_id: 'first',
          iterator_selector: ['start', 'items'],
          output_selector: ['inner', 'output'],
        },
        first: { type: 'iteration-start', in: 'iter' },
        inner: { ...aggregator, in: 'iter' },
        end: { type: 'end' },
      },
      ['start -> iter -> end', 'first -> inner'],
    ),
  ),
  streaming: plan(
    testGraph(
      {
        start: { type: 'start' },
        tool: { type: 'tool' },
        answer: { type: 'answer', answer: '{{#tool.text#}}' },
      },
      ['start -> tool -> answer'],
    ),
    { definitions },
  ),
};
const manyItems = { ...input, inputs: { items: Array.from({ length: chainLength }, (_, index) => index) } };

/** Runs a plan once; returns how often the log was waited for. */
async function runOnce(
  planned: (typeof plans)['pure'],
  run: typeof input | typeof manyItems,
): Promise<number> {
  const log = new CountingLog();
  const limits = { maxSteps: 10_000 };
  for await (const event of executeRun({ plan: planned, log, ports, run, limits })) {
    if (event.event === 'workflow_finished' && event.data.status !== 'succeeded')
      throw new Error(event.data.error);
  }
  return log.flushes;
}
const systemClock = { now: () => Date.now(), sleep: () => new Promise<void>(() => undefined) };
const ports = { ...fakePorts(), clock: systemClock };

/** Milliseconds of CPU that `work` takes for each of `count` parts, over all repetitions. */
async function cpuMs(count: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < repetitions; index += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / repetitions / count;
}

const questions = [
  {
    question: 'Engine cost of a node that answers at once (row of 100)',
    unit: 'ms CPU per node (budget 0.2)',
    measure: () => cpuMs(chainLength + 2, () => runOnce(plans.pure, input)),
  },
  {
    question: 'Engine cost of a node with side effects, log in memory (row of 100)',
    unit: 'ms CPU per node (budget 0.2)',
    measure: () => cpuMs(chainLength + 2, () => runOnce(plans.effects, input)),
  },
  {
    question: 'Engine cost of an iteration item of one node (100 items)',
    unit: 'ms CPU per item (budget 0.2)',
    measure: () => cpuMs(chainLength, () => runOnce(plans.iteration, manyItems)),
  },
  {
    question: 'Engine cost of a run from start to end',
    unit: 'ms CPU per run',
    measure: () => cpuMs(1, () => runOnce(plans.startEnd, input)),
  },
  {
    question: 'Engine cost of a streamed piece of text',
    unit: 'ms CPU per piece (budget of the whole relay 0.015)',
    measure: () => cpuMs(chunks, () => runOnce(plans.streaming, input)),
  },
  {
    question: 'Times a run from start to end waits for its log',
    unit: 'flushes',
    measure: () => runOnce(plans.startEnd, input),
  },
] as const;

/** What the engine adds to the work of its nodes, in memory. */
export async function run(rounds: number): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const { question, unit, measure } of questions) {
    const all: number[] = [];
    // The first measurement is the compiler's.
    await measure();
    for (let round = 0; round < rounds; round += 1) all.push(await measure());
    const ours = all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
    results.push({
      question,
      unit,
      ours,
      baseline: null,
      ratio: null,
      rounds: all satisfies number[] | Measurement[],
    });
  }
  return results;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { question, unit, ours } of await run(5))
    console.log(`${question}: ${ours.toPrecision(3)} ${unit}`);
}
