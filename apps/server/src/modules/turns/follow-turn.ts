import { setTimeout as sleep } from 'node:timers/promises';
import { type AppEvent, emptyUsage, errorRegistry, type MessageMetadata } from '@trellis/contracts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { RunLog, RunLogRecord } from '../../platform/runs/run-log.ts';
import type { RunRegistry } from '../../platform/runs/run-registry.ts';
import type { Message, MessageStore } from '../conversations/message-store.ts';

const pollMs = 150;
/** A stream in which nothing happens ends after this long. */
const idleMs = 300_000;

/** What the turn follower reads. */
export interface TurnFollowerOptions {
  registry: RunRegistry<AppEvent>;
  runLog: RunLog;
  messages: MessageStore;
}

/**
 * Lets somebody come back to the turn of a prompt app: the text so far as one `message_replace`, then what follows,
 * from memory where this process carries the turn out, else from the log and the stored message.
 */
export class TurnFollower {
  readonly #o: TurnFollowerOptions;
  #closed = false;

  constructor(options: TurnFollowerOptions) {
    this.#o = options;
  }

  /** Ends the streams of turns that go on elsewhere: this process shuts down. */
  close(): void {
    this.#closed = true;
  }

  /** The events of a message that its asker may see, in batches, to its end. */
  async *follow(
    scope: WorkspaceScope,
    message: Message,
  ): AsyncGenerator<readonly AppEvent[], void, undefined> {
    const live = this.#o.registry.find(message.runId);
    if (live) {
      let shown = '';
      let joined = false;
      for await (const batch of live.follow()) {
        shown = textAfter(shown, batch);
        yield joined ? batch : caughtUp(shown, batch);
        joined = true;
        if (batch.some(({ event }) => event === 'message_end' || event === 'error')) return;
      }
      // This process had to give the turn up: another one ends it.
    }
    yield* this.#followLog(scope, message);
  }

  async *#followLog(
    scope: WorkspaceScope,
    message: Message,
  ): AsyncGenerator<readonly AppEvent[], void, undefined> {
    let text = '';
    let sequence = 0;
    let quietSince = Date.now();
    while (!this.#closed && Date.now() - quietSince < idleMs) {
      // The message first: what is logged before it was found finished is then read as well.
      const stored = await this.#o.messages.find(scope, message.appId, message.id);
      if (!stored) return;
      if (stored.status !== 'running') {
        yield [...restOf(stored.answer, text), endOf(stored)];
        return;
      }
      const records = await this.#o.runLog.read(message.runId, sequence);
      const events = records.map(eventOf);
      if (events.length > 0) {
        const isFirst = sequence === 0;
        sequence = records.at(-1)?.sequence ?? sequence;
        text = textAfter(text, events);
        quietSince = Date.now();
        yield isFirst ? [replacement(text)] : events;
      }
      await sleep(pollMs);
    }
  }
}

/** A log record of a turn's text as the event that it was. */
function eventOf({ kind, payload }: RunLogRecord): AppEvent {
  const { text } = payload as { text: string };
  return kind === 'replaced' ? replacement(text) : { event: 'message', answer: text };
}

/** The text that is shown after some more events. */
function textAfter(text: string, events: readonly AppEvent[]): string {
  return events.reduce((shown, event) => {
    if (event.event === 'message') return shown + event.answer;
    return event.event === 'message_replace' ? event.answer : shown;
  }, text);
}

/** What has happened so far, told to somebody who comes late: the text at once, and how it ended. */
function caughtUp(text: string, events: readonly AppEvent[]): AppEvent[] {
  const ends = events.filter(({ event }) => event === 'message_end' || event === 'error');
  return text === '' ? ends : [replacement(text), ...ends];
}

/** What is missing of an answer when some of it has been shown. */
function restOf(answer: string, shown: string): AppEvent[] {
  if (answer === shown) return [];
  if (shown === '' || !answer.startsWith(shown)) return [replacement(answer)];
  return [{ event: 'message', answer: answer.slice(shown.length) }];
}

function replacement(answer: string): AppEvent {
  return { event: 'message_replace', answer, reason: '' };
}

/** How the stream of a stored message ends. */
function endOf(message: Message): AppEvent {
  if (message.status === 'error') {
    const code = 'internal_server_error';
    return { event: 'error', code, status: errorRegistry[code].status, message: message.error ?? '' };
  }
  const metadata = (message.metadata ?? nothingKnown) as unknown as MessageMetadata;
  return { event: 'message_end', metadata, files: null };
}

const nothingKnown: MessageMetadata = { annotation_reply: null, retriever_resources: [], usage: emptyUsage };
