import type {
  AgentThought,
  Citation,
  MessageFile,
  Rating,
  StoredMessage,
  Usage,
} from '../../api/messages.ts';
import { newProcess, type Process } from '../process/process.ts';

/** Parent of messages in conversations without branches: each follows the one before it. */
export const linearParent = '00000000-0000-0000-0000-000000000000';

/**
 * State of an answer: waiting for the first word, arriving, paused until a person has answered a form, or ended in one
 * of three ways.
 */
export type TurnStatus = 'waiting' | 'streaming' | 'paused' | 'done' | 'stopped' | 'failed';

/** A question and its answer. */
export interface Turn {
  /** Stable in the page: the message's id, or a local one until the server told it. */
  readonly key: string;
  readonly messageId: string | undefined;
  /** The task that was writing it when it was loaded. */
  readonly taskId: string | undefined;
  /** Key of the turn above; null for the first. */
  readonly parentKey: string | null;
  readonly query: string;
  readonly files: readonly MessageFile[];
  readonly answer: string;
  readonly answerFiles: readonly MessageFile[];
  readonly thoughts: readonly AgentThought[];
  readonly citations: readonly Citation[];
  readonly suggestions: readonly string[];
  readonly status: TurnStatus;
  readonly error: unknown;
  readonly rating: Rating;
  readonly usage: Usage | undefined;
  /** The run of the graph that answers; absent in apps without one. */
  readonly process: Process | undefined;
}

/** A turn that was just asked. */
export function newTurn(options: {
  key: string;
  parentKey: string | null;
  query: string;
  files: readonly MessageFile[];
}): Turn {
  return {
    ...options,
    messageId: undefined,
    taskId: undefined,
    answer: '',
    answerFiles: [],
    thoughts: [],
    citations: [],
    suggestions: [],
    status: 'waiting',
    error: undefined,
    rating: null,
    usage: undefined,
    process: undefined,
  };
}

/** Turns from stored messages in ascending order. */
export function turnsFromMessages(messages: readonly StoredMessage[]): Turn[] {
  return messages.map((message, index) => ({
    key: message.id,
    messageId: message.id,
    taskId: message.task_id ?? undefined,
    parentKey:
      message.parent_message_id === linearParent
        ? (messages[index - 1]?.id ?? null)
        : message.parent_message_id,
    query: message.query,
    files: message.message_files.filter((file) => file.belongs_to !== 'assistant'),
    answer: message.answer,
    answerFiles: message.message_files.filter((file) => file.belongs_to === 'assistant'),
    thoughts: message.agent_thoughts ?? [],
    citations: message.retriever_resources ?? [],
    suggestions: [],
    status: statusOf(message),
    error: message.status === 'error' ? new Error(message.error ?? '') : undefined,
    rating: message.feedback?.rating ?? null,
    usage: undefined,
    process: message.workflow_run_id ? { ...newProcess, runId: message.workflow_run_id } : undefined,
  }));
}

function statusOf(message: StoredMessage): TurnStatus {
  if (message.task_id) return message.answer === '' ? 'waiting' : 'streaming';
  if (message.status === 'error') return 'failed';
  return message.status === 'paused' ? 'paused' : 'done';
}

/** A turn on the path that is shown, with its alternatives. */
export interface PathStep {
  readonly turn: Turn;
  /** Keys of the answers to the same question, oldest first. */
  readonly siblings: readonly string[];
}

/**
 * The path from the first turn to a leaf: at every fork the chosen branch, or the newest where none was chosen.
 * Turns whose parent is unknown (not loaded) start a path of their own.
 *
 * @param chosen the key of the chosen child by its parent's key; the first turn's parent is ''
 */
export function pathOf(turns: readonly Turn[], chosen: Readonly<Record<string, string>>): PathStep[] {
  const known = new Set(turns.map((turn) => turn.key));
  const children = new Map<string, Turn[]>();
  for (const turn of turns) {
    const parent = turn.parentKey !== null && known.has(turn.parentKey) ? turn.parentKey : '';
    const siblings = children.get(parent);
    if (siblings) siblings.push(turn);
    else children.set(parent, [turn]);
  }
  const path: PathStep[] = [];
  let parent = '';
  while (true) {
    const siblings = children.get(parent);
    const turn = siblings?.find((candidate) => candidate.key === chosen[parent]) ?? siblings?.at(-1);
    if (!siblings || !turn || path.length > turns.length) return path;
    path.push({ turn, siblings: siblings.map((sibling) => sibling.key) });
    parent = turn.key;
  }
}

/** Reasoning that a model wrote into its answer, taken apart from the answer itself. */
export interface SplitAnswer {
  readonly thinking: string;
  readonly text: string;
  /** The reasoning has not ended yet. */
  readonly thinkingOpen: boolean;
}

/** Takes a leading `<think>` block out of an answer, also while it is still arriving. */
export function splitThinking(answer: string): SplitAnswer {
  const start = /^\s*<think>/.exec(answer);
  if (!start) return { thinking: '', text: answer, thinkingOpen: false };
  const body = answer.slice(start[0].length);
  const end = body.indexOf('</think>');
  if (end < 0) return { thinking: body.trim(), text: '', thinkingOpen: true };
  return {
    thinking: body.slice(0, end).trim(),
    text: body.slice(end + '</think>'.length).trimStart(),
    thinkingOpen: false,
  };
}
