import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { TurnRequest } from '../features/chat/chat-store.ts';
import type { FormAction, FormInput } from '../features/process/process.ts';
import type { Page } from './apps.ts';
import { consoleApi, consoleFetch } from './console.ts';
import type { Person } from './workflows.ts';

/** How a run stands. */
export type RunStatus = 'running' | 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded' | 'paused';

/** A run in the history of test runs. */
export interface RunSummary {
  readonly id: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly elapsed_time: number;
  readonly total_tokens: number;
  readonly total_steps: number;
  readonly created_by_account: Person | null;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly exceptions_count: number;
  readonly conversation_id: string | null;
}

/** A run with what went in and came out. */
export interface RunDetail extends RunSummary {
  readonly graph: unknown;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly inputs_truncated?: boolean;
  readonly outputs: Readonly<Record<string, unknown>> | null;
  readonly outputs_truncated?: boolean;
  readonly error: string | null;
  readonly created_by_end_user: { readonly session_id?: string; readonly user?: string } | null;
}

/** What one node of a run did. */
export interface NodeExecution {
  readonly id: string;
  readonly index: number;
  readonly node_id: string;
  readonly node_type: string;
  readonly title: string;
  readonly inputs: unknown;
  readonly process_data: unknown;
  readonly outputs: unknown;
  readonly status: string;
  readonly error: string | null;
  readonly elapsed_time: number;
  readonly execution_metadata: Readonly<Record<string, unknown>> | null;
  readonly iteration_id: string | null;
  readonly loop_id: string | null;
}

/** A run of the published app, as the log lists it. */
export interface LoggedRun {
  readonly id: string;
  readonly workflow_run: Omit<RunSummary, 'created_by_account' | 'conversation_id'> & {
    readonly error: string | null;
    readonly triggered_from: string;
  };
  /** Where it was asked for: `service-api`, `web-app`, … */
  readonly created_from: string;
  readonly created_by_account: Person | null;
  readonly created_by_end_user: { readonly session_id: string } | null;
  readonly created_at: number;
}

/** Which logged runs are wanted. */
export interface RunLogFilter {
  readonly keyword?: string | undefined;
  readonly status?: string | undefined;
  readonly created_at__after?: string | undefined;
  readonly page: number;
  readonly limit: number;
}

/** A form that a paused run waits for. */
export interface PausedForm {
  readonly form_id: string;
  readonly node_id: string;
  /** Part of the link under which anybody may answer; null where the node does not hand out a link. */
  readonly form_token: string | null;
  readonly form_content: string;
  readonly inputs: readonly FormInput[];
  readonly resolved_default_values: Readonly<Record<string, string>>;
  readonly user_actions: readonly FormAction[];
  readonly expiration_time: number;
}

/** Test runs of an app, newest first. */
export const runHistoryQuery = (appId: string) =>
  infiniteQueryOptions({
    queryKey: ['app', appId, 'runs', 'history'],
    queryFn: ({ pageParam, signal }) =>
      consoleApi<{ data: readonly RunSummary[]; has_more: boolean }>(`/apps/${appId}/workflow-runs`, {
        query: { last_id: pageParam, limit: 20 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.has_more ? last.data.at(-1)?.id : undefined),
  });

/** One run, its large values shortened unless wanted in full; asked again while it goes on. */
export const runQuery = (appId: string, runId: string, full = false) =>
  queryOptions({
    queryKey: ['app', appId, 'runs', runId, { full }],
    queryFn: ({ signal }) =>
      consoleApi<RunDetail>(`/apps/${appId}/workflow-runs/${runId}`, { query: { full }, signal }),
    refetchInterval: (query) => (query.state.data?.status === 'running' ? 2000 : false),
  });

/** What the nodes of a run did. */
export const nodeExecutionsQuery = (appId: string, runId: string, isRunning: boolean) =>
  queryOptions({
    queryKey: ['app', appId, 'runs', runId, 'nodes'],
    queryFn: ({ signal }) =>
      consoleApi<{ data: readonly NodeExecution[] }>(
        `/apps/${appId}/workflow-runs/${runId}/node-executions`,
        { signal },
      ),
    refetchInterval: isRunning ? 2000 : false,
  });

/** What one node of a run did, whole however large it is. */
export const nodeExecutionQuery = (appId: string, runId: string, executionId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'runs', runId, 'nodes', executionId],
    queryFn: ({ signal }) =>
      consoleApi<NodeExecution>(`/apps/${appId}/workflow-runs/${runId}/node-executions/${executionId}`, {
        signal,
      }),
  });

/** A page of the log of a workflow app. */
export const runLogQuery = (appId: string, filter: RunLogFilter) =>
  queryOptions({
    queryKey: ['app', appId, 'runs', 'log', filter],
    queryFn: ({ signal }) =>
      consoleApi<Page<LoggedRun>>(`/apps/${appId}/workflow-app-logs`, { query: { ...filter }, signal }),
  });

/** What a paused run waits for. */
export const pauseQuery = (runId: string) =>
  queryOptions({
    queryKey: ['pause', runId],
    queryFn: ({ signal }) =>
      consoleApi<{ paused_nodes: readonly PausedForm[] }>(`/workflow/${runId}/pause-details`, { signal }),
  });

/** Starting, stopping and repeating runs; the answers of those that start one are streams. */
export const runsApi = {
  test: (appId: string, inputs: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
    consoleFetch(`/apps/${appId}/workflows/draft/run`, {
      method: 'POST',
      body: { inputs, files: [], response_mode: 'streaming' },
      signal,
    }),
  chat: (appId: string, request: TurnRequest, signal: AbortSignal) =>
    consoleFetch(`/apps/${appId}/advanced-chat/workflows/draft/run`, {
      method: 'POST',
      body: {
        query: request.query,
        inputs: request.inputs,
        files: request.files,
        response_mode: 'streaming',
        ...(request.conversationId ? { conversation_id: request.conversationId } : {}),
        ...(request.parentMessageId ? { parent_message_id: request.parentMessageId } : {}),
      },
      signal,
    }),
  stop: (appId: string, taskId: string) =>
    consoleApi<unknown>(`/apps/${appId}/workflow-runs/tasks/${taskId}/stop`, { method: 'POST', body: {} }),
  /** Runs again what failed; finished nodes are kept. */
  retry: (appId: string, runId: string, signal: AbortSignal) =>
    consoleFetch(`/apps/${appId}/workflow-runs/${runId}/retry`, { method: 'POST', body: {}, signal }),
  /** Runs a node and what follows it, on edited values of what it reads. */
  rerun: (
    appId: string,
    runId: string,
    from: { node_id: string; inputs: Readonly<Record<string, unknown>> },
    signal: AbortSignal,
  ) => consoleFetch(`/apps/${appId}/workflow-runs/${runId}/rerun`, { method: 'POST', body: from, signal }),
  /** Comes back to a run: what it has said so far and what it says from now on. */
  follow: (runId: string, signal: AbortSignal) =>
    consoleFetch(`/workflow/${runId}/events`, { query: { after: 0, continue_on_pause: true }, signal }),
  answerForm: (
    runId: string,
    formId: string,
    answer: { inputs: Readonly<Record<string, unknown>>; action: string },
  ) => consoleApi<unknown>(`/workflow/${runId}/forms/${formId}`, { method: 'POST', body: answer }),
};
