/** Sets apps up on a running server over its own API, for tests that begin at the visitor. */

const account = { email: 'ada@example.com', password: 'harbour-42-lights' };

/** An app that visitors can open. */
export interface PublishedApp {
  readonly id: string;
  /** The code in the public address. */
  readonly code: string;
}

/** The API of the console, signed in. */
export interface Author {
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Publishes a prompt app on the demo model. */
  publishPrompt(mode: 'chat' | 'completion', config: Record<string, unknown>): Promise<PublishedApp>;
  /** Publishes a graph. */
  publishGraph(
    mode: 'workflow' | 'advanced-chat',
    graph: { nodes: readonly object[]; edges: readonly object[] },
    features?: Record<string, unknown>,
  ): Promise<PublishedApp>;
}

/** Makes the first account of a fresh server and signs it in. */
export async function firstAuthor(url: string): Promise<Author> {
  let token: string | undefined;
  const call: Author['call'] = async (method, path, body) => {
    const response = await fetch(`${url}/console/api${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  await call('POST', '/setup', { ...account, name: 'Ada Meyer' });
  const signedIn = await call('POST', '/login', account);
  token = (signedIn['data'] as { access_token: string }).access_token;

  const create = async (mode: string) => {
    const app = await call('POST', '/apps', { name: `A ${mode} app`, mode });
    const { site } = (await call('GET', `/apps/${app['id']}`)) as { site: { code: string } };
    return { app, published: { id: String(app['id']), code: site.code } };
  };
  return {
    call,
    async publishPrompt(mode, config) {
      const { app, published } = await create(mode);
      await call('POST', `/apps/${published.id}/model-config`, {
        ...(app['model_config'] as object),
        model: { provider: 'trellis/demo/demo', name: 'demo-chat', mode: 'chat', completion_params: {} },
        ...config,
      });
      return published;
    },
    async publishGraph(mode, graph, features = {}) {
      const { published } = await create(mode);
      const path = `/apps/${published.id}/workflows`;
      await call('POST', `${path}/draft`, { graph, features });
      await call('POST', `${path}/publish`, {});
      return published;
    },
  };
}
