import { seconds, secondsOrNull } from '../../../platform/time.ts';
import type { StoredRun } from '../run-store.ts';
import type { OwedCallback } from './callback-store.ts';

/** What is POSTed: the answer of a blocking call, with the kind of event and its time. */
export function callbackPayload(
  owed: OwedCallback,
  run: StoredRun,
  answer: string | null,
): Record<string, unknown> {
  const isEnd = owed.event === 'finished';
  return {
    type: `workflow_run.${owed.event}`,
    timestamp: owed.createdAt.toISOString(),
    task_id: run.id,
    workflow_run_id: run.id,
    ...(run.message_id === null
      ? {}
      : { conversation_id: run.conversation_id, message_id: run.message_id, ...(isEnd ? { answer } : {}) }),
    data: {
      id: run.id,
      workflow_id: run.workflow_id,
      status: isEnd ? run.status : 'paused',
      outputs: isEnd ? (run.outputs ?? {}) : {},
      error: isEnd ? run.error : null,
      elapsed_time: run.elapsed_seconds,
      total_tokens: run.total_tokens,
      total_steps: run.total_steps,
      created_at: seconds(run.created_at),
      finished_at: isEnd ? secondsOrNull(run.finished_at) : null,
      ...owed.details,
    },
  };
}

/** What of a pause a callback tells. */
export function pauseDetails(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { paused_nodes, reasons, elapsed_time, total_tokens, total_steps } = data;
  return { elapsed_time, total_tokens, total_steps, paused_nodes, reasons };
}
