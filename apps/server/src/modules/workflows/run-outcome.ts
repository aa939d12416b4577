import type { EngineEvent, WorkflowResultData } from '@trellis/engine';
import type { RunMessage, RunOutcome, WorkflowRun } from './run.ts';
import { shownResources } from './run-fold.ts';
import type { RunTotals } from './run-totals.ts';

/** How a stretch of a run ended, by its closing event. */
export function outcomeOf(
  run: WorkflowRun,
  end: {
    data: WorkflowResultData | Extract<EngineEvent, { event: 'workflow_paused' }>['data'];
    totals: RunTotals;
    closing: RunMessage[];
  },
): RunOutcome {
  const { data, totals, closing } = end;
  const ended = 'finished_at' in data;
  return {
    status: data.status,
    outputs: data.outputs,
    error: ended ? data.error : '',
    elapsedSeconds: data.elapsed_time,
    totalTokens: data.total_tokens,
    totalSteps: data.total_steps,
    exceptionsCount: ended ? data.exceptions_count : 0,
    answer: totals.text,
    isModerated: totals.isModerated,
    usage: totals.usage,
    retrieverResources: shownResources(run, totals),
    files: ended ? data.files : [],
    finishedAt: ended ? new Date() : null,
    closing,
    failure: null,
  };
}

/** What is told of a run that could not be carried out. */
export const internalError = {
  code: 'internal_server_error',
  message: 'Internal Server Error, please contact support.',
  status: 500,
};

/** How a run ended that could not be carried out. */
export function failedOutcome(run: WorkflowRun, error: string, totals: RunTotals): RunOutcome {
  const finishedAt = new Date();
  return {
    status: 'failed',
    outputs: {},
    error,
    elapsedSeconds: Math.max(0, finishedAt.getTime() - run.createdAt.getTime()) / 1_000,
    totalTokens: totals.usage.total_tokens,
    totalSteps: 0,
    exceptionsCount: 0,
    answer: totals.text,
    isModerated: totals.isModerated,
    usage: totals.usage,
    retrieverResources: [],
    files: [],
    finishedAt,
    closing: [],
    failure: null,
  };
}
