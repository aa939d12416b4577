/** An app on a running server, ready to be talked to. */
export interface ChatApp {
  readonly key: string;
  readonly appId: string;
}

/** Who sets fresh servers up. */
export const benchAccount = { email: 'bench@example.org', password: 'bench-pass-1' } as const;

/**
 * Sets a fresh server up over its own API: the first account, a model behind an OpenAI-compatible address, a chatbot
 * and its key. The model `bench-100` of the fake provider answers 100 chunks at once.
 */
export async function prepareChatApp(
  url: string,
  model: { readonly endpoint: string; readonly name: string },
): Promise<ChatApp> {
  const post = async (path: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
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
  };
  await post('/console/api/setup', { ...benchAccount, name: 'Bench' });
  const signedIn = await post('/console/api/login', benchAccount);
  const { access_token: token } = signedIn['data'] as { access_token: string };
  const provider = 'langgenius/openai_api_compatible/openai_api_compatible';
  await post(
    `/console/api/workspaces/current/model-providers/${provider}/models/credentials`,
    {
      model: model.name,
      model_type: 'llm',
      credentials: { endpoint_url: model.endpoint, mode: 'chat', context_size: '4096' },
    },
    token,
  );
  const app = await post('/console/api/apps', { name: 'Bench', mode: 'chat' }, token);
  const appId = String(app['id']);
  await post(
    `/console/api/apps/${appId}/model-config`,
    {
      ...(app['model_config'] as object),
      model: { provider, name: model.name, mode: 'chat', completion_params: {} },
    },
    token,
  );
  const key = await post(`/console/api/apps/${appId}/api-keys`, {}, token);
  return { key: String(key['token']), appId };
}
