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

/** The provider under which a model of `prepareWorkflowApp` is known to the graph. */
export const compatibleProvider = 'langgenius/openai_api_compatible/openai_api_compatible';

/** A model behind an OpenAI-compatible address. */
export interface WorkflowModel {
  readonly endpoint: string;
  readonly name: string;
}

async function call(url: string, path: string, body: unknown, token?: string) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** Makes the first account of a fresh server; answers its token. */
export async function setUpServer(url: string): Promise<string> {
  const account = { email: 'bench@example.org', password: 'bench-pass-1' };
  await call(url, '/console/api/setup', { ...account, name: 'Bench' });
  const signedIn = await call(url, '/console/api/login', account);
  return (signedIn['data'] as { access_token: string }).access_token;
}

/** Adds a published workflow with this graph, and its key; the model where the graph needs one. */
export async function addWorkflowApp(
  url: string,
  token: string,
  input: { readonly graph: StoredGraph; readonly model?: WorkflowModel },
): Promise<WorkflowApp> {
  const { graph, model } = input;
  if (model !== undefined) {
    const credentials = { endpoint_url: model.endpoint, mode: 'chat', context_size: '4096' };
    const path = `/console/api/workspaces/current/model-providers/${compatibleProvider}/models/credentials`;
    await call(url, path, { model: model.name, model_type: 'llm', credentials }, token);
  }
  const app = await call(url, '/console/api/apps', { name: 'Bench', mode: 'workflow' }, token);
  const appId = String(app['id']);
  const path = `/console/api/apps/${appId}/workflows`;
  await call(url, `${path}/draft`, { graph, features: {} }, token);
  await call(url, `${path}/publish`, {}, token);
  const key = await call(url, `/console/api/apps/${appId}/api-keys`, {}, token);
  return { key: String(key['token']), appId };
}

/** Sets a fresh server up over its own API, with one workflow app. */
export async function prepareWorkflowApp(
  url: string,
  graph: StoredGraph,
  model?: WorkflowModel,
): Promise<WorkflowApp> {
  const input = model === undefined ? { graph } : { graph, model };
  return addWorkflowApp(url, await setUpServer(url), input);
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
