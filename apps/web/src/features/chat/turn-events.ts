import { ApiError } from '../../api/error.ts';
import type { RunStreamEvent, StreamEvent } from '../../api/messages.ts';
import { applyProcessEvent, newProcess } from '../process/process.ts';
import type { Turn } from './turn.ts';

/** The turn after an event. Text is handed in joined, because it arrives far more often than a screen is drawn. */
export function applyEvent(turn: Turn, event: StreamEvent): Turn {
  const messageId = event.message_id ?? turn.messageId;
  switch (event.event) {
    case 'message':
    case 'agent_message':
      return { ...turn, messageId, status: 'streaming', answer: turn.answer + event.answer };
    case 'message_replace':
      return { ...turn, messageId, answer: event.answer };
    case 'agent_thought': {
      const thoughts = turn.thoughts.filter((thought) => thought.id !== event.id);
      return { ...turn, messageId, status: 'streaming', thoughts: [...thoughts, event] };
    }
    case 'message_file':
      return { ...turn, messageId, answerFiles: [...turn.answerFiles, event] };
    case 'message_end':
      return {
        ...turn,
        messageId,
        status: 'done',
        usage: event.metadata?.usage ?? turn.usage,
        citations: event.metadata?.retriever_resources ?? turn.citations,
      };
    case 'error':
      return {
        ...turn,
        messageId,
        status: 'failed',
        error: new ApiError({ code: event.code, message: event.message, status: event.status }),
      };
    default:
      return 'data' in event ? applyRun({ ...turn, messageId }, event) : turn;
  }
}

function applyRun(turn: Turn, event: RunStreamEvent): Turn {
  const process = applyProcessEvent(turn.process ?? newProcess, event);
  if (event.event === 'workflow_paused') return { ...turn, process, status: 'paused' };
  if (event.event === 'workflow_started' && turn.status === 'paused') {
    return { ...turn, process, status: 'streaming' };
  }
  return { ...turn, process };
}

/** Joins neighbouring pieces of text, so that a burst of tokens is one change. */
export function joinDeltas(events: readonly StreamEvent[]): StreamEvent[] {
  const joined: StreamEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if ((event.event === 'message' || event.event === 'agent_message') && last?.event === event.event) {
      joined[joined.length - 1] = { ...last, answer: last.answer + event.answer };
    } else joined.push(event);
  }
  return joined;
}
