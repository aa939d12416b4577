import type { EngineEvent } from '../core/events.ts';
import type { RunRecord } from '../core/records.ts';
import { type Execution, isEnded, type RunSetting, type RunState, type Task } from '../core/state.ts';
import { begin, step } from '../core/step.ts';
import { ReplayError } from '../errors.ts';

/** A run as its log leaves it. */
export interface Replayed {
  readonly state: RunState;
  /** Events of the records from `eventsFrom` on. */
  readonly events: readonly EngineEvent[];
}

/**
 * Folds a log. Nothing is executed.
 *
 * @throws {ReplayError} `EMPTY_LOG`, `OTHER_GRAPH`, `INCONSISTENT_LOG`
 */
export function replay(setting: RunSetting, records: readonly RunRecord[], eventsFrom = 0): Replayed {
  const [first, ...rest] = records;
  if (first?.type !== 'run-started')
    throw new ReplayError('EMPTY_LOG', 'the log does not begin with the start');
  const { state, result } = begin(setting, first);
  const events: EngineEvent[] = eventsFrom === 0 ? [...result.events] : [];
  rest.forEach((record, index) => {
    const told = step(state, record);
    const isLastOfEnded = isEnded(state.status) && index === rest.length - 1;
    if (index + 1 >= eventsFrom) events.push(...told.events);
    else if (isLastOfEnded) events.push(...told.events.filter(({ event }) => event === 'workflow_finished'));
  });
  return { state, events };
}

/** Nodes that were running where the log ends: they have to run again. */
export function interruptedTasks(state: RunState): (Task & { execution: Execution })[] {
  const tasks: (Task & { execution: Execution })[] = [];
  for (const frame of state.frames.values()) {
    for (const execution of frame.executions.values()) {
      if (execution.phase === 'running' && execution.rounds === null) {
        tasks.push({ frame, node: execution.node, execution });
      }
    }
  }
  return tasks.sort((a, b) => a.execution.index - b.execution.index);
}
