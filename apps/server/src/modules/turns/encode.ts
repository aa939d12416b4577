import type { AppEvent, MessageMetadata } from '@trellis/contracts';
import { mapAsync } from '../../platform/async-iterables.ts';
import { seconds } from '../../platform/time.ts';
import type { FollowedTurn, Turn, TurnOutcome } from './turn.ts';

/** Who reads: the service API and the console get everything, visitors of a web app no prices and no prompts. */
export type Audience = 'program' | 'visitor';

/** What every event of a turn says about it. */
export type TurnIdentity = Pick<Turn, 'runId' | 'messageId' | 'conversationId' | 'createdAt'> & {
  app: Pick<Turn['app'], 'mode'>;
};

/** Turns the events of a turn into the lines of its event stream (spec: service API §7). */
export function encodeEvents(
  started: Pick<FollowedTurn, 'turn' | 'live'>,
  audience: Audience,
): AsyncIterable<string> {
  const encode = encoderFor(started.turn, audience);
  return mapAsync(started.live.follow(), (batch) => {
    let text = '';
    for (const event of batch) text += encode(event);
    return text;
  });
}

/** The same for somebody who comes back to a turn. */
export async function* encodeBatches(
  turn: TurnIdentity,
  batches: AsyncIterable<readonly AppEvent[]>,
  audience: Audience,
): AsyncGenerator<string, void, undefined> {
  const encode = encoderFor(turn, audience);
  for await (const batch of batches) yield batch.map(encode).join('');
}

/** The encoder of one turn: what all its events share is put into text once. */
function encoderFor(turn: TurnIdentity, audience: Audience): (event: AppEvent) => string {
  const shared = {
    task_id: turn.runId,
    ...(turn.app.mode === 'completion' ? {} : { conversation_id: turn.conversationId }),
    message_id: turn.messageId,
    created_at: seconds(turn.createdAt),
  };
  const envelope = JSON.stringify(shared).slice(1, -1);
  const deltaStart = `data: {"event":"message",${envelope},"id":"${turn.messageId}","answer":`;
  const deltaEnd = ',"from_variable_selector":null}\n\n';
  return (event) => {
    if (event.event === 'message') return `${deltaStart}${JSON.stringify(event.answer)}${deltaEnd}`;
    const own = event.event === 'message_end' ? endFields(turn, event, audience) : event;
    const { event: name, ...fields } = own;
    const rest = JSON.stringify(fields).slice(1, -1);
    return `data: {"event":"${name}",${envelope}${rest === '' ? '' : `,${rest}`}}\n\n`;
  };
}

function endFields(
  turn: TurnIdentity,
  event: Extract<AppEvent, { event: 'message_end' }>,
  audience: Audience,
) {
  return {
    event: event.event,
    id: turn.messageId,
    metadata: metadataFor(event.metadata, audience),
    files: event.files,
  };
}

/** Metadata as the audience may see it (spec: service API §18.5). */
export function metadataFor(metadata: MessageMetadata, audience: Audience): Record<string, unknown> {
  if (audience === 'program') return { ...metadata };
  return { retriever_resources: metadata.retriever_resources };
}

/** The answer of a blocking call (spec: service API §3.2, §4). */
export function blockingAnswer(
  turn: TurnIdentity,
  outcome: Pick<TurnOutcome, 'answer' | 'metadata'>,
  audience: Audience,
): Record<string, unknown> {
  return {
    event: 'message',
    task_id: turn.runId,
    id: turn.messageId,
    message_id: turn.messageId,
    ...(turn.app.mode === 'completion' ? {} : { conversation_id: turn.conversationId }),
    mode: turn.app.mode,
    answer: outcome.answer,
    metadata: metadataFor(outcome.metadata, audience),
    created_at: seconds(turn.createdAt),
  };
}
