import {
  type Catalogue,
  type Credentials,
  isAbort,
  type LlmEvent,
  type LlmResult,
  ModelCallAborted,
  ModelError,
  type ModelRuntime,
  type ModelSchema,
  type ModelType,
  type PromptMessage,
  type ProviderSchema,
  type SpokenAudio,
  type ToolDefinition,
  voicesOf,
} from '@trellis/models';
import type { Logger } from 'pino';
import { watchAsync } from '../../platform/async-iterables.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { ModelCallSample } from '../../platform/telemetry/metrics-model-calls.ts';
import type { Observer } from '../../platform/telemetry/observer.ts';
import type { Span } from '../../platform/telemetry/tracing.ts';
import type { CredentialVault } from './credential-vault.ts';
import type { ModelStore, ProviderRows } from './store.ts';

/** Changes to a workspace's models are announced on this subject, with the workspace's id. */
export const modelsChangedSubject = 'models-changed';
const cacheMs = 60_000;
const cacheLimit = 5_000;

/** A model that can be called: definition and decrypted credentials. Never leaves the server. */
export interface ResolvedModel {
  scope: WorkspaceScope;
  provider: ProviderSchema;
  model: string;
  type: ModelType;
  schema: ModelSchema;
  credentials: Credentials;
  credentialId: string | null;
  custom: boolean;
}

/** A call of a language model. */
export interface ModelCallInput {
  messages: readonly PromptMessage[];
  parameters?: Readonly<Record<string, unknown>>;
  tools?: readonly ToolDefinition[];
  stop?: readonly string[];
  /** The answer is to be an object of this JSON schema. */
  jsonSchema?: Readonly<Record<string, unknown>>;
  user?: string | undefined;
  /** What the call is for; kept with its record. */
  purpose: string;
  appId?: string;
  runId?: string;
  signal: AbortSignal;
}

/** Finds out which credentials a model uses, calls it and records the call. */
export class ModelService {
  readonly #catalogue: Catalogue;
  readonly #runtime: ModelRuntime;
  readonly #store: ModelStore;
  readonly #vault: CredentialVault;
  readonly #log: Logger;
  readonly #bus: Bus;
  readonly #observer: Observer;
  readonly #onCall: (sample: ModelCallSample) => void;
  readonly #resolved = new Map<string, { value: ResolvedModel; expiresAtMs: number }>();
  /** Counts announced changes: what was read before one must not be kept after it. */
  #changes = 0;

