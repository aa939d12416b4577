import { inferType, isFile, type RunLimits, shownType } from '@trellis/engine';
import type { Logger } from 'pino';
import type { OwnedRunLog } from '../../platform/runs/owned-run-log.ts';
import type { DraftVariableInput, DraftVariableStore } from './draft-variable-store.ts';
import type { WorkflowRun } from './run.ts';
import { type NodeExecution, nodeExecutionsOf } from './run-history.ts';
import { outputVariables } from './single-step.ts';

/** Keeps what the nodes of a debug run put out, for the inspector and for trying nodes alone. */
export class DebugRecorder {
  readonly #o: { variables: DraftVariableStore; runLog: OwnedRunLog; limits: RunLimits; log: Logger };
  readonly #work = new Set<Promise<void>>();

  constructor(options: {
    variables: DraftVariableStore;
    runLog: OwnedRunLog;
    limits: RunLimits;
    log: Logger;
  }) {
    this.#o = options;
  }

  /** Records a debug run in the background; other runs are none of its business. */
  record(run: WorkflowRun): void {
    if (run.triggeredFrom !== 'debugging') return;
    const work = this.#record(run)
      .catch((error) => this.#o.log.error({ err: error, run_id: run.id }, 'a debug run left no variables'))
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** Waits for what is being recorded. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#work);
  }

  async #record(run: WorkflowRun): Promise<void> {
    const records = await this.#o.runLog.read(run.id);
    const executions = nodeExecutionsOf(
      run,
      records.map(({ payload }) => payload),
      this.#o.limits,
    );
    const owner = { appId: run.app.id, accountId: run.userId };
    const top = executions.filter((one) => one['iteration_id'] === null && one['loop_id'] === null);
    await this.#o.variables.put(run.scope, owner, [...systemVariables(run), ...top.flatMap(outputsOf)]);
    await this.#o.variables.putNodeRuns(
      run.scope,
      owner,
      new Map(top.map((one) => [one.node_id, { ...one, triggered_from: 'workflow-run' }])),
    );
  }
}

function outputsOf(execution: NodeExecution): DraftVariableInput[] {
  const outputs = execution['outputs'];
  if (typeof outputs !== 'object' || outputs === null || isFile(outputs)) return [];
  return outputVariables(
    execution.node_id,
    String(execution['node_type']),
    outputs as Record<string, unknown>,
  );
}

function systemVariables(run: WorkflowRun): DraftVariableInput[] {
  return Object.entries(run.input.system)
    .filter(([name]) => name !== 'workflow_run_id')
    .map(([name, value]) => ({ nodeId: 'sys', name, valueType: shownType(inferType(value)), value }));
}
