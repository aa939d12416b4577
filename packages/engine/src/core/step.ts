import { ReplayError } from '../errors.ts';
import type { PlannedNode } from '../plan/plan.ts';
import { Variable } from '../values/variable.ts';
import { nodeEventData, seconds } from './event-data.ts';
import type { EngineEvent } from './events.ts';
import { closeTask, nextReady, startFrame } from './frames.ts';
import { startIteration } from './iteration.ts';
import { startLoop } from './loop.ts';
import { completeNode, failNode } from './node-end.ts';
import type { NodeFailure, NodeSuccess } from './outcome.ts';
import type { NodePlace, RunRecord, StreamRecord } from './records.ts';
import { endRun, exceedsLimits, settleRun } from './run-end.ts';
import {
  type Command,
  createState,
  type Execution,
  executionId,
  isEnded,
  type RunSetting,
  type RunState,
  type Task,
} from './state.ts';
import { flush, mayShowReasoning, pushChunk } from './streaming.ts';
import { leave } from './traverse.ts';

/** Something that happens while a node runs and is not logged: it is told, and its end result is in the log. */
export type LiveEvent = NodePlace & {
  readonly type: 'node-streamed';
  /** Output that the text belongs to; `reasoning_content` is told apart from the order of answers. */
  readonly name: string;
  readonly text: string;
  readonly isFinal: boolean;
};

/** What a step brings about. */
export interface StepResult {
  readonly events: readonly EngineEvent[];
  readonly commands: readonly Command[];
}

/** Begins the fold: the state after a `run-started` record. */
export function begin(
  setting: RunSetting,
  record: Extract<RunRecord, { type: 'run-started' }>,
): { state: RunState; result: StepResult } {
  if (record.fingerprint !== setting.plan.fingerprint) {
    throw new ReplayError('OTHER_GRAPH', 'the log belongs to another graph');
  }
  const state = createState(setting, record);
  tellStart(state, 'initial', record.at);
  startFrame(state, state.top);
  passStarts(state, record.at);
  settleRun(state, record.at);
  return { state, result: drain(state) };
}

function tellStart(state: RunState, reason: 'initial' | 'resumption', at: number): void {
  const inputs: Record<string, unknown> = { ...state.input.inputs };
  for (const [name, value] of Object.entries(state.input.system)) {
    if (name !== 'conversation_id') inputs[`sys.${name}`] = value;
  }
  state.events.push({
    event: 'workflow_started',
    data: { id: state.runId, workflow_id: state.workflowId, inputs, created_at: seconds(at), reason },
  });
}

/**
 * Moves a run by one record or live event. Deterministic: the same log always gives the same states, events and
 * commands. The state is changed in place; what is to be told and done is returned. Anything that comes after the
 * end, or from nodes nobody waits for any more, changes nothing.
 *
 * @throws {ReplayError} `INCONSISTENT_LOG` for records that cannot follow
 */
export function step(state: RunState, event: RunRecord | LiveEvent): StepResult {
  if (isEnded(state.status)) return nothing;
  switch (event.type) {
    case 'node-streamed':
      stream(state, event);
      return drain(state);
    case 'node-started':
      startNode(state, event);
      break;
    case 'node-finished':
      finishNode(state, event);
      break;
    case 'node-paused':
      suspendNode(state, event);
      break;
    case 'run-aborted':
      if (event.text !== undefined) withhold(state, event.text);
      endRun(state, { status: 'stopped', error: event.reason, at: event.at });
      break;
    case 'pause-requested':
      state.pausing = true;
      state.pauseReasons.push({ kind: 'scheduled', message: event.message });
      break;
    case 'variables-updated':
      for (const { selector, type, value } of event.updates) {
        state.top.pool.set(selector[0] ?? '', selector[1] ?? '', new Variable(value, type));
      }
      break;
    case 'run-resumed':
      resume(state, event.at);
      break;
    case 'run-recovered':
      state.activeMs += Math.max(0, state.lastAt - state.stretchStartedAt);
      state.stretchStartedAt = event.at;
      break;
    case 'run-started':
      throw new ReplayError('INCONSISTENT_LOG', 'a run starts once');
  }
  state.lastAt = event.at;
  passStarts(state, event.at);
  settleRun(state, event.at);
  return drain(state);
}

