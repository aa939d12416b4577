import type { MessageMetadata } from '@trellis/contracts';
import { ApiError } from '../../platform/errors.ts';
import { seconds } from '../../platform/time.ts';
import { type Audience, metadataFor } from '../turns/encode.ts';
import type { RunMessage, WorkflowRun } from './run.ts';

/** What a run has said when it ended or paused. */
interface Said {
  answer: string;
  metadata: MessageMetadata | null;
  finished: Record<string, unknown> | null;
  paused: Record<string, unknown> | null;
  error: { code: string; message: string; status: number } | null;
}

/** Listens to a run to its end and answers in one piece (spec: service API §3.2, §5). */
export async function blockingRunAnswer(
  run: WorkflowRun,
  batches: AsyncIterable<readonly RunMessage[]>,
  audience: Audience,
): Promise<Record<string, unknown>> {
  const said = await listen(batches);
  if (said.error) {
    throw new ApiError(said.error.code as ConstructorParameters<typeof ApiError>[0], said.error.message, {
      status: said.error.status,
    });
  }
  return run.mode === 'workflow' ? workflowAnswer(run, said) : chatAnswer(run, said, audience);
}

async function listen(batches: AsyncIterable<readonly RunMessage[]>): Promise<Said> {
  const said: Said = { answer: '', metadata: null, finished: null, paused: null, error: null };
  for await (const batch of batches) {
    for (const { event } of batch) {
      if (event.event === 'message') said.answer += event.answer;
      else if (event.event === 'message_replace') said.answer = event.answer;
      else if (event.event === 'message_end') said.metadata = event.metadata;
      else if (event.event === 'workflow_finished') said.finished = event.data;
      else if (event.event === 'workflow_paused') said.paused = event.data;
      else if (event.event === 'error') said.error = event;
    }
  }
  return said;
}

function workflowAnswer(run: WorkflowRun, said: Said): Record<string, unknown> {
  const data = said.finished ?? said.paused;
  if (!data) throw new ApiError('internal_server_error');
  const ended = said.finished !== null;
  return {
    task_id: run.id,
    workflow_run_id: run.id,
    data: {
      id: run.id,
      workflow_id: run.workflowId,
      status: data['status'],
      outputs: data['outputs'],
      error: ended ? data['error'] : null,
      elapsed_time: data['elapsed_time'],
      total_tokens: data['total_tokens'],
      total_steps: data['total_steps'],
      created_at: data['created_at'],
      finished_at: ended ? data['finished_at'] : null,
      created_by: run.createdBy,
      exceptions_count: ended ? data['exceptions_count'] : 0,
      files: ended ? data['files'] : [],
      ...(ended ? {} : { paused_nodes: data['paused_nodes'], reasons: data['reasons'] }),
    },
  };
}

function chatAnswer(run: WorkflowRun, said: Said, audience: Audience): Record<string, unknown> {
  const { turn } = run;
  if (turn === null) throw new ApiError('internal_server_error');
  const ids = {
    conversation_id: turn.conversationId,
    message_id: turn.messageId,
    mode: run.mode,
    answer: said.answer,
    created_at: seconds(turn.createdAt),
  };
  if (said.paused) {
    const { paused_nodes, reasons, status, elapsed_time, total_tokens, total_steps } = said.paused;
    return {
      event: 'workflow_paused',
      task_id: run.id,
      id: turn.messageId,
      ...ids,
      metadata: {},
      workflow_run_id: run.id,
      data: {
        id: turn.messageId,
        ...ids,
        workflow_run_id: run.id,
        metadata: {},
        paused_nodes,
        reasons,
        status,
        elapsed_time,
        total_tokens,
        total_steps,
      },
    };
  }
  if (!said.metadata) throw new ApiError('internal_server_error');
  return {
    event: 'message',
    task_id: run.id,
    id: turn.messageId,
    ...ids,
    metadata: metadataFor(said.metadata, audience),
  };
}
