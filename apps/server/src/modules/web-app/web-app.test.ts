import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  type ChatWorld,
  createChatWorld,
  eventsOf,
  expectAnswer,
  sentMessages,
  type WorldApp,
} from '../../testing/chat-world.ts';
import type { TestClient } from '../../testing/test-client.ts';

let world: ChatWorld;
let chat: WorldApp;
let completion: WorldApp;

beforeAll(async () => {
  world = await createChatWorld();
  [chat, completion] = await Promise.all([
    world.createApp('chat', { suggested_questions_after_answer: { enabled: true } }),
    world.createApp('completion', { more_like_this: { enabled: true } }),
  ]);
});
beforeEach(() => world.provider.reset());
afterAll(() => world.close());

async function say(visitor: TestClient, query: string, more: Record<string, unknown> = {}) {
  return (await expectAnswer(visitor.post('/api/chat-messages', { inputs: {}, query, ...more }), 200)).json;
}

describe('passports', () => {
  it('make a new visitor each time, and the same one for the same name', async () => {
    const idOf = async (client: TestClient) => (await client.get('/api/site')).json.end_user_id as string;
    const [a, b] = [await idOf(await chat.visitor()), await idOf(await chat.visitor())];
    expect(a).not.toBe(b);
    expect(await idOf(await chat.visitor('vera'))).toBe(await idOf(await chat.visitor('vera')));
  });

  it('are refused in words when they are missing, broken or of another kind', async () => {
    const { anonymous } = world.app;
    const code = { 'x-app-code': chat.siteCode };
    const tries = [
      [await anonymous.get('/api/passport'), 401, 'X-App-Code header is missing.'],
      [await anonymous.get('/api/site', { headers: code }), 401, 'App token is missing.'],
      [
        await anonymous.get('/api/site', { headers: { ...code, 'x-app-passport': 'a.b.c' } }),
        401,
        'Invalid token.',
      ],
    ] as const;
    for (const [answer, status, message] of tries) {
      expect([answer.status, answer.json.message]).toEqual([status, message]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
    }
    const unknown = await anonymous.get('/api/passport', { headers: { 'x-app-code': 'nothing' } });
    expect([unknown.status, unknown.json.code]).toEqual([404, 'not_found']);
  });
});

describe('a visitor', () => {
  it('sees answers without prices, sources kept, and messages with what the stream told', async () => {
    const visitor = await chat.visitor();
    const streamed = await visitor.post('/api/chat-messages', {
      inputs: {},
      query: 'hi',
      response_mode: 'streaming',
    });
    const events = eventsOf(streamed.text);
    expect(events.at(-1)).toMatchObject({ event: 'message_end', metadata: { retriever_resources: [] } });
    expect(Object.keys(events.at(-1)?.['metadata'])).toEqual(['retriever_resources']);
    const list = await visitor.get(`/api/messages?conversation_id=${events[0]?.['conversation_id']}`);
    expect(list.json.data[0]).toMatchObject({
      answer: answerOf(events),
      metadata: { retriever_resources: [] },
    });
    expect((await visitor.get('/api/messages?conversation_id=')).json).toEqual({
      limit: 20,
      has_more: false,
      data: [],
    });
  });

  it('branches a conversation: a new answer to an old question forgets what came after it', async () => {
    const visitor = await chat.visitor();
    const first = await say(visitor, 'root');
    const id = first.conversation_id;
    const second = await say(visitor, 'left', { conversation_id: id, parent_message_id: first.message_id });
    await say(visitor, 'right', { conversation_id: id, parent_message_id: first.message_id });
    const queries = () =>
      sentMessages(world.provider)
        .filter((message) => message.role === 'user')
        .map((message) => message.content);
    expect(queries()).toEqual(['root', 'right']);
    await say(visitor, 'deeper', { conversation_id: id, parent_message_id: second.message_id });
    expect(queries()).toEqual(['root', 'left', 'deeper']);
    await say(visitor, 'again', { conversation_id: id, parent_message_id: null });
    expect(queries()).toEqual(['again']);
    const list = await visitor.get(`/api/messages?conversation_id=${id}`);
    expect(list.json.data).toHaveLength(5);
    const stranger = await chat.visitor();
    const foreign = await stranger.post('/api/chat-messages', {
      inputs: {},
      query: 'x',
      parent_message_id: first.message_id,
    });
    expect(foreign.status).toBe(404);
  });

  it('pins conversations for themselves alone', async () => {
    const visitor = await chat.visitor();
    const [a, b] = [await say(visitor, 'a'), await say(visitor, 'b')];
    const list = async (pinned: string) =>
      (await visitor.get(`/api/conversations${pinned}`)).json.data.map((item: { id: string }) => item.id);
    await expectAnswer(visitor.patch(`/api/conversations/${a.conversation_id}/pin`), 200);
    await expectAnswer(visitor.patch(`/api/conversations/${a.conversation_id}/pin`), 200);
    expect(await list('?pinned=true')).toEqual([a.conversation_id]);
    expect(await list('?pinned=false')).toEqual([b.conversation_id]);
    expect(await list('')).toHaveLength(2);
    await expectAnswer(visitor.patch(`/api/conversations/${a.conversation_id}/unpin`), 200);
    expect(await list('?pinned=true')).toEqual([]);
    const other = await chat.visitor();
    expect((await other.patch(`/api/conversations/${a.conversation_id}/pin`)).status).toBe(404);
    expect((await other.delete(`/api/conversations/${a.conversation_id}`)).status).toBe(404);
  });

  it('is not named a conversation until the page asks, and gets suggestions', async () => {
    const visitor = await chat.visitor();
    world.provider.script({ text: 'Hello.' }, { text: 'A title' }, { text: '["One?"]' });
    const said = await say(visitor, 'greet me please, now and here');
    await world.app.services.namer.settled();
    expect((await visitor.get('/api/conversations')).json.data[0].name).toBe('greet me please, now…');
    const named = await visitor.post(`/api/conversations/${said.conversation_id}/name`, {
      auto_generate: true,
    });
    expect(named.json.name).toBe('A title');
    const suggested = await visitor.get(`/api/messages/${said.message_id}/suggested-questions`);
    expect(suggested.json).toEqual({ data: ['One?'] });
    await chat.publish({ suggested_questions_after_answer: { enabled: false } });
    const later = await say(visitor, 'x');
    const off = await visitor.get(`/api/messages/${later.message_id}/suggested-questions`);
    expect([off.status, off.json.code]).toEqual([403, 'app_suggested_questions_after_answer_disabled']);
  });

  it('has their conversations on the page only, not in the service API, whatever the name', async () => {
    const visitor = await chat.visitor('same-name');
    await say(visitor, 'from the page');
    expect((await chat.api.get('/v1/conversations?user=same-name')).json.data).toEqual([]);
  });
});

describe('a text generator', () => {
  const write = async (visitor: TestClient, query: string) =>
    (await expectAnswer(visitor.post('/api/completion-messages', { inputs: { query } }), 200)).json;

  it('writes more like a text, and keeps texts', async () => {
    const visitor = await completion.visitor();
    world.provider.script({ text: 'First version' }, { text: 'Second version' });
    const text = await write(visitor, 'tides');
    const more = await visitor.get(`/api/messages/${text.message_id}/more-like-this?response_mode=blocking`);
    expect(more.json).toMatchObject({ answer: 'Second version', mode: 'completion' });
    expect(JSON.stringify(sentMessages(world.provider))).toContain('tides');
    expect(more.json).not.toHaveProperty('conversation_id');

    for (const id of [text.message_id, more.json.message_id, text.message_id]) {
      await expectAnswer(visitor.post('/api/saved-messages', { message_id: id }), 200);
    }
    const page = await visitor.get('/api/saved-messages?limit=1');
    expect(page.json).toMatchObject({ has_more: true, data: [{ answer: 'Second version' }] });
    const rest = await visitor.get(`/api/saved-messages?limit=1&last_id=${page.json.data[0].id}`);
    expect(rest.json).toMatchObject({ has_more: false, data: [{ answer: 'First version' }] });
    const stranger = await completion.visitor();
    expect((await stranger.post('/api/saved-messages', { message_id: text.message_id })).status).toBe(404);
    await expectAnswer(visitor.delete(`/api/saved-messages/${text.message_id}`), 204);
    expect((await visitor.get('/api/saved-messages')).json.data).toHaveLength(1);

    await completion.publish({ more_like_this: { enabled: false } });
    const off = await visitor.get(`/api/messages/${text.message_id}/more-like-this?response_mode=blocking`);
    expect([off.status, off.json.code]).toEqual([403, 'app_more_like_this_disabled']);
    await completion.publish({ more_like_this: { enabled: true } });
  });

  it('is no chat, and a chat is no text generator', async () => {
    const [reader, talker] = [await completion.visitor(), await chat.visitor()];
    const codes = [
      (await reader.post('/api/chat-messages', { inputs: {}, query: 'x' })).json.code,
      (await reader.get('/api/conversations')).json.code,
      (await talker.post('/api/completion-messages', { inputs: {} })).json.code,
      (await talker.get('/api/saved-messages')).json.code,
    ];
    expect(codes).toEqual(['not_chat_app', 'not_chat_app', 'not_completion_app', 'not_completion_app']);
  });
});

describe('a public page that is installed as an app', () => {
  it('tells its name, address and icon to anybody, as the site has them', async () => {
    const { client } = world.owner;
    await expectAnswer(
      client.post(`${chat.path}/site`, {
        title: 'Tide & time <helper>',
        icon_type: 'emoji',
        icon: '🌊',
        icon_background: '#D0E8FF',
      }),
      200,
    );
    const { anonymous } = world.app;
    const manifest = await anonymous.get(`/api/webapp/manifest?appCode=${chat.siteCode}`);
    expect(manifest.json).toMatchObject({
      name: 'Tide & time <helper>',
      start_url: `/chat/${chat.siteCode}`,
      display: 'standalone',
      theme_color: '#D0E8FF',
    });
    const icon = await anonymous.get(manifest.json.icons[0].src);
    expect(icon.headers['content-type']).toContain('image/svg+xml');
    expect(icon.headers['content-security-policy']).toContain('sandbox');
    expect(icon.text).toContain('🌊');
    expect(icon.text).toContain('#D0E8FF');
  });

  it('puts no text of its author into the icon as markup', async () => {
    await expectAnswer(
      world.owner.client.post(`${chat.path}/site`, { icon: '<s>', icon_background: 'url(x)' }),
      200,
    );
    const icon = await world.app.anonymous.get(`/api/webapp/icon?appCode=${chat.siteCode}`);
    expect(icon.text).toContain('&#60;s&#62;');
    expect(icon.text).not.toContain('url(x)');
  });

  it('does not exist for a code that leads nowhere', async () => {
    for (const path of ['manifest', 'icon']) {
      const answer = await world.app.anonymous.get(`/api/webapp/${path}?appCode=nothing`);
      expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
    }
  });
});
