import { makeScope } from '../../src/platform/auth/scope.ts';
import { newId } from '../../src/platform/ids.ts';
import type { TestApp, TestPerson } from '../../src/testing/test-app.ts';
import type { TestAnswer, TestClient } from '../../src/testing/test-client.ts';
import { multipart, tinyPng } from './multipart.ts';

/** What one visitor or caller of an app has there. */
export interface Belongings {
  conversationId: string;
  messageId: string;
  /** An image that one of the messages uses. */
  fileId: string;
  endUserId: string;
  /** A run of a graph. */
  runId: string;
}

/** An app with its ways in, and what two callers and a visitor have in it. */
export interface AppThings {
  appId: string;
  mode: 'chat' | 'completion' | 'workflow' | 'advanced-chat';
  keyId: string;
  key: string;
  /** The published configuration. */
  versionId: string;
  /** The published graph. */
  workflowId: string;
  siteCode: string;
  passport: string;
  /** Of the service API's user `ada`. */
  program: Belongings;
  /** Of the service API's user `grace`, in the same app. */
  otherUser: Belongings;
  /** Of the visitor who holds the passport. */
  visitor: Belongings;
  /** Of the owner, from a debug run. */
  operator: Belongings;
}

/** The user whose belongings are called `program`. */
export const programUser = 'ada';
/** The user whose belongings are called `otherUser`. */
export const otherUser = 'grace';

/** The model that every app here runs on: canned answers, no key, no network. */
export const demoModel = {
  provider: 'trellis/demo/demo',
  name: 'demo-chat',
  mode: 'chat',
  completion_params: {},
};

/** Makes an app, publishes it, and has two callers and a visitor talk to it. */
export async function createApp(
  app: TestApp,
  owner: TestPerson,
  input: { mode: 'chat' | 'completion'; marker: string; talks?: boolean; config?: Record<string, unknown> },
): Promise<AppThings> {
  const { client } = owner;
  const made = await expectStatus(
    client.post('/console/api/apps', { name: `${input.marker} ${input.mode}`, mode: input.mode }),
    [201],
  );
  const appId: string = made.json.id;
  const base = `/console/api/apps/${appId}`;
  const config = { ...made.json.model_config, ...configFor(input.mode), ...input.config };
  await expectStatus(client.post(`${base}/model-config`, config), [200]);
  const key = await expectStatus(client.post(`${base}/api-keys`), [201]);
  const detail = await expectStatus(client.get(base), [200]);
  const siteCode: string = detail.json.site.code;
  const passport = await passportFor(app, siteCode, 'visitor-1');
  const token: string = key.json.token;
  const published = await app.services.apps.find(makeScope(owner.workspaceId), appId);
  const conversationOf = async (messageId: string): Promise<string> =>
    (await expectStatus(client.get(`${base}/messages/${messageId}`), [200])).json.conversation_id;
  const sides = {
    operator: () => debug(client, { ...input, appId, config }),
    program: () => talk(app.as(token), { ...input, prefix: '/v1', user: programUser, conversationOf }),
    otherUser: () => talk(app.as(token), { ...input, prefix: '/v1', user: otherUser, conversationOf }),
    visitor: () =>
      talk(app.anonymous.with({ 'x-app-passport': passport }), {
        ...input,
        prefix: '/api',
        user: undefined,
        conversationOf,
      }),
  };
  const side = (name: keyof typeof sides) => (input.talks === false ? nothing() : sides[name]());
  return {
    appId,
    mode: input.mode,
    keyId: key.json.id,
    key: token,
    versionId: published?.modelConfigId ?? '',
    workflowId: newId(),
    siteCode,
    passport,
    program: await side('program'),
    otherUser: await side('otherUser'),
    visitor: await side('visitor'),
    operator: await side('operator'),
  };
}

/** Ids that name nothing. */
export function nothing(): Belongings {
  return { conversationId: newId(), messageId: newId(), fileId: newId(), endUserId: newId(), runId: newId() };
}

/** A passport of an app's page. */
export async function passportFor(app: TestApp, siteCode: string, userId: string): Promise<string> {
  const answer = await expectStatus(
    app.anonymous.get(`/api/passport?user_id=${userId}`, { headers: { 'x-app-code': siteCode } }),
    [200],
  );
  return answer.json.access_token;
}

