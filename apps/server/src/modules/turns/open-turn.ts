import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { storableText } from '../../platform/database-json.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { isUuid, newId, nilUuid } from '../../platform/ids.ts';
import { formFields, type PromptConfig, readPromptConfig } from '../apps/prompt-config.ts';
import type { AppStore } from '../apps/store.ts';
import type { Conversation, ConversationStore } from '../conversations/store.ts';
import type { TurnFileChecker } from './files.ts';
import { checkInputs } from './inputs.ts';
import type { Asker, Surface, Turn } from './turn.ts';

/** A request for a turn, its shape checked but nothing else. */
export interface TurnRequest {
  scope: WorkspaceScope;
  app: AppSnapshot;
  surface: Surface;
  asker: Asker;
  query: string;
  inputs: Record<string, unknown>;
  files: unknown[];
  conversationId?: string | undefined;
  /** Nil: the linear history of the API. Null or absent on trees: a new root. */
  parentMessageId: string | null;
  autoName: boolean;
  /** Whether the client follows the events; nobody would hear a blocking answer being spoken. */
  streaming: boolean;
  /** A debug run's own configuration. */
  overrideConfig?: Record<string, unknown> | undefined;
}

const configCacheLimit = 2_000;

/** Turns a request into a turn whose every part has been checked for its owner and against the app's form. */
export class TurnOpener {
  readonly #apps: AppStore;
  readonly #conversations: ConversationStore;
  readonly #files: TurnFileChecker;
  readonly #graphConfig: (scope: WorkspaceScope, app: AppSnapshot) => Promise<PromptConfig>;
  /** Configurations by id: versions never change. */
  readonly #configs = new Map<string, PromptConfig>();

  constructor(options: {
    apps: AppStore;
    conversations: ConversationStore;
    files: TurnFileChecker;
    /** The published graph of an app in the shape of a configuration. */
    graphConfig: (scope: WorkspaceScope, app: AppSnapshot) => Promise<PromptConfig>;
  }) {
    this.#graphConfig = options.graphConfig;
    this.#apps = options.apps;
    this.#conversations = options.conversations;
    this.#files = options.files;
  }

  /** 404 for a conversation that is not the asker's, 400 for inputs that do not fit the form. */
  async open(request: TurnRequest): Promise<Turn> {
    const { scope, app } = request;
    const conversation = await this.#conversation(request);
    const configId = request.overrideConfig ? null : (conversation?.modelConfigId ?? app.modelConfigId);
    const config = request.overrideConfig
      ? readPromptConfig(request.overrideConfig)
      : await this.configFor(scope, app, conversation);
    const fields = formFields(config);
    const inputs = await checkInputs(fields, request.inputs, async (field, value) => {
      const checked = await this.#files.checkInput({ scope, asker: request.asker, field, value });
      return Array.isArray(checked)
        ? Promise.all(checked.map((file) => this.#files.describe(scope, file)))
        : this.#files.describe(scope, checked);
    });
    const files = await this.#files.checkMessageFiles({
      scope,
      asker: request.asker,
      config,
      files: request.files,
    });
    const query = storableText(request.query);
    return {
      runId: newId(),
      messageId: newId(),
      conversationId: conversation?.id ?? newId(),
      isNewConversation: conversation === null,
      conversationName: conversationNameFor(query),
      introduction: fillPlaceholders(config.opening_statement ?? '', inputs),
      scope,
      app,
      config,
      model: config.model ?? null,
      configId,
      overrideConfig: request.overrideConfig ?? null,
      surface: request.surface,
      asker: request.asker,
      query,
      inputs,
      files,
      parentMessageId: request.parentMessageId,
      createdAt: new Date(),
      autoName: request.autoName,
      speaks:
        request.streaming && config.text_to_speech.enabled && config.text_to_speech.autoPlay === 'enabled',
    };
  }

  /** The configuration a conversation runs on: the one it began with, else the app's current one. */
  async configFor(
    scope: WorkspaceScope,
    app: AppSnapshot,
    conversation: Pick<Conversation, 'modelConfigId' | 'overrideConfig'> | null,
  ): Promise<PromptConfig> {
    if (app.mode === 'advanced-chat' || app.mode === 'workflow') return this.#graphConfig(scope, app);
    if (conversation?.overrideConfig) return readPromptConfig(conversation.overrideConfig);
    return this.configOf(scope, conversation?.modelConfigId ?? app.modelConfigId);
  }

  /** A published configuration; `app_unavailable` when there is none. */
  async configOf(scope: WorkspaceScope, configId: string | null): Promise<PromptConfig> {
    if (configId === null) throw new ApiError('app_unavailable');
    // The key holds the workspace, so a configuration is never found through another one's scope.
    const key = `${scope.workspaceId} ${configId}`;
    const known = this.#configs.get(key);
    if (known) return known;
    const row = await this.#apps.modelConfig(scope, configId);
    if (!row) throw new ApiError('app_unavailable');
    const config = readPromptConfig(row.config);
    if (this.#configs.size >= configCacheLimit) this.#configs.clear();
    this.#configs.set(key, config);
    return config;
  }

  async #conversation(request: TurnRequest) {
    const id = request.conversationId?.trim() ?? '';
    if (id === '') return null;
    if (!isUuid(id)) throw invalidParam('conversation_id must be a valid UUID', 'conversation_id');
    const conversation = await this.#conversations.findOf(request.scope, {
      appId: request.app.id,
      asker: request.asker,
      id,
    });
    if (!conversation) throw notFound('Conversation Not Exists.');
    if (conversation.status !== 'normal') throw new ApiError('conversation_completed');
    return conversation;
  }
}

/** A new conversation's name until it gets a better one. */
export function conversationNameFor(query: string): string {
  if (query.trim() === '') return 'New conversation';
  const characters = [...query];
  return characters.length > 20 ? `${characters.slice(0, 20).join('')}…` : query;
}

/** Fills `{{name}}` with inputs; what has no input stays as it is. */
export function fillPlaceholders(template: string, inputs: Record<string, unknown>): string {
  return template.replace(/\{\{([A-Za-z_][A-Za-z0-9_]{0,29})\}\}/g, (whole, name: string) => {
    const value = inputs[name];
    if (value === undefined || value === null) return whole;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}

/** The parent that messages of the API have. */
export const linearParent = nilUuid;
