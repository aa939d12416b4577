import type { EngineEvent, NodeResultData } from '../core/events.ts';
import type { DeclaredVariable } from '../core/records.ts';
import { planNode } from '../plan/build-plan.ts';
import type { EnginePorts } from '../ports/index.ts';
import { executeRun } from '../run/execute-run.ts';
import { inferType } from '../values/types.ts';
import { fakePorts } from './fake-ports.ts';
import { type TestNode, testGraph } from './graph-builder.ts';
import { MemoryLog } from './memory-log.ts';

/** What a single test node reads. */
export interface TestNodeOptions {
  /** Values by `owner.name`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly system?: Readonly<Record<string, unknown>>;
  readonly conversation?: readonly DeclaredVariable[];
  readonly environment?: readonly DeclaredVariable[];
  readonly ports?: Partial<EnginePorts>;
}

/** What became of a single test node. */
export type TestNodeResult = NodeResultData & { readonly events: readonly EngineEvent[] };

/** Runs one node by itself. */
export async function runNode(data: TestNode, options: TestNodeOptions = {}): Promise<TestNodeResult> {
  const graph = testGraph({ start: { type: 'start' }, node: data }, []);
  const { variables = {}, inputs = {}, system = {}, conversation = [], environment = [], ports } = options;
  const updates = Object.entries(variables).map(([path, value]) => ({
    selector: path.split('.'),
    type: inferType(value),
    value,
  }));
  const stream = executeRun({
    plan: planNode(graph, 'node'),
    log: new MemoryLog(),
    ports: fakePorts(ports),
    environment,
    run: { runId: 'run-1', workflowId: 'w', inputs, system, conversation, variables: updates },
  });
  const events = await Array.fromAsync(stream);
  const finished = events.find((event) => event.event === 'node_finished');
  if (finished?.event !== 'node_finished') throw new Error('The node did not finish');
  return { ...finished.data, events };
}
