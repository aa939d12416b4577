import {
  type CheckCode,
  type ConversationVariable,
  checkGraph,
  draftIssue,
  type EnvironmentVariable,
  featureIssues,
  type GraphAppMode,
  isEqualJson,
  newAppWorkflow,
  readConversationVariables,
  readEnvironmentVariables,
  VariableError,
} from '@trellis/graph';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import { appChangedSubject } from '../apps/app-access.ts';
import { hashOf } from '../apps/app-service.ts';
import type { TriggerRegistry } from '../triggers/registry.ts';
import { withoutAddresses } from '../triggers/webhook-addresses.ts';
import type { DraftVariableStore } from './draft-variable-store.ts';
import type { EnvironmentSecrets } from './environment-secrets.ts';
import type { VersionFilter, WorkflowContent, WorkflowRow, WorkflowStore } from './store.ts';

/** Somebody who works on a graph. */
export interface WorkflowAuthor {
  scope: WorkspaceScope;
  account: { id: string };
}

/** An app that is a graph, as far as this service asks. */
export type GraphApp = Pick<AppSnapshot, 'id' | 'mode' | 'workflowId'>;

/** What the console sends to be saved. */
export interface DraftInput {
  graph: unknown;
  features: Record<string, unknown>;
  hash?: string | undefined;
  /** Left out: as they are. */
  environmentVariables?: unknown;
  conversationVariables?: unknown;
}

/** Limits that a published graph must keep. */
export interface WorkflowLimits {
  maxVariableBytes: number;
  maxTreeDepth: number;
  maxLoopCount: number;
}

/** Findings of the checklist without which a graph cannot run at all. */
const structuralCodes: ReadonlySet<CheckCode> = new Set<CheckCode>([
  'start_and_trigger',
  'start_required',
  'too_deep',
  'too_many_webhooks',
  'too_many_schedules',
  'cycle',
  'node_id_not_unique',
  'unknown_node_type',
]);

/** Drafts and versions of graphs: saving, publishing, restoring (spec: app files §10). */
export class WorkflowService {
  readonly #store: WorkflowStore;
  readonly #secrets: EnvironmentSecrets;
  readonly #draftVariables: DraftVariableStore;
  readonly #bus: Bus;
  readonly #triggers: TriggerRegistry;
  readonly #limits: WorkflowLimits;

  constructor(options: {
    store: WorkflowStore;
    secrets: EnvironmentSecrets;
    draftVariables: DraftVariableStore;
    bus: Bus;
    triggers: TriggerRegistry;
    limits: WorkflowLimits;
  }) {
    this.#store = options.store;
    this.#secrets = options.secrets;
    this.#draftVariables = options.draftVariables;
    this.#bus = options.bus;
    this.#triggers = options.triggers;
    this.#limits = options.limits;
  }

  /** The draft, or 404. */
  async draft(scope: WorkspaceScope, app: GraphApp): Promise<WorkflowRow> {
    assertGraphApp(app);
    const draft = await this.#store.draft(scope, app.id);
    if (!draft) throw new ApiError('draft_workflow_not_exist');
    return draft;
  }

  /** Gives a new app its first draft. */
  async begin(author: WorkflowAuthor, app: GraphApp, startId: string): Promise<void> {
    const mode = assertGraphApp(app);
    const { graph, features } = newAppWorkflow(mode, startId);
    await this.save(author, app, {
      graph,
      features,
      environmentVariables: [],
      conversationVariables: [],
    });
  }

