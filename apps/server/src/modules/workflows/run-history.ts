import { decodeRecord, type EngineEvent, type NodeResultData, type RunLimits } from '@trellis/engine';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { OwnedRunLog } from '../../platform/runs/owned-run-log.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import { shownInputs, toOrigin } from './present.ts';
import type { WorkflowRun } from './run.ts';
import { RunFold } from './run-fold.ts';
import type { RunStore, StoredRun } from './run-store.ts';
import { type DisplayLimits, shorten, shortenRecord } from './shorten.ts';
import type { WorkflowStore } from './store.ts';
import { creatorOf, type RunLoader } from './take-over.ts';

/** Which runs a list shows. */
export interface HistoryQuery {
  lastId?: string | undefined;
  limit: number;
  status?: string | undefined;
  triggeredFrom: string;
}

/** A node's execution as the console shows it. */
export type NodeExecution = Record<string, unknown> & { id: string; node_id: string };

const timeRangeUnits = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Runs as the console shows them. What nodes did is told by the log of the run. */
export class RunHistory {
  readonly #o: {
    runStore: RunStore;
    store: WorkflowStore;
    runLog: OwnedRunLog;
    loader: RunLoader;
    limits: RunLimits;
    display: DisplayLimits;
  };

  constructor(options: {
    runStore: RunStore;
    store: WorkflowStore;
    runLog: OwnedRunLog;
    loader: RunLoader;
    limits: RunLimits;
    display: DisplayLimits;
  }) {
    this.#o = options;
  }

  /** The app of a run of the workspace, or 404. */
  async appOf(scope: WorkspaceScope, runId: string): Promise<string> {
    const appId = isUuid(runId) ? await this.#o.runStore.appIdOf(scope, runId) : null;
    if (appId === null) throw notFound('Workflow run not found');
    return appId;
  }

  /** A page of runs, newest first. */
  async list(scope: WorkspaceScope, appId: string, query: HistoryQuery) {
    const before = query.lastId === undefined ? null : await this.#find(scope, appId, query.lastId);
    const rows = await this.#o.runStore.before(scope, {
      appId,
      triggeredFrom: query.triggeredFrom,
      status: query.status,
      before,
      limit: query.limit,
    });
    return {
      limit: query.limit,
      has_more: rows.length > query.limit,
      data: rows.slice(0, query.limit).map(toListItem),
    };
  }

  /** How many runs there are, in all and by status. */
  async counts(
    scope: WorkspaceScope,
    appId: string,
    query: { triggeredFrom: string; status?: string | undefined; timeRange?: string | undefined },
  ): Promise<Record<string, number>> {
    const createdAfter = since(query.timeRange);
    const statuses = ['running', 'succeeded', 'failed', 'stopped', 'partial-succeeded', 'paused'] as const;
    const wanted = statuses.filter((status) => query.status === undefined || status === query.status);
    const counts = await Promise.all(
      wanted.map((status) =>
        this.#o.runStore.count(scope, { appId, triggeredFrom: query.triggeredFrom, status, createdAfter }),
      ),
    );
    const byStatus = Object.fromEntries(
      wanted.map((status, index) => [status.replace('-', '_'), counts[index] ?? 0]),
    );
    return { total: counts.reduce((sum, count) => sum + count, 0), ...byStatus };
  }

  /** A run with the graph that it ran on; large values are shortened unless they are wanted in full. */
  async detail(scope: WorkspaceScope, appId: string, { runId, full }: { runId: string; full: boolean }) {
    const run = await this.#find(scope, appId, runId);
    const workflow = await this.#o.store.find(scope, appId, run.graph_id);
    const show = (value: unknown) => (full ? { value, truncated: false } : shorten(value, this.#o.display));
    const [inputs, outputs] = [show(shownInputs(run)), show(run.outputs)];
    return {
      ...toListItem(run),
      graph: workflow?.graph ?? null,
      inputs: inputs.value,
      inputs_truncated: inputs.truncated,
      outputs: outputs.value,
      outputs_truncated: outputs.truncated,
      error: run.error,
      created_by_role: run.end_user_id === null ? 'account' : 'end_user',
      created_by_end_user: run.end_user_id === null ? null : creatorOf(run),
    };
  }

  /** What the nodes of a run did, in the order of their start; large values are shortened. */
  async nodeExecutions(scope: WorkspaceScope, appId: string, runId: string): Promise<NodeExecution[]> {
    const executions = await this.#executions(scope, appId, runId);
    return executions.map((execution) => shortenRecord(execution, this.#o.display));
  }

  /** What one node of a run did, whole. */
  async nodeExecution(
    scope: WorkspaceScope,
    appId: string,
    { runId, executionId }: { runId: string; executionId: string },
  ): Promise<NodeExecution> {
    const executions = await this.#executions(scope, appId, runId);
    const found = executions.find(({ id }) => id === executionId);
    if (!found) throw notFound('The run has no such node execution.');
    return found;
  }

  async #executions(scope: WorkspaceScope, appId: string, runId: string): Promise<NodeExecution[]> {
    const stored = await this.#find(scope, appId, runId);
    const run = await this.#o.loader.load(stored);
    if (!run) return [];
    const records = await this.#o.runLog.read(run.id);
    return nodeExecutionsOf(
      run,
      records.map(({ payload }) => payload),
      this.#o.limits,
    );
  }

  async #find(scope: WorkspaceScope, appId: string, runId: string): Promise<StoredRun> {
    const run = isUuid(runId) ? await this.#o.runStore.find(scope, appId, runId) : null;
    if (!run) throw notFound('Workflow run not found');
    return run;
  }
}

function toListItem(run: StoredRun) {
  const creator = creatorOf(run);
  return {
    id: run.id,
    version: run.version,
    status: run.status,
    elapsed_time: run.elapsed_seconds,
    total_tokens: run.total_tokens,
    total_steps: run.total_steps,
    created_by_account: 'user' in creator ? null : creator,
    created_at: seconds(run.created_at),
    finished_at: secondsOrNull(run.finished_at),
    exceptions_count: run.exceptions_count,
    retry_index: 0,
    conversation_id: run.conversation_id,
    message_id: run.message_id,
    origin: toOrigin(run),
  };
}

/** The executions that a log tells. */
export function nodeExecutionsOf(
  run: WorkflowRun,
  payloads: readonly string[],
  limits: RunLimits,
): NodeExecution[] {
  const fold = new RunFold(run, limits);
  const executions = new Map<string, NodeExecution>();
  for (const payload of payloads) {
    for (const event of fold.feed(decodeRecord(payload)).events) note(executions, event, run);
  }
  return [...executions.values()].sort((a, b) => Number(a['index']) - Number(b['index']));
}

function note(executions: Map<string, NodeExecution>, event: EngineEvent, run: WorkflowRun): void {
  if (event.event === 'node_started') {
    const { data } = event;
    executions.set(data.id, toExecution({ ...data, status: 'running' }, run));
  } else if (event.event === 'node_finished' || event.event === 'node_retry') {
    executions.set(event.data.id, toExecution(event.data, run));
  }
}

/** An execution as the console shows it, from the data of its event. */
export function toExecution(
  data: Partial<Omit<NodeResultData, 'status'>> & { id: string; node_id: string; status: string },
  run: Pick<WorkflowRun, 'createdBy'>,
): NodeExecution {
  const creator = run.createdBy;
  return {
    id: data.id,
    index: data.index,
    predecessor_node_id: null,
    node_id: data.node_id,
    node_type: data.node_type,
    title: data.title,
    inputs: data.inputs ?? null,
    inputs_truncated: false,
    process_data: data.process_data ?? null,
    process_data_truncated: false,
    outputs: data.outputs ?? null,
    outputs_truncated: false,
    status: data.status,
    error: data.error ?? null,
    elapsed_time: data.elapsed_time ?? 0,
    execution_metadata: data.execution_metadata ?? null,
    extras: {},
    iteration_id: data.iteration_id ?? null,
    loop_id: data.loop_id ?? null,
    created_at: data.created_at,
    created_by_role: 'user' in creator ? 'end_user' : 'account',
    created_by_account: 'user' in creator ? null : creator,
    created_by_end_user: 'user' in creator ? creator : null,
    finished_at: data.finished_at ?? null,
  };
}

/** The beginning of a range such as `7d`, `4h` or `30m`; undefined for all time. */
function since(range: string | undefined): Date | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(range ?? '');
  if (!match) return undefined;
  const unit = timeRangeUnits[match[2] as keyof typeof timeRangeUnits];
  return new Date(Date.now() - Number(match[1]) * unit * 1_000);
}
