import { createHash } from 'node:crypto';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { randomAlphanumeric } from '../../platform/crypto/alphanumeric.ts';
import { createApiKey } from '../../platform/crypto/api-key.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { ModelService } from '../models/service.ts';
import { appChangedSubject } from './app-access.ts';
import { tagsChangedSubject } from './app-card.ts';
import { defaultModelConfig } from './default-config.ts';
import type { AppDraft, AppDraftStore } from './draft-store.ts';
import type { ApiKey, ApiKeyStore } from './key-store.ts';
import { checkModelConfig } from './model-config.ts';
import type { App, AppMode, AppModelConfig, AppStore, Site } from './store.ts';

const siteCodeLength = 16;
const maxKeysPerApp = 10;

/** Somebody who works on apps. */
export interface Author {
  scope: WorkspaceScope;
  account: { id: string; interfaceLanguage: string };
}

/** Icon fields of a new or changed app. */
export interface IconInput {
  icon_type?: App['iconType'] | undefined;
  icon?: string | undefined;
  icon_background?: string | undefined;
}

/** A draft with what tells whether it is still the one somebody looked at. */
export interface DraftState {
  config: Record<string, unknown>;
  hash: string;
  updatedAt: Date;
  published: AppModelConfig | null;
  dirty: boolean;
}

/** Making, changing, publishing and removing apps. */
export class AppService {
  readonly #apps: AppStore;
  readonly #drafts: AppDraftStore;
  readonly #keys: ApiKeyStore;
  readonly #models: ModelService;
  readonly #bus: Bus;
  readonly #onRemoved: (appId: string) => Promise<void>;

  constructor(options: {
    apps: AppStore;
    drafts: AppDraftStore;
    keys: ApiKeyStore;
    models: ModelService;
    bus: Bus;
    /** Told when an app has gone and its rows may follow. */
    onRemoved: (appId: string) => Promise<void>;
  }) {
    this.#apps = options.apps;
    this.#drafts = options.drafts;
    this.#keys = options.keys;
    this.#models = options.models;
    this.#bus = options.bus;
    this.#onRemoved = options.onRemoved;
  }

  /** An app of the workspace, or 404. */
  async find(scope: WorkspaceScope, id: string): Promise<App> {
    const app = await this.#apps.find(scope, id);
    if (!app) throw notFound('App not found.');
    return app;
  }

