import type { PlannedNode } from '../plan/plan.ts';
import { containerEventData, elapsed, seconds, usageMetadata } from './event-data.ts';
import type { ContainerResultData } from './events.ts';
import { completeNode, failNode } from './node-end.ts';
import type { ContainerRun, Execution, Frame, RoundFailure, RunState } from './state.ts';

/** What became of a container. */
export interface ContainerResult {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Extra execution metadata: durations, variables, why it ended. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly failure: RoundFailure | null;
}

/** A container with its place, handed around while its end is worked out. */
export interface EndedContainer {
  readonly frame: Frame;
  readonly node: PlannedNode;
  readonly execution: Execution;
  readonly rounds: ContainerRun;
  readonly at: number;
}

/** Ends a container: tells its end, then completes or fails it like any other node. */
export function endContainer(
  state: RunState,
  { frame, node, execution, rounds, at }: EndedContainer,
  { inputs, outputs, metadata, steps, failure }: ContainerResult,
): void {
  const allMetadata = { ...usageMetadata(rounds.usage), ...metadata };
  const data: ContainerResultData = {
    ...containerEventData(node, execution),
    inputs,
    inputs_truncated: false,
    outputs,
    outputs_truncated: false,
    status: failure === null ? 'succeeded' : 'failed',
    error: failure?.error ?? null,
    elapsed_time: elapsed(execution.startedAt, at),
    total_tokens: rounds.usage.total_tokens,
    execution_metadata: allMetadata,
    finished_at: seconds(at),
    steps,
  };
  state.events.push({
    event: node.type === 'loop' ? 'loop_completed' : 'iteration_completed',
    data,
  });
  const ended = { frame, node, execution, at };
  const report = { inputs, outputs, metadata: allMetadata };
  if (failure === null) completeNode(state, ended, { ...report, status: 'succeeded' });
  else failNode(state, ended, { ...report, ...failure, status: 'failed' }, undefined);
}
