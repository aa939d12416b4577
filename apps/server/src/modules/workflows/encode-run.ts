import type { AppEvent } from '@trellis/contracts';
import { pingEvent } from '../../platform/http/event-stream.ts';
import { seconds } from '../../platform/time.ts';
import { type Audience, metadataFor } from '../turns/encode.ts';
import type { RunMessage, WorkflowRun } from './run.ts';
import { type DisplayLimits, shortenEvent } from './shorten.ts';

/** How the events of a run are written. */
export interface EncodeOptions {
  audience: Audience;
  /** Adds each event's number, for clients that re-attach. */
  withSequence?: boolean;
  /** Shortens what nodes took in and put out, where people look at it. */
  display?: DisplayLimits | undefined;
}

/** Turns the events of a run into the lines of its event stream; a ping comes first (spec: service API §7). */
export async function* encodeRun(
  run: WorkflowRun,
  batches: AsyncIterable<readonly RunMessage[]>,
  options: EncodeOptions,
): AsyncGenerator<string, void, undefined> {
  const encode = encoderFor(run, options);
  let text = pingEvent;
  for await (const batch of batches) {
    for (const message of batch) text += encode(message);
    if (text !== '') yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function encoderFor(run: WorkflowRun, options: EncodeOptions): (message: RunMessage) => string {
  const task = `"task_id":"${run.id}"`;
  const { turn } = run;
  const chat =
    turn === null
      ? ''
      : `,"conversation_id":"${turn.conversationId}","message_id":"${turn.messageId}","created_at":${seconds(turn.createdAt)}`;
  const workflow = `,"workflow_run_id":"${run.id}"`;
  const { display } = options;
  return ({ sequence, event: whole }) => {
    const event = display === undefined ? whole : shortenEvent(whole, display);
    const { event: name, ...own } = withIds(event, run);
    const isWorkflowEvent = 'data' in event && !(turn !== null && name === 'agent_log');
    const envelope = `${task}${chat}${turn === null || isWorkflowEvent ? workflow : ''}`;
    const fields = JSON.stringify(options.audience === 'visitor' ? simplified(name, own) : own).slice(1, -1);
    const number = options.withSequence ? `,"sequence":${sequence}` : '';
    return `data: {"event":"${name}",${envelope}${fields === '' ? '' : `,${fields}`}${number}}\n\n`;
  };
}

/** Message events name their message a second time, as `id`. */
function withIds(event: AppEvent, run: WorkflowRun): Record<string, unknown> & { event: string } {
  if (event.event === 'message' || event.event === 'message_end') {
    const { event: name, ...rest } = event;
    return { event: name, id: run.turn?.messageId, ...rest };
  }
  return { ...event };
}

/** What visitors of a web app do not get: what went into and out of nodes, and what it cost (spec: §18.5). */
function simplified(name: string, own: Record<string, unknown>): Record<string, unknown> {
  if (name === 'message_end') {
    return { ...own, metadata: metadataFor(own['metadata'] as Parameters<typeof metadataFor>[0], 'visitor') };
  }
  if (name !== 'node_started' && name !== 'node_finished' && name !== 'node_retry') return own;
  const data = { ...(own['data'] as Record<string, unknown>) };
  for (const key of ['inputs_truncated', 'process_data_truncated', 'outputs_truncated']) delete data[key];
  const hidden =
    name === 'node_started'
      ? { inputs: null, extras: {} }
      : {
          inputs: null,
          process_data: null,
          outputs: null,
          execution_metadata: null,
          error: null,
          files: [],
        };
  return { ...own, data: { ...data, ...hidden } };
}
