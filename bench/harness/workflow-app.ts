/** A workflow app on a running server, ready to be run. */
export interface WorkflowApp {
  readonly key: string;
  readonly appId: string;
}

/** A graph as the canvas stores it. */
export interface StoredGraph {
  readonly nodes: readonly object[];
  readonly edges: readonly object[];
}

/** Sets a fresh server up over its own API: the first account, a published workflow with this graph, and its key. */
export async function prepareWorkflowApp(url: string, graph: StoredGraph): Promise<WorkflowApp> {
  const call = async (method: string, path: string, body: unknown, token?: string) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const account = { email: 'bench@example.org', password: 'bench-pass-1' };
  await call('POST', '/console/api/setup', { ...account, name: 'Bench' });
  const signedIn = await call('POST', '/console/api/login', account);
  const { access_token: token } = signedIn['data'] as { access_token: string };
  const app = await call('POST', '/console/api/apps', { name: 'Bench', mode: 'workflow' }, token);
  const appId = String(app['id']);
  const path = `/console/api/apps/${appId}/workflows`;
  await call('POST', `${path}/draft`, { graph, features: {} }, token);
  await call('POST', `${path}/publish`, {}, token);
  const key = await call('POST', `/console/api/apps/${appId}/api-keys`, {}, token);
  return { key: String(key['token']), appId };
}

/** Nodes in a row; `data` by node id. */
export function chainGraph(
  nodes: Readonly<Record<string, { type: string; [key: string]: unknown }>>,
): StoredGraph {
  const ids = Object.keys(nodes);
  return {
    nodes: ids.map((id) => ({ id, type: 'custom', data: { title: id, ...nodes[id] } })),
    edges: ids.slice(1).map((target, index) => ({
      source: ids[index],
      sourceHandle: 'source',
      target,
      targetHandle: 'target',
      type: 'custom',
    })),
  };
}

/** The shortest workflow there is: a text goes in and comes out. */
export const startToEnd: StoredGraph = chainGraph({
  start: {
    type: 'start',
    variables: [{ variable: 'text', label: 'Text', type: 'text-input', required: true, max_length: 200 }],
  },
  end: {
    type: 'end',
    outputs: [{ variable: 'text', value_selector: ['start', 'text'], value_type: 'string' }],
  },
});
