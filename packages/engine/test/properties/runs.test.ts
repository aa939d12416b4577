import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EngineEvent,
  executeRun,
  plan,
  type RunRecord,
  replay,
  resumeRun,
  settingOf,
} from '../../src/index.ts';
import { fakePorts, MemoryLog, shownAnswer } from '../../src/testing/index.ts';
import { countingDefinitions, inputs, type RandomGraph, randomGraph } from './random-graph.ts';

const run = { runId: 'run', workflowId: 'workflow', inputs, system: {}, conversation: [] };

async function execute({ graph }: RandomGraph, runs: string[]) {
  const log = new MemoryLog();
  const planned = plan(graph, { definitions: countingDefinitions(runs) });
  const events = await Array.fromAsync(executeRun({ plan: planned, log, ports: fakePorts(), run }));
  return { events, records: log.records(), planned };
}

function resultOf(events: readonly EngineEvent[]) {
  const last = events.at(-1);
  if (last?.event !== 'workflow_finished') throw new Error(`the run ended with ${last?.event}`);
  const { status, outputs, total_steps: steps, exceptions_count: exceptions } = last.data;
  return {
    status,
    outputs: { ...outputs, answer: inFixedOrder(String(outputs['answer'])) },
    steps,
    exceptions,
  };
}

/** Answers inside containers that run side by side join in the order in which they end, which is nobody's promise. */
function inFixedOrder(answer: string): string {
  const inner = answer.match(/<[^>]*>/g) ?? [];
  return inner.toSorted().join('') + answer.replace(/<[^>]*>/g, '');
}

const startedAtTop = (events: readonly EngineEvent[]) =>
  events.flatMap((event) =>
    event.event === 'node_started' && event.data.iteration_id === null && event.data.loop_id === null
      ? [event.data.node_id]
      : [],
  );

const finishedNodes = (records: readonly RunRecord[]) =>
  records.flatMap((record) => (record.type === 'node-finished' ? [`${record.frame} ${record.node}`] : []));

describe('Random graphs', () => {
  test('finish, run each live node exactly once and no other', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph, async (random) => {
        const runs: string[] = [];
        const { events } = await execute(random, runs);
        expect(resultOf(events).status).toBe('succeeded');
        expect(startedAtTop(events).toSorted()).toEqual([...random.live].toSorted());
        expect(new Set(runs).size).toBe(runs.length);
      }),
      { numRuns: 150 },
    );
  });

  test('give the same result when cut and resumed at every record, and never repeat a logged node', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph, async (random) => {
        const { events, records, planned } = await execute(random, []);
        for (let cut = 1; cut <= records.length; cut += 1) {
          const prefix = records.slice(0, cut);
          const log = new MemoryLog();
          const resumed = await Array.fromAsync(
            resumeRun({ plan: planned, log, ports: fakePorts(), records: prefix }),
          );
          expect(resultOf(resumed)).toEqual(resultOf(events));
          const again = finishedNodes(log.records());
          const before = new Set(finishedNodes(prefix));
          expect(again.filter((node) => before.has(node))).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('replay to the same state whether folded at once or in two parts', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph, async (random) => {
        const { events, records, planned } = await execute(random, []);
        const setting = settingOf({ plan: planned, log: new MemoryLog(), ports: fakePorts() });
        const replayed = replay(setting, records);
        expect(resultOf(replayed.events)).toEqual(resultOf(events));
        expect(shownAnswer(replayed.events).length).toBe(shownAnswer(events).length);
      }),
      { numRuns: 60 },
    );
  });
});
