import {
  type Catalogue,
  type CredentialForm,
  CredentialFormError,
  checkCredentials,
  ModelError,
  type ModelRuntime,
  type ModelType,
  maskCredentials,
  type ProviderSchema,
  restoreSecrets,
  UnknownProviderError,
} from '@trellis/models';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import type { CredentialVault } from './credential-vault.ts';
import type { ModelService } from './service.ts';
import type { ModelCredential, ModelKey, ModelStore, ProviderRows } from './store.ts';

const maxNameLength = 30;
const validationTimeoutMs = 60_000;

/** Managing the credentials of providers and of single models (spec: model runtime §2). */
export class ProviderService {
  readonly #catalogue: Catalogue;
  readonly #runtime: Pick<ModelRuntime, 'validateProvider' | 'validateModel'>;
  readonly #store: ModelStore;
  readonly #vault: CredentialVault;
  readonly #models: ModelService;

  constructor(options: {
    catalogue: Catalogue;
    runtime: Pick<ModelRuntime, 'validateProvider' | 'validateModel'>;
    store: ModelStore;
    vault: CredentialVault;
    models: ModelService;
  }) {
    this.#catalogue = options.catalogue;
    this.#runtime = options.runtime;
    this.#store = options.store;
    this.#vault = options.vault;
    this.#models = options.models;
  }

  /** A provider of the catalogue, or 404. */
  provider(id: string): ProviderSchema {
    try {
      return this.#catalogue.provider(id);
    } catch (error) {
      if (error instanceof UnknownProviderError) throw notFound(error.message);
      throw invalidParam(error instanceof Error ? error.message : 'provider is not valid', 'provider');
    }
  }

