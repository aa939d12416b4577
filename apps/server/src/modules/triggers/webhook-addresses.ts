import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { createRandomToken } from '../../platform/crypto/random-token.ts';
import type { Trigger, TriggerStore } from './store.ts';

/** The two addresses of a webhook. */
export interface WebhookUrls {
  webhook_url: string;
  webhook_debug_url: string;
}

/** 24 URL-safe characters, 144 bits: whoever knows them may start runs. */
export function newWebhookId(): string {
  return createRandomToken({ bytes: 18 }).token;
}

/** The addresses of a webhook at a server. */
export function urlsOf(webhookId: string, origin: string): WebhookUrls {
  return {
    webhook_url: `${origin}/triggers/webhook/${webhookId}`,
    webhook_debug_url: `${origin}/triggers/webhook-debug/${webhookId}`,
  };
}

/**
 * A graph as it is stored: without addresses of webhooks. They are looked up when a graph is shown, so no copy, import
 * or version ever holds those of another app.
 */
export function withoutAddresses<G>(graph: G): G {
  return mapWebhooks(graph, () => ({ webhook_url: '', webhook_debug_url: '', webhook_id: '' }));
}

/** Gives the webhook nodes of a draft their addresses. */
export class WebhookAddresses {
  readonly #store: TriggerStore;

  constructor(store: TriggerStore) {
    this.#store = store;
  }

  /** A stored graph as the console shows it. */
  async fill<G>(scope: WorkspaceScope, stored: { appId: string; graph: G }, origin: string): Promise<G> {
    const nodeIds = objectsOf(objectOf(stored.graph)['nodes']).filter(isWebhook).map(idOf);
    const webhooks = await this.#webhooks(scope, stored.appId, [...new Set(nodeIds)]);
    return mapWebhooks(stored.graph, (node) => {
      const webhookId = webhooks.get(idOf(node))?.webhookId;
      return webhookId ? { ...urlsOf(webhookId, origin), webhook_id: webhookId } : {};
    });
  }

  /** The webhook of a node of the draft; null where there is no such node. */
  async ofNode(
    scope: WorkspaceScope,
    draft: { appId: string; graph: unknown },
    nodeId: string,
  ): Promise<(Trigger & { webhookId: string }) | null> {
    const nodes = objectsOf(objectOf(draft.graph)['nodes']);
    if (!nodes.some((node) => isWebhook(node) && idOf(node) === nodeId)) return null;
    const webhook = (await this.#webhooks(scope, draft.appId, [nodeId])).get(nodeId);
    return webhook?.webhookId ? { ...webhook, webhookId: webhook.webhookId } : null;
  }

  #webhooks(scope: WorkspaceScope, appId: string, nodeIds: readonly string[]) {
    return this.#store.webhooks(
      scope,
      appId,
      nodeIds.map((nodeId) => ({ nodeId, webhookId: newWebhookId() })),
    );
  }
}

function mapWebhooks<G>(graph: G, change: (node: JsonObject) => JsonObject): G {
  if (!isObject(graph) || !Array.isArray(graph['nodes']) || !graph['nodes'].some(isWebhook)) return graph;
  const nodes = graph['nodes'].map((node: unknown) =>
    isObject(node) && isWebhook(node)
      ? { ...node, data: { ...objectOf(node['data']), ...change(node) } }
      : node,
  );
  return { ...graph, nodes };
}

function isWebhook(node: unknown): boolean {
  return objectOf(objectOf(node)['data'])['type'] === 'trigger-webhook';
}

function idOf(node: JsonObject): string {
  return textOf(node['id']);
}
