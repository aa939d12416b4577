import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChatWorld, createChatWorld, expectAnswer, type WorldApp } from '../../testing/chat-world.ts';
import type { TestClient } from '../../testing/test-client.ts';

let world: ChatWorld;
let owner: TestClient;

beforeAll(async () => {
  world = await createChatWorld();
  owner = world.owner.client;
});
afterAll(() => world.close());

async function talk(app: WorldApp, status: number) {
  const body = { inputs: {}, query: 'hi', user: 'ada', auto_generate_name: false };
  return expectAnswer(app.api.post('/v1/chat-messages', body), status);
}

describe('an app', () => {
  it('is made with a configuration that can be called at once, changed, copied and deleted', async () => {
    const app = await world.createApp('chat', { pre_prompt: 'Original.' });
    const changed = await expectAnswer(
      owner.put(app.path, { name: ' New name ', description: 'About', icon: '🐳', max_active_requests: 3 }),
      200,
    );
    expect(changed.json).toMatchObject({
      name: 'New name',
      description: 'About',
      icon: '🐳',
      max_active_requests: 3,
    });
    const copy = await expectAnswer(owner.post(`${app.path}/copy`, {}), 201);
    expect(copy.json).toMatchObject({ name: 'New name copy', mode: 'chat', icon: '🐳' });
    expect(copy.json.id).not.toBe(app.id);
    expect(copy.json.site.code).not.toBe(app.siteCode);
    expect(copy.json.model_config.pre_prompt).toBe('Original.');
    await app.publish({ pre_prompt: 'Changed.' });
    const untouched = await owner.get(`/console/api/apps/${copy.json.id}`);
    expect(untouched.json.model_config.pre_prompt).toBe('Original.');

    await talk(app, 200);
    await expectAnswer(owner.delete(app.path), 204);
    expect((await owner.get(app.path)).json).toMatchObject({ code: 'not_found', status: 404 });
    expect((await talk(app, 401)).json.code).toBe('unauthorized');
  });

  it.each([
    [{ mode: 'chat' }, 'name'],
    [{ mode: 'chat', name: '   ' }, 'name'],
    [{ mode: 'unheard-of', name: 'x' }, 'mode'],
    [{ mode: 'chat', name: 'x', description: 'd'.repeat(401) }, 'description'],
  ])('is not made of %j', async (body, named) => {
    const answer = await owner.post('/console/api/apps', body);
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_param']);
    expect(answer.json.message).toContain(named);
  });

  it('stops answering when its API is switched off, and again when it is switched on', async () => {
    const app = await world.createApp('chat');
    await talk(app, 200);
    await expectAnswer(owner.post(`${app.path}/api-enable`, { enable_api: false }), 200);
    expect((await talk(app, 403)).json.message).toBe("The app's API service has been disabled.");
    await expectAnswer(owner.post(`${app.path}/api-enable`, { enable_api: true }), 200);
    await talk(app, 200);
  });

  it('is found by name, mode, author and tag', async () => {
    const app = await world.createApp('completion');
    await owner.put(app.path, { name: 'Tide 100% tables' });
    const tag = await expectAnswer(owner.post('/console/api/tags', { name: 'sea', type: 'app' }), 200);
    const again = await owner.post('/console/api/tags', { name: 'sea', type: 'app' });
    expect(again.json.code).toBe('invalid_param');
    await expectAnswer(
      owner.post('/console/api/tag-bindings', { tag_ids: [tag.json.id], target_id: app.id, type: 'app' }),
      200,
    );
    const ids = async (query: string) =>
      (await owner.get(`/console/api/apps?limit=100&${query}`)).json.data.map(
        (item: { id: string }) => item.id,
      );
    expect(await ids('name=100%25')).toEqual([app.id]);
    expect(await ids('name=no_such')).toEqual([]);
    expect(await ids(`tag_ids=${tag.json.id}`)).toEqual([app.id]);
    expect(await ids('mode=completion')).toContain(app.id);
    expect(await ids('mode=chat')).not.toContain(app.id);
    expect(await ids('is_created_by_me=true')).toContain(app.id);
    expect((await app.api.get('/v1/info')).json).toMatchObject({ name: 'Tide 100% tables', tags: ['sea'] });
    const counted = await owner.get('/console/api/tags?type=app');
    expect(counted.json).toMatchObject([{ name: 'sea', binding_count: 1 }]);
    // Programs see every change at once, although what they ask for is kept for seconds.
    const carried = { tag_id: tag.json.id, target_id: app.id };
    await expectAnswer(owner.post('/console/api/tag-bindings/remove', carried), 200);
    expect((await app.api.get('/v1/info')).json.tags).toEqual([]);
    await owner.post('/console/api/tag-bindings', {
      tag_ids: [tag.json.id],
      target_id: app.id,
      type: 'app',
    });
    expect((await app.api.get('/v1/info')).json.tags).toEqual(['sea']);
    await expectAnswer(owner.patch(`/console/api/tags/${tag.json.id}`, { name: 'coast' }), 200);
    expect((await app.api.get('/v1/info')).json.tags).toEqual(['coast']);
    await expectAnswer(owner.delete(`/console/api/tags/${tag.json.id}`), 204);
    expect((await app.api.get('/v1/info')).json.tags).toEqual([]);
  });
});

