import { networkError } from '../../api/error.ts';
import { readEventStream } from '../../api/event-stream.ts';
import type { StreamEvent } from '../../api/messages.ts';

/** What a running turn needs from its page. */
export interface TurnSink {
  /** Events that arrived since the last drawing, in order. */
  readonly onEvents: (events: StreamEvent[]) => void;
  /** Called once, when the task's id is known and the turn can be stopped. */
  readonly onTask: (taskId: string) => void;
}

/** Draws at most once per frame; hidden pages have no frames and get a timer instead. */
function onNextFrame(work: () => void): void {
  if (document.hidden) setTimeout(work, 100);
  else requestAnimationFrame(work);
}

/**
 * Reads a turn's stream to its end and hands its events over in bursts, one per frame.
 *
 * Throws `ApiError` when the request was refused or the connection broke.
 */
export async function streamTurn(open: () => Promise<Response>, sink: TurnSink): Promise<void> {
  let waiting: StreamEvent[] = [];
  let scheduled = false;
  let taskKnown = false;
  const flush = () => {
    scheduled = false;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    sink.onEvents(events);
  };
  try {
    const response = await open().catch((cause: unknown) => {
      throw cause instanceof TypeError ? networkError(cause) : cause;
    });
    for await (const event of readEventStream<StreamEvent>(response)) {
      if (!taskKnown && event.task_id) {
        taskKnown = true;
        sink.onTask(event.task_id);
      }
      waiting.push(event);
      if (!scheduled) {
        scheduled = true;
        onNextFrame(flush);
      }
    }
  } finally {
    flush();
  }
}