/** What was shown is taken back; this text is what the run has said. */
function withhold(state: RunState, text: string): void {
  state.shown = [{ executionId: '', text }];
  state.top.outputs = { ...state.top.outputs, answer: text };
  state.events.push({ event: 'text_replace', isFinal: true, data: { text } });
}

const nothing: StepResult = { events: [], commands: [] };

function drain(state: RunState): StepResult {
  const { events, commands } = state;
  if (events.length === 0 && commands.length === 0) return nothing;
  state.events = [];
  state.commands = [];
  return { events, commands };
}

/**
 * The node whose turn it is, or undefined when nothing may start: first what was waiting in the queue, then, after a
 * pause, the nodes that had asked for it. Its start is a `node-started` record.
 */
export function nextTask(state: RunState): Task | undefined {
  if (state.status !== 'running') return undefined;
  const waiting = state.pausing ? undefined : nextReady(state);
  return waiting ?? state.resuming[0];
}

/** Starts of containers pass without a record as soon as their turn comes. */
function passStarts(state: RunState, at: number): void {
  for (let task = nextTask(state); task?.node.body.kind === 'pass'; task = nextTask(state)) {
    state.ready.shift();
    leave(state, task.frame, task.node, null);
    flush(state, task.frame);
    closeTask(state, task.frame, at);
    if (state.rounds > state.setting.limits.maxSteps) {
      endRun(state, { status: 'stopped', error: exceedsLimits(state, at) ?? '', at });
      return;
    }
  }
}

function locate(state: RunState, place: NodePlace): Task | null {
  const frame = state.frames.get(place.frame);
  const node = frame?.sub.byId.get(place.node);
  return frame === undefined || node === undefined ? null : { frame, node };
}

function startNode(state: RunState, record: Extract<RunRecord, { type: 'node-started' }>): void {
  const task = locate(state, record);
  if (task === null) throw new ReplayError('INCONSISTENT_LOG', `node ${record.node} is not in this run`);
  const { frame, node } = task;
  const known = frame.executions.get(node.id);
  if (known === undefined) takeReady(state, task);
  const execution =
    known === undefined ? openExecution(state, task, record.at) : reopenExecution(state, task, known);
  if (node.body.kind === 'iteration') {
    startIteration(state, { frame, node, execution, data: node.body.data, sub: node.body.sub }, record.at);
  } else if (node.body.kind === 'loop') {
    startLoop(state, { frame, node, execution, data: node.body.data, sub: node.body.sub }, record.at);
  } else {
    state.running += 1;
    state.commands.push({ kind: 'execute', task, execution });
  }
}

/**
 * Takes a task from the queue. Its turn has come, so it is in front; only in logs made of parts of another run others
 * may be before it.
 */
function takeReady(state: RunState, task: Task): void {
  const next = nextReady(state);
  if (next !== undefined && isSameTask(next, task)) state.ready.shift();
  else if (!state.ready.remove((other) => isSameTask(other, task))) {
    throw new ReplayError('INCONSISTENT_LOG', `it is not the turn of node ${task.node.id}`);
  }
}

function openExecution(state: RunState, { frame, node }: Task, at: number): Execution {
  const execution: Execution = {
    id: executionId(state, frame, node),
    node,
    index: state.nextIndex,
    startedAt: at,
    attempts: 1,
    phase: 'running',
    retryAt: 0,
    rounds: null,
  };
  state.nextIndex += 1;
  state.limitSteps += 1;
  if (frame.parent === null) state.totalSteps += 1;
  frame.executions.set(node.id, execution);
  tellNodeStart(state, { frame, node }, execution);
  return execution;
}

/** A node starts once more: after a failed attempt silently, after a pause with a new start event. */
function reopenExecution(state: RunState, task: Task, execution: Execution): Execution {
  if (execution.phase === 'retrying') {
    execution.attempts += 1;
    if (task.frame.parent === null) state.totalSteps += 1;
    removeTask(state.retrying, task);
  } else if (execution.phase === 'suspended') {
    state.resuming = state.resuming.filter((other) => !isSameTask(other, task));
    tellNodeStart(state, task, execution);
  } else {
    throw new ReplayError('INCONSISTENT_LOG', `node ${task.node.id} is already running`);
  }
  execution.phase = 'running';
  return execution;
}

