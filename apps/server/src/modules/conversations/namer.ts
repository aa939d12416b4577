import { stripThink } from '@trellis/models';
import type { Logger } from 'pino';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { ModelService } from '../models/service.ts';
import { conversationNameFor } from '../turns/open-turn.ts';
import type { OpenedTurn, TurnOutcome } from '../turns/turn.ts';
import type { ConversationStore } from './store.ts';

const maxQueryCharacters = 2_000;
const maxTitleCharacters = 75;
const timeoutMs = 30_000;

const instruction = `Give the conversation that begins with the user's message a title.
Use the language of the message, at most eight words, no quotation marks and no full stop at the end.
Answer with the title only.`;

/** What a name is made from, and where it goes. */
type NamedTurn = Pick<
  OpenedTurn,
  'isNewConversation' | 'autoName' | 'app' | 'query' | 'scope' | 'conversationId' | 'runId'
>;

/** Finds names for conversations with the workspace's reasoning model. */
export class ConversationNamer {
  readonly #models: ModelService;
  readonly #conversations: ConversationStore;
  readonly #log: Logger;
  readonly #work = new Set<Promise<void>>();

  constructor(options: { models: ModelService; conversations: ConversationStore; log: Logger }) {
    this.#models = options.models;
    this.#conversations = options.conversations;
    this.#log = options.log;
  }

  /** A title for a conversation that begins like this. Falls back to the beginning itself when no model helps. */
  async nameFor(scope: WorkspaceScope, input: { appId: string; query: string }): Promise<string> {
    const beginning = input.query.trim().slice(0, maxQueryCharacters);
    try {
      const title = await this.#models.complete(scope, {
        messages: [
          { role: 'system', content: instruction },
          { role: 'user', content: beginning },
        ],
        purpose: 'conversation-name',
        appId: input.appId,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const cleaned = stripThink(title)
        .trim()
        .split('\n', 1)[0]
        ?.replace(/^["'“”«»「『]+|["'“”«»」』.。]+$/g, '')
        .trim();
      if (cleaned)
        return cleaned.length > maxTitleCharacters ? `${cleaned.slice(0, maxTitleCharacters - 1)}…` : cleaned;
    } catch (error) {
      this.#log.info(
        { err: error, app_id: input.appId, workspace_id: scope.workspaceId },
        'no model found a name',
      );
    }
    return [...beginning].slice(0, 20).join('') || 'New conversation';
  }

  /** Names the conversation of a first turn in the background, where the turn asks for it. */
  nameInBackground(turn: NamedTurn, outcome: Pick<TurnOutcome, 'status'>): void {
    const wanted = turn.isNewConversation && turn.autoName && turn.app.mode !== 'completion';
    if (!wanted || outcome.status === 'failed' || turn.query.trim() === '') return;
    const work = this.nameFor(turn.scope, { appId: turn.app.id, query: turn.query })
      .then((to) =>
        // A name that somebody gave meanwhile stays.
        this.#conversations.renameFrom(turn.scope, turn.conversationId, {
          from: conversationNameFor(turn.query),
          to,
        }),
      )
      .catch((error) =>
        this.#log.warn({ err: error, run_id: turn.runId }, 'a conversation could not be named'),
      )
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** Waits for names that are being found. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#work);
  }
}
