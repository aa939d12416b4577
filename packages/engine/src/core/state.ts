import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { Plan, PlannedNode, SubPlan } from '../plan/plan.ts';
import { reservedKeys, VariablePool } from '../values/pool.ts';
import { Variable } from '../values/variable.ts';
import type { EngineEvent } from './events.ts';
import { executionIdOf } from './execution-id.ts';
import type { PauseReason } from './outcome.ts';
import { Queue } from './queue.ts';
import type { DeclaredVariable, RunInput } from './records.ts';
import { createStreamState, type StreamState } from './stream-state.ts';

/** Limits of a run. */
export interface RunLimits {
  /** Node starts, those in containers included, retries and container starts not. Default 500. */
  readonly maxSteps: number;
  /** Milliseconds of running, pauses not counted. Default 1,200,000. */
  readonly maxTimeMs: number;
}

/** Limits where nothing else is configured. */
export const defaultLimits: RunLimits = { maxSteps: 500, maxTimeMs: 1_200_000 };

/** What the fold of a log needs besides the log. */
export interface RunSetting {
  readonly plan: Plan;
  readonly environment: readonly DeclaredVariable[];
  readonly limits: RunLimits;
  /** Also tell which edges are taken and skipped. */
  readonly trace: boolean;
}

/** Where a run is. The last four are final. */
export type RunStatus = 'running' | 'paused' | 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded';

/** State of nodes and edges inside a frame. */
export const traversal = { unknown: 0, taken: 1, skipped: 2 } as const;

/** A node's turn. */
export interface Task {
  readonly frame: Frame;
  readonly node: PlannedNode;
}

/** A node that was started and has not reached its end. */
export interface Execution {
  readonly id: string;
  readonly node: PlannedNode;
  /** Order of start in the run, from 1; 0 for container starts, which are not shown. */
  readonly index: number;
  readonly startedAt: number;
  /** Attempts made, from 1. */
  attempts: number;
  phase: 'running' | 'retrying' | 'suspended';
  /** Milliseconds since the epoch at which the next attempt is due, while retrying. */
  retryAt: number;
  /** The rounds of a container. */
  rounds: ContainerRun | null;
}

/** What a container keeps while its rounds run. */
export interface ContainerRun {
  usage: Usage;
  /** A round came to its end without failure. */
  roundSucceeded(state: RunState, frame: Frame, at: number): void;
  /** A node of a round failed for good. */
  roundFailed(state: RunState, frame: Frame, failure: RoundFailure, at: number): void;
  /** A loop-end ran in one of its rounds. Only loops listen. */
  requestBreak?(): void;
}

/** The failure that ended a round. */
export interface RoundFailure {
  readonly error: string;
  readonly errorType: string;
}

/** One pass over a sub-plan: the run itself, or one round of a container. */
export interface Frame {
  readonly path: string;
  readonly sub: SubPlan;
  readonly parent: Parent | null;
  readonly pool: VariablePool;
  readonly nodeStates: Uint8Array;
  readonly edgeStates: Uint8Array;
  /** Per node: incoming edges whose fate is unknown. */
  readonly undecided: Uint16Array;
  /** Per node: incoming edges taken. */
  readonly taken: Uint16Array;
  readonly executions: Map<string, Execution>;
  readonly executionIds: (string | undefined)[];
  /** Tasks queued, running, waiting for a retry or suspended. The frame is done when it falls to 0. */
  open: number;
  /** No task of a dead frame, or of frames below it, starts any more. */
  dead: boolean;
  outputs: Record<string, unknown>;
  readonly stream: StreamState | null;
}

/** The container execution that a frame is a round of. */
export interface Parent {
  readonly frame: Frame;
  readonly node: PlannedNode;
  readonly execution: Execution;
  /** Item or round, from 0. */
  readonly index: number;
}

/** Orders to whoever drives the run. */
export type Command =
  /** Run the node now; its end comes back as a record. */
  | { readonly kind: 'execute'; readonly task: Task; readonly execution: Execution }
  /** Nobody waits for the node any more. */
  | { readonly kind: 'cancel'; readonly task: Task };

/**
 * A run in motion: the fold of its log. Owned by one run and changed in place by `step`, so that the cost of an
 * event does not grow with the state.
 */
