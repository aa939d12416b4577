import type { EngineEvent } from '../core/events.ts';
import type { DeclaredVariable, RunInput, RunRecord } from '../core/records.ts';
import type { RunLimits } from '../core/state.ts';
import type { Plan } from '../plan/plan.ts';
import type { EnginePorts, RunLog } from '../ports/index.ts';
import type { RunControl } from './control.ts';

/** What starting and resuming a run have in common. */
export interface RunEnvironment {
  readonly plan: Plan;
  readonly log: RunLog;
  readonly ports: EnginePorts;
  /** Environment variables; not logged, so they are given again on every resume. */
  readonly environment?: readonly DeclaredVariable[];
  readonly limits?: Partial<RunLimits>;
  /** Nodes that may run at once. Default 10. */
  readonly maxParallelNodes?: number;
  readonly control?: RunControl;
  /**
   * This process gives the run up (it shuts down, or lost its lease): nodes are cut off, nothing more is written,
   * the run can be resumed elsewhere. To stop a run for good use `control.abort`.
   */
  readonly signal?: AbortSignal;
  /** How many workflows called each other as tools to get here. Default 0. */
  readonly callDepth?: number;
  /** Nodes before which the run pauses. */
  readonly breakpoints?: ReadonlySet<string>;
  /** Also tell which edges are taken and skipped. */
  readonly trace?: boolean;
  /**
   * Told of each event when it comes about, in the order in which they are yielded: what it belongs to is the record
   * that was appended last. What it throws goes to `onObserverError`; the run goes on.
   */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Told what `onEvent` threw, to be logged. Must not throw. */
  readonly onObserverError?: (error: unknown, event: EngineEvent) => void;
}

/** A run that starts. */
export interface NewRun extends RunEnvironment {
  readonly run: { readonly runId: string; readonly workflowId: string } & RunInput;
}

/** A run that goes on. */
export interface ResumedRun extends RunEnvironment {
  /** Its log so far. */
  readonly records: readonly RunRecord[];
  /**
   * How many of the records had their events told already; events of the others are told first. All of them unless
   * given.
   */
  readonly toldRecords?: number;
}
