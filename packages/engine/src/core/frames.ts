import { nodeResultData } from './event-data.ts';
import {
  type ContainerRun,
  type Frame,
  isDead,
  type RoundFailure,
  type RunState,
  type Task,
} from './state.ts';
import { openStreams } from './streaming.ts';
import { enqueue, skipInactiveRoots } from './traverse.ts';

/** Starts a pass over a sub-plan. The start of a container passes at once when its turn comes. */
export function startFrame(state: RunState, frame: Frame): void {
  state.frames.set(frame.path, frame);
  if (frame.parent !== null) state.rounds += 1;
  skipInactiveRoots(state, frame);
  enqueue(state, frame, frame.sub.root);
  openStreams(state, frame);
}

/** Ends a pass early: its open nodes are closed in the records and cut off, and nothing of it starts any more. */
function killFrame(state: RunState, frame: Frame, { error, at }: { error: string; at: number }): void {
  frame.dead = true;
  for (const other of [...state.frames.values()]) {
    if (!isWithin(other, frame)) continue;
    for (const execution of other.executions.values()) {
      const { node } = execution;
      const result = { status: 'failed' as const, error, at, report: {} };
      const data = nodeResultData(other, node, execution, result);
      state.events.push({ event: 'node_finished', internal: true, data });
      if (execution.phase === 'running' && execution.rounds === null) {
        state.running -= 1;
        state.commands.push({ kind: 'cancel', task: { frame: other, node } });
      }
    }
    state.frames.delete(other.path);
  }
  for (const task of state.retrying) if (isDead(task.frame)) state.retrying.delete(task);
  state.suspended = state.suspended.filter((task) => !isDead(task.frame));
  state.resuming = state.resuming.filter((task) => !isDead(task.frame));
}

function isWithin(frame: Frame, ancestor: Frame): boolean {
  for (let current: Frame | undefined = frame; current !== undefined; current = current.parent?.frame) {
    if (current === ancestor) return true;
  }
  return false;
}

/** One task of a frame is over. When it was the last one, the round it belongs to is over too. */
export function closeTask(state: RunState, frame: Frame, at: number): void {
  frame.open -= 1;
  if (frame.open > 0 || frame.dead || frame.parent === null) return;
  frame.dead = true;
  state.frames.delete(frame.path);
  roundsOf(frame)?.roundSucceeded(state, frame, at);
}

/** A node of a round failed for good: so does the round. */
export function failRound(state: RunState, frame: Frame, failure: RoundFailure, at: number): void {
  killFrame(state, frame, { error: failure.error, at });
  roundsOf(frame)?.roundFailed(state, frame, failure, at);
}

function roundsOf(frame: Frame): ContainerRun | null {
  return frame.parent?.execution.rounds ?? null;
}

/** The next task whose frame still lives, or undefined. Tasks of dead frames are dropped on the way. */
export function nextReady(state: RunState): Task | undefined {
  for (let task = state.ready.peek(); task !== undefined; task = state.ready.peek()) {
    if (!isDead(task.frame)) return task;
    state.ready.shift();
  }
  return undefined;
}
