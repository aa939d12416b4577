import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { PlannedNode } from '../plan/plan.ts';
import { addUsage } from '../values/usage.ts';
import { Variable } from '../values/variable.ts';
import { nodeResultData } from './event-data.ts';
import { closeTask, failRound } from './frames.ts';
import type { NodeFailure, NodeReport, NodeSuccess } from './outcome.ts';
import { endRun, exceedsLimits } from './run-end.ts';
import { type Execution, type Frame, isEnded, type RunState } from './state.ts';
import { closeStreams, flush, retractStreams, settleResponse } from './streaming.ts';
import { leave } from './traverse.ts';

/** A node's place and attempt, handed around while its end is worked out. */
export interface EndedNode {
  readonly frame: Frame;
  readonly node: PlannedNode;
  readonly execution: Execution;
  readonly at: number;
}

/** What a success brings, whether the node's own or supplied by its error strategy. */
interface Completion {
  readonly success: NodeSuccess;
  readonly status: 'succeeded' | 'exception';
  readonly error: string | null;
}

/** A node succeeded: its results take effect, its edges are marked, its end is told. One atomic step. */
export function completeNode(state: RunState, ended: EndedNode, success: NodeSuccess): void {
  finish(state, ended, { success, status: 'succeeded', error: null });
}

function finish(state: RunState, ended: EndedNode, { success, status, error }: Completion): void {
  const { frame, node, at } = ended;
  if (status === 'succeeded') spend(state, frame, success.usage);
  if (success.outputs !== undefined) frame.pool.setAll(node.id, success.outputs);
  applyUpdates(state, ended, success);
  for (const { event, data } of success.announcements ?? []) state.events.push({ event, data });
  if (success.retrieverResources !== undefined && success.retrieverResources.length > 0) {
    state.retrieverResources.push(...success.retrieverResources);
    const data = { node_id: node.id, resources: success.retrieverResources };
    state.events.push({ event: 'retriever_resources', internal: true, data });
  }
  closeStreams(frame, node);
  const handle = chosenHandle(node, success);
  if (handle === undefined) {
    endRun(state, { status: 'failed', error: `Branch node ${node.title || node.id} chose no branch`, at });
    return;
  }
  leave(state, frame, node, handle);
  if (node.kind === 'response') {
    mergeOutputs(frame.outputs, success.outputs ?? {});
    settleResponse(frame, node);
  }
  flush(state, frame);
  tellEnd(state, ended, { status, error, report: success });
  frame.executions.delete(node.id);
  if (node.type === 'loop-end') requestBreak(frame);
  if (stopAtLimit(state, at)) return;
  closeTask(state, frame, at);
}

const branchTypes: ReadonlySet<string> = new Set(['if-else', 'question-classifier', 'human-input']);

/** The handle whose edges are taken, null for all, undefined when a branch node chose none. */
function chosenHandle(node: PlannedNode, success: NodeSuccess): string | null | undefined {
  if (success.handle !== undefined) return success.handle;
  if (branchTypes.has(node.type)) return undefined;
  return node.failure.strategy === 'fail-branch' ? 'source' : null;
}

function applyUpdates(state: RunState, { frame, node }: EndedNode, success: NodeSuccess): void {
  for (const { selector, type, value } of success.updates ?? []) {
    const [owner = '', name = ''] = selector;
    const variable = new Variable(value, type);
    frame.pool.set(owner, name, variable);
    const data = { node_id: node.id, selector, value, value_type: variable.type };
    state.events.push({ event: 'variable_updated', internal: true, data });
  }
}

/** Merges what a response node puts out: answers are appended, everything else replaces. */
export function mergeOutputs(
  into: Record<string, unknown>,
  outputs: Readonly<Record<string, unknown>>,
): void {
  for (const key in outputs) {
    const before = into[key];
    into[key] = key === 'answer' && typeof before === 'string' ? `${before}${outputs[key]}` : outputs[key];
  }
}

