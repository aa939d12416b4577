import { NodeError } from '../errors.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { EnginePorts } from '../ports/index.ts';
import type { PoolReader } from '../values/pool.ts';

/** What a node gets to run with. */
export interface NodeContext {
  readonly node: PlannedNode;
  readonly pool: PoolReader;
  readonly ports: EnginePorts;
  readonly runId: string;
  /** End user or account the run is for. */
  readonly userId: string;
  /** What the run was started with. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly system: Readonly<Record<string, unknown>>;
  /** How many workflows called each other as tools to get here. */
  readonly callDepth: number;
  readonly executionId: string;
  /** The same for every repetition of this node at this place of this run. */
  readonly idempotencyKey: string;
  /** Aborted when nobody waits for the node any more. */
  readonly signal: AbortSignal;
  /** Streams text on an output; the last piece (often empty) is final. */
  stream(name: string, text: string, isFinal: boolean): void;
  /** Tells a step of an agent or tool. */
  log(data: Readonly<Record<string, unknown>>): void;
}

/** The port a node needs, or a NodeError saying that this installation lacks it. */
export function requirePort<K extends keyof EnginePorts>(
  { ports, node }: NodeContext,
  name: K,
): NonNullable<EnginePorts[K]> {
  const port = ports[name];
  if (port === undefined) {
    throw new NodeError(
      'PortUnavailableError',
      `Nodes of type ${node.type} need ${name}, which this server does not have`,
    );
  }
  return port as NonNullable<EnginePorts[K]>;
}
