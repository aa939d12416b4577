import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { IterationData } from '@trellis/graph';
import type { PlannedNode, SubPlan } from '../plan/plan.ts';
import type { VariablePool } from '../values/pool.ts';
import { reservedKeys } from '../values/pool.ts';
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

/** Where an iteration runs. */
export interface IterationPlace {
  readonly frame: Frame;
  readonly node: PlannedNode;
  readonly execution: Execution;
  readonly data: IterationData;
  readonly sub: SubPlan;
}

/** Starts an iteration: its children run once for each element of a list, each time on a copy of the variables. */
export function startIteration(state: RunState, place: IterationPlace, at: number): void {
  const variable = place.frame.pool.get(place.data.iterator_selector);
  const items = Array.isArray(variable?.value) ? variable.value : [];
  const iteration = new IterationRun(place, items);
  place.execution.rounds = iteration;
  state.events.push({
    event: 'iteration_started',
    data: {
      ...containerEventData(place.node, place.execution),
      metadata: { iteration_length: items.length },
      inputs: iteration.inputs,
      inputs_truncated: false,
    },
  });
  const failure = iteratorFailure(place, variable);
  if (failure !== null) iteration.end(state, failure, at);
  else iteration.fill(state, at);
}

function iteratorFailure({ data }: IterationPlace, variable: Variable | undefined): RoundFailure | null {
  const selector = data.iterator_selector.join('.');
  if (variable === undefined) {
    return { error: `Iterator variable ${selector} not found`, errorType: 'IteratorVariableNotFoundError' };
  }
  if (variable.value === null || Array.isArray(variable.value)) return null;
  return {
    error: `Iterator variable ${selector} is not a list, it is of type ${variable.type}`,
    errorType: 'InvalidIteratorValueError',
  };
}

class IterationRun implements ContainerRun {
  usage: Usage = emptyUsage;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly #place: IterationPlace;
  readonly #items: readonly unknown[];
  /** By index; absent where the item has not ended or was left out. */
  readonly #results = new Map<number, unknown>();
  readonly #durations: Record<string, number> = {};
  readonly #startedAt = new Map<number, number>();
  /** Conversation variables as each item got them. */
  readonly #before = new Map<number, VariablePool>();
  #next = 0;
  #active = 0;
  #failure: RoundFailure | null = null;
  #lastOutputs: Record<string, unknown> = {};

  constructor(place: IterationPlace, items: readonly unknown[]) {
    this.#place = place;
    this.#items = items;
    this.inputs = { iterator_selector: items };
  }

  /** Starts items while there are free slots, and ends the iteration when nothing is left. */
  fill(state: RunState, at: number): void {
    const { is_parallel: isParallel, parallel_nums: parallelism } = this.#place.data;
    const slots = isParallel ? parallelism : 1;
    const { maxSteps } = state.setting.limits;
    while (this.#failure === null && this.#next < this.#items.length && this.#active < slots) {
      // More rounds than steps end the run; the rest need not be started first.
      if (state.rounds > maxSteps) return;
      this.#startItem(state, this.#next, at);
      this.#next += 1;
    }
    if (this.#active === 0) this.end(state, this.#failure, at);
  }

  #startItem(state: RunState, index: number, at: number): void {
    const { frame, node, execution, sub } = this.#place;
    const prefix = frame.path === '' ? '' : `${frame.path}/`;
    const pool = frame.pool.fork();
    this.#before.set(index, frame.pool.fork());
    pool.set(node.id, 'item', new Variable(this.#items[index]));
    pool.set(node.id, 'index', new Variable(index));
    this.#active += 1;
    this.#startedAt.set(index, at);
    state.events.push({ event: 'iteration_next', data: { ...containerEventData(node, execution), index } });
    const child = createFrame({
      runId: state.runId,
      path: `${prefix}${node.id}:${index}`,
      sub,
      parent: { frame, node, execution, index },
      pool,
    });
    startFrame(state, child);
  }

  roundSucceeded(state: RunState, child: Frame, at: number): void {
    const index = this.#close(child, at);
    this.#results.set(index, child.pool.get(this.#place.data.output_selector)?.value ?? null);
    if (index === this.#items.length - 1) this.#lastOutputs = child.outputs;
    this.fill(state, at);
  }

  roundFailed(state: RunState, child: Frame, failure: RoundFailure, at: number): void {
    const index = this.#close(child, at);
    const mode = this.#place.data.error_handle_mode;
    if (mode === 'continue-on-error') this.#results.set(index, null);
    else if (mode === 'terminated') this.#failure ??= failure;
    this.fill(state, at);
  }

  /** Ends an item: what it assigned to conversation variables outlives it. */
  #close(child: Frame, at: number): number {
    const index = child.parent?.index ?? 0;
    this.#active -= 1;
    this.#durations[index] = elapsed(this.#startedAt.get(index) ?? at, at);
    const before = this.#before.get(index);
    const { pool } = this.#place.frame;
    for (const [name, variable] of child.pool.entries(reservedKeys.conversation)) {
      if (before?.get([reservedKeys.conversation, name]) !== variable) {
        pool.set(reservedKeys.conversation, name, variable);
      }
    }
    this.#before.delete(index);
    return index;
  }

  end(state: RunState, failure: RoundFailure | null, at: number): void {
    const { frame, node, execution, data } = this.#place;
    const indexes = [...this.#results.keys()].sort((a, b) => a - b);
    const results = indexes.map((index) => this.#results.get(index));
    const output = data.flatten_output ? flatten(results) : results;
    if (failure === null) mergeOutputs(frame.outputs, this.#lastOutputs);
    endContainer(
      state,
      { frame, node, execution, rounds: this, at },
      {
        inputs: this.inputs,
        outputs: { output },
        metadata: { iteration_duration_map: this.#durations },
        steps: this.#items.length,
        failure,
      },
    );
  }
}

/** Joins the lists when every result is a list (nulls dropped); anything else stays as it is. */
function flatten(results: readonly unknown[]): readonly unknown[] {
  const present = results.filter((result) => result !== null);
  return present.length > 0 && present.every(Array.isArray) ? present.flat(1) : results;
}
