import { ReplayError } from '../errors.ts';
import { Float } from '../values/float.ts';
import type { ValueType } from '../values/types.ts';
import type { NodeFailure, NodeSuccess, PauseReason, VariableUpdate } from './outcome.ts';

/** Version of the record format that this release writes. */
export const recordVersion = 1;

/** A declared variable with its value: of the conversation or of the environment. */
export interface DeclaredVariable {
  readonly name: string;
  readonly type: ValueType;
  readonly value: unknown;
}

/** What a run is started with. Environment variables are not part of it: they may be secret and stay out of logs. */
export interface RunInput {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** `sys.*` without the prefix. */
  readonly system: Readonly<Record<string, unknown>>;
  readonly conversation: readonly DeclaredVariable[];
  /** Variables of nodes that do not run, for runs of a part of a graph. */
  readonly variables?: readonly VariableUpdate[];
}

/** Where a node runs: the frame of its container rounds (`""` at the top) and its id. */
export interface NodePlace {
  /** Path of the frame, e.g. `loop1:2/iter1:0`. */
  readonly frame: string;
  readonly node: string;
}

/** Text a node streamed on one of its outputs. */
export interface StreamRecord {
  readonly name: string;
  /** The pieces in order; absent when they join to the output of that name and all were shown already. */
  readonly deltas?: readonly string[];
}

/**
 * One entry of a run's log. The state of a run is the fold of its log: nothing else has to be saved to go on after
 * a pause or a crash. `at` is milliseconds since the epoch.
 */
export type RunRecord = { readonly at: number } & (
  | ({
      readonly type: 'run-started';
      readonly version: number;
      readonly runId: string;
      readonly workflowId: string;
      /** Fingerprint of the plan, so that a log is never continued on another graph. */
      readonly fingerprint: string;
    } & RunInput)
  | ({ readonly type: 'node-started' } & NodePlace)
  | ({
      readonly type: 'node-finished';
      readonly outcome: NodeSuccess | NodeFailure;
      readonly streams?: readonly StreamRecord[];
      /** Milliseconds until the next attempt, drawn by whoever ran the node; absent without one. */
      readonly retryDelayMs?: number;
    } & NodePlace)
  | ({ readonly type: 'node-paused'; readonly reason: PauseReason } & NodePlace)
  /** `text` is to stand in the place of everything that was shown. */
  | { readonly type: 'run-aborted'; readonly reason: string; readonly text?: string }
  | { readonly type: 'pause-requested'; readonly message: string }
  | { readonly type: 'variables-updated'; readonly updates: readonly VariableUpdate[] }
  | { readonly type: 'run-resumed' }
  /** Another process took the run over; the time in which nobody ran it does not count. */
  | { readonly type: 'run-recovered' }
);

const floatKey = '$float';

/** A record as JSON text. Whole floats keep their kind; everything else is plain JSON. */
export function encodeRecord(record: RunRecord): string {
  return JSON.stringify(record, function (this: unknown, key, value) {
    const original: unknown = (this as Record<string, unknown>)[key];
    return original instanceof Float ? { [floatKey]: original.value } : value;
  });
}

/**
 * Reads a record back.
 *
 * @throws {ReplayError} `UNKNOWN_RECORD_VERSION` for logs of a later release
 */
export function decodeRecord(text: string): RunRecord {
  const record: RunRecord = JSON.parse(text, (_key, value: unknown) =>
    isMarkedFloat(value) ? new Float(value[floatKey]) : value,
  );
  if (record.type === 'run-started' && record.version > recordVersion) {
    throw new ReplayError(
      'UNKNOWN_RECORD_VERSION',
      `the log has version ${record.version}, this release reads up to ${recordVersion}`,
    );
  }
  return record;
}

function isMarkedFloat(value: unknown): value is { [floatKey]: number } {
  if (typeof value !== 'object' || value === null) return false;
  const marked = (value as Record<string, unknown>)[floatKey];
  return typeof marked === 'number' && Object.keys(value).length === 1;
}
