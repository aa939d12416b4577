import type { DeclaredVariable, ValueType } from '@trellis/engine';
import type { Features } from '@trellis/graph';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { storableJson, storableText } from '../../platform/database-json.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { seconds } from '../../platform/time.ts';
import type { Conversation, ConversationStore } from '../conversations/store.ts';
import type { InputVerdict, ModerationPolicies } from '../moderation/policy.ts';
import { conversationNameFor, fillPlaceholders } from '../turns/open-turn.ts';
import type { Asker, OpenedTurn, Surface } from '../turns/turn.ts';
import type { ConversationVariableStore } from './conversation-variable-store.ts';
import type { Definition, Definitions } from './definition.ts';
import type { RunCreator, RunTrigger, WorkflowRun } from './run.ts';
import type { RunInputs } from './run-inputs.ts';
import type { OpeningRun } from './run-writer.ts';
import type { WorkflowRow, WorkflowStore } from './store.ts';
import { assertGraphApp } from './workflow-service.ts';

/** Who asks for a run, and from where. */
export interface RunAsker {
  scope: WorkspaceScope;
  app: AppSnapshot;
  surface: Surface;
  asker: Asker;
  /** `sys.user_id`: the end user's session id, or the account's id. */
  userId: string;
  createdBy: RunCreator;
}

/** A request for a run, its shape checked but nothing else. */
export interface RunRequest extends RunAsker {
  inputs: Record<string, unknown>;
  files: unknown[];
  /** A published version other than the current one. */
  versionId?: string | undefined;
  /** The draft, for a debug run. */
  draft?: WorkflowRow | undefined;
  triggeredFrom: RunTrigger;
  /** The trigger that begins the run, with the event that it brings instead of a form. */
  event?: { nodeId: string; inputs: Record<string, unknown> } | undefined;
  idempotencyKey?: string | undefined;
  /** Fingerprint of the request, where it has a key: another request with the same key is refused. */
  requestHash?: string | undefined;
  /** Where the run's pauses and its end are to be told; checked already. */
  callbackUrl?: string | undefined;
  /** Whether the caller follows the events; nobody would hear a blocking answer being spoken. */
  streaming: boolean;
  /** What is said to a chatflow. */
  chat?: {
    query: string;
    conversationId?: string | undefined;
    parentMessageId: string | null;
    autoName: boolean;
  };
}

/** What somebody said to a chatflow that moderation answers itself: nothing is to be run. */
export interface AnsweredRequest {
  turn: OpenedTurn;
  features: Features;
  preset: string;
}

/** Longest that moderation may take to look at what was said. */
export const moderationTimeoutMs = 60_000;

