import type { VariableUpdate } from '../core/outcome.ts';
import type { RunRecord } from '../core/records.ts';
import type { Plan, PlannedNode } from '../plan/plan.ts';

/** The run that a part of another run's log is made into. */
export interface NewIdentity {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A log from which a failed or stopped run is tried again, as a new run: all that was reached stays, the attempt
 * that failed the run is taken out, and its node runs again when the log is resumed. In a container, finished
 * rounds stay.
 */
export function recordsToRetry(records: readonly RunRecord[], identity: NewIdentity): RunRecord[] {
  const last = records.findLastIndex((record) => record.type === 'node-finished');
  const end = records[last];
  const isFailure = end?.type === 'node-finished' && end.outcome.status === 'failed';
  const kept = records.filter(
    (record, index) => !(isFailure && index === last) && record.type !== 'run-aborted',
  );
  return withIdentity(withoutPauses(kept), identity);
}

/**
 * A log from which a graph is run again from one of its top-level nodes, as a new run: results of that node and of
 * everything behind it are taken out, `variables` replace what it reads. Resume the log to run it.
 */
export function recordsBefore(
  records: readonly RunRecord[],
  options: NewIdentity & {
    readonly plan: Plan;
    readonly nodeId: string;
    readonly variables?: readonly VariableUpdate[];
  },
): RunRecord[] {
  const dropped = [...nodesFrom(options.plan, options.nodeId)];
  const kept = records.filter((record) => {
    if (record.type === 'run-aborted') return false;
    if (!('frame' in record)) return true;
    const { frame, node } = record;
    return !dropped.some((id) => (frame === '' ? node === id : frame.startsWith(`${id}:`)));
  });
  const { variables = [] } = options;
  const edit: RunRecord[] =
    variables.length === 0 ? [] : [{ type: 'variables-updated', at: options.at, updates: variables }];
  return [...withIdentity(withoutPauses(kept), options), ...edit];
}

/** A node and everything that can be reached from it. */
function nodesFrom(plan: Plan, nodeId: string): Set<string> {
  const reached = new Set<string>();
  const start = plan.top.byId.get(nodeId);
  const pending: PlannedNode[] = start === undefined ? [] : [start];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (reached.has(node.id)) continue;
    reached.add(node.id);
    pending.push(...node.outgoing.map(({ target }) => target));
  }
  return reached;
}

/** The records as if the run had never paused: second starts of the nodes that paused go with the pauses. */
function withoutPauses(records: readonly RunRecord[]): RunRecord[] {
  const open = new Set<string>();
  return records.filter((record) => {
    switch (record.type) {
      case 'node-started': {
        const place = `${record.frame}\n${record.node}`;
        if (open.has(place)) return false;
        open.add(place);
        return true;
      }
      case 'node-finished':
        open.delete(`${record.frame}\n${record.node}`);
        return true;
      case 'node-paused':
      case 'pause-requested':
      case 'run-resumed':
      case 'run-recovered':
        return false;
      default:
        return true;
    }
  });
}

function withIdentity(records: readonly RunRecord[], { runId, at }: NewIdentity): RunRecord[] {
  const [first, ...rest] = records;
  return first?.type === 'run-started'
    ? [{ ...first, runId, at }, ...rest.map((record) => ({ ...record, at }))]
    : [];
}
