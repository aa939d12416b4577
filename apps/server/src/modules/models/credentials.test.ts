import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeScope } from '../../platform/auth/scope.ts';
import {
  type ChatWorld,
  createChatWorld,
  credentialsFor,
  customProvider,
  eventually,
  expectAnswer,
  modelOf,
  type WorldApp,
} from '../../testing/chat-world.ts';
import type { TestClient } from '../../testing/test-client.ts';

const base = '/console/api/workspaces/current/model-providers';
const openai = `${base}/langgenius/openai/openai`;
const custom = `${base}/${customProvider}`;

let world: ChatWorld;
let console_: TestClient;

beforeAll(async () => {
  world = await createChatWorld();
  console_ = world.owner.client;
});
beforeEach(() => world.provider.reset());
afterAll(() => world.close());

const openaiKey = (key: string, more: Record<string, unknown> = {}) => ({
  openai_api_key: key,
  openai_api_base: world.provider.origin,
  api_protocol: 'chat',
  ...more,
});
/** The key that the model's provider was last called with. */
const keyInUse = () => world.provider.requests.at(-1)?.headers['authorization']?.replace('Bearer ', '');

async function ask(app: WorldApp, status = 200) {
  const body = { inputs: {}, query: 'hi', user: 'ada', auto_generate_name: false };
  return expectAnswer(app.api.post('/v1/chat-messages', body), status);
}

async function providerCard(path: string) {
  const all = (await console_.get(base)).json.data as { provider: string }[];
  // biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of a card
  return all.find((item) => path.endsWith(item.provider)) as any;
}

describe('credentials of a provider', () => {
  it('are checked by a call before they are stored, and the provider says what is wrong', async () => {
    world.provider.script({
      status: 401,
      body: { error: { message: 'Incorrect API key provided: sk-bad.', type: 'invalid_request_error' } },
      times: 20,
    });
    const refused = await console_.post(`${openai}/credentials`, { credentials: openaiKey('sk-bad') });
    expect([refused.status, refused.json.code]).toEqual([400, 'invalid_param']);
    expect(refused.json.message).toContain('Incorrect API key provided');
    const checked = await console_.post(`${openai}/credentials/validate`, {
      credentials: openaiKey('sk-bad'),
    });
    expect([checked.status, checked.json.result]).toEqual([200, 'error']);
    expect((await console_.get(`${openai}/credentials`)).json.credentials).toBeNull();
    const incomplete = await console_.post(`${openai}/credentials`, { credentials: {} });
    expect(incomplete.json.code).toBe('invalid_param');
    expect(incomplete.json.message).toContain('openai_api_key');
  });

  it('are shown masked, changed without being typed again, named, switched and removed', async () => {
    const first = 'sk-first-key-0123456789';
    const second = 'sk-second-key-9876543210';
    await expectAnswer(
      console_.post(`${openai}/credentials`, { credentials: openaiKey(first), name: 'First' }),
      201,
    );
    await expectAnswer(console_.post(`${openai}/credentials`, { credentials: openaiKey(second) }), 201);
    const taken = await console_.post(`${openai}/credentials`, {
      credentials: openaiKey(second),
      name: 'First',
    });
    expect(taken.json.message).toBe("Credential with name 'First' already exists.");

    const shown = await console_.get(`${openai}/credentials`);
    expect(shown.text).not.toContain(first);
    expect(shown.json.credentials.openai_api_base).toBe(world.provider.origin);
    expect(shown.json.credentials.openai_api_key).toMatch(/\*{4,}/);
    const stored = await world.app.services.pool.query(
      'select encrypted_config::text from provider_credentials',
    );
    expect(JSON.stringify(stored.rows)).not.toContain(first);

    const card = await providerCard(openai);
    const list = card.custom_configuration.available_credentials as {
      credential_id: string;
      credential_name: string;
    }[];
    const byName = (name: string) => list.find((item) => item.credential_name === name)?.credential_id;
    expect(card.custom_configuration.current_credential_name).toBe('First');
    const app = await world.createApp('chat', {
      model: {
        provider: 'langgenius/openai/openai',
        name: 'gpt-4o-mini',
        mode: 'chat',
        completion_params: {},
      },
    });
    await ask(app);
    expect(keyInUse()).toBe(first);

    const hidden = { ...openaiKey('[__HIDDEN__]'), openai_organization: 'org-1' };
    await expectAnswer(
      console_.put(`${openai}/credentials`, {
        credential_id: byName('First'),
        credentials: hidden,
        name: 'Renamed',
      }),
      200,
    );
    await ask(app);
    expect(keyInUse()).toBe(first);
    expect(world.provider.requests.at(-1)?.headers['openai-organization']).toBe('org-1');

    const other = list.find((item) => item.credential_name !== 'First')?.credential_id;
    await expectAnswer(console_.post(`${openai}/credentials/switch`, { credential_id: other }), 200);
    await ask(app);
    expect(keyInUse()).toBe(second);
    await expectAnswer(console_.delete(`${openai}/credentials`, { credential_id: other }), 204);
    await ask(app);
    expect(keyInUse()).toBe(first);
    await expectAnswer(console_.delete(`${openai}/credentials`, { credential_id: byName('First') }), 204);
    const none = await ask(app, 400);
    expect(none.json.code).toBe('provider_not_initialize');
    const again = await console_.delete(`${openai}/credentials`, { credential_id: byName('First') });
    expect(again.json).toMatchObject({ code: 'not_found', message: 'Credential not found.' });
  });

  it('that cannot be decrypted any more say so, and only they fail', async () => {
    await expectAnswer(
      console_.post(`${openai}/credentials`, { credentials: openaiKey('sk-will-be-lost') }),
      201,
    );
    const app = await world.createApp('chat', {
      model: {
        provider: 'langgenius/openai/openai',
        name: 'gpt-4o-mini',
        mode: 'chat',
        completion_params: {},
      },
    });
    await world.app.services.pool.query(
      `update provider_credentials set encrypted_config =
         jsonb_set(encrypted_config, '{openai_api_key}', to_jsonb('SFlCUklEOm5vIGxvbmdlciByZWFkYWJsZQ=='::text))`,
    );
    await world.app.services.models.announceChange(makeScope(world.owner.workspaceId));
    const answer = await ask(app, 400);
    expect(answer.json.code).toBe('provider_not_initialize');
    expect(answer.json.message).toMatch(/decrypt/i);
    await ask(await world.createApp('chat'));
  });
});

