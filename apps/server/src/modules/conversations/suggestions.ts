import { stripThink } from '@trellis/models';
import { ApiError } from '../../platform/errors.ts';
import type { ModelService } from '../models/service.ts';
import type { TurnOpener } from '../turns/open-turn.ts';
import type { Message, MessageStore } from './message-store.ts';
import type { Visitor } from './service.ts';
import type { ConversationStore } from './store.ts';

const pastMessages = 3;
const maxHistoryCharacters = 9_000;
const maxQuestions = 3;
const timeoutMs = 60_000;

const instruction = `Read the conversation and predict the three questions that the user is most likely to ask next.
Keep each under 20 words and write them in the language of the assistant's last answer.
Answer with a JSON array of three strings and nothing else.`;

/** Finds questions that might follow an answer. */
export class SuggestionService {
  readonly #models: ModelService;
  readonly #opener: TurnOpener;
  readonly #messages: MessageStore;
  readonly #conversations: ConversationStore;

  constructor(options: {
    models: ModelService;
    opener: TurnOpener;
    messages: MessageStore;
    conversations: ConversationStore;
  }) {
    this.#models = options.models;
    this.#opener = options.opener;
    this.#messages = options.messages;
    this.#conversations = options.conversations;
  }

  /** Whether the configuration that the conversation runs on asks for suggestions. */
  async isEnabled(visitor: Visitor, message: Message): Promise<boolean> {
    return (await this.#config(visitor, message)).suggested_questions_after_answer.enabled;
  }

  /** Up to three questions; none when the model's answer cannot be read. */
  async suggest(visitor: Visitor, message: Message): Promise<string[]> {
    const config = await this.#config(visitor, message);
    const { rows } = await this.#messages.page(visitor.scope, {
      conversationId: message.conversationId,
      limit: pastMessages,
    });
    const history = rows.map((row) => `Human: ${row.query}\nAssistant: ${stripThink(row.answer)}`).join('\n');
    const text = await this.#ask(visitor, {
      system: config.suggested_questions_after_answer.prompt?.trim() || instruction,
      user: history.slice(-maxHistoryCharacters),
    });
    return readQuestions(stripThink(text));
  }

  /** A model that fails here is 500 on all surfaces (spec: service API §11.2). */
  async #ask(visitor: Visitor, prompt: { system: string; user: string }): Promise<string> {
    try {
      return await this.#models.complete(visitor.scope, {
        messages: [
          { role: 'system', content: prompt.system },
          { role: 'user', content: prompt.user },
        ],
        purpose: 'suggested-questions',
        appId: visitor.app.id,
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw new ApiError('internal_server_error', undefined, { cause });
    }
  }

  async #config(visitor: Visitor, message: Message) {
    const conversation = await this.#conversations.findOf(visitor.scope, {
      appId: visitor.app.id,
      asker: visitor.asker,
      id: message.conversationId,
    });
    return this.#opener.configFor(visitor.scope, visitor.app, conversation);
  }
}

/** The strings of the first JSON array in a text. */
export function readQuestions(text: string): string[] {
  const start = text.indexOf('[');
  const end = text.lastIndexOf(']');
  if (start < 0 || end <= start) return [];
  try {
    const parsed: unknown = JSON.parse(text.slice(start, end + 1));
    if (!Array.isArray(parsed)) return [];
    return parsed
      .filter((item): item is string => typeof item === 'string' && item.trim() !== '')
      .slice(0, maxQuestions);
  } catch {
    return [];
  }
}