describe('configurations', () => {
  it('are worked on as a draft that nobody overwrites unseen, and answer only when published', async () => {
    const app = await world.createApp('chat', { pre_prompt: 'Published.' });
    const path = `${app.path}/model-config`;
    const before = await expectAnswer(owner.get(`${path}/draft`), 200);
    expect(before.json).toMatchObject({ dirty: false });
    const draft = { ...before.json.model_config, pre_prompt: 'Draft.' };
    const saved = await expectAnswer(
      owner.post(`${path}/draft`, { model_config: draft, hash: before.json.hash }),
      200,
    );
    const late = await owner.post(`${path}/draft`, { model_config: draft, hash: before.json.hash });
    expect(late.json.code).toBe('draft_model_config_not_sync');
    const now = await owner.get(`${path}/draft`);
    expect(now.json).toMatchObject({ dirty: true, hash: saved.json.hash });
    expect(now.json.model_config.pre_prompt).toBe('Draft.');
    expect((await owner.get(app.path)).json.model_config.pre_prompt).toBe('Published.');
    await expectAnswer(owner.post(path, draft), 200);
    expect((await owner.get(`${path}/draft`)).json.dirty).toBe(false);
    expect((await owner.get(app.path)).json.model_config.pre_prompt).toBe('Draft.');
  });

  it('are kept as versions, of which any can be made the draft again', async () => {
    const app = await world.createApp('chat', { pre_prompt: 'One.' });
    await app.publish({ pre_prompt: 'Two.' });
    const path = `${app.path}/model-config`;
    const versions = await owner.get(`${path}/versions?limit=2`);
    expect(versions.json).toMatchObject({ page: 1, limit: 2, has_more: true });
    expect(versions.json.data.map((item: { current: boolean }) => item.current)).toEqual([true, false]);
    expect(versions.json.data[1].model_config.pre_prompt).toBe('One.');
    await expectAnswer(owner.post(`${path}/versions/${versions.json.data[1].id}/restore`), 200);
    expect((await owner.get(`${path}/draft`)).json).toMatchObject({ dirty: true });
    expect((await owner.get(app.path)).json.model_config.pre_prompt).toBe('Two.');
    const other = await world.createApp('chat');
    const foreign = await owner.post(
      `${other.path}/model-config/versions/${versions.json.data[1].id}/restore`,
    );
    expect(foreign.status).toBe(404);
  });

  it.each([
    [
      'a model of no provider',
      { model: { provider: 'a/b/c', name: 'x', mode: 'chat', completion_params: {} } },
      'model',
    ],
    ['no model', { model: null }, 'model'],
    [
      'two fields of one name',
      {
        user_input_form: [
          { 'text-input': { label: 'A', variable: 'a', required: false } },
          { paragraph: { label: 'B', variable: 'a', required: false } },
        ],
      },
      'user_input_form',
    ],
    [
      'a field name that is none',
      { user_input_form: [{ 'text-input': { label: 'A', variable: '1 a', required: false } }] },
      'user_input_form',
    ],
    ['a prompt of no kind', { prompt_type: 'wild' }, 'prompt_type'],
  ])('are not published with %s', async (_name, change, named) => {
    const app = await world.createApp('chat');
    const answer = await owner.post(`${app.path}/model-config`, { ...app.config, ...change });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_param']);
    expect(answer.json.message).toContain(named);
    await talk(app, 200);
  });
});

describe('keys and links', () => {
  it('are at most ten keys, shown whole once, dead when they are removed', async () => {
    const app = await world.createApp('chat');
    const keys = [];
    for (let number = 0; number < 9; number += 1) {
      keys.push((await expectAnswer(owner.post(`${app.path}/api-keys`), 201)).json);
    }
    expect(keys[0].token).toMatch(/^app-[A-Za-z0-9]{24}$/);
    const eleventh = await owner.post(`${app.path}/api-keys`);
    expect(eleventh.json.code).toBe('invalid_param');
    const list = await owner.get(`${app.path}/api-keys`);
    expect(list.text).not.toContain(keys[0].token);
    const caller = world.app.as(keys[0].token);
    expect((await caller.get('/v1/info')).status).toBe(200);
    await expectAnswer(owner.delete(`${app.path}/api-keys/${keys[0].id}`), 204);
    const dead = await caller.get('/v1/info');
    expect([dead.status, dead.json.message]).toEqual([401, 'Access token is invalid']);
    expect(dead.headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it('lose the old page when the link is renewed, and the page when it is switched off', async () => {
    const app = await world.createApp('chat');
    const visitor = await app.visitor('vera');
    expect((await visitor.get('/api/site')).json.app_id).toBe(app.id);
    const renewed = await expectAnswer(owner.post(`${app.path}/site/access-token-reset`), 200);
    expect(renewed.json.code).toMatch(/^[A-Za-z0-9]{16}$/);
    const old = await visitor.get('/api/site');
    expect([old.status, old.json.message]).toEqual([400, 'Site URL is no longer valid.']);
    const passport = await world.app.anonymous.get('/api/passport', {
      headers: { 'x-app-code': app.siteCode },
    });
    expect(passport.status).toBe(404);

    const fresh = await world.app.anonymous.get('/api/passport', {
      headers: { 'x-app-code': renewed.json.code },
    });
    const next = world.app.anonymous.with({
      'x-app-code': renewed.json.code,
      'x-app-passport': fresh.json.access_token,
    });
    expect((await next.get('/api/site')).status).toBe(200);
    await expectAnswer(owner.post(`${app.path}/site-enable`, { enable_site: false }), 200);
    expect((await next.get('/api/site')).json).toMatchObject({
      code: 'bad_request',
      message: 'Site is disabled.',
    });
  });
});