/** The configuration that the apps of the world run on: every feature of prompt apps is on. */
export function configFor(mode: 'chat' | 'completion'): Record<string, unknown> {
  return {
    model: demoModel,
    suggested_questions_after_answer: { enabled: mode === 'chat' },
    more_like_this: { enabled: mode === 'completion' },
    speech_to_text: { enabled: true },
    text_to_speech: { enabled: true, voice: 'demo', language: 'en-US' },
    file_upload: {
      enabled: true,
      allowed_file_types: ['image', 'document'],
      allowed_file_extensions: [],
      allowed_file_upload_methods: ['local_file', 'remote_url'],
      number_limits: 3,
      image: {
        enabled: true,
        number_limits: 3,
        detail: 'high',
        transfer_methods: ['local_file', 'remote_url'],
      },
    },
  };
}

/** Uploads an image and says something with it. */
async function talk(
  client: TestClient,
  input: {
    prefix: '/v1' | '/api';
    user: string | undefined;
    mode: 'chat' | 'completion';
    marker: string;
    conversationOf: (messageId: string) => Promise<string>;
  },
): Promise<Belongings> {
  const { prefix, user, mode } = input;
  const fileId = await uploadImage(client, { prefix, user });
  const path = mode === 'chat' ? 'chat-messages' : 'completion-messages';
  const answer = await expectStatus(
    client.post(`${prefix}/${path}`, {
      ...saying(input),
      response_mode: 'blocking',
      files: [{ type: 'image', transfer_method: 'local_file', upload_file_id: fileId }],
      ...(user === undefined ? {} : { user }),
      // Naming goes on in the background and would change rows while they are watched.
      auto_generate_name: false,
    }),
    [200],
  );
  return {
    // Text generators do not tell it; the log does.
    conversationId: answer.json.conversation_id ?? (await input.conversationOf(answer.json.message_id)),
    messageId: answer.json.message_id,
    fileId,
    endUserId: await endUserOf(client, { prefix, user, fileId }),
    runId: answer.json.task_id,
  };
}

/** Runs the configuration once as the author does. */
async function debug(
  client: TestClient,
  input: { appId: string; mode: 'chat' | 'completion'; marker: string; config: Record<string, unknown> },
): Promise<Belongings> {
  const fileId = await uploadImage(client, { prefix: '/console/api', user: undefined });
  const answer = await expectStatus(
    client.post(`/console/api/apps/${input.appId}/${input.mode}-messages`, {
      ...saying(input),
      response_mode: 'blocking',
      model_config: input.config,
    }),
    [200],
  );
  const message = await client.get(`/console/api/apps/${input.appId}/messages/${answer.json.message_id}`);
  return {
    conversationId: message.json.conversation_id,
    messageId: answer.json.message_id,
    fileId,
    endUserId: newId(),
    runId: answer.json.task_id,
  };
}

/** The demo model repeats what follows "say": a short answer, and one that holds the marker. */
function saying({ mode, marker }: { mode: 'chat' | 'completion'; marker: string }) {
  return {
    inputs: mode === 'chat' ? {} : { query: `say: ${marker} text` },
    query: `say: ${marker} answer`,
  };
}

/** Uploads a small image and answers its id. */
export async function uploadImage(
  client: TestClient,
  input: { prefix: '/v1' | '/api' | '/console/api'; user: string | undefined },
): Promise<string> {
  const { body, headers } = multipart([
    { name: 'file', fileName: 'pixel.png', bytes: tinyPng, contentType: 'image/png' },
    ...(input.user === undefined ? [] : [{ name: 'user', value: input.user }]),
  ]);
  const answer = await expectStatus(client.post(`${input.prefix}/files/upload`, body, { headers }), [201]);
  return answer.json.id;
}

async function endUserOf(
  client: TestClient,
  input: { prefix: '/v1' | '/api'; user: string | undefined; fileId: string },
): Promise<string> {
  if (input.prefix === '/api') {
    return (await expectStatus(client.get('/api/site'), [200])).json.end_user_id;
  }
  const { body, headers } = multipart([
    { name: 'file', fileName: 'who.png', bytes: tinyPng, contentType: 'image/png' },
    { name: 'user', value: input.user ?? '' },
  ]);
  return (await expectStatus(client.post('/v1/files/upload', body, { headers }), [201])).json.created_by;
}

/** The answer, when its status is one of these; else an error that shows it. */
export async function expectStatus(
  promise: Promise<TestAnswer>,
  statuses: readonly number[],
): Promise<TestAnswer> {
  const answer = await promise;
  if (!statuses.includes(answer.status)) {
    throw new Error(`expected ${statuses.join(' or ')}, was ${answer.status}: ${answer.text.slice(0, 500)}`);
  }
  return answer;
}