  /** Gives a copied app the draft of its original. */
  async copyDraft(author: WorkflowAuthor, fromAppId: string, app: GraphApp): Promise<void> {
    assertGraphApp(app);
    const draft = await this.#store.draft(author.scope, fromAppId);
    if (!draft) return;
    const { graph, features, environmentVariables, conversationVariables, hash } = draft;
    await this.#store.saveDraft(author.scope, { appId: app.id, accountId: author.account.id }, () => ({
      graph,
      features,
      environmentVariables,
      conversationVariables,
      hash,
    }));
  }

  /** Saves the draft. A hash of another state is refused, so nobody's work is overwritten unseen. */
  async save(author: WorkflowAuthor, app: GraphApp, input: DraftInput): Promise<WorkflowRow> {
    const mode = assertGraphApp(app);
    const issue = draftIssue(input.graph);
    if (issue) throw invalidParam(issue.message, 'graph');
    this.#assertFeatures(input.features, mode);
    const graph = withoutAddresses(input.graph);
    return this.#store.saveDraft(
      author.scope,
      { appId: app.id, accountId: author.account.id },
      async (draft) => {
        if (draft !== null && input.hash !== undefined && input.hash !== draft.hash) {
          throw new ApiError('draft_workflow_not_sync');
        }
        return {
          graph,
          features: input.features,
          hash: hashOf({ graph, features: input.features }),
          ...(await this.#variables(author.scope, input, draft)),
        };
      },
    );
  }

  /** Replaces everything, whatever state the draft is in: imports do. Values of secrets come in clear. */
  async overwrite(author: WorkflowAuthor, app: GraphApp, input: DraftInput): Promise<WorkflowRow> {
    const draft = await this.#store.draft(author.scope, app.id);
    const saved = await this.save(author, app, { ...input, ...(draft ? { hash: draft.hash } : {}) });
    await this.#draftVariables.removeAll(author.scope, app.id);
    return saved;
  }

  /** Changes only the features. */
  async saveFeatures(
    author: WorkflowAuthor,
    app: GraphApp,
    features: Record<string, unknown>,
  ): Promise<WorkflowRow> {
    const draft = await this.draft(author.scope, app);
    return this.save(author, app, { graph: draft.graph, features });
  }

  /** Changes only variables. */
  async saveVariables(
    author: WorkflowAuthor,
    app: GraphApp,
    variables: Pick<DraftInput, 'environmentVariables' | 'conversationVariables'>,
  ): Promise<WorkflowRow> {
    const draft = await this.draft(author.scope, app);
    return this.save(author, app, { graph: draft.graph, features: draft.features, ...variables });
  }

  /** Makes the draft the version that the app runs. */
  async publish(
    author: WorkflowAuthor,
    app: GraphApp,
    marks: { markedName: string; markedComment: string },
  ): Promise<WorkflowRow> {
    const mode = assertGraphApp(app);
    const draft = await this.draft(author.scope, app);
    this.#assertPublishable(draft, mode);
    const triggers = this.#triggers.read(mode, draft.graph);
    const version = {
      graph: draft.graph,
      features: draft.features,
      environmentVariables: draft.environmentVariables,
      conversationVariables: draft.conversationVariables,
      hash: draft.hash,
      appId: app.id,
      accountId: author.account.id,
      version: versionText(new Date()),
      ...marks,
    };
    const row = await this.#store.publish(author.scope, version, (tx) =>
      this.#triggers.publish(tx, author.scope, { appId: app.id, specs: triggers }),
    );
    await this.#bus.publish(appChangedSubject, app.id);
    await this.#triggers.announce();
    return row;
  }

  /** The version that the app runs, or null. */
  async published(scope: WorkspaceScope, app: GraphApp): Promise<WorkflowRow | null> {
    assertGraphApp(app);
    return app.workflowId === null ? null : this.#store.find(scope, app.id, app.workflowId);
  }

  /** A page of versions, newest first; one more than the limit where there are more. */
  async versions(scope: WorkspaceScope, app: GraphApp, filter: Omit<VersionFilter, 'appId'>) {
    assertGraphApp(app);
    return this.#store.versions(scope, { ...filter, appId: app.id });
  }

  /** A published version, or 404. */
  async version(scope: WorkspaceScope, app: GraphApp, id: string): Promise<WorkflowRow> {
    const row = isUuid(id) ? await this.#store.find(scope, app.id, id) : null;
    if (row?.kind !== 'published') throw notFound(`Workflow not found with id: ${id}`);
    return row;
  }

  /** Changes name and notes of a version. */
  async mark(
    author: WorkflowAuthor,
    app: GraphApp,
    id: string,
    marks: { markedName?: string; markedComment?: string },
  ): Promise<WorkflowRow> {
    await this.version(author.scope, app, id);
    const row = await this.#store.mark(author.scope, {
      appId: app.id,
      id,
      accountId: author.account.id,
      ...marks,
    });
    if (!row) throw notFound(`Workflow not found with id: ${id}`);
    return row;
  }

  /** Removes a version that the app does not run. */
  async remove(scope: WorkspaceScope, app: GraphApp, id: string): Promise<void> {
    await this.version(scope, app, id);
    if (app.workflowId === id) {
      throw invalidParam('This version is the one that the app runs; publish another one first.');
    }
    await this.#store.remove(scope, app.id, id);
  }

  /** Copies a version into the draft. */
  async restore(author: WorkflowAuthor, app: GraphApp, id: string): Promise<WorkflowRow> {
    const version = await this.version(author.scope, app, id);
    const content: WorkflowContent = {
      graph: version.graph,
      features: version.features,
      environmentVariables: version.environmentVariables,
      conversationVariables: version.conversationVariables,
      hash: version.hash,
    };
    return this.#store.saveDraft(
      author.scope,
      { appId: app.id, accountId: author.account.id },
      () => content,
    );
  }

  #assertFeatures(features: Record<string, unknown>, mode: GraphAppMode): void {
    const [issue] = featureIssues(features, mode);
    if (issue) throw invalidParam(`features.${issue.path}: ${issue.message}`, 'features');
  }

  /** What only a published graph must keep; what a person still has to fill in is the checklist's business. */
  #assertPublishable(draft: WorkflowRow, mode: GraphAppMode): void {
    this.#assertFeatures(draft.features, mode);
    const issue = checkGraph(draft.graph, {
      mode,
      purpose: 'publish',
      limits: { maxDepth: this.#limits.maxTreeDepth, maxLoopCount: this.#limits.maxLoopCount },
    }).find(({ code }) => structuralCodes.has(code));
    if (issue) throw invalidParam(issue.message, 'graph');
  }

  async #variables(
    scope: WorkspaceScope,
    input: DraftInput,
    draft: WorkflowRow | null,
  ): Promise<Pick<WorkflowContent, 'environmentVariables' | 'conversationVariables'>> {
    const stored = draft?.environmentVariables ?? [];
    const { maxVariableBytes } = this.#limits;
    try {
      const environment: EnvironmentVariable[] =
        input.environmentVariables === undefined
          ? stored
          : await this.#secrets.seal(
              scope,
              readEnvironmentVariables(input.environmentVariables, maxVariableBytes),
              stored,
            );
      const conversation: ConversationVariable[] =
        input.conversationVariables === undefined
          ? (draft?.conversationVariables ?? [])
          : readConversationVariables(input.conversationVariables, maxVariableBytes);
      return { environmentVariables: environment, conversationVariables: conversation };
    } catch (error) {
      if (error instanceof VariableError) throw invalidParam(error.message, error.variableName);
      throw error;
    }
  }
}

/** Whether the draft differs from a version. */
export function differs(draft: WorkflowRow, version: WorkflowRow | null): boolean {
  if (version === null) return true;
  return !(
    draft.hash === version.hash &&
    isEqualJson(draft.environmentVariables, version.environmentVariables) &&
    isEqualJson(draft.conversationVariables, version.conversationVariables)
  );
}

/** The mode of an app that is a graph; others are refused. */
export function assertGraphApp(app: Pick<AppSnapshot, 'mode'>): GraphAppMode {
  if (app.mode === 'workflow' || app.mode === 'advanced-chat') return app.mode;
  throw invalidParam('Apps of this mode are configured by a prompt, they have no graph.', 'mode');
}

/** A moment as the text that versions are named by. */
function versionText(moment: Date): string {
  return moment.toISOString().replace('T', ' ').replace('Z', '');
}
