import {
  type AppFile,
  AppFileError,
  appFileVersion,
  type BasicAppFile,
  type ConversationVariable,
  canvasGraph,
  convertToGraphApp,
  type Dependency,
  deriveDependencies,
  type EnvironmentVariable,
  type GraphAppFile,
  identifierOf,
  isGraphAppFile,
  missingDependencies,
  pluginIdOf,
  readAppFile,
  resolveDatasetIds,
  toFileAddress,
  writeAppFile,
} from '@trellis/graph';
import { ZodError } from 'zod';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { OutboundError } from '../../platform/outbound/errors.ts';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';
import type { AppService, Author } from '../apps/app-service.ts';
import type { App } from '../apps/store.ts';
import type { EnvironmentSecrets } from '../workflows/environment-secrets.ts';
import type { WorkflowService } from '../workflows/workflow-service.ts';
import { DatasetIdCipher } from './dataset-id-cipher.ts';
import type { PendingImportStore } from './pending-store.ts';

const maxFileBytes = 10 * 1024 * 1024;
const fetchTimeoutMs = 10_000;

/** What a request says besides the file; it wins over what the file says. */
export interface ImportOverrides {
  name?: string | undefined;
  description?: string | undefined;
  icon_type?: 'emoji' | 'image' | 'link' | undefined;
  icon?: string | undefined;
  icon_background?: string | undefined;
  /** The app to be overwritten; a new one is made without. */
  app_id?: string | undefined;
}

/** How an import ended. */
export interface ImportResult {
  id: string;
  status: 'completed' | 'completed-with-warnings' | 'pending' | 'failed';
  app_id: string | null;
  app_mode: string | null;
  current_dsl_version: string;
  imported_dsl_version: string;
  error: string;
}

/** What the service works with. */
export interface AppFileOptions {
  apps: AppService;
  workflows: WorkflowService;
  secrets: EnvironmentSecrets;
  pending: PendingImportStore;
  outbound: OutboundClient;
  /** Whether what a plugin brings is built in, whatever version a file names. */
  isBuiltIn: (pluginId: string) => boolean;
  /** `DSL_EXPORT_ENCRYPT_DATASET_ID`. */
  encryptDatasetIds: boolean;
  maxVariableBytes: number;
}

/** Apps as files: import, export, conversion (spec: app files §3, §4, §8.7). */
export class AppFileService {
  readonly #o: AppFileOptions;

  constructor(options: AppFileOptions) {
    this.#o = options;
  }