export interface RunState {
  readonly setting: RunSetting;
  readonly runId: string;
  readonly workflowId: string;
  readonly input: RunInput;
  readonly startedAt: number;
  readonly top: Frame;
  readonly frames: Map<string, Frame>;
  readonly ready: Queue<Task>;
  status: RunStatus;
  /** Why it was stopped or failed; empty else. */
  error: string;
  /** Nodes executing now, containers not counted. */
  running: number;
  /** Tasks whose failed attempt is to be repeated. */
  readonly retrying: Set<Task>;
  /** No node starts any more; the run pauses when nothing is running. */
  pausing: boolean;
  readonly pauseReasons: PauseReason[];
  /** Nodes that asked for the pause. */
  suspended: Task[];
  /** Nodes that asked for the last pause and run again, whether or not another pause is due by now. */
  resuming: Task[];
  nextIndex: number;
  /** Node starts that count towards the limit. */
  limitSteps: number;
  /** Node starts of the top level, retries included. */
  totalSteps: number;
  /** Items and rounds of containers started. Those without nodes cost no steps, but must not go on forever either. */
  rounds: number;
  exceptions: number;
  usage: Usage;
  /** Start of this stretch of running, and milliseconds of the stretches before. */
  stretchStartedAt: number;
  activeMs: number;
  /** Time of the newest record. */
  lastAt: number;
  endedAt: number;
  readonly retrieverResources: unknown[];
  /** Text shown so far, piece by piece, with the execution it is attributed to. */
  shown: { readonly executionId: string; readonly text: string }[];
  /** What the step in progress has to tell and to order. */
  events: EngineEvent[];
  commands: Command[];
}

/** The state of a run before its root is started. */
export function createState(
  setting: RunSetting,
  run: { runId: string; workflowId: string; at: number } & RunInput,
): RunState {
  const pool = new VariablePool();
  for (const name in run.system) pool.set(reservedKeys.system, name, new Variable(run.system[name]));
  declare(pool, reservedKeys.environment, setting.environment);
  declare(pool, reservedKeys.conversation, run.conversation);
  for (const { selector, type, value } of run.variables ?? []) {
    pool.set(selector[0] ?? '', selector[1] ?? '', new Variable(value, type));
  }
  const top = createFrame({ runId: run.runId, path: '', sub: setting.plan.top, parent: null, pool });
  return {
    setting,
    runId: run.runId,
    workflowId: run.workflowId,
    input: { inputs: run.inputs, system: run.system, conversation: run.conversation },
    startedAt: run.at,
    top,
    frames: new Map([['', top]]),
    ready: new Queue(),
    status: 'running',
    error: '',
    running: 0,
    retrying: new Set(),
    pausing: false,
    pauseReasons: [],
    suspended: [],
    resuming: [],
    nextIndex: 1,
    limitSteps: 0,
    totalSteps: 0,
    rounds: 0,
    exceptions: 0,
    usage: emptyUsage,
    stretchStartedAt: run.at,
    activeMs: 0,
    lastAt: run.at,
    endedAt: 0,
    retrieverResources: [],
    shown: [],
    events: [],
    commands: [],
  };
}

function declare(pool: VariablePool, owner: string, variables: readonly DeclaredVariable[]): void {
  for (const { name, type, value } of variables) pool.set(owner, name, new Variable(value, type));
}

/** A frame in which nothing has happened yet. */
export function createFrame(options: {
  runId: string;
  path: string;
  sub: SubPlan;
  parent: Parent | null;
  pool: VariablePool;
}): Frame {
  const { path, sub, parent, pool } = options;
  return {
    path,
    sub,
    parent,
    pool,
    nodeStates: new Uint8Array(sub.nodes.length),
    edgeStates: new Uint8Array(sub.edges.length),
    undecided: Uint16Array.from(sub.nodes, (node) => node.incoming.length),
    taken: new Uint16Array(sub.nodes.length),
    executions: new Map(),
    executionIds: [],
    open: 0,
    dead: false,
    outputs: {},
    stream: sub.responses === null ? null : createStreamState(sub.responses),
  };
}

/** Id of a node's execution in a frame: the same whenever it is asked for, also before the start and after a replay. */
export function executionId(state: RunState, frame: Frame, node: PlannedNode): string {
  let id = frame.executionIds[node.position];
  if (id === undefined) {
    id = executionIdOf(state.runId, frame.path, node.id);
    frame.executionIds[node.position] = id;
  }
  return id;
}

/** True when the frame or one it runs in is dead. */
export function isDead(frame: Frame): boolean {
  for (let current: Frame | undefined = frame; current !== undefined; current = current.parent?.frame) {
    if (current.dead) return true;
  }
  return false;
}

/** True when a run in this status will never go on. */
export function isEnded(status: RunStatus): boolean {
  return status !== 'running' && status !== 'paused';
}
