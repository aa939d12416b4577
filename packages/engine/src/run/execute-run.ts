import type { EngineEvent } from '../core/events.ts';
import { recordVersion } from '../core/records.ts';
import { defaultLimits, isEnded, type RunSetting } from '../core/state.ts';
import { begin, step } from '../core/step.ts';
import { replay } from './replay.ts';
import { RunDriver } from './run-driver.ts';
import type { NewRun, ResumedRun, RunEnvironment } from './run-options.ts';

/**
 * Runs a graph from its start. Yields the run's events in order; the last one is `workflow_finished` or
 * `workflow_paused`. Every record is appended to the log, and is durable before a node with side effects starts on
 * it and before the last event is told.
 *
 * @throws what the log throws, and the signal's reason: the run is then unfinished and can be resumed
 */
export async function* executeRun(options: NewRun): AsyncGenerator<EngineEvent, void, void> {
  const { plan, log, ports, run } = options;
  options.signal?.throwIfAborted();
  const record = {
    type: 'run-started',
    version: recordVersion,
    at: ports.clock.now(),
    fingerprint: plan.fingerprint,
    ...run,
  } as const;
  log.append(record);
  const { state, result } = begin(settingOf(options), record);
  const driver = new RunDriver(options, state);
  driver.take(result);
  yield* driver.drive();
}

/**
 * Goes on with a run from its log: after a pause, or after its process died. Nodes whose result is in the log do not
 * run again; nodes that were running do, with the same execution id and idempotency key. Text that such a node may
 * have shown is first replaced. A run that had already ended yields its `workflow_finished` once more.
 *
 * @throws {ReplayError} for logs that do not fit; else as `executeRun`
 */
export async function* resumeRun(options: ResumedRun): AsyncGenerator<EngineEvent, void, void> {
  options.signal?.throwIfAborted();
  const { records, toldRecords = records.length } = options;
  const { state, events } = replay(settingOf(options), records, toldRecords);
  yield* events;
  if (isEnded(state.status)) return;
  const driver = new RunDriver(options, state);
  driver.recover();
  yield* driver.drive();
}

/**
 * Stops a run that nobody is running: one that waits for a person, or whose process died. It ends as `stopped` with
 * the reason; a run that had already ended yields its `workflow_finished` once more.
 *
 * @throws as `resumeRun`
 */
export async function* stopRun(options: ResumedRun, reason: string): AsyncGenerator<EngineEvent, void, void> {
  const { records, toldRecords = records.length } = options;
  const { state, events } = replay(settingOf(options), records, toldRecords);
  yield* events;
  if (isEnded(state.status)) return;
  const record = { type: 'run-aborted', at: options.ports.clock.now(), reason } as const;
  options.log.append(record);
  const stopped = step(state, record);
  await options.log.flush();
  yield* stopped.events;
}

/** What the fold of this run's log needs. */
export function settingOf(options: RunEnvironment): RunSetting {
  return {
    plan: options.plan,
    environment: options.environment ?? [],
    limits: { ...defaultLimits, ...options.limits },
    trace: options.trace ?? false,
  };
}