  /** The text behind an address; 400 when it cannot be had. */
  async fetch(address: string, signal: AbortSignal): Promise<string> {
    let url: string;
    try {
      url = toFileAddress(address);
    } catch (cause) {
      throw invalidParam(cause instanceof Error ? cause.message : 'The address is not valid.', 'yaml_url');
    }
    try {
      const response = await this.#o.outbound.request({
        url,
        maxBytes: maxFileBytes,
        headersTimeoutMs: fetchTimeoutMs,
        idleTimeoutMs: fetchTimeoutMs,
        signal,
      });
      if (response.status !== 200) {
        response.discard();
        throw invalidParam(`The address answered with status ${response.status}.`, 'yaml_url');
      }
      const text = await response.text();
      if (text.trim() === '') throw invalidParam('The file at the address is empty.', 'yaml_url');
      return text;
    } catch (error) {
      if (error instanceof OutboundError) {
        throw invalidParam(`The file cannot be fetched: ${error.message}`, 'yaml_url');
      }
      throw error;
    }
  }

  /** Imports a file. What is wrong with it is told in the result, not thrown. */
  async import(author: Author, text: string, overrides: ImportOverrides): Promise<ImportResult> {
    const id = newId();
    return this.#telling(id, async () => {
      const read = readAppFile(text, { maxVariableBytes: this.#o.maxVariableBytes });
      const versions = {
        current_dsl_version: read.currentVersion,
        imported_dsl_version: read.fileVersion,
      };
      const target = await this.#target(author.scope, read.file, overrides);
      if (read.status === 'pending') {
        await this.#o.pending.put(author.scope, {
          id,
          accountId: author.account.id,
          payload: { text, overrides },
        });
        return { id, status: 'pending', app_id: null, app_mode: null, ...versions, error: '' };
      }
      const app = await this.#write(author, { file: read.file, overrides, target });
      return { id, status: read.status, app_id: app.id, app_mode: app.mode, ...versions, error: '' };
    });
  }

  /** Imports a file that waited for its confirmation. */
  async confirm(author: Author, importId: string): Promise<ImportResult> {
    return this.#telling(importId, async () => {
      const kept = isUuid(importId) ? await this.#o.pending.take(author.scope, importId) : null;
      const text = kept?.['text'];
      if (typeof text !== 'string') {
        throw new ImportRefused('The import does not exist or has expired; import the file again.');
      }
      const overrides = (kept?.['overrides'] ?? {}) as ImportOverrides;
      const read = readAppFile(text, { maxVariableBytes: this.#o.maxVariableBytes });
      const target = await this.#target(author.scope, read.file, overrides);
      const app = await this.#write(author, { file: read.file, overrides, target });
      return {
        id: importId,
        status: 'completed',
        app_id: app.id,
        app_mode: app.mode,
        current_dsl_version: read.currentVersion,
        imported_dsl_version: read.fileVersion,
        error: '',
      };
    });
  }

  /** Plugins that a file imported in the last minutes named, and that are not here. */
  async leakedDependencies(scope: WorkspaceScope, appId: string): Promise<Dependency[]> {
    await this.#o.apps.find(scope, appId);
    const kept = await this.#o.pending.find(scope, appId);
    const dependencies = (kept?.['dependencies'] ?? []) as Dependency[];
    const others = dependencies.filter(
      (dependency) => !this.#o.isBuiltIn(pluginIdOf(identifierOf(dependency))),
    );
    return missingDependencies(others, () => null);
  }

  /** The file of an app: of its draft, or of one version. */
  async export(
    scope: WorkspaceScope,
    appId: string,
    options: { includeSecrets: boolean; workflowId?: string | undefined },
  ): Promise<string> {
    const app = await this.#o.apps.find(scope, appId);
    const cipher = new DatasetIdCipher(scope.workspaceId);
    const file = await this.fileOf(scope, app, options);
    return writeAppFile(file, {
      includeSecrets: options.includeSecrets,
      ...(this.#o.encryptDatasetIds ? { encryptDatasetId: (id: string) => cipher.encrypt(id) } : {}),
    });
  }

  /** An app as its file says it. */
  async fileOf(
    scope: WorkspaceScope,
    app: App,
    options: { includeSecrets: boolean; workflowId?: string | undefined },
  ): Promise<AppFile> {
    const common = { app: identityOf(app), dependencies: [] as Dependency[], extra: {} };
    let file: AppFile;
    if (app.mode === 'workflow' || app.mode === 'advanced-chat') {
      const row =
        options.workflowId === undefined
          ? await this.#o.workflows.draft(scope, app)
          : await this.#o.workflows.version(scope, app, options.workflowId);
      const environment = options.includeSecrets
        ? await this.#o.secrets.open(scope, row.environmentVariables)
        : row.environmentVariables;
      file = {
        ...common,
        mode: app.mode,
        workflow: {
          graph: canvasGraph.parse(row.graph),
          features: row.features,
          environment_variables: environment.map((variable) => withSelector('env', variable)),
          conversation_variables: row.conversationVariables.map((variable) =>
            withSelector('conversation', variable),
          ),
        },
      };
    } else {
      const draft = await this.#o.apps.draft(scope, app);
      file = { ...common, mode: app.mode, model_config: draft.config };
    }
    return { ...file, dependencies: deriveDependencies(file) };
  }

  /** Makes a graph app that does what a prompt app does. */
  async convert(author: Author, appId: string, overrides: ImportOverrides): Promise<App> {
    const app = await this.#o.apps.find(author.scope, appId);
    if (app.mode === 'workflow' || app.mode === 'advanced-chat') {
      throw invalidParam('The app is a graph already.', 'app_id');
    }
    const file = (await this.fileOf(author.scope, app, { includeSecrets: true })) as BasicAppFile;
    const converted = convertible(file, {
      appId,
      ...(overrides.name === undefined ? {} : { name: overrides.name }),
    });
    return this.#write(author, { file: converted, overrides, target: null });
  }

  /** The app to be overwritten; null for a new one. */
  async #target(
    scope: WorkspaceScope,
    file: AppFile,
    { app_id: appId }: ImportOverrides,
  ): Promise<App | null> {
    if (appId === undefined) return null;
    const app = await this.#o.apps.find(scope, appId);
    if (app.mode !== 'workflow' && app.mode !== 'advanced-chat') {
      throw new ImportRefused('Only workflow and chatflow apps can be overwritten by a file.');
    }
    if (file.mode !== app.mode) {
      throw new ImportRefused(`The file is of a ${file.mode} app, the app to be overwritten is ${app.mode}.`);
    }
    return app;
  }

  async #write(
    author: Author,
    input: { file: AppFile; overrides: ImportOverrides; target: App | null },
  ): Promise<App> {
    const { file, overrides, target } = input;
    const face = faceOf(file, overrides);
    const app = target
      ? await this.#o.apps.update(author, target.id, {
          name: face.name,
          description: face.description,
          iconType: face.icon_type,
          icon: face.icon,
          iconBackground: face.icon_background,
        })
      : await this.#o.apps.create(author, {
          ...face,
          mode: file.mode,
          ...(isGraphAppFile(file) ? {} : { config: file.model_config }),
        });
    try {
      if (isGraphAppFile(file)) await this.#writeGraph(author, app, file);
      else if (file.app.use_icon_as_answer_icon) {
        await this.#o.apps.update(author, app.id, { useIconAsAnswerIcon: true });
      }
    } catch (error) {
      // An app without its graph is of no use to anybody.
      if (!target) await this.#o.apps.remove(author.scope, app.id);
      throw error;
    }
    await this.#o.pending.put(author.scope, {
      id: app.id,
      accountId: author.account.id,
      payload: { dependencies: file.dependencies },
    });
    return app;
  }

  async #writeGraph(author: Author, app: App, file: GraphAppFile): Promise<void> {
    const cipher = new DatasetIdCipher(author.scope.workspaceId);
    const { graph } = resolveDatasetIds(file.workflow.graph, (id) => cipher.decrypt(id));
    await this.#o.workflows.overwrite(author, app, {
      graph,
      features: file.workflow.features,
      environmentVariables: file.workflow.environment_variables.map(withId),
      conversationVariables: file.workflow.conversation_variables.map(withId),
    });
  }

  async #telling(id: string, work: () => Promise<ImportResult>): Promise<ImportResult> {
    try {
      return await work();
    } catch (error) {
      const isTold =
        error instanceof AppFileError || error instanceof ImportRefused || error instanceof ApiError;
      if (!isTold) throw error;
      return {
        id,
        status: 'failed',
        app_id: null,
        app_mode: null,
        current_dsl_version: appFileVersion,
        imported_dsl_version: '',
        error: error.message,
      };
    }
  }
}

