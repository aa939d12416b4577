import { notFound } from '../../platform/errors.ts';
import { EventStream } from '../../platform/http/route.ts';
import { isUuid } from '../../platform/ids.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import type { Visitor } from '../conversations/service.ts';
import type { RunDesk } from '../workflows/run-desk.ts';
import { type Audience, encodeBatches } from './encode.ts';
import type { TurnFollower } from './follow-turn.ts';

/** What coming back to a turn needs. */
export interface TurnDeskOptions {
  follower: TurnFollower;
  messages: MessageStore;
  /** Where turns of graphs are followed. */
  runs: RunDesk;
}

/** Where people come back to a turn that they began: every kind of app that answers with a message. */
export class TurnDesk {
  readonly #o: TurnDeskOptions;

  constructor(options: TurnDeskOptions) {
    this.#o = options;
  }

  /** The text so far, and what follows until the turn has ended or waits for a person; 404 unless the turn is this visitor's. */
  async attach(visitor: Visitor, taskId: string, audience: Audience): Promise<EventStream> {
    const { scope, app, asker } = visitor;
    if (app.mode === 'advanced-chat') {
      const options = { audience, snapshot: true, continueOnPause: false, after: undefined };
      return this.#o.runs.attach(scope, { appId: app.id, asker }, { runId: taskId, options });
    }
    const message = isUuid(taskId)
      ? await this.#o.messages.findByRun(scope, { appId: app.id, asker, runId: taskId })
      : null;
    if (!message) throw notFound('Message Not Exists.');
    const turn = {
      runId: message.runId,
      messageId: message.id,
      conversationId: message.conversationId,
      createdAt: message.createdAt,
      app,
    };
    return new EventStream(encodeBatches(turn, this.#o.follower.follow(scope, message), audience));
  }
}