  /** Checks provider credentials against their form and by a call to the provider; stores nothing. */
  async validateProvider(
    scope: WorkspaceScope,
    providerId: string,
    submitted: Record<string, unknown>,
    credentialId?: string,
  ): Promise<Record<string, unknown>> {
    const provider = this.provider(providerId);
    const form = providerForm(provider);
    const stored = credentialId
      ? await this.#openProviderCredential(scope, provider, form, credentialId)
      : {};
    const checked = checkForm(form, restoreSecrets({ form, submitted, stored }));
    await this.#live(() =>
      this.#runtime.validateProvider({
        provider: provider.id,
        credentials: checked,
        signal: AbortSignal.timeout(validationTimeoutMs),
      }),
    );
    return checked;
  }

  /** Stores validated provider credentials; the first ones come into use at once. */
  async addProviderCredential(
    scope: WorkspaceScope,
    providerId: string,
    input: { credentials: Record<string, unknown>; name?: string | undefined },
  ): Promise<void> {
    const provider = this.provider(providerId);
    const checked = await this.validateProvider(scope, provider.id, input.credentials);
    const rows = await this.#store.rowsOf(scope, provider.id);
    const row = await named(input.name, (name) =>
      this.#vault.seal(scope, providerForm(provider), checked).then((encryptedConfig) =>
        this.#store.insertProviderCredential(scope, {
          provider: provider.id,
          name: name ?? freeName(rows.credentials.map((credential) => credential.name)),
          encryptedConfig,
        }),
      ),
    );
    if (rows.activeCredentialId === null) {
      await this.#store.setProvider(scope, provider.id, {
        activeCredentialId: row.id,
        preferredType: 'custom',
      });
    }
    await this.#models.announceChange(scope);
  }

  /** Changes stored credentials; secrets that are sent masked stay as they are. */
  async updateProviderCredential(
    scope: WorkspaceScope,
    providerId: string,
    input: { credentialId: string; credentials: Record<string, unknown>; name?: string | undefined },
  ): Promise<void> {
    const provider = this.provider(providerId);
    const checked = await this.validateProvider(scope, provider.id, input.credentials, input.credentialId);
    const rows = await this.#store.rowsOf(scope, provider.id);
    const current = rows.credentials.find((row) => row.id === input.credentialId);
    if (!current) throw notFound('Credential not found.');
    const encryptedConfig = await this.#vault.seal(scope, providerForm(provider), checked);
    await named(input.name, (name) =>
      this.#store.updateProviderCredential(scope, {
        provider: provider.id,
        id: current.id,
        name: name ?? current.name,
        encryptedConfig,
      }),
    );
    await this.#models.announceChange(scope);
  }

  /** Removes credentials; when they were in use, the newest that remain take their place. */
  async removeProviderCredential(
    scope: WorkspaceScope,
    providerId: string,
    credentialId: string,
  ): Promise<void> {
    const provider = this.provider(providerId);
    const rows = await this.#store.rowsOf(scope, provider.id);
    if (!rows.credentials.some((row) => row.id === credentialId)) throw notFound('Credential not found.');
    await this.#store.deleteProviderCredential(scope, provider.id, credentialId);
    if (rows.activeCredentialId === credentialId) {
      const next = rows.credentials.find((row) => row.id !== credentialId);
      await this.#store.setProvider(scope, provider.id, { activeCredentialId: next?.id ?? null });
    }
    await this.#models.announceChange(scope);
  }

  /** Puts other credentials of a provider into use. */
  async switchProviderCredential(
    scope: WorkspaceScope,
    providerId: string,
    credentialId: string,
  ): Promise<void> {
    const provider = this.provider(providerId);
    const rows = await this.#store.rowsOf(scope, provider.id);
    if (!rows.credentials.some((row) => row.id === credentialId)) throw notFound('Credential not found.');
    await this.#store.setProvider(scope, provider.id, {
      activeCredentialId: credentialId,
      preferredType: 'custom',
    });
    await this.#models.announceChange(scope);
  }

  /** Stored provider credentials as they may be shown; null when there are none. */
  async maskedProviderCredential(
    scope: WorkspaceScope,
    providerId: string,
    credentialId?: string,
  ): Promise<Record<string, unknown> | null> {
    const provider = this.provider(providerId);
    const rows = await this.#store.rowsOf(scope, provider.id);
    const id = credentialId ?? rows.activeCredentialId;
    if (id === null || !rows.credentials.some((row) => row.id === id)) return null;
    const form = providerForm(provider);
    return maskCredentials(form, await this.#openProviderCredential(scope, provider, form, id));
  }

  /** Checks the credentials of one model; stores nothing. */
  async validateModel(
    scope: WorkspaceScope,
    key: ModelKey,
    submitted: Record<string, unknown>,
    credentialId?: string,
  ): Promise<Record<string, unknown>> {
    const provider = this.provider(key.provider);
    const form = modelForm(provider);
    const stored = credentialId
      ? await this.#openModelCredential(scope, provider, form, key, credentialId)
      : {};
    const type = key.modelType as ModelType;
    const checked = checkForm(form, restoreSecrets({ form, submitted, stored }), type);
    await this.#live(() =>
      this.#runtime.validateModel({
        provider: provider.id,
        type,
        model: key.model,
        credentials: checked,
        signal: AbortSignal.timeout(validationTimeoutMs),
      }),
    );
    return checked;
  }

  /** Stores validated credentials of a model and adds the model; an existing model gets another key. */
  async addModelCredential(
    scope: WorkspaceScope,
    key: ModelKey,
    input: { credentials: Record<string, unknown>; name?: string | undefined },
  ): Promise<void> {
    const provider = this.provider(key.provider);
    const canonical = { ...key, provider: provider.id };
    const checked = await this.validateModel(scope, canonical, input.credentials);
    const rows = await this.#store.rowsOf(scope, provider.id);
    const existing = credentialsOf(rows, canonical);
    const encryptedConfig = await this.#vault.seal(scope, modelForm(provider), checked);
    const row = await named(input.name, (name) =>
      this.#store.insertModelCredential(scope, {
        ...canonical,
        name: name ?? freeName(existing.map((credential) => credential.name)),
        encryptedConfig,
      }),
    );
    const model = customModelOf(rows, canonical);
    if (!model?.activeCredentialId) await this.#store.putCustomModel(scope, canonical, row.id);
    await this.#models.announceChange(scope);
  }

  /** Changes stored credentials of a model. */
  async updateModelCredential(
    scope: WorkspaceScope,
    key: ModelKey,
    input: { credentialId: string; credentials: Record<string, unknown>; name?: string | undefined },
  ): Promise<void> {
    const provider = this.provider(key.provider);
    const canonical = { ...key, provider: provider.id };
    const checked = await this.validateModel(scope, canonical, input.credentials, input.credentialId);
    const current = await this.#modelCredential(scope, canonical, input.credentialId);
    const encryptedConfig = await this.#vault.seal(scope, modelForm(provider), checked);
    await named(input.name, (name) =>
      this.#store.updateModelCredential(scope, {
        id: current.id,
        name: name ?? current.name,
        encryptedConfig,
      }),
    );
    await this.#models.announceChange(scope);
  }

  /** Removes credentials of a model; the model goes with its last one. */
  async removeModelCredential(scope: WorkspaceScope, key: ModelKey, credentialId: string): Promise<void> {
    const canonical = { ...key, provider: this.provider(key.provider).id };
    const current = await this.#modelCredential(scope, canonical, credentialId);
    const rows = await this.#store.rowsOf(scope, canonical.provider);
    await this.#store.deleteModelCredential(scope, current.id);
    const rest = credentialsOf(rows, canonical).filter((row) => row.id !== current.id);
    if (rest.length === 0) await this.#store.deleteCustomModel(scope, canonical);
    else if (customModelOf(rows, canonical)?.activeCredentialId === current.id) {
      await this.#store.putCustomModel(scope, canonical, rest[0]?.id ?? null);
    }
    await this.#models.announceChange(scope);
  }

  /** Puts other credentials of a model into use, adding the model where it had been taken off. */
  async switchModelCredential(scope: WorkspaceScope, key: ModelKey, credentialId: string): Promise<void> {
    const canonical = { ...key, provider: this.provider(key.provider).id };
    const current = await this.#modelCredential(scope, canonical, credentialId);
    await this.#store.putCustomModel(scope, canonical, current.id);
    await this.#models.announceChange(scope);
  }

  /** Takes a model off a provider; its credentials stay, so that it can be added again. */
  async removeModel(scope: WorkspaceScope, key: ModelKey): Promise<void> {
    await this.#store.deleteCustomModel(scope, { ...key, provider: this.provider(key.provider).id });
    await this.#models.announceChange(scope);
  }

  /** The credentials of a model as they may be shown. */
  async maskedModelCredential(scope: WorkspaceScope, key: ModelKey, credentialId?: string) {
    const provider = this.provider(key.provider);
    const canonical = { ...key, provider: provider.id };
    const rows = await this.#store.rowsOf(scope, provider.id);
    const available = credentialsOf(rows, canonical);
    const id = credentialId ?? customModelOf(rows, canonical)?.activeCredentialId ?? null;
    const current = available.find((row) => row.id === id);
    const form = provider.model_credential_schema?.credential_form_schemas;
    return {
      credentials:
        current && form
          ? maskCredentials(form, await this.#vault.open(scope, form, current.encryptedConfig))
          : {},
      current: current ?? null,
      available,
    };
  }

  /** Switches a model on or off. */
  async setEnabled(scope: WorkspaceScope, key: ModelKey, enabled: boolean): Promise<void> {
    await this.#store.setEnabled(scope, { ...key, provider: this.provider(key.provider).id }, enabled);
    await this.#models.announceChange(scope);
  }

  /** Chooses the default of a type; the model must be usable. */
  async setDefault(scope: WorkspaceScope, key: ModelKey): Promise<void> {
    const provider = this.provider(key.provider);
    const canonical = { ...key, provider: provider.id };
    const known =
      this.#catalogue.findModel(provider.id, key.modelType as ModelType, key.model) !== undefined ||
      customModelOf(await this.#store.rowsOf(scope, provider.id), canonical) !== undefined;
    if (!known) throw invalidParam(`Model ${key.model} does not exist.`, 'model');
    await this.#models.resolve(scope, {
      provider: provider.id,
      model: key.model,
      type: key.modelType as ModelType,
    });
    await this.#store.setDefaultModel(scope, canonical);
    await this.#models.announceChange(scope);
  }

  async #openProviderCredential(
    scope: WorkspaceScope,
    provider: ProviderSchema,
    form: CredentialForm,
    id: string,
  ): Promise<Record<string, unknown>> {
    const rows = await this.#store.rowsOf(scope, provider.id);
    const row = rows.credentials.find((candidate) => candidate.id === id);
    if (!row) throw notFound('Credential not found.');
    return this.#vault.open(scope, form, row.encryptedConfig);
  }

  async #openModelCredential(
    scope: WorkspaceScope,
    provider: ProviderSchema,
    form: CredentialForm,
    key: ModelKey,
    id: string,
  ): Promise<Record<string, unknown>> {
    const row = await this.#modelCredential(scope, { ...key, provider: provider.id }, id);
    return this.#vault.open(scope, form, row.encryptedConfig);
  }

  async #modelCredential(scope: WorkspaceScope, key: ModelKey, id: string): Promise<ModelCredential> {
    const rows = await this.#store.rowsOf(scope, key.provider);
    const row = credentialsOf(rows, key).find((candidate) => candidate.id === id);
    if (!row) throw notFound('Credential not found.');
    return row;
  }

  /** What the provider says against a credential is the message; it holds no secret. */
  async #live(check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (error instanceof ModelError) {
        throw new ApiError('invalid_param', error.upstream ?? error.message, { cause: error });
      }
      throw error;
    }
  }
}

