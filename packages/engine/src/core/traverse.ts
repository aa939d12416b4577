import type { PlannedEdge, PlannedNode } from '../plan/plan.ts';
import { type Frame, type RunState, traversal } from './state.ts';
import { edgeTaken } from './streaming.ts';

/** Queues a node. */
export function enqueue(state: RunState, frame: Frame, node: PlannedNode): void {
  frame.nodeStates[node.position] = traversal.taken;
  frame.open += 1;
  state.ready.push({ frame, node });
}

/**
 * Marks the edges that leave a node which has succeeded and queues what became ready: edges of the chosen handle
 * (all edges when none is chosen) are taken, the others skipped.
 */
export function leave(state: RunState, frame: Frame, node: PlannedNode, handle: string | null): void {
  const ready: PlannedNode[] = [];
  if (handle !== null) {
    for (const edge of node.outgoing) if (edge.handle !== handle) skip(state, { frame, edge, ready });
  }
  for (const edge of node.outgoing) {
    if (handle === null || edge.handle === handle) take(state, { frame, edge, ready });
  }
  for (const next of ready) enqueue(state, frame, next);
}

interface Step {
  frame: Frame;
  edge: PlannedEdge;
  ready: PlannedNode[];
}

function take(state: RunState, { frame, edge, ready }: Step): void {
  const target = edge.target.position;
  frame.edgeStates[edge.position] = traversal.taken;
  frame.taken[target] = (frame.taken[target] as number) + 1;
  frame.undecided[target] = (frame.undecided[target] as number) - 1;
  trace(state, 'edge_taken', edge);
  edgeTaken(state, frame, edge);
  if (frame.undecided[target] === 0) ready.push(edge.target);
}

/** Skips an edge and, where nothing else leads to its head, everything behind it. */
function skip(state: RunState, { frame, edge, ready }: Step): void {
  const pending = [edge];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const target = next.target.position;
    frame.edgeStates[next.position] = traversal.skipped;
    frame.undecided[target] = (frame.undecided[target] as number) - 1;
    trace(state, 'edge_skipped', next);
    if (frame.undecided[target] !== 0) continue;
    if (frame.taken[target] !== 0) {
      ready.push(next.target);
    } else {
      frame.nodeStates[target] = traversal.skipped;
      pending.push(...next.target.outgoing.toReversed());
    }
  }
}

/** Skips the roots of other triggers and whatever only they lead to. */
export function skipInactiveRoots(state: RunState, frame: Frame): void {
  for (const root of frame.sub.inactiveRoots) {
    frame.nodeStates[root.position] = traversal.skipped;
    const ready: PlannedNode[] = [];
    for (const edge of root.outgoing) skip(state, { frame, edge, ready });
  }
}

function trace(state: RunState, event: 'edge_taken' | 'edge_skipped', edge: PlannedEdge): void {
  if (!state.setting.trace) return;
  const { source, handle, target } = edge;
  state.events.push({ event, internal: true, data: { source: source.id, handle, target: target.id } });
}