  /** Makes an app; a prompt app gets its first published configuration at once. */
  async create(
    author: Author,
    input: {
      name: string;
      description?: string | undefined;
      mode: AppMode;
      config?: Record<string, unknown>;
    } & IconInput,
  ): Promise<App> {
    const isPrompt = isPromptMode(input.mode);
    const first = isPrompt ? await this.#firstConfig(author.scope, input.mode) : null;
    const config = first && input.config ? withModel(input.config, first['model']) : first;
    const id = newId();
    return this.#apps.transaction(async (tx) => {
      const app = await this.#apps.insert(tx, author.scope, {
        id,
        name: input.name,
        description: input.description ?? '',
        mode: input.mode,
        iconType: input.icon_type ?? 'emoji',
        icon: input.icon ?? '🤖',
        iconBackground: input.icon_background ?? '#E6F2EA',
        createdBy: author.account.id,
        updatedBy: author.account.id,
        siteCode: randomAlphanumeric(siteCodeLength),
        language: author.account.interfaceLanguage,
      });
      if (!config) return app;
      const row = await this.#apps.addModelConfig(tx, author.scope, {
        appId: id,
        config,
        accountId: author.account.id,
      });
      return { ...app, modelConfigId: row.id };
    });
  }

  /** Copies an app with its published configuration. */
  async copy(
    author: Author,
    id: string,
    input: { name?: string | undefined; description?: string | undefined } & IconInput,
  ): Promise<App> {
    const app = await this.find(author.scope, id);
    const config = await this.publishedConfig(author.scope, app);
    return this.create(author, {
      name: input.name ?? `${app.name} copy`,
      description: input.description ?? app.description,
      mode: app.mode,
      icon_type: input.icon_type ?? app.iconType,
      icon: input.icon ?? app.icon,
      icon_background: input.icon_background ?? app.iconBackground ?? undefined,
      ...(config ? { config: config.config } : {}),
    });
  }

  /** Changes an app; the caches of all processes forget it. */
  async update(author: Author, id: string, values: Parameters<AppStore['update']>[2]): Promise<App> {
    const app = await this.#apps.update(author.scope, id, { ...values, updatedBy: author.account.id });
    if (!app) throw notFound('App not found.');
    await this.#announce(id);
    return app;
  }

  /** Removes an app. */
  async remove(scope: WorkspaceScope, id: string): Promise<void> {
    if (!(await this.#apps.remove(scope, id))) throw notFound('App not found.');
    await this.#announce(id);
    await this.#onRemoved(id);
  }

  /** The published configuration of a prompt app. */
  async publishedConfig(scope: WorkspaceScope, app: App): Promise<AppModelConfig | null> {
    return app.modelConfigId === null ? null : this.#apps.modelConfig(scope, app.modelConfigId);
  }

  /** What is being worked on: the draft, else what is published. */
  async draft(scope: WorkspaceScope, app: App): Promise<DraftState> {
    assertPromptApp(app);
    const [draft, published] = await Promise.all([
      this.#drafts.find(scope, app.id),
      this.publishedConfig(scope, app),
    ]);
    const config = draft?.config ?? published?.config ?? (await this.#firstConfig(scope, app.mode));
    return {
      config,
      hash: hashOf(config),
      updatedAt: draft?.updatedAt ?? published?.createdAt ?? app.createdAt,
      published,
      dirty: draft !== null && hashOf(draft.config) !== hashOf(published?.config ?? null),
    };
  }

  /** Saves the draft; a hash of another state is refused, so nobody's work is overwritten unseen. */
  async saveDraft(
    author: Author,
    app: App,
    input: { config: Record<string, unknown>; hash?: string | undefined },
  ): Promise<{ hash: string; draft: AppDraft }> {
    const state = await this.draft(author.scope, app);
    if (input.hash !== undefined && input.hash !== state.hash)
      throw new ApiError('draft_model_config_not_sync');
    const draft = await this.#drafts.put(author.scope, {
      appId: app.id,
      config: input.config,
      accountId: author.account.id,
    });
    return { hash: hashOf(input.config), draft };
  }

  /** Makes an earlier published version the draft. */
  async restore(author: Author, app: App, versionId: string): Promise<{ hash: string; draft: AppDraft }> {
    assertPromptApp(app);
    const version = await this.#apps.modelConfig(author.scope, versionId);
    if (version?.appId !== app.id) throw notFound('Version not found.');
    return this.saveDraft(author, app, { config: version.config });
  }

  /** Checks a configuration and makes it the app's published one. */
  async publish(
    author: Author,
    app: App,
    submitted: Record<string, unknown>,
  ): Promise<{ config: AppModelConfig; hash: string }> {
    assertPromptApp(app);
    const config = await checkModelConfig(submitted, {
      mode: app.mode,
      models: this.#models,
      scope: author.scope,
    });
    const row = await this.#apps.transaction((tx) =>
      this.#apps.addModelConfig(tx, author.scope, { appId: app.id, config, accountId: author.account.id }),
    );
    await this.#drafts.remove(author.scope, app.id);
    await this.#announce(app.id);
    return { config: row, hash: hashOf(config) };
  }

  /** The site of an app, or 404. */
  async site(scope: WorkspaceScope, appId: string): Promise<Site> {
    const site = await this.#apps.site(scope, appId);
    if (!site) throw notFound('Site not found.');
    return site;
  }

  /** Changes the site. */
  async updateSite(
    author: Author,
    appId: string,
    values: Parameters<AppStore['updateSite']>[2],
  ): Promise<Site> {
    const site = await this.#apps.updateSite(author.scope, appId, values);
    if (!site) throw notFound('Site not found.');
    await this.#announce(appId);
    return site;
  }

  /** Gives the site a new link; the old one is dead at once. */
  resetSiteCode(author: Author, appId: string): Promise<Site> {
    return this.updateSite(author, appId, { code: randomAlphanumeric(siteCodeLength) });
  }

  /** Makes an API key; the answer holds it whole, for the only time. */
  async createKey(author: Author, app: App): Promise<{ row: ApiKey; key: string }> {
    if ((await this.#keys.count(author.scope, app.id)) >= maxKeysPerApp) {
      throw invalidParam(`Cannot create more than ${maxKeysPerApp} API keys for this resource type.`);
    }
    const issued = createApiKey('app');
    const row = await this.#keys.insert(author.scope, {
      appId: app.id,
      issued,
      accountId: author.account.id,
    });
    return { row, key: issued.key };
  }

  /** Removes an API key; it stops working at once. */
  async removeKey(scope: WorkspaceScope, app: App, keyId: string): Promise<void> {
    if ((await this.#keys.remove(scope, app.id, keyId)) === null) throw notFound('API key not found.');
    await this.#announce(app.id);
  }

  async #firstConfig(scope: WorkspaceScope, mode: AppMode): Promise<Record<string, unknown>> {
    const reference = await this.#models.defaultOf(scope, 'llm');
    return defaultModelConfig(
      mode,
      reference && {
        provider: reference.provider,
        name: reference.model,
        mode: await this.#models.modeOf(scope, reference),
      },
    );
  }

  /** Tells all processes that tags of a workspace, or what carries them, have changed. */
  announceTags(scope: WorkspaceScope): Promise<void> {
    return this.#bus.publish(tagsChangedSubject, scope.workspaceId);
  }

  #announce(appId: string): Promise<void> {
    return this.#bus.publish(appChangedSubject, appId);
  }
}

/** A configuration that names no model (a template) gets the one that a new app would get. */
function withModel(config: Record<string, unknown>, fallback: unknown): Record<string, unknown> {
  const model = config['model'] as { provider?: unknown } | undefined;
  return model?.provider ? config : { ...config, model: fallback };
}

/** Whether an app of this mode is configured by prompts rather than a graph. */
export function isPromptMode(mode: AppMode): boolean {
  return mode === 'chat' || mode === 'completion' || mode === 'agent-chat';
}

function assertPromptApp(app: App): void {
  if (!isPromptMode(app.mode))
    throw invalidParam('Apps of this mode have a graph, not a prompt configuration.');
}

/** A short fingerprint of a configuration, independent of the order of its keys. */
export function hashOf(config: Record<string, unknown> | null): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex').slice(0, 32);
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