  constructor(options: {
    catalogue: Catalogue;
    runtime: ModelRuntime;
    store: ModelStore;
    vault: CredentialVault;
    bus: Bus;
    log: Logger;
    observer: Observer;
    /** Told about every call that has ended; must not throw. */
    onCall: (sample: ModelCallSample) => void;
  }) {
    this.#catalogue = options.catalogue;
    this.#runtime = options.runtime;
    this.#store = options.store;
    this.#vault = options.vault;
    this.#bus = options.bus;
    this.#log = options.log;
    this.#observer = options.observer;
    this.#onCall = options.onCall;
    options.bus.subscribe(modelsChangedSubject, (workspaceId) => this.#forget(workspaceId));
  }

  /** Tells all processes that a workspace's models have changed. */
  async announceChange(scope: WorkspaceScope): Promise<void> {
    this.#forget(scope.workspaceId);
    await this.#bus.publish(modelsChangedSubject, scope.workspaceId);
  }

  /** The model with its credentials (spec: model runtime §2.6); decrypted ones are kept for at most a minute. */
  async resolve(
    scope: WorkspaceScope,
    reference: { provider: string; model: string; type: ModelType },
  ): Promise<ResolvedModel> {
    const provider = this.#catalogue.findProvider(reference.provider);
    if (!provider) {
      throw new ApiError('provider_not_initialize', `Model provider ${reference.provider} does not exist.`);
    }
    const key = `${scope.workspaceId} ${provider.id} ${reference.type} ${reference.model}`;
    const known = this.#resolved.get(key);
    if (known && known.expiresAtMs > Date.now()) return known.value;
    const changes = this.#changes;
    const value = await this.#resolve(scope, provider, reference);
    if (changes !== this.#changes) return value;
    if (this.#resolved.size >= cacheLimit) this.#resolved.clear();
    this.#resolved.set(key, { value, expiresAtMs: Date.now() + cacheMs });
    return value;
  }

  /** Calls a language model and streams what it says; the last event is `done`. The call is recorded either way. */
  stream(model: ResolvedModel, input: ModelCallInput): AsyncIterableIterator<LlmEvent, void, undefined> {
    const startedMs = performance.now();
    const span = this.#startSpan(model, input);
    const events = this.#runtime.streamLlm({
      provider: model.provider.id,
      model: model.model,
      credentials: model.credentials,
      custom: model.custom,
      schema: model.schema,
      messages: input.messages,
      parameters: input.parameters,
      tools: input.tools,
      stop: input.stop,
      jsonSchema: input.jsonSchema,
      user: input.user,
      signal: input.signal,
    });
    let result: LlmResult | undefined;
    return watchAsync(events, {
      onItem: (event) => {
        if (event.t === 'done') result = event.result;
      },
      onEnd: (failure) => {
        if (failure instanceof ModelError || failure instanceof ModelCallAborted) result = failure.partial;
        const aborted = input.signal.aborted || isAbort(failure);
        const end: CallEnd = {
          result,
          failure,
          status: aborted ? 'aborted' : failure === undefined ? 'succeeded' : 'failed',
          latencySeconds: (performance.now() - startedMs) / 1_000,
        };
        this.#tell(model, end, span);
        this.#record(model, input, end);
      },
    });
  }

  /** The whole text of a call to the workspace's default language model. */
  async complete(scope: WorkspaceScope, input: ModelCallInput): Promise<string> {
    const model = await this.resolveDefault(scope, 'llm');
    let text = '';
    for await (const event of this.stream(model, input)) if (event.t === 'text') text += event.v;
    return text;
  }

  /** Whether the workspace's default moderation model flags a text. */
  async isFlagged(scope: WorkspaceScope, input: { text: string; signal: AbortSignal }): Promise<boolean> {
    const model = await this.resolveDefault(scope, 'moderation');
    return this.#runtime.moderate({ ...requestOf(model), ...input });
  }

  /** Speech as text, by the workspace's default model. */
  async transcribe(
    scope: WorkspaceScope,
    input: { audio: Uint8Array; filename: string; mimeType: string; signal: AbortSignal },
  ): Promise<string> {
    if ((await this.defaultOf(scope, 'speech2text')) === null) {
      throw new ApiError('provider_not_support_speech_to_text');
    }
    const model = await this.resolveDefault(scope, 'speech2text');
    return this.#runtime.transcribe({ ...requestOf(model), ...input });
  }

  /** Text as speech, by the workspace's default model. */
  async speak(
    scope: WorkspaceScope,
    input: { text: string; voice?: string | undefined; signal: AbortSignal },
  ): Promise<SpokenAudio> {
    const model = await this.resolveDefault(scope, 'tts');
    return this.#runtime.speak({ ...requestOf(model), ...input });
  }

  /** The voices of the workspace's default model. */
  async voices(scope: WorkspaceScope, language?: string): Promise<{ name: string; value: string }[]> {
    const model = await this.resolveDefault(scope, 'tts');
    return voicesOf(model.schema, language);
  }

  /** The workspace's default of a type, with its credentials. */
  async resolveDefault(scope: WorkspaceScope, type: ModelType): Promise<ResolvedModel> {
    const reference = await this.defaultOf(scope, type);
    if (!reference) throw new ApiError('provider_not_initialize', `Default model not found for ${type}`);
    return this.resolve(scope, { ...reference, type });
  }

  /** Whether a language model is talked to by messages or by one text; 400 for a provider that does not exist. */
  async modeOf(
    scope: WorkspaceScope,
    reference: { provider: string; model: string },
  ): Promise<'chat' | 'completion'> {
    const provider = this.#catalogue.findProvider(reference.provider);
    if (!provider) throw invalidParam(`model.provider: ${reference.provider} does not exist`, 'model');
    const rows = await this.#store.rowsOf(scope, provider.id);
    const custom = rows.customModels.find((row) => row.model === reference.model && row.modelType === 'llm');
    if (custom) {
      const { schema } = await this.resolve(scope, { ...reference, type: 'llm' });
      return schema.model_properties.mode ?? 'chat';
    }
    const schema = this.#catalogue.modelSchema({
      provider: provider.id,
      type: 'llm',
      model: reference.model,
    });
    return schema.model_properties.mode ?? 'chat';
  }

  /** The chosen default of a type, else the first model that can be used; nothing is stored by asking. */
  async defaultOf(
    scope: WorkspaceScope,
    type: ModelType,
  ): Promise<{ provider: string; model: string } | null> {
    const chosen = await this.#store.defaultModel(scope, type);
    if (chosen) return chosen;
    const all = await this.#store.allRows(scope);
    const providers = this.#catalogue.providers();
    // Somebody's own key comes before the built-in canned answers, whatever the order of lists.
    const ordered = [
      ...providers.filter((p) => !p.runtime.built_in),
      ...providers.filter((p) => p.runtime.built_in),
    ];
    for (const provider of ordered) {
      const model = this.#firstUsable(provider, type, all.get(provider.id));
      if (model) return { provider: provider.id, model };
    }
    return null;
  }

  #firstUsable(
    provider: ProviderSchema,
    type: ModelType,
    rows: ProviderRows | undefined,
  ): string | undefined {
    const disabled = (model: string) =>
      rows?.settings.some((row) => row.model === model && row.modelType === type && !row.enabled) ?? false;
    if (provider.runtime.built_in || (rows && rows.credentials.length > 0)) {
      const predefined = this.#catalogue
        .models(provider.id, type)
        .find((model) => !model.deprecated && !disabled(model.model));
      if (predefined) return predefined.model;
    }
    return rows?.customModels.find(
      (row) => row.modelType === type && row.activeCredentialId && !disabled(row.model),
    )?.model;
  }

  async #resolve(
    scope: WorkspaceScope,
    provider: ProviderSchema,
    reference: { model: string; type: ModelType },
  ): Promise<ResolvedModel> {
    const { model, type } = reference;
    const base = { scope, provider, model, type };
    const rows = await this.#store.rowsOf(scope, provider.id);
    const setting = rows.settings.find((row) => row.model === model && row.modelType === type);
    if (setting && !setting.enabled) throw invalidParam(`Model ${model} is disabled.`);
    const custom = rows.customModels.find((row) => row.model === model && row.modelType === type);
    if (custom) {
      const credential = rows.modelCredentials.find((row) => row.id === custom.activeCredentialId);
      const form = provider.model_credential_schema?.credential_form_schemas;
      if (!credential || !form) throw notInitialised(model);
      const credentials = await this.#vault.open(scope, form, credential.encryptedConfig);
      const schema = this.#catalogue.modelSchema({
        provider: provider.id,
        type,
        model,
        credentials,
        custom: true,
      });
      return { ...base, schema, credentials, credentialId: credential.id, custom: true };
    }
    const credentials = await this.#providerCredentials(scope, provider, rows, model);
    const schema = this.#catalogue.modelSchema({ provider: provider.id, type, model });
    return { ...base, schema, credentials: credentials.values, credentialId: credentials.id, custom: false };
  }

  async #providerCredentials(
    scope: WorkspaceScope,
    provider: ProviderSchema,
    rows: ProviderRows,
    model: string,
  ): Promise<{ values: Credentials; id: string | null }> {
    if (provider.runtime.built_in) return { values: {}, id: null };
    const form = provider.provider_credential_schema?.credential_form_schemas;
    const active = rows.credentials.find((row) => row.id === rows.activeCredentialId);
    if (!form || !active) throw notInitialised(model);
    return { values: await this.#vault.open(scope, form, active.encryptedConfig), id: active.id };
  }

  #forget(workspaceId: string): void {
    this.#changes += 1;
    for (const key of this.#resolved.keys())
      if (key.startsWith(`${workspaceId} `)) this.#resolved.delete(key);
  }

  /** Names follow OpenTelemetry's conventions for generative models; texts stay out. */
  #startSpan(model: ResolvedModel, input: ModelCallInput): Span | undefined {
    return this.#observer.start({
      name: `chat ${model.model}`,
      kind: 'client',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': model.provider.id,
        'gen_ai.request.model': model.model,
        'trellis.purpose': input.purpose,
        'trellis.run_id': input.runId,
        'trellis.app_id': input.appId,
        'trellis.workspace_id': model.scope.workspaceId,
      },
    });
  }

  #tell(model: ResolvedModel, end: CallEnd, span: Span | undefined): void {
    const usage = end.result?.usage;
    const promptTokens = usage?.prompt_tokens ?? 0;
    const completionTokens = usage?.completion_tokens ?? 0;
    span?.set({
      'gen_ai.usage.input_tokens': promptTokens,
      'gen_ai.usage.output_tokens': completionTokens,
      'trellis.status': end.status,
    });
    if (end.status === 'failed') {
      span?.fail(end.failure instanceof ModelError ? end.failure.code : 'unknown');
    }
    span?.end();
    this.#onCall({
      provider: model.provider.id,
      model: model.model,
      status: end.status,
      seconds: end.latencySeconds,
      firstTokenSeconds: usage?.time_to_first_token ?? null,
      promptTokens,
      completionTokens,
    });
  }

  #record(model: ResolvedModel, input: ModelCallInput, end: CallEnd): void {
    const { result, failure } = end;
    const error = end.status === 'failed' ? failure : undefined;
    this.#store
      .record({
        id: newId(),
        workspaceId: model.scope.workspaceId,
        appId: input.appId ?? null,
        runId: input.runId ?? null,
        provider: model.provider.id,
        model: model.model,
        modelType: model.type,
        credentialId: model.credentialId,
        purpose: input.purpose,
        status: end.status,
        errorCode: error instanceof ModelError ? error.code : null,
        error: error instanceof Error ? error.message.slice(0, 2_000) : null,
        promptTokens: result?.usage.prompt_tokens ?? 0,
        completionTokens: result?.usage.completion_tokens ?? 0,
        totalPrice: result?.usage.total_price ?? '0',
        currency: result?.usage.currency ?? 'USD',
        latencySeconds: result?.usage.latency ?? end.latencySeconds,
        firstTokenSeconds: result?.usage.time_to_first_token ?? null,
      })
      .catch((cause) =>
        this.#log.error({ err: cause, run_id: input.runId }, 'a model call could not be recorded'),
      );
  }
}

/** How a call ended. */
interface CallEnd {
  result: LlmResult | undefined;
  failure: unknown;
  status: 'succeeded' | 'failed' | 'aborted';
  latencySeconds: number;
}

/** What every call of the runtime is told about its model. */
function requestOf(model: ResolvedModel) {
  return {
    provider: model.provider.id,
    model: model.model,
    credentials: model.credentials,
    custom: model.custom,
  };
}

function notInitialised(model: string): ApiError {
  return new ApiError('provider_not_initialize', `Model ${model} credentials is not initialized.`);
}
