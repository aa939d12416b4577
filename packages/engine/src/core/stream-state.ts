import type { ResponsePlan } from '../plan/response-plan.ts';

/** Text streamed for one selector. It is kept: several responses, or one response twice, may show it. */
export interface StreamBuffer {
  readonly chunks: string[];
  closed: boolean;
  /** Some response has shown it to its end. */
  shown: boolean;
}

/** Which responses of a frame may show text, which one does, and how far it is. */
export interface StreamState {
  readonly plan: ResponsePlan;
  /** Per blocking pattern: nodes that text can already reach. */
  readonly reached: readonly Set<string>[];
  /** Responses opened so far, by index into the plan. */
  readonly opened: Set<number>;
  /** Opened responses that wait for their turn. */
  readonly waiting: number[];
  /** The response that shows text now; −1 when none does. */
  active: number;
  /** Segment of the active response that is next, and chunks of it already shown. */
  segment: number;
  position: number;
  readonly buffers: Map<string, StreamBuffer>;
  /** Ids of response nodes that have run: what they still lack will not come. */
  readonly settled: Set<string>;
}

/** A stream state in which nothing is open. */
export function createStreamState(plan: ResponsePlan): StreamState {
  return {
    plan,
    reached: plan.blockings.map(() => new Set()),
    opened: new Set(),
    waiting: [],
    active: -1,
    segment: 0,
    position: 0,
    buffers: new Map(),
    settled: new Set(),
  };
}
