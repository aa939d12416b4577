import type { TestApp, TestPerson } from '../../testing/test-app.ts';

/** An app that webhooks and schedules start. */
export interface TriggeredApp {
  appId: string;
  /** Console routes of the app. */
  base: string;
  /** Path of a webhook's address, by node. */
  webhook: (nodeId: string, kind?: 'webhook' | 'webhook-debug') => Promise<string>;
}

/** A graph of triggers that all lead to one end; `data` by node id. `said` is the end's output. */
export function triggerGraph(
  triggers: Readonly<Record<string, { type: string; [key: string]: unknown }>>,
  said: readonly string[],
) {
  const ids = Object.keys(triggers);
  const end = {
    type: 'end',
    title: 'end',
    outputs: [{ variable: 'said', value_selector: said, value_type: 'string' }],
  };
  return {
    nodes: [
      ...ids.map((id) => ({ id, type: 'custom', data: { title: id, ...triggers[id] } })),
      { id: 'end', type: 'custom', data: end },
    ],
    edges: ids.map((source) => ({ source, sourceHandle: 'source', target: 'end', targetHandle: 'target' })),
  };
}

/** Makes a workflow of this graph, published unless said. */
export async function createTriggered(
  owner: TestPerson,
  graph: object,
  { publish = true }: { publish?: boolean } = {},
): Promise<TriggeredApp> {
  const made = await owner.client.post('/console/api/apps', { name: 'Triggered', mode: 'workflow' });
  const base = `/console/api/apps/${made.json.id}`;
  await saveDraft(owner, base, graph);
  if (publish) await publishDraft(owner, base);
  return {
    appId: made.json.id,
    base,
    webhook: async (nodeId, kind = 'webhook') => {
      const { json } = await owner.client.get(`${base}/workflows/triggers/webhook?node_id=${nodeId}`);
      return new URL(kind === 'webhook' ? json.webhook_url : json.webhook_debug_url).pathname;
    },
  };
}

/** Saves a draft, whatever state it was in. */
export async function saveDraft(owner: TestPerson, base: string, graph: object): Promise<void> {
  const saved = await owner.client.post(`${base}/workflows/draft`, { graph, features: {} });
  if (saved.status !== 200) throw new Error(`the draft was refused: ${saved.text}`);
}

/** Publishes the draft. */
export async function publishDraft(owner: TestPerson, base: string): Promise<void> {
  const published = await owner.client.post(`${base}/workflows/publish`, {});
  if (published.status !== 200) throw new Error(`publishing was refused: ${published.text}`);
}

/** Runs of an app, newest first, as its logs show them. */
export async function runsOf(owner: TestPerson, base: string) {
  return (await owner.client.get(`${base}/workflow-app-logs?limit=100`)).json.data;
}

/** Outputs of the newest run that a trigger started, once it has ended. */
export async function lastOutputs(app: TestApp, appId: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { rows } = await app.services.pool.query<{ status: string; outputs: Record<string, unknown> }>(
      'select status, outputs from workflow_runs where app_id = $1 order by created_at desc, id desc limit 1',
      [appId],
    );
    if (rows[0]?.status === 'succeeded') return rows[0].outputs;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the run did not succeed');
}
