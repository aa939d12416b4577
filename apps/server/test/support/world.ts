import { maskKey } from '../../src/modules/extensions/service.ts';
import { makeScope } from '../../src/platform/auth/scope.ts';
import {
  createTestApp,
  type TestApp,
  type TestAppOptions,
  type TestPerson,
} from '../../src/testing/test-app.ts';
import { type AppThings, createApp, demoModel, expectStatus } from './app.ts';
import { createGraphApp } from './graph-app.ts';

/** A workspace with one of everything. */
export interface Party {
  workspaceId: string;
  owner: TestPerson;
  /** Somebody besides the owner. */
  memberId: string;
  chat: AppThings;
  completion: AppThings;
  workflow: AppThings;
  chatflow: AppThings;
  tagId: string;
  credentialId: string;
  modelCredentialId: string;
  /** A session of the owner's on another device. */
  sessionId: string;
  /** A file that waits for the owner's word. */
  importId: string;
  /** A service that answers in the extension protocol, if it were there. */
  extensionId: string;
  /** Stands in every name and text of this workspace and nowhere else. */
  marker: string;
}

/** Two workspaces that must never meet, and a second chat app in the first. */
export interface World {
  app: TestApp;
  home: Party;
  foreign: Party;
  neighbour: AppThings;
  /** Where the server listens. */
  address: string;
  close(): Promise<void>;
}

/** An address that refuses at once: credentials are checked by a call, and no test leaves the machine. */
export const nowhere = 'http://127.0.0.1:9';

/** Secrets that are put into the world, and that no answer may hold. */
export const seededSecrets = {
  providerKey: 'sk-seeded-provider-key-4f9a7c21',
  modelKey: 'sk-seeded-model-key-b83d0e55',
  extensionKey: 'seeded-extension-key-71c0aa4e',
};

/** How to build the world. */
export interface WorldOptions extends TestAppOptions {
  /** Whether callers and visitors have said something (default true); else their ids name nothing. */
  talks?: boolean;
}

/** Builds both workspaces through the server's own API wherever it has a call for it. */
export async function createWorld({ talks = true, ...options }: WorldOptions = {}): Promise<World> {
  const app = await createTestApp(options);
  const owner = await app.owner();
  const [home, neighbour, foreign] = await Promise.all([
    createParty(app, owner, { marker: 'Homeland', talks }),
    createApp(app, owner, { mode: 'chat', marker: 'Neighbour', talks }),
    app.stranger().then((stranger) => createParty(app, stranger, { marker: 'Zanzibar', talks })),
  ]);
  const address = await app.http.listen({ host: '127.0.0.1', port: 0 });
  return { app, home, foreign, neighbour, address, close: () => app.close() };
}

async function createParty(
  app: TestApp,
  owner: TestPerson,
  { marker, talks }: { marker: string; talks: boolean },
): Promise<Party> {
  const member = await app.member('editor', { workspaceId: owner.workspaceId });
  const tag = await expectStatus(
    owner.client.post('/console/api/tags', { name: `${marker} tag`, type: 'app' }),
    [200, 201],
  );
  const defaults = Object.entries({
    llm: 'chat',
    tts: 'speech',
    speech2text: 'transcribe',
    moderation: 'moderation',
  });
  await expectStatus(
    owner.client.post('/console/api/workspaces/current/default-model', {
      model_settings: defaults.map(([type, model]) => ({
        model_type: type,
        provider: demoModel.provider,
        model: `demo-${model}`,
      })),
    }),
    [200],
  );
  const [chat, completion, workflow, chatflow] = await Promise.all([
    createApp(app, owner, { mode: 'chat', marker, talks }),
    createApp(app, owner, { mode: 'completion', marker, talks }),
    createGraphApp(app, owner, { mode: 'workflow', marker, talks }),
    createGraphApp(app, owner, { mode: 'advanced-chat', marker, talks }),
  ]);
  await expectStatus(
    owner.client.post('/console/api/tag-bindings', {
      tag_ids: [tag.json.id],
      target_id: chat.appId,
      type: 'app',
    }),
    [200],
  );
  return {
    workspaceId: owner.workspaceId,
    owner,
    memberId: member.accountId,
    chat,
    completion,
    workflow,
    chatflow,
    tagId: tag.json.id,
    ...(await createCredentials(app, owner)),
    sessionId: await openSession(app, owner),
    importId: await waitingImport(owner),
    extensionId: await storedExtension(app, owner),
    marker,
  };
}

/** Signs the owner in once more and answers that session's id. */
async function openSession(app: TestApp, owner: TestPerson): Promise<string> {
  const { client } = await app.signIn(owner.email, owner.password);
  const { json } = await expectStatus(client.get('/console/api/account/sessions'), [200]);
  const sessions: { id: string; is_current: boolean }[] = json.data ?? json.sessions;
  return sessions.find((session) => session.is_current)?.id ?? '';
}

/** Imports a file of a version to come, which waits for a confirmation. */
async function waitingImport(owner: TestPerson): Promise<string> {
  const yaml = "kind: app\nversion: '99.0.0'\napp: { name: From the future, mode: chat }\nmodel_config: {}\n";
  const answer = await expectStatus(
    owner.client.post('/console/api/apps/imports', { mode: 'yaml-content', yaml_content: yaml }),
    [202],
  );
  return answer.json.id;
}

/** Stores an extension as the service does, without the ping that comes before. */
async function storedExtension(app: TestApp, owner: TestPerson): Promise<string> {
  const { services } = app;
  const row = await services.extensionStore.insert(makeScope(owner.workspaceId), {
    name: 'Seeded',
    apiEndpoint: nowhere,
    sealedApiKey: await services.vault.encrypt(owner.workspaceId, seededSecrets.extensionKey),
    maskedApiKey: maskKey(seededSecrets.extensionKey),
    accountId: owner.accountId,
  });
  return row.id;
}

/** Stores credentials as the service does, without the call to the provider that comes before. */
export async function createCredentials(app: TestApp, owner: TestPerson) {
  const { services } = app;
  const scope = makeScope(owner.workspaceId);
  const provider = 'langgenius/openai/openai';
  const seal = (secret: string) => services.vault.encrypt(scope.workspaceId, secret);
  const credential = await services.modelStore.insertProviderCredential(scope, {
    provider,
    name: 'Seeded',
    encryptedConfig: { openai_api_key: await seal(seededSecrets.providerKey), openai_api_base: nowhere },
  });
  await services.modelStore.setProvider(scope, provider, {
    activeCredentialId: credential.id,
    preferredType: 'custom',
  });
  const key = { provider, model: 'seeded-model', modelType: 'llm' as const };
  const modelCredential = await services.modelStore.insertModelCredential(scope, {
    ...key,
    name: 'Seeded',
    encryptedConfig: { openai_api_key: await seal(seededSecrets.modelKey), openai_api_base: nowhere },
  });
  await services.modelStore.putCustomModel(scope, key, modelCredential.id);
  return { credentialId: credential.id, modelCredentialId: modelCredential.id };
}
