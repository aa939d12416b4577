import { elapsed, filesIn, nodeResultData, seconds } from './event-data.ts';
import type { PauseReason } from './outcome.ts';
import { isEnded, type RunState } from './state.ts';

/** The reason to stop a run that has passed a limit, or null. */
export function exceedsLimits(state: RunState, at: number): string | null {
  const { maxSteps, maxTimeMs } = state.setting.limits;
  const steps = Math.max(state.limitSteps, state.rounds);
  if (steps > maxSteps) return `Maximum execution steps exceeded: ${steps} > ${maxSteps}`;
  return timeExceeded(activeMs(state, at), maxTimeMs);
}

/** The reason to stop a run that has been active for too long, or null. */
export function timeExceeded(activeForMs: number, maxTimeMs: number): string | null {
  if (activeForMs <= maxTimeMs) return null;
  return `Maximum execution time exceeded: ${(activeForMs / 1000).toFixed(2)}s > ${maxTimeMs / 1000}s`;
}

/** Milliseconds a run has been running, pauses not counted. */
export function activeMs(state: RunState, at: number): number {
  return state.activeMs + Math.max(0, at - state.stretchStartedAt);
}

/** Ends a run. Nodes that still run are closed in the records and cut off. */
export function endRun(
  state: RunState,
  end: { status: 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded'; error: string; at: number },
): void {
  if (isEnded(state.status)) return;
  const { status, error, at } = end;
  closeOpenNodes(state, error, at);
  state.activeMs = activeMs(state, at);
  state.status = status;
  state.error = error;
  state.endedAt = at;
  state.running = 0;
  state.retrying.clear();
  const { outputs } = state.top;
  state.events.push({
    event: 'workflow_finished',
    usage: state.usage,
    retrieverResources: state.retrieverResources,
    data: {
      id: state.runId,
      workflow_id: state.workflowId,
      status,
      outputs,
      error,
      elapsed_time: elapsed(0, state.activeMs),
      total_tokens: state.usage.total_tokens,
      total_steps: state.totalSteps,
      created_at: seconds(state.startedAt),
      finished_at: seconds(at),
      exceptions_count: state.exceptions,
      files: filesIn(outputs),
    },
  });
}

function closeOpenNodes(state: RunState, error: string, at: number): void {
  for (const frame of state.frames.values()) {
    for (const execution of frame.executions.values()) {
      const { node } = execution;
      const result = { status: 'failed' as const, error, at, report: {} };
      const data = nodeResultData(frame, node, execution, result);
      state.events.push({ event: 'node_finished', internal: true, data });
      if (execution.phase === 'running' && execution.rounds === null) {
        state.commands.push({ kind: 'cancel', task: { frame, node } });
      }
    }
  }
}

/** Ends the run when nothing is left to do, pauses it when a pause is due and nothing runs any more. */
export function settleRun(state: RunState, at: number): void {
  if (state.status !== 'running') return;
  if (state.top.open === 0) {
    endRun(state, { status: state.exceptions > 0 ? 'partial-succeeded' : 'succeeded', error: '', at });
  } else if (state.pausing && state.running === 0 && state.resuming.length === 0) {
    pauseRun(state, at);
  }
}

function pauseRun(state: RunState, at: number): void {
  state.activeMs = activeMs(state, at);
  state.status = 'paused';
  state.events.push({
    event: 'workflow_paused',
    usage: state.usage,
    data: {
      workflow_run_id: state.runId,
      paused_nodes: state.suspended.map(({ node }) => node.id),
      outputs: {},
      reasons: state.pauseReasons.map(reasonData),
      status: 'paused',
      created_at: seconds(state.startedAt),
      elapsed_time: elapsed(0, state.activeMs),
      total_tokens: state.usage.total_tokens,
      total_steps: state.totalSteps,
    },
  });
}

function reasonData(reason: PauseReason): Readonly<Record<string, unknown>> {
  if (reason.kind === 'scheduled') return { TYPE: 'scheduled_pause', message: reason.message };
  return { TYPE: 'human_input_required', ...reason.form };
}