/** An import that is refused for another reason than what the file says. */
class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
}

function identityOf(app: App) {
  return {
    name: app.name,
    description: app.description,
    icon_type: app.iconType,
    icon: app.icon,
    icon_background: app.iconBackground ?? '',
    use_icon_as_answer_icon: app.useIconAsAnswerIcon,
  };
}

/** Name and looks of an imported app. */
function faceOf({ app }: AppFile, overrides: ImportOverrides) {
  return {
    name: (overrides.name ?? app.name).slice(0, 255) || 'Untitled',
    description: overrides.description ?? app.description,
    icon_type: overrides.icon_type ?? app.icon_type,
    icon: overrides.icon ?? app.icon,
    icon_background: overrides.icon_background ?? app.icon_background,
  };
}

function withId<V extends EnvironmentVariable | ConversationVariable>(variable: V): V {
  return variable.id === '' ? { ...variable, id: newId() } : variable;
}

function withSelector<V extends EnvironmentVariable | ConversationVariable>(scope: string, variable: V): V {
  return { ...variable, selector: [scope, variable.name] };
}

/** The app as a graph; a configuration that lacks what a graph needs is told, not a fault of the server. */
function convertible(
  file: BasicAppFile,
  options: Parameters<typeof convertToGraphApp>[1],
): ReturnType<typeof convertToGraphApp>['file'] {
  try {
    return convertToGraphApp(file, options).file;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const field = error.issues[0]?.path.join('.') ?? 'model_config';
    throw invalidParam(`The app cannot be converted: check "${field}" in its configuration.`, field);
  }
}
