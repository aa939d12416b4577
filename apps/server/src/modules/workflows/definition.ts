import { type DeclaredVariable, type Plan, plan, planNode } from '@trellis/engine';
import {
  type ConversationVariable,
  type Features,
  type Graph,
  GraphError,
  parseFeatures,
  parseGraph,
  type StartVariable,
} from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import type { EnvironmentSecrets } from './environment-secrets.ts';
import type { WorkflowRow, WorkflowStore } from './store.ts';

/** A version ready to run: checked, planned, secrets open. Shared by all runs; never leaves the server. */
export interface Definition {
  id: string;
  appId: string;
  version: string;
  graph: Graph;
  /** The trigger at which runs begin; null is the graph's first start step. */
  root: string | null;
  plan: Plan;
  features: Features;
  /** The form that callers fill. */
  form: readonly StartVariable[];
  environment: readonly DeclaredVariable[];
  conversationVariables: readonly ConversationVariable[];
}

const cacheLimit = 500;

/** Reads versions and keeps what has been read: published versions and snapshots never change. */
export class Definitions {
  readonly #store: WorkflowStore;
  readonly #secrets: EnvironmentSecrets;
  readonly #known = new Map<string, Definition>();

  constructor(options: { store: WorkflowStore; secrets: EnvironmentSecrets }) {
    this.#store = options.store;
    this.#secrets = options.secrets;
  }

  /**
   * The version or snapshot of an app, to be begun at `root`; null when there is none. Throws 400 for a graph that
   * cannot run, or not from there.
   */
  async find(
    scope: WorkspaceScope,
    appId: string,
    id: string,
    root: string | null = null,
  ): Promise<Definition | null> {
    const key = keyOf(scope, { appId, id, root });
    const known = this.#known.get(key);
    if (known) return known;
    const row = await this.#store.find(scope, appId, id);
    if (!row) return null;
    if (row.kind === 'draft') throw new ApiError('bad_request', 'A draft cannot be run as a version.');
    return this.read(scope, row, root);
  }

  /** Reads a row; kept when the row never changes. */
  async read(scope: WorkspaceScope, row: WorkflowRow, root: string | null = null): Promise<Definition> {
    const key = keyOf(scope, { appId: row.appId, id: row.id, root });
    const known = row.kind === 'draft' ? undefined : this.#known.get(key);
    if (known) return known;
    const graph = readGraph(row);
    const definition: Definition = {
      id: row.id,
      appId: row.appId,
      version: row.version,
      graph,
      root,
      plan: planOf(graph, root),
      features: parseFeatures(row.features),
      form: graph.nodes.find((node) => node.type === 'start')?.data.variables ?? [],
      environment: await this.#environment(scope, row),
      conversationVariables: row.conversationVariables,
    };
    if (row.kind !== 'draft') {
      if (this.#known.size >= cacheLimit) this.#known.clear();
      this.#known.set(key, definition);
    }
    return definition;
  }

  /** One node of a draft, planned to be tried alone; the rest of the draft need not be runnable. */
  async readNode(
    scope: WorkspaceScope,
    row: WorkflowRow,
    nodeId: string,
  ): Promise<{ graph: Graph; plan: Plan; environment: readonly DeclaredVariable[] }> {
    const graph = readGraph(row);
    return {
      graph,
      plan: asInvalidParam(() => planNode(graph, nodeId)),
      environment: await this.#environment(scope, row),
    };
  }

  async #environment(scope: WorkspaceScope, row: WorkflowRow): Promise<DeclaredVariable[]> {
    const opened = await this.#secrets.open(scope, row.environmentVariables);
    return opened.map(({ name, value_type: type, value }) => ({ name, type, value }));
  }
}

function readGraph(row: WorkflowRow): Graph {
  return asInvalidParam(() => parseGraph(row.graph));
}

function planOf(graph: Graph, root: string | null): Plan {
  return asInvalidParam(() => plan(graph, root === null ? {} : { root }));
}

function keyOf(scope: WorkspaceScope, of: { appId: string; id: string; root: string | null }): string {
  return JSON.stringify([scope.workspaceId, of.appId, of.id, of.root]);
}

/** A graph that cannot run is the caller's mistake, in the graph's own words. */
function asInvalidParam<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GraphError) throw invalidParam(error.message, 'graph');
    throw error;
  }
}