/** The credentials of one model among a provider's rows. */
export function credentialsOf(rows: ProviderRows, key: ModelKey): ModelCredential[] {
  return rows.modelCredentials.filter((row) => row.model === key.model && row.modelType === key.modelType);
}

function customModelOf(rows: ProviderRows, key: ModelKey) {
  return rows.customModels.find((row) => row.model === key.model && row.modelType === key.modelType);
}

function providerForm(provider: ProviderSchema): CredentialForm {
  const form = provider.provider_credential_schema?.credential_form_schemas;
  if (!form)
    throw invalidParam(
      `${provider.label.en_US} has no credentials of its own; add a model instead.`,
      'provider',
    );
  return form;
}

function modelForm(provider: ProviderSchema): CredentialForm {
  const form = provider.model_credential_schema?.credential_form_schemas;
  if (!form) throw invalidParam(`Models cannot be added to ${provider.label.en_US}.`, 'provider');
  return form;
}

function checkForm(form: CredentialForm, submitted: Record<string, unknown>, type?: ModelType) {
  try {
    return checkCredentials(form, submitted, type);
  } catch (error) {
    if (error instanceof CredentialFormError) throw invalidParam(error.message, error.variable);
    throw error;
  }
}

/** Names are unique per owner; a taken one is told in the contract's words. */
async function named<T>(
  name: string | undefined,
  write: (name: string | undefined) => Promise<T>,
): Promise<T> {
  const trimmed = name?.trim() || undefined;
  if (trimmed && trimmed.length > maxNameLength) {
    throw invalidParam(`name: must have at most ${maxNameLength} characters`, 'name');
  }
  try {
    return await write(trimmed);
  } catch (error) {
    if (isUniqueViolation(error))
      throw invalidParam(`Credential with name '${trimmed ?? ''}' already exists.`, 'name');
    throw error;
  }
}

function freeName(taken: string[]): string {
  for (let number = 1; ; number += 1) {
    const name = `API KEY ${number}`;
    if (!taken.includes(name)) return name;
  }
}