describe('custom models', () => {
  it('have credentials of their own, go on and off, and leave with their last key', async () => {
    await world.addModel('mine', { api_key: 'sk-of-mine' });
    const app = await world.createApp('chat', { model: modelOf('mine') });
    await ask(app);
    expect(keyInUse()).toBe('sk-of-mine');
    const model = { model: 'mine', model_type: 'llm' };
    const read = await console_.get(`${custom}/models/credentials?model=mine&model_type=llm`);
    expect(read.text).not.toContain('sk-of-mine');
    expect(read.json.available_credentials).toHaveLength(1);

    await expectAnswer(console_.patch(`${custom}/models/disable`, model), 200);
    expect((await ask(app, 400)).json).toMatchObject({
      code: 'invalid_param',
      message: 'Model mine is disabled.',
    });
    await expectAnswer(console_.patch(`${custom}/models/enable`, model), 200);
    await ask(app);

    await expectAnswer(
      console_.post(`${custom}/models/credentials`, {
        ...model,
        credentials: credentialsFor(world.provider, { api_key: 'sk-another' }),
        name: 'Another',
      }),
      201,
    );
    const both = await console_.get(`${custom}/models/credentials?model=mine&model_type=llm`);
    const another = both.json.available_credentials.find(
      (item: { credential_name: string }) => item.credential_name === 'Another',
    ).credential_id;
    await console_.post(`${custom}/models/credentials/switch`, { ...model, credential_id: another });
    await ask(app);
    expect(keyInUse()).toBe('sk-another');
    for (const { credential_id: id } of both.json.available_credentials) {
      await expectAnswer(
        console_.delete(`${custom}/models/credentials`, { ...model, credential_id: id }),
        204,
      );
    }
    expect((await ask(app, 400)).json.code).toBe('provider_not_initialize');
    const listed = await console_.get(`${custom}/models`);
    expect(listed.json.data.map((item: { model: string }) => item.model)).not.toContain('mine');
  });

  it('keep the key they have when a new one is refused', async () => {
    await world.addModel('careful', { api_key: 'sk-good' });
    const app = await world.createApp('chat', { model: modelOf('careful') });
    const read = await console_.get(`${custom}/models/credentials?model=careful&model_type=llm`);
    world.provider.script({ status: 401, body: { error: { message: 'no' } }, times: 20 });
    const refused = await console_.put(`${custom}/models/credentials`, {
      model: 'careful',
      model_type: 'llm',
      credential_id: read.json.current_credential_id,
      credentials: credentialsFor(world.provider, { api_key: 'sk-refused' }),
    });
    expect(refused.json.code).toBe('invalid_param');
    world.provider.reset();
    await ask(app);
    expect(keyInUse()).toBe('sk-good');
  });
});

describe('default models', () => {
  const path = '/console/api/workspaces/current/default-model';

  it('are chosen among models that can be used', async () => {
    const chosen = await console_.get(`${path}?model_type=llm`);
    expect(chosen.json.data).toMatchObject({ model: 'scripted', provider: { provider: customProvider } });
    const unknown = await console_.post(path, {
      model_settings: [{ model_type: 'llm', provider: customProvider, model: 'not-there' }],
    });
    expect(unknown.json.code).toBe('invalid_param');
    expect((await console_.get(`${path}?model_type=llm`)).json.data.model).toBe('scripted');
    expect((await console_.get(`${path}?model_type=wrong`)).json.code).toBe('invalid_param');
  });
});

describe('calls of models', () => {
  it('are recorded with what they were for, what they used and how they ended', async () => {
    const app = await world.createApp('chat');
    world.provider.script({ text: 'ok', usage: { promptTokens: 11, completionTokens: 2 } });
    const answer = await ask(app);
    world.provider.script({ status: 400, body: { error: { message: 'no way' } }, times: 20 });
    await ask(app, 400);
    const rows = await eventually(async () => {
      const found = await world.app.services.pool.query(
        'select purpose, status, prompt_tokens, completion_tokens, error, run_id from model_calls where app_id = $1 order by created_at',
        [app.id],
      );
      return found.rows.length === 2 ? found.rows : undefined;
    });
    expect(rows).toMatchObject([
      {
        purpose: 'answer',
        status: 'succeeded',
        prompt_tokens: 11,
        completion_tokens: 2,
        run_id: answer.json.task_id,
      },
      { purpose: 'answer', status: 'failed' },
    ]);
    expect(rows[1].error).toContain('no way');
  });
});
