import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeScope } from '../../platform/auth/scope.ts';
import {
  answerOf,
  type ChatWorld,
  createChatWorld,
  eventsOf,
  type WorldApp,
} from '../../testing/chat-world.ts';
import { KeyedTurns } from './keyed-turns.ts';
import { TurnKeyStore } from './turn-key-store.ts';

let world: ChatWorld;
let chat: WorldApp;
let completion: WorldApp;

beforeAll(async () => {
  world = await createChatWorld();
  [chat, completion] = await Promise.all([
    world.createApp('chat', { pre_prompt: 'Be brief.' }),
    world.createApp('completion', { pre_prompt: 'Write about {{query}}.' }),
  ]);
});
beforeEach(() => world.provider.reset());
afterAll(() => world.close());

const say = (query: string, more: Record<string, unknown> = {}) => ({
  inputs: {},
  query,
  user: 'ada',
  auto_generate_name: false,
  ...more,
});

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

/** How often the model was asked. */
const asked = () => world.provider.requests.length;

describe('an idempotency key', () => {
  it('makes a hundred parallel requests one turn and one call of the model', async () => {
    world.provider.script({ text: ['once ', 'only'], chunkDelayMs: 30, times: Number.POSITIVE_INFINITY });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => chat.api.post('/v1/chat-messages', say('hi'), keyed('chat-1'))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ json }) => `${json.message_id} ${json.answer}`)).size).toBe(1);
    expect(answers[0]?.json.answer).toBe('once only');
    expect(asked()).toBe(1);
    const { rows } = await world.app.services.pool.query(
      'select count(*)::int from messages where app_id = $1',
      [chat.id],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('lets streams join a running turn from its beginning, and gives the stored answer later', async () => {
    world.provider.script({ text: ['a ', 'long ', 'answer'], chunkDelayMs: 100 });
    const streaming = say('stream', { response_mode: 'streaming' });
    const first = chat.api.post('/v1/chat-messages', streaming, keyed('chat-2'));
    await expect.poll(asked).toBe(1);
    const second = chat.api.post('/v1/chat-messages', streaming, keyed('chat-2'));
    const blocking = chat.api.post('/v1/chat-messages', say('stream'), keyed('chat-2'));
    expect((await second).text).toBe((await first).text);
    expect((await blocking).json.answer).toBe('a long answer');
    const events = eventsOf((await chat.api.post('/v1/chat-messages', streaming, keyed('chat-2'))).text);
    expect(answerOf(events)).toBe('a long answer');
    const end = eventsOf((await first).text).at(-1);
    expect(events.at(-1)).toEqual(end);
    expect(asked()).toBe(1);
  });

  it('gives a failed turn as it failed', async () => {
    world.provider.script({ status: 400, body: '{"error": {"message": "no such thing"}}' });
    const first = await chat.api.post('/v1/chat-messages', say('fail'), keyed('chat-3'));
    const again = await chat.api.post('/v1/chat-messages', say('fail'), keyed('chat-3'));
    expect(first.status).toBe(400);
    expect(again.json).toEqual(first.json);
    const stream = await chat.api.post(
      '/v1/chat-messages',
      say('fail', { response_mode: 'streaming' }),
      keyed('chat-3'),
    );
    expect(eventsOf(stream.text)).toMatchObject([{ event: 'error', code: first.json.code }]);
    expect(asked()).toBe(1);
  });

  it('is refused with a request that asks for something else, while the turn runs and after it', async () => {
    world.provider.script({ text: ['slow ', 'answer'], chunkDelayMs: 150 });
    const first = chat.api.post('/v1/chat-messages', say('one'), keyed('chat-4'));
    await expect.poll(asked).toBe(1);
    const during = await chat.api.post('/v1/chat-messages', say('two'), keyed('chat-4'));
    expect(during.json).toMatchObject({ code: 'idempotency_key_reused', status: 422 });
    await first;
    const after = await chat.api.post('/v1/chat-messages', say('two'), keyed('chat-4'));
    expect(after.json).toMatchObject({ code: 'idempotency_key_reused', status: 422 });
  });

  it('belongs to its user and its app, and is not used up by a refused request', async () => {
    const first = await chat.api.post('/v1/chat-messages', say('mine'), keyed('chat-5'));
    const other = await chat.api.post('/v1/chat-messages', say('mine', { user: 'bob' }), keyed('chat-5'));
    expect(other.json.message_id).not.toBe(first.json.message_id);
    const wrong = say('x', { conversation_id: '0e1f2a3b-0000-4000-8000-000000000000' });
    expect((await chat.api.post('/v1/chat-messages', wrong, keyed('chat-6'))).status).toBe(404);
    expect((await chat.api.post('/v1/chat-messages', say('x'), keyed('chat-6'))).status).toBe(200);
  });

  it('makes repeated requests to a text generator one text', async () => {
    const body = { inputs: { query: 'tides' }, user: 'ada' };
    const [first, second] = await Promise.all([
      completion.api.post('/v1/completion-messages', body, keyed('text-1')),
      completion.api.post('/v1/completion-messages', body, keyed('text-1')),
    ]);
    const third = await completion.api.post('/v1/completion-messages', body, keyed('text-1'));
    expect(first?.status).toBe(200);
    expect(second?.json).toEqual(first?.json);
    expect(third.json).toEqual(first?.json);
    expect(asked()).toBe(1);
  });

  it('waits for a turn that another process carries out, and tells how that one ended', async () => {
    world.provider.script({ text: ['from ', 'elsewhere'], chunkDelayMs: 300 });
    const { services } = world.app;
    const first = chat.api.post('/v1/chat-messages', say('far'), keyed('chat-7'));
    await expect.poll(asked).toBe(1);
    const { rows } = await services.pool.query('select * from turn_keys where key = $1', ['chat-7']);
    const stored = rows[0];
    const scope = makeScope(stored.workspace_id);
    const app = await services.appService.find(scope, chat.id);
    // A second process knows nothing but the database.
    const elsewhere = new KeyedTurns({
      turns: services.turns,
      store: new TurnKeyStore(services.pool),
      log: services.log,
    });
    const followed = await elsewhere.start(
      { scope, app },
      { appId: chat.id, startedBy: stored.started_by, key: 'chat-7', requestHash: stored.request_hash },
      () => Promise.reject(new Error('the turn is there already')),
    );
    expect((await followed.outcome).answer).toBe('from elsewhere');
    expect((await first).json.message_id).toBe(followed.turn.messageId);
    expect(asked()).toBe(1);
  });
});

describe('a request without a key', () => {
  it('is a turn of its own each time', async () => {
    const [first, second] = await Promise.all([
      chat.api.post('/v1/chat-messages', say('same')),
      chat.api.post('/v1/chat-messages', say('same')),
    ]);
    expect(first?.json.message_id).not.toBe(second?.json.message_id);
  });
});

describe('a chatbot', () => {
  it('cannot be asked asynchronously', async () => {
    const answer = await chat.api.post('/v1/chat-messages', say('x', { response_mode: 'async' }));
    expect(answer.json).toMatchObject({ code: 'invalid_param', params: 'response_mode' });
  });
});
