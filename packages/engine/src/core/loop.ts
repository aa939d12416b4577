import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { LoopData, LoopVariable } from '@trellis/graph';
import { evaluateConditions } from '../nodes/conditions.ts';
import type { PlannedNode, SubPlan } from '../plan/plan.ts';
import { parseJson } from '../values/float.ts';
import { fitsType, isArrayType, zeroValue } from '../values/types.ts';
import { Variable } from '../values/variable.ts';
import { endContainer } from './container-end.ts';
import { containerEventData, elapsed } from './event-data.ts';
import { startFrame } from './frames.ts';
import { mergeOutputs } from './node-end.ts';
import {
  type ContainerRun,
  createFrame,
  type Execution,
  type Frame,
  type RoundFailure,
  type RunState,
} from './state.ts';

/** Where a loop runs. */
export interface LoopPlace {
  readonly frame: Frame;
  readonly node: PlannedNode;
  readonly execution: Execution;
  readonly data: LoopData;
  readonly sub: SubPlan;
}

/** Starts a loop: its children run again and again, on the same variables, until the break conditions hold. */
export function startLoop(state: RunState, place: LoopPlace, at: number): void {
  const { frame, node, execution, data } = place;
  let failure: RoundFailure | null = null;
  const inputs: Record<string, unknown> = { loop_count: data.loop_count };
  try {
    for (const declared of data.loop_variables) {
      const variable = initialValue(place, declared);
      frame.pool.set(node.id, declared.label, variable);
      inputs[declared.label] = variable.value;
    }
  } catch (error) {
    failure = failureOf(error);
  }
  const loop = new LoopRun(place, inputs);
  execution.rounds = loop;
  state.events.push({
    event: 'loop_started',
    data: {
      ...containerEventData(node, execution),
      metadata: { loop_length: data.loop_count },
      inputs,
      inputs_truncated: false,
    },
  });
  if (failure !== null) loop.fail(state, failure, at);
  else loop.begin(state, at);
}

function failureOf(error: unknown): RoundFailure {
  return { error: error instanceof Error ? error.message : String(error), errorType: 'LoopNodeError' };
}

function initialValue({ frame }: LoopPlace, declared: LoopVariable): Variable {
  if (declared.value_type === 'variable') {
    const selector = Array.isArray(declared.value) ? declared.value.map(String) : [];
    const variable = frame.pool.get(selector);
    if (variable === undefined)
      throw new Error(`Loop variable ${declared.label}: ${selector.join('.')} not found`);
    return new Variable(variable.value, declared.var_type);
  }
  const value = constantValue(declared);
  if (!fitsType(declared.var_type, value)) {
    throw new Error(`Loop variable ${declared.label} is not of type ${declared.var_type}`);
  }
  return new Variable(value, declared.var_type);
}

/**
 * Lists are given as JSON text (array[boolean] as a list), other types than text as JSON text or as they are; what is
 * not given is empty.
 */
function constantValue({ label, var_type: type, value }: LoopVariable): unknown {
  if (value === null || value === undefined) return zeroValue(type);
  if (type === 'string') return value;
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return isArrayType(type) ? [] : value;
  if (value.trim() === '') return zeroValue(type);
  try {
    return parseJson(value);
  } catch (cause) {
    throw new Error(`Loop variable ${label} is not valid JSON`, { cause });
  }
}

class LoopRun implements ContainerRun {
  usage: Usage = emptyUsage;
  readonly #place: LoopPlace;
  readonly #inputs: Readonly<Record<string, unknown>>;
  readonly #durations: Record<string, number> = {};
  readonly #snapshots: Record<string, Record<string, unknown>> = {};
  #round = 0;
  #roundStartedAt = 0;
  #breakRequested = false;

  constructor(place: LoopPlace, inputs: Readonly<Record<string, unknown>>) {
    this.#place = place;
    this.#inputs = inputs;
  }

  /** Starts the first round, unless the break conditions hold already. What goes wrong in testing them is ignored. */
  begin(state: RunState, at: number): void {
    let isOver = false;
    try {
      isOver = this.#shouldBreak();
    } catch {
      isOver = false;
    }
    if (isOver) {
      this.#end(state, { failure: null, reason: 'loop_break', outputs: {}, steps: 0 }, at);
    } else {
      this.#startRound(state, at);
    }
  }

  requestBreak(): void {
    this.#breakRequested = true;
  }

  #shouldBreak(): boolean {
    const { frame, data } = this.#place;
    if (data.break_conditions.length === 0) return false;
    const group = { logical_operator: data.logical_operator, conditions: data.break_conditions };
    return evaluateConditions(group, frame.pool).result;
  }

  #startRound(state: RunState, at: number): void {
    const { frame, node, execution, sub } = this.#place;
    const prefix = frame.path === '' ? '' : `${frame.path}/`;
    for (const id of sub.allIds) frame.pool.delete(id);
    this.#roundStartedAt = at;
    const child = createFrame({
      runId: state.runId,
      path: `${prefix}${node.id}:${this.#round}`,
      sub,
      parent: { frame, node, execution, index: this.#round },
      pool: frame.pool,
    });
    startFrame(state, child);
  }

  roundSucceeded(state: RunState, child: Frame, at: number): void {
    const { frame, node, execution, data } = this.#place;
    mergeOutputs(frame.outputs, child.outputs);
    this.#closeRound(at);
    let isOver = this.#breakRequested;
    try {
      isOver ||= this.#shouldBreak();
    } catch (error) {
      this.fail(state, failureOf(error), at);
      return;
    }
    if (isOver || this.#round >= data.loop_count) {
      const reason = isOver ? 'loop_break' : 'loop_completed';
      this.#end(state, { failure: null, reason, outputs: this.#outputs(), steps: data.loop_count }, at);
      return;
    }
    state.events.push({
      event: 'loop_next',
      data: { ...containerEventData(node, execution), index: this.#round, pre_loop_output: {} },
    });
    this.#startRound(state, at);
  }

  roundFailed(state: RunState, _child: Frame, failure: RoundFailure, at: number): void {
    this.#closeRound(at);
    this.fail(state, failure, at);
  }

  /** Fails the loop. */
  fail(state: RunState, failure: RoundFailure, at: number): void {
    const { loop_count: steps } = this.#place.data;
    this.#end(state, { failure, reason: 'error', outputs: this.#outputs(), steps }, at);
  }

  #closeRound(at: number): void {
    this.#durations[this.#round] = elapsed(this.#roundStartedAt, at);
    this.#snapshots[this.#round] = this.#variables();
    this.#round += 1;
  }

  #variables(): Record<string, unknown> {
    const { frame, node, data } = this.#place;
    return Object.fromEntries(
      data.loop_variables.map(({ label }) => [label, frame.pool.get([node.id, label])?.value ?? null]),
    );
  }

  #outputs(): Record<string, unknown> {
    return { ...this.#variables(), loop_round: this.#round };
  }

  #end(
    state: RunState,
    end: {
      failure: RoundFailure | null;
      reason: 'loop_break' | 'loop_completed' | 'error';
      outputs: Readonly<Record<string, unknown>>;
      steps: number;
    },
    at: number,
  ): void {
    const { frame, node, execution } = this.#place;
    endContainer(
      state,
      { frame, node, execution, rounds: this, at },
      {
        inputs: this.#inputs,
        outputs: end.outputs,
        metadata: {
          loop_duration_map: this.#durations,
          loop_variable_map: this.#snapshots,
          completed_reason: end.reason,
        },
        steps: end.steps,
        failure: end.failure,
      },
    );
  }
}
