import { isFile } from '@trellis/engine';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { FileStoreTable } from '../files/store.ts';
import type { Asker, Surface } from '../turns/turn.ts';
import type { Message, MessageStore } from './message-store.ts';
import type { ConversationNamer } from './namer.ts';
import { type MessageView, toConversationItem, toMessageItem } from './present.ts';
import type { Conversation, ConversationFilter, ConversationStore } from './store.ts';

/** Somebody in front of one app: all that the calls below may touch. */
export interface Visitor {
  scope: WorkspaceScope;
  app: AppSnapshot;
  asker: Asker;
  surface: Surface;
}

/** What the service works with. */
export interface ConversationServiceOptions {
  conversations: ConversationStore;
  messages: MessageStore;
  files: FileStoreTable;
  namer: ConversationNamer;
  /** The address under which a stored file can be fetched for some minutes. */
  fileUrl: (uploadFileId: string) => string;
}

const chatModes = new Set(['chat', 'agent-chat', 'advanced-chat']);

/** Lists, names, ratings: everything around turns that the service API and the web app have in common. */
export class ConversationService {
  readonly #o: ConversationServiceOptions;

  constructor(options: ConversationServiceOptions) {
    this.#o = options;
  }

  /** 400 unless the app holds conversations. */
  assertChat(app: AppSnapshot): void {
    if (!chatModes.has(app.mode)) throw new ApiError('not_chat_app');
  }

  /** A conversation of this visitor, or 404. */
  async find(visitor: Visitor, id: string): Promise<Conversation> {
    const found = isUuid(id)
      ? await this.#o.conversations.findOf(visitor.scope, { appId: visitor.app.id, asker: visitor.asker, id })
      : null;
    if (!found) throw notFound('Conversation Not Exists.');
    return found;
  }