function requestBreak(frame: Frame): void {
  for (let { parent } = frame; parent !== null; parent = parent.frame.parent) {
    if (parent.node.type !== 'loop') continue;
    parent.execution.rounds?.requestBreak?.();
    return;
  }
}

/** Counts tokens and money for the run and for every container around the node. */
function spend(state: RunState, frame: Frame, usage: Usage | undefined): void {
  if (usage === undefined || usage === emptyUsage) return;
  state.usage = addUsage(state.usage, usage);
  for (let { parent } = frame; parent !== null; parent = parent.frame.parent) {
    const { rounds } = parent.execution;
    if (rounds !== null) rounds.usage = addUsage(rounds.usage, usage);
  }
}

/** An attempt failed: it is repeated, met by the error strategy, or fails what the node is part of. */
export function failNode(
  state: RunState,
  ended: EndedNode,
  failure: NodeFailure,
  retryDelayMs: number | undefined,
): void {
  const { frame, node, at } = ended;
  state.exceptions += 1;
  spend(state, frame, failure.usage);
  if (retryDelayMs !== undefined) {
    retryLater(state, ended, { failure, retryDelayMs });
    return;
  }
  const handled = handledFailure(node, failure);
  if (handled !== null) {
    finish(state, ended, { success: handled, status: 'exception', error: failure.error });
    return;
  }
  closeStreams(frame, node);
  tellEnd(state, ended, { status: 'failed', error: failure.error, report: failure });
  frame.executions.delete(node.id);
  if (frame.parent === null) {
    endRun(state, { status: 'failed', error: failure.error, at });
    return;
  }
  if (stopAtLimit(state, at)) return;
  failRound(state, frame, { error: failure.error, errorType: failure.errorType }, at);
}

function retryLater(
  state: RunState,
  ended: EndedNode,
  { failure, retryDelayMs }: { failure: NodeFailure; retryDelayMs: number },
): void {
  const { frame, node, execution, at } = ended;
  execution.phase = 'retrying';
  execution.retryAt = at + retryDelayMs;
  state.retrying.add({ frame, node });
  const data = nodeResultData(frame, node, execution, {
    status: 'retry',
    error: failure.error,
    at,
    report: failure,
  });
  state.events.push({ event: 'node_retry', data: { ...data, retry_index: execution.attempts } });
  retractStreams(state, frame, node);
  stopAtLimit(state, at);
}

function handledFailure(node: PlannedNode, failure: NodeFailure): NodeSuccess | null {
  const { strategy, defaults } = node.failure;
  if (strategy === null) return null;
  const told = { error_message: failure.error, error_type: failure.errorType };
  const { outputs: _outputs, error: _error, errorType: _type, ...report } = failure;
  const common = {
    ...report,
    status: 'succeeded' as const,
    metadata: { ...failure.metadata, error_strategy: strategy },
  };
  if (strategy === 'fail-branch') return { ...common, outputs: told, handle: 'fail-branch' };
  return {
    ...common,
    outputs: { ...defaults, ...told },
    ...(node.kind === 'branch' ? { handle: 'source' } : {}),
  };
}

function tellEnd(
  state: RunState,
  { frame, node, execution, at }: EndedNode,
  result: { status: 'succeeded' | 'failed' | 'exception'; error: string | null; report: NodeReport },
): void {
  if (isEnded(state.status)) return;
  const data = nodeResultData(frame, node, execution, { ...result, at });
  if (node.kind === 'container') state.events.push({ event: 'node_finished', internal: true, data });
  else state.events.push({ event: 'node_finished', data });
}

/** Stops the run when a limit is passed; limits are tested whenever a node ends. */
function stopAtLimit(state: RunState, at: number): boolean {
  if (isEnded(state.status)) return true;
  const reason = exceedsLimits(state, at);
  if (reason === null) return false;
  endRun(state, { status: 'stopped', error: reason, at });
  return true;
}