/** Turns requests into runs whose every part has been checked for its owner and against the form. */
export class RunOpener {
  readonly #o: {
    store: WorkflowStore;
    definitions: Definitions;
    inputs: RunInputs;
    conversations: ConversationStore;
    variables: ConversationVariableStore;
    moderation: ModerationPolicies;
  };

  constructor(options: {
    store: WorkflowStore;
    definitions: Definitions;
    inputs: RunInputs;
    conversations: ConversationStore;
    variables: ConversationVariableStore;
    moderation: ModerationPolicies;
  }) {
    this.#o = options;
  }

  /** 404 and 400 as the contract of each field says; nothing is written but missing conversation variables. */
  async open(request: RunRequest): Promise<OpeningRun | AnsweredRequest> {
    const { scope, app, asker } = request;
    const mode = assertGraphApp(app);
    const definition = await this.definitionFor(request);
    const conversation = await this.#conversation(request);
    const inputs =
      request.event === undefined
        ? await this.#o.inputs.check(request, definition.form, request.inputs)
        : (storableJson(request.event.inputs) as Record<string, unknown>);
    const files = await this.#o.inputs.checkFiles(request, definition.features, request.files);
    const fileValues = await Promise.all(files.map((file) => this.#o.inputs.value(scope, file)));
    const query = storableText(request.chat?.query ?? '');
    const verdict = await this.#moderate(request, { definition, inputs, query });
    const said = verdict.kind === 'replace' ? verdict : { inputs, query };
    const { text_to_speech: speech } = definition.features;
    const id = newId();
    const createdAt = new Date();
    const workflowId = request.draft?.id ?? definition.id;
    const common = {
      files: fileValues,
      user_id: request.userId,
      app_id: app.id,
      workflow_id: workflowId,
      workflow_run_id: id,
    };
    const run: WorkflowRun = {
      id,
      mode,
      scope,
      app,
      definition,
      workflowId,
      triggeredFrom: request.triggeredFrom,
      surface: request.surface,
      asker,
      userId: request.userId,
      createdBy: request.createdBy,
      input: { inputs: said.inputs, system: { ...common, timestamp: seconds(createdAt) }, conversation: [] },
      createdAt,
      idempotencyKey: request.idempotencyKey ?? null,
      requestHash: request.requestHash ?? null,
      origin: null,
      callbackUrl: request.callbackUrl ?? null,
      turn: null,
      speaks: request.streaming && speech.enabled && speech.autoPlay === 'enabled',
    };
    if (!request.chat) {
      // There is no answer that the preset could be: the caller is told.
      if (verdict.kind === 'answer') throw invalidParam(verdict.text);
      return { run, turn: null };
    }
    const turn: OpenedTurn = {
      runId: id,
      messageId: newId(),
      conversationId: conversation?.id ?? newId(),
      isNewConversation: conversation === null,
      conversationName: conversationNameFor(query),
      introduction: fillPlaceholders(definition.features.opening_statement, inputs),
      scope,
      app,
      configId: null,
      overrideConfig: null,
      model: null,
      surface: request.surface,
      asker,
      query,
      inputs,
      files,
      parentMessageId: request.chat.parentMessageId,
      createdAt,
      autoName: request.chat.autoName,
      speaks: run.speaks,
    };
    if (verdict.kind === 'answer') return { turn, features: definition.features, preset: verdict.text };
    const system = {
      query: said.query,
      ...common,
      conversation_id: turn.conversationId,
      dialogue_count: (conversation?.messageCount ?? 0) + 1,
    };
    const variables = await this.#conversationVariables(scope, app.id, turn, definition);
    const input = { inputs: said.inputs, system, conversation: variables };
    return { run: { ...run, input, turn }, turn };
  }

  /** Moderation comes before everything else that a run does (spec: workflow §12). */
  async #moderate(
    { scope, app }: RunRequest,
    said: { definition: Definition; inputs: Record<string, unknown>; query: string },
  ): Promise<InputVerdict> {
    const settings = said.definition.features.sensitive_word_avoidance;
    const policy = this.#o.moderation.of({ scope, appId: app.id, settings });
    if (policy === null) return { kind: 'pass' };
    return policy.checkInput(said, AbortSignal.timeout(moderationTimeoutMs));
  }

  /** The version that a request runs (spec: service API §3.1, `workflow_id`). */
  async definitionFor(
    request: Pick<RunRequest, 'scope' | 'app' | 'versionId' | 'draft' | 'asker' | 'event'>,
  ): Promise<Definition> {
    const { scope, app, versionId, draft } = request;
    const root = request.event?.nodeId ?? null;
    if (draft) {
      const snapshot = await this.#o.store.snapshot(scope, draft, request.asker.accountId ?? '');
      return this.#o.definitions.read(scope, snapshot, root);
    }
    if (versionId === undefined) {
      const current =
        app.workflowId === null ? null : await this.#o.definitions.find(scope, app.id, app.workflowId, root);
      if (!current) throw invalidParam('Workflow not published');
      return current;
    }
    if (!isUuid(versionId)) {
      throw new ApiError('bad_request', `Invalid workflow_id format: '${versionId}'. `);
    }
    const definition = await this.#o.definitions.find(scope, app.id, versionId);
    if (!definition) throw notFound(`Workflow not found with id: ${versionId}`);
    return definition;
  }

  async #conversation(request: RunRequest): Promise<Conversation | null> {
    const id = request.chat?.conversationId?.trim() ?? '';
    if (id === '') return null;
    if (!isUuid(id)) throw invalidParam('conversation_id must be a valid UUID', 'conversation_id');
    const conversation = await this.#o.conversations.findOf(request.scope, {
      appId: request.app.id,
      asker: request.asker,
      id,
    });
    if (!conversation) throw notFound('Conversation Not Exists.');
    if (conversation.status !== 'normal') throw new ApiError('conversation_completed');
    return conversation;
  }

  /** Values of the conversation; declared variables that it lacks begin with their defaults (spec: workflow §12). */
  async #conversationVariables(
    scope: WorkspaceScope,
    appId: string,
    turn: OpenedTurn,
    definition: Definition,
  ): Promise<DeclaredVariable[]> {
    const declared = definition.conversationVariables;
    const { conversationId, isNewConversation } = turn;
    if (isNewConversation && declared.length === 0) return [];
    const stored = isNewConversation ? [] : await this.#o.variables.list(scope, conversationId);
    const known = new Set(stored.map(({ id }) => id));
    const missing = declared.filter(({ id, name }) => !known.has(id || name));
    await this.#o.variables.addMissing(
      scope,
      { conversationId, appId },
      missing.map((variable) => ({ ...variable, id: variable.id || variable.name })),
    );
    return [
      ...stored.map(({ name, valueType, value }) => ({ name, type: valueType as ValueType, value })),
      ...missing.map(({ name, value_type: type, value }) => ({ name, type, value })),
    ];
  }
}