  /** A page of conversations. */
  async list(
    visitor: Visitor,
    query: {
      lastId?: string | undefined;
      limit: number;
      sortBy: ConversationFilter['sortBy'];
      pinned?: boolean | undefined;
    },
  ) {
    this.assertChat(visitor.app);
    const after = query.lastId === undefined ? undefined : await this.#last(visitor, query.lastId);
    const rows = await this.#o.conversations.list(visitor.scope, {
      appId: visitor.app.id,
      asker: visitor.asker,
      surface: visitor.surface,
      pinned: query.pinned,
      after,
      limit: query.limit,
      sortBy: query.sortBy,
    });
    return {
      limit: query.limit,
      has_more: rows.length > query.limit,
      data: rows.slice(0, query.limit).map((row) => this.#item(row)),
    };
  }

  /** Renames, or has a model find a name. */
  async rename(visitor: Visitor, id: string, input: { name?: string | undefined; autoGenerate: boolean }) {
    this.assertChat(visitor.app);
    const conversation = await this.find(visitor, id);
    const name = input.autoGenerate
      ? await this.#generatedName(visitor, conversation)
      : (input.name?.trim().slice(0, 255) ?? '');
    if (name === '') throw invalidParam('name is required when auto_generate is false', 'name');
    const renamed = await this.#o.conversations.rename(visitor.scope, conversation.id, name);
    if (!renamed) throw notFound('Conversation Not Exists.');
    return this.#item(renamed);
  }

  /** Takes a conversation out of the lists. */
  async remove(visitor: Visitor, id: string): Promise<void> {
    this.assertChat(visitor.app);
    const input = { appId: visitor.app.id, asker: visitor.asker, id };
    if (!isUuid(id) || !(await this.#o.conversations.remove(visitor.scope, input))) {
      throw notFound('Conversation Not Exists.');
    }
  }

  /** Pins or unpins. */
  async setPinned(visitor: Visitor, id: string, pinned: boolean): Promise<void> {
    const conversation = await this.find(visitor, id);
    if (visitor.asker.endUserId === null) throw new ApiError('forbidden');
    if (pinned) await this.#o.conversations.pin(conversation.id, visitor.asker.endUserId);
    else await this.#o.conversations.unpin(conversation.id, visitor.asker.endUserId);
  }

  /** A page of messages, oldest first. */
  async messages(
    visitor: Visitor,
    query: { conversationId: string; firstId?: string | undefined; limit: number },
  ) {
    this.assertChat(visitor.app);
    if (query.conversationId.trim() === '') return { limit: query.limit, has_more: false, data: [] };
    const conversation = await this.find(visitor, query.conversationId);
    const before =
      query.firstId === undefined
        ? undefined
        : await this.#firstMessage(visitor, conversation, query.firstId);
    const { rows, hasMore } = await this.#o.messages.page(visitor.scope, {
      conversationId: conversation.id,
      before,
      limit: query.limit,
    });
    const data = await this.items(visitor.scope, rows);
    return { limit: query.limit, has_more: hasMore, data };
  }

  /** Messages with their ratings of one source and their files. */
  async views(scope: WorkspaceScope, rows: Message[], source: 'user' | 'admin'): Promise<MessageView[]> {
    const ids = rows.map((row) => row.id);
    const [feedbacks, files] = await Promise.all([
      this.#o.messages.feedbacks(scope, ids),
      this.#o.files.ofMessages(scope, ids),
    ]);
    return rows.map((message) => ({
      message: { ...message, inputs: this.#signed(message.inputs) },
      feedback: feedbacks.find((item) => item.messageId === message.id && item.fromSource === source),
      files: files
        .filter(({ file }) => file.messageId === message.id)
        .map(({ file, upload }) => ({
          file,
          upload,
          url: file.uploadFileId === null ? (file.url ?? '') : this.#o.fileUrl(file.uploadFileId),
        })),
    }));
  }

  /** Messages on the wire, with their user's ratings. */
  async items(scope: WorkspaceScope, rows: Message[]) {
    return (await this.views(scope, rows, 'user')).map(toMessageItem);
  }

  /** A message of this visitor, or 404. */
  async message(visitor: Visitor, id: string): Promise<Message> {
    const found = isUuid(id)
      ? await this.#o.messages.findOf(visitor.scope, { appId: visitor.app.id, asker: visitor.asker, id })
      : null;
    if (!found) throw notFound('Message Not Exists.');
    return found;
  }

  /** Rates a message, or takes the rating back. */
  async rate(
    visitor: Visitor,
    messageId: string,
    input: { rating?: 'like' | 'dislike' | undefined; content?: string | undefined },
  ): Promise<void> {
    const message = await this.message(visitor, messageId);
    if (input.rating === undefined) {
      const removed = await this.#o.messages.unrate(visitor.scope, message.id, 'user');
      if (!removed) throw invalidParam('rating cannot be null when feedback not exists', 'rating');
      return;
    }
    await this.#o.messages.rate(visitor.scope, {
      message,
      rating: input.rating,
      content: input.content ?? null,
      source: 'user',
      asker: visitor.asker,
    });
  }

  #item(row: Conversation) {
    return toConversationItem({ ...row, inputs: this.#signed(row.inputs) });
  }

  /** Inputs whose files have addresses that work now: what was signed when they came has run out. */
  #signed(inputs: Record<string, unknown>): Record<string, unknown> {
    const sign = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(sign);
      if (!isFile(value) || value.transfer_method !== 'local_file' || value.related_id === null) return value;
      return { ...value, url: this.#o.fileUrl(value.related_id) };
    };
    return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, sign(value)]));
  }

  async #last(visitor: Visitor, id: string): Promise<Conversation> {
    const found = isUuid(id)
      ? await this.#o.conversations.findOf(visitor.scope, { appId: visitor.app.id, asker: visitor.asker, id })
      : null;
    if (!found) throw notFound('Last Conversation Not Exists.');
    return found;
  }

  async #firstMessage(visitor: Visitor, conversation: Conversation, id: string): Promise<Message> {
    const found = isUuid(id) ? await this.#o.messages.find(visitor.scope, visitor.app.id, id) : null;
    if (found?.conversationId !== conversation.id) throw notFound('First Message Not Exists.');
    return found;
  }

  async #generatedName(visitor: Visitor, conversation: Conversation): Promise<string> {
    const first = await this.#o.messages.first(visitor.scope, conversation.id);
    if (!first) throw notFound('Message Not Exists.');
    return this.#o.namer.nameFor(visitor.scope, { appId: visitor.app.id, query: first.query });
  }
}