function isSameTask(a: Task, b: Task): boolean {
  return a.frame === b.frame && a.node === b.node;
}

function removeTask(tasks: Set<Task>, task: Task): void {
  for (const other of tasks) if (isSameTask(other, task)) tasks.delete(other);
}

function tellNodeStart(state: RunState, { frame, node }: Task, execution: Execution): void {
  const data = { ...nodeEventData(frame, node, execution), extras: {}, agent_strategy: agentStrategy(node) };
  if (node.kind === 'container') state.events.push({ event: 'node_started', internal: true, data });
  else state.events.push({ event: 'node_started', data });
}

function agentStrategy(node: PlannedNode): { name: string; icon: null } | null {
  return node.data.type === 'agent' ? { name: node.data.agent_strategy_name, icon: null } : null;
}

/** The running execution a record speaks of, or null when nobody waits for it any more. */
function runningExecution(state: RunState, place: NodePlace): (Task & { execution: Execution }) | null {
  const task = locate(state, place);
  const execution = task?.frame.executions.get(place.node);
  if (task === null || execution?.phase !== 'running') return null;
  return { ...task, execution };
}

function finishNode(state: RunState, record: Extract<RunRecord, { type: 'node-finished' }>): void {
  const found = runningExecution(state, record);
  if (found === null) return;
  state.running -= 1;
  const ended = { ...found, at: record.at };
  for (const streamed of record.streams ?? []) catchUp(state, found, streamed, record.outcome);
  if (record.outcome.status === 'succeeded') completeNode(state, ended, record.outcome);
  else failNode(state, ended, record.outcome, record.retryDelayMs);
}

/** Streams what the log has of a node's text and the state has not seen: everything in a replay, nothing live. */
function catchUp(
  state: RunState,
  { frame, node }: Task,
  { name, deltas }: StreamRecord,
  outcome: NodeSuccess | NodeFailure,
): void {
  const selector = [node.id, name];
  const seen = frame.stream?.buffers.get(selector.join('.'));
  if (seen?.closed) return;
  const whole = outcome.outputs?.[name];
  const pieces = deltas ?? (typeof whole === 'string' ? [whole] : []);
  const missing = pieces.slice(seen?.chunks.length ?? 0);
  missing.forEach((text, index) => {
    pushChunk(state, frame, { selector, text, isFinal: index === missing.length - 1 });
  });
}

function stream(state: RunState, event: LiveEvent): void {
  const found = runningExecution(state, event);
  if (found === null) return;
  const { frame, node, execution } = found;
  if (event.name !== 'reasoning_content') {
    pushChunk(state, frame, { selector: [node.id, event.name], text: event.text, isFinal: event.isFinal });
  } else if (mayShowReasoning(frame, node)) {
    const data = { reasoning: event.text, node_id: node.id, is_final: event.isFinal };
    state.events.push({ event: 'reasoning_chunk', executionId: execution.id, data });
  }
}

function suspendNode(state: RunState, record: Extract<RunRecord, { type: 'node-paused' }>): void {
  const found = runningExecution(state, record);
  if (found === null) return;
  const { frame, node, execution } = found;
  state.running -= 1;
  execution.phase = 'suspended';
  state.suspended.push({ frame, node });
  state.pausing = true;
  state.pauseReasons.push(record.reason);
  if (record.reason.kind === 'human-input') {
    state.events.push({ event: 'human_input_required', data: record.reason.form });
  }
}

/** Goes on after a pause. */
function resume(state: RunState, at: number): void {
  if (state.status !== 'paused') throw new ReplayError('INCONSISTENT_LOG', 'the run is not paused');
  state.status = 'running';
  state.pausing = false;
  state.pauseReasons.length = 0;
  state.resuming = state.suspended;
  state.suspended = [];
  state.stretchStartedAt = at;
  tellStart(state, 'resumption', at);
}
