/** Running a graph: planning, scheduling, variables, run log and nodes. Knows the outside only as ports. */
export * from './core/events.ts';
export { executionIdOf, idempotencyKeyOf } from './core/execution-id.ts';
export * from './core/outcome.ts';
export * from './core/records.ts';
export {
  defaultLimits,
  isEnded,
  type RunLimits,
  type RunSetting,
  type RunState,
  type RunStatus,
} from './core/state.ts';
export { begin, type LiveEvent, nextTask, type StepResult, step } from './core/step.ts';
export { shownText } from './core/streaming.ts';
export * from './errors.ts';
export type { NodeContext } from './nodes/node-context.ts';
export { nodeDefinitions } from './nodes/registry.ts';
export { type PlanOptions, plan, planNode } from './plan/build-plan.ts';
export { retryDelayMs } from './plan/failure-policy.ts';
export { type DataOf, defineNode, type NodeDefinition, type NodeRunner } from './plan/node-definition.ts';
export type { Plan, PlannedEdge, PlannedNode, RetryPolicy, SubPlan } from './plan/plan.ts';
export * from './ports/index.ts';
export { type ControlCommand, RunControl } from './run/control.ts';
export { executeRun, resumeRun, settingOf, stopRun } from './run/execute-run.ts';
export { interruptedTasks, type Replayed, replay } from './run/replay.ts';
export { recordsBefore, recordsToRetry } from './run/rerun.ts';
export type { NewRun, ResumedRun, RunEnvironment } from './run/run-options.ts';
export * from './values/index.ts';
