import {
  begin,
  type EngineEvent,
  type RunLimits,
  type RunRecord,
  type RunState,
  step,
} from '@trellis/engine';
import type { RunMessage, WorkflowRun } from './run.ts';
import { RunEventMapper, sequenceOf } from './run-events.ts';
import { RunTotals } from './run-totals.ts';

/** A run as its log tells it: fed record by record, it gives the events that clients get. Executes nothing. */
export class RunFold {
  readonly totals = new RunTotals();
  readonly #run: WorkflowRun;
  readonly #limits: RunLimits;
  readonly #mapper: RunEventMapper;
  #state: RunState | null = null;
  #count = 0;

  constructor(run: WorkflowRun, limits: RunLimits) {
    this.#run = run;
    this.#limits = limits;
    this.#mapper = new RunEventMapper(run, () => ({
      usage: this.totals.usage,
      retrieverResources: shownResources(run, this.totals),
    }));
  }

  /** Records fed so far. */
  get count(): number {
    return this.#count;
  }

  /** Where the run is; null before the first record. */
  get status(): RunState['status'] | null {
    return this.#state?.status ?? null;
  }

  /** Takes the next record; answers the engine's events and what clients get of them. */
  feed(record: RunRecord): { events: readonly EngineEvent[]; messages: RunMessage[] } {
    this.#count += 1;
    this.totals.account(record);
    const events = this.#step(record);
    const messages = events.flatMap((event, position) => {
      this.totals.take(event);
      return this.#mapper.map(event, sequenceOf(this.#count, position));
    });
    return { events, messages };
  }

  #step(record: RunRecord): readonly EngineEvent[] {
    if (this.#state !== null) return step(this.#state, record).events;
    if (record.type !== 'run-started') throw new Error('the log of a run does not begin with its start');
    const { plan, environment } = this.#run.definition;
    const { state, result } = begin({ plan, environment, limits: this.#limits, trace: false }, record);
    this.#state = state;
    return result.events;
  }
}

/** Sources of an answer, where the app shows them. */
export function shownResources(run: WorkflowRun, totals: RunTotals): unknown[] {
  return run.definition.features.retriever_resource.enabled ? totals.resources() : [];
}
