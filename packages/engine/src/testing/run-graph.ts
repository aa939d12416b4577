import type { Graph } from '@trellis/graph';
import type { EngineEvent } from '../core/events.ts';
import type { DeclaredVariable } from '../core/records.ts';
import { plan } from '../plan/build-plan.ts';
import type { EnginePorts } from '../ports/index.ts';
import { executeRun, resumeRun } from '../run/execute-run.ts';
import type { RunEnvironment } from '../run/run-options.ts';
import { fakePorts } from './fake-ports.ts';
import { MemoryLog } from './memory-log.ts';

/** What a test run is given besides its graph. */
export interface TestRunOptions {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly system?: Readonly<Record<string, unknown>>;
  readonly conversation?: readonly DeclaredVariable[];
  readonly ports?: Partial<EnginePorts>;
  readonly environment?: Partial<Omit<RunEnvironment, 'plan' | 'ports' | 'log'>>;
  readonly root?: string;
}

/** A run with everything it said, and the ways to look at it. */
export interface TestRun {
  readonly events: EngineEvent[];
  readonly log: MemoryLog;
  /** Result as the last event tells it; throws when the run has none. */
  readonly result: Extract<EngineEvent, { event: 'workflow_finished' }>['data'];
  readonly options: TestRunOptions;
  readonly graph: Graph;
  readonly ports: EnginePorts;
}

/** Runs a graph to its end or pause. */
export async function runGraph(graph: Graph, options: TestRunOptions = {}): Promise<TestRun> {
  const log = new MemoryLog();
  const ports = fakePorts(options.ports);
  const { inputs = {}, system = {}, conversation = [], environment = {}, root } = options;
  const events: EngineEvent[] = [];
  const stream = executeRun({
    ...environment,
    plan: plan(graph, root === undefined ? {} : { root }),
    log,
    ports,
    run: { runId: 'run-1', workflowId: 'workflow-1', inputs, system, conversation },
  });
  for await (const event of stream) events.push(event);
  return testRun({ events, log, options, graph, ports });
}

/** Goes on with a run that paused, or from the first `cut` of its records. Only what is said from here on is kept. */
export async function resumeGraph(run: TestRun, cut?: number): Promise<TestRun> {
  const records = run.log.records().slice(0, cut);
  const log = new MemoryLog();
  for (const record of records) log.append(record);
  const { environment = {}, root } = run.options;
  const events: EngineEvent[] = [];
  const stream = resumeRun({
    ...environment,
    plan: plan(run.graph, root === undefined ? {} : { root }),
    log,
    ports: run.ports,
    records,
  });
  for await (const event of stream) events.push(event);
  const { options, graph, ports } = run;
  return testRun({ events, log, options, graph, ports });
}

function testRun(parts: Omit<TestRun, 'result'>): TestRun {
  return {
    ...parts,
    get result() {
      const last = parts.events.findLast(({ event }) => event === 'workflow_finished');
      if (last?.event !== 'workflow_finished') throw new Error('The run has not finished');
      return last.data;
    },
  };
}

const endings = { succeeded: 'OK', failed: 'FAIL', stopped: 'STOP', 'partial-succeeded': 'PART' } as const;
const nodeEndings = { succeeded: 'F>', failed: 'X>', exception: 'E>', retry: 'R>' } as const;

/**
 * Events as a line of short words: `RUN+`, `S>node`, `F>node` (`X>` failed, `E>` failed but handled, `R>` to be
 * retried), `~text`, `started node`, `next node 0`, `completed node`, `edge a->b`, `skip a->b`, `PAUSE`, and the
 * status at the end. Internal events are left out, except edges of traced runs and ends of containers.
 */
export function timeline(events: readonly EngineEvent[]): string[] {
  return events.flatMap((event): string[] => {
    switch (event.event) {
      case 'workflow_started':
        return [event.data.reason === 'initial' ? 'RUN+' : 'RUN+(resumption)'];
      case 'workflow_finished':
        return [endings[event.data.status]];
      case 'workflow_paused':
        return ['PAUSE'];
      case 'node_started':
        return event.internal ? [] : [`S>${event.data.node_id}`];
      case 'node_finished':
        if (event.internal && !['iteration', 'loop'].includes(event.data.node_type)) return [];
        return [`${nodeEndings[event.data.status]}${event.data.node_id}`];
      case 'node_retry':
        return [`R>${event.data.node_id}#${event.data.retry_index}`];
      case 'iteration_started':
      case 'loop_started':
        return [`started ${event.data.node_id}`];
      case 'iteration_next':
      case 'loop_next':
        return [`next ${event.data.node_id} ${event.data.index}`];
      case 'iteration_completed':
      case 'loop_completed':
        return [`completed ${event.data.node_id}`];
      case 'text_chunk':
        return [`~${event.data.text}`];
      case 'text_replace':
        return [`=${event.data.text}`];
      case 'reasoning_chunk':
        return [`?${event.data.reasoning}`];
      case 'edge_taken':
        return [`edge ${event.data.source}->${event.data.target}`];
      case 'edge_skipped':
        return [`skip ${event.data.source}->${event.data.target}`];
      case 'human_input_required':
      case 'human_input_form_filled':
      case 'human_input_form_timeout':
        return [event.event.replace('human_input_', '')];
      default:
        return [];
    }
  });
}

/** All text shown, as a client would have it in the end. */
export function shownAnswer(events: readonly EngineEvent[]): string {
  let text = '';
  for (const event of events) {
    if (event.event === 'text_chunk') text += event.data.text;
    else if (event.event === 'text_replace') text = event.data.text;
  }
  return text;
}
