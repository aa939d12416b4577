import { objectOf, objectsOf, textOf } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { invalidParam } from '../../platform/errors.ts';
import type { WorkflowRow, WorkflowStore } from '../workflows/store.ts';
import type { ListenerStore, TriggerPlace } from './listener-store.ts';

/** How long somebody counts as listening after each question. */
const listenMs = 10_000;
/** How soon to ask again. */
export const retryInMs = 1_000;

/** Somebody in the editor. */
export interface Listener {
  scope: WorkspaceScope;
  accountId: string;
}

/** An event of a trigger of a draft. */
export interface DraftEvent {
  nodeId: string;
  inputs: Record<string, unknown>;
}

/** Lets people in the editor wait for events of their draft's triggers (spec: workflow §11). */
export class TriggerDebugger {
  readonly #listeners: ListenerStore;
  readonly #workflows: WorkflowStore;

  constructor(options: { listeners: ListenerStore; workflows: WorkflowStore }) {
    this.#listeners = options.listeners;
    this.#workflows = options.workflows;
  }

  /** Data of a node of an app's draft; null where there is none. */
  async draftNode(scope: WorkspaceScope, { appId, nodeId }: TriggerPlace): Promise<unknown> {
    const draft = await this.#workflows.draft(scope, appId);
    return draft && (nodesOf(draft).get(nodeId) ?? null);
  }

  /** Whether anybody listens to a node. */
  isListening(scope: WorkspaceScope, place: TriggerPlace): Promise<boolean> {
    return this.#listeners.isListening(scope, place);
  }

  /** Gives an event to everybody who listens. */
  deliver(scope: WorkspaceScope, place: TriggerPlace, inputs: Record<string, unknown>): Promise<void> {
    return this.#listeners.deliver(scope, place, inputs);
  }

  /**
   * The next event of one of the nodes, or null when none has come yet: ask again within seconds. `simulated` is an
   * event of the caller's own. A schedule brings its event at once where nothing else is listened to: nobody waits for
   * Monday to try it.
   */
  async next(
    { scope, accountId }: Listener,
    draft: WorkflowRow,
    wanted: { nodeIds: readonly string[]; simulated?: Record<string, unknown> | undefined },
  ): Promise<DraftEvent | null> {
    const [first] = wanted.nodeIds;
    if (first === undefined) throw invalidParam('node_ids: must name a trigger', 'node_ids');
    const nodes = nodesOf(draft);
    const types = wanted.nodeIds.map((nodeId) => typeOf(nodes, nodeId));
    if (wanted.simulated) return { nodeId: first, inputs: wanted.simulated };
    const webhooks = wanted.nodeIds.filter((_, index) => types[index] === 'trigger-webhook');
    const until = new Date(Date.now() + listenMs);
    for (const nodeId of webhooks) {
      const inputs = await this.#listeners.poll(scope, { appId: draft.appId, nodeId, accountId, until });
      if (inputs) return { nodeId, inputs };
    }
    const schedule = wanted.nodeIds[types.indexOf('trigger-schedule')];
    return webhooks.length === 0 && schedule !== undefined ? { nodeId: schedule, inputs: {} } : null;
  }
}

function nodesOf(draft: WorkflowRow): Map<string, Record<string, unknown>> {
  const nodes = objectsOf(objectOf(draft.graph)['nodes']);
  return new Map(nodes.map((node) => [textOf(node['id']), objectOf(node['data'])]));
}

function typeOf(nodes: ReadonlyMap<string, Record<string, unknown>>, nodeId: string): string {
  const type = textOf(nodes.get(nodeId)?.['type']);
  if (type === 'trigger-webhook' || type === 'trigger-schedule') return type;
  throw invalidParam(`${nodeId} is not a webhook or schedule of the draft.`, 'node_id');
}
