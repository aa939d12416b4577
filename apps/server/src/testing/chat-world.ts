import { createFakeProvider, type FakeProvider } from '@trellis/fake-provider';
import { createTestApp, type TestApp, type TestAppOptions, type TestPerson } from './test-app.ts';
import type { TestAnswer, TestClient } from './test-client.ts';

/** The provider whose custom models talk to the fake provider. */
export const customProvider = 'langgenius/openai_api_compatible/openai_api_compatible';
const providersPath = '/console/api/workspaces/current/model-providers';

/** An app of the chat world, with its ways in. */
export interface WorldApp {
  id: string;
  /** Console path of the app. */
  path: string;
  /** Calls of the service API with the app's key. */
  api: TestClient;
  siteCode: string;
  /** The published configuration. */
  config: Record<string, unknown>;
  /** Publishes a configuration that differs in these keys. */
  publish(changes: Record<string, unknown>): Promise<void>;
  /** Calls of the public page as a new visitor, or as the one of this name. */
  visitor(name?: string): Promise<TestClient>;
}

/** The server with a model behind it whose every answer can be scripted. */
export interface ChatWorld {
  app: TestApp;
  provider: FakeProvider;
  owner: TestPerson;
  /** Adds a custom model that talks to the fake provider. */
  addModel(name: string, options?: Record<string, unknown>): Promise<void>;
  /** Makes and publishes an app on the model `scripted` unless told otherwise. */
  createApp(mode: 'chat' | 'completion', changes?: Record<string, unknown>): Promise<WorldApp>;
  close(): Promise<void>;
}

/** A reference to a custom model, as a configuration holds it. */
export function modelOf(name: string, parameters: Record<string, unknown> = {}) {
  return { provider: customProvider, name, mode: 'chat', completion_params: parameters };
}

/** Credentials of a custom model of the fake provider. */
export function credentialsFor(provider: Pick<FakeProvider, 'url'>, options: Record<string, unknown> = {}) {
  return {
    display_name: '',
    api_key: 'sk-test-of-the-fake-provider',
    endpoint_url: provider.url,
    mode: 'chat',
    context_size: '8192',
    vision_support: 'support',
    ...options,
  };
}

/** Builds it: the model `scripted` is there and is the default for names and suggestions. */
export async function createChatWorld(options: TestAppOptions = {}): Promise<ChatWorld> {
  const [app, provider] = await Promise.all([createTestApp(options), createFakeProvider()]);
  const owner = await app.owner();

  async function addModel(name: string, settings: Record<string, unknown> = {}): Promise<void> {
    await expectAnswer(
      owner.client.post(`${providersPath}/${customProvider}/models/credentials`, {
        model: name,
        model_type: 'llm',
        credentials: credentialsFor(provider, settings),
      }),
      201,
    );
  }

  await addModel('scripted');
  await expectAnswer(
    owner.client.post('/console/api/workspaces/current/default-model', {
      model_settings: [{ model_type: 'llm', provider: customProvider, model: 'scripted' }],
    }),
    200,
  );
  provider.reset();

  return {
    app,
    provider,
    owner,
    addModel,
    createApp: (mode, changes = {}) => createWorldApp({ app, owner, mode, changes }),
    async close() {
      await app.close();
      await provider.close();
    },
  };
}

async function createWorldApp(input: {
  app: TestApp;
  owner: TestPerson;
  mode: 'chat' | 'completion';
  changes: Record<string, unknown>;
}): Promise<WorldApp> {
  const { app, owner, mode, changes } = input;
  const made = await expectAnswer(
    owner.client.post('/console/api/apps', { name: `A ${mode} app`, mode }),
    201,
  );
  const path = `/console/api/apps/${made.json.id}`;
  const key = await expectAnswer(owner.client.post(`${path}/api-keys`), 201);
  const siteCode: string = (await expectAnswer(owner.client.get(path), 200)).json.site.code;
  const worldApp: WorldApp = {
    id: made.json.id,
    path,
    api: app.as(key.json.token),
    siteCode,
    config: { ...made.json.model_config, model: modelOf('scripted') },
    async publish(next) {
      worldApp.config = { ...worldApp.config, ...next };
      await expectAnswer(owner.client.post(`${path}/model-config`, worldApp.config), 200);
    },
    async visitor(name) {
      const query = name === undefined ? '' : `?user_id=${name}`;
      const passport = await expectAnswer(
        app.anonymous.get(`/api/passport${query}`, { headers: { 'x-app-code': siteCode } }),
        200,
      );
      return app.anonymous.with({
        'x-app-code': siteCode,
        'x-app-passport': passport.json.access_token,
      });
    },
  };
  await worldApp.publish(changes);
  return worldApp;
}

/** The answer, when it has this status; else an error that shows it. */
export async function expectAnswer(promise: Promise<TestAnswer>, status: number): Promise<TestAnswer> {
  const answer = await promise;
  if (answer.status !== status) {
    throw new Error(`expected ${status}, was ${answer.status}: ${answer.text.slice(0, 500)}`);
  }
  return answer;
}

/** An event of a stream. Typed loosely: tests say what they expect by asserting it. */
// biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of an event
export type StreamEvent = { event: string } & Record<string, any>;

/** The data events of a stream; pings are left out. */
export function eventsOf(text: string): StreamEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => JSON.parse(block.slice('data: '.length)));
}

/** The text that a stream's messages add up to. */
export function answerOf(events: readonly StreamEvent[]): string {
  return events
    .filter((event) => event.event === 'message')
    .map((event) => event['answer'])
    .join('');
}

/** Asks again until the answer is there, at most five seconds. For work that goes on in the background. */
export async function eventually<T>(look: () => Promise<T | undefined | null | false>): Promise<T> {
  const deadlineMs = Date.now() + 5_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadlineMs) throw new Error('it did not come within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The messages that the model was sent by the request at this place, counted from the end (-1: the last). */
// biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of a recorded request
export function sentMessages(provider: FakeProvider, at = -1): any[] {
  const request = provider.requests.filter((item) => item.path.endsWith('/chat/completions')).at(at);
  return (request?.json as { messages: unknown[] } | undefined)?.messages ?? [];
}
