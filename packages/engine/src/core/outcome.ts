import type { Usage } from '@trellis/contracts';
import type { Selector } from '../values/pool.ts';
import type { ValueType } from '../values/types.ts';

/** What every attempt at a node can tell, whatever became of it. */
export interface NodeReport {
  /** What went in, for records; secrets already masked. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** How it was done, for records. */
  readonly processData?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Extra keys of the execution metadata (`tool_info`, `agent_log`, …). */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Tokens and money spent. */
  readonly usage?: Usage;
}

/** A value that a node writes to a variable that is not its own. */
export interface VariableUpdate {
  /** Two keys: owner and name. */
  readonly selector: Selector;
  readonly type: ValueType;
  readonly value: unknown;
}

/** Something a node wants told before its results take effect. */
export interface Announcement {
  readonly event: 'human_input_form_filled' | 'human_input_form_timeout';
  readonly data: Readonly<Record<string, unknown>>;
}

/** A node that did its work. */
export interface NodeSuccess extends NodeReport {
  readonly status: 'succeeded';
  /** The edges to take; every edge when absent. Branch nodes must choose. */
  readonly handle?: string;
  readonly updates?: readonly VariableUpdate[];
  readonly announcements?: readonly Announcement[];
  /** Sources that an answer can cite. */
  readonly retrieverResources?: readonly unknown[];
}

/** An attempt that failed. */
export interface NodeFailure extends NodeReport {
  readonly status: 'failed';
  readonly error: string;
  readonly errorType: string;
}

/** Why a run waits. */
export type PauseReason =
  | {
      readonly kind: 'human-input';
      readonly nodeId: string;
      /** The form as clients get it: `human_input_required` data. */
      readonly form: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'scheduled'; readonly message: string };

/** A node that has to wait for somebody; it runs again when the run is resumed. */
export interface NodePause {
  readonly status: 'paused';
  readonly reason: PauseReason;
}

/** What running a node came to. */
export type NodeOutcome = NodeSuccess | NodeFailure | NodePause;
