import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../platform/ids.ts';
import { type ChatWorld, createChatWorld, expectAnswer, type WorldApp } from '../../testing/chat-world.ts';

let world: ChatWorld;
let chat: WorldApp;
const [ada, bob] = [newId(), newId()];
/** New York goes from UTC-5 to UTC-4 at 07:00 UTC on 8 March 2026. */
const zone = 'America/New_York';

beforeAll(async () => {
  world = await createChatWorld();
  chat = await world.createApp('chat');
  await expectAnswer(world.owner.client.post('/console/api/account/timezone', { timezone: zone }), 200);
  const first = await conversation('2026-03-08T04:30:00Z', ada);
  // 23:30 on the 7th, 00:30 and 23:30 on the 8th, 00:30 on the 9th, in New York.
  await message(first, '2026-03-08T04:30:00Z', { asker: ada, tokens: [10, 20], price: '0.30', seconds: 2 });
  await message(first, '2026-03-08T05:30:00Z', {
    asker: ada,
    tokens: [1, 4],
    price: '0.02',
    seconds: 1,
    like: 'user',
  });
  await message(first, '2026-03-09T03:30:00Z', {
    asker: ada,
    tokens: [0, 6],
    price: '0.01',
    seconds: 4,
    status: 'error',
  });
  const second = await conversation('2026-03-09T04:30:00Z', bob);
  await message(second, '2026-03-09T04:30:00Z', {
    asker: bob,
    tokens: [2, 2],
    price: '0.5',
    seconds: 0,
    like: 'admin',
  });
  const debug = await conversation('2026-03-08T12:00:00Z', null, 'debugger');
  await message(debug, '2026-03-08T12:00:00Z', {
    asker: null,
    tokens: [99, 99],
    price: '9',
    seconds: 9,
    surface: 'debugger',
  });
});
afterAll(() => world.close());

async function conversation(at: string, asker: string | null, surface = 'service-api'): Promise<string> {
  const id = newId();
  await world.app.services.pool.query(
    `insert into conversations (id, workspace_id, app_id, mode, name, surface, end_user_id, account_id, message_count,
       created_at, updated_at)
     values ($1, $2, $3, 'chat', 'seeded', $4, $5, $6, 1, $7, $7)`,
    [id, world.owner.workspaceId, chat.id, surface, asker, asker ? null : world.owner.accountId, at],
  );
  return id;
}

async function message(
  conversationId: string,
  at: string,
  facts: {
    asker: string | null;
    tokens: [number, number];
    price: string;
    seconds: number;
    status?: string;
    surface?: string;
    like?: 'user' | 'admin';
  },
): Promise<void> {
  const id = newId();
  const { pool } = world.app.services;
  await pool.query(
    `insert into messages (id, workspace_id, app_id, conversation_id, run_id, query, answer, status, surface, end_user_id,
       account_id, message_tokens, answer_tokens, total_price, currency, latency_seconds, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'q', 'a', $6, $7, $8, $9, $10, $11, $12, 'USD', $13, $14, $14)`,
    [
      id,
      world.owner.workspaceId,
      chat.id,
      conversationId,
      newId(),
      facts.status ?? 'normal',
      facts.surface ?? 'service-api',
      facts.asker,
      facts.asker ? null : world.owner.accountId,
      ...facts.tokens,
      facts.price,
      facts.seconds,
      at,
    ],
  );
  if (facts.like === undefined) return;
  await pool.query(
    `insert into message_feedbacks (id, workspace_id, app_id, conversation_id, message_id, rating, from_source)
     values ($1, $2, $3, $4, $5, 'like', $6)`,
    [newId(), world.owner.workspaceId, chat.id, conversationId, id, facts.like],
  );
}

const read = async (name: string, query = '') =>
  (await expectAnswer(world.owner.client.get(`${chat.path}/statistics/${name}${query}`), 200)).json.data;

describe("statistics, by the days of the reader's zone over a change of clocks", () => {
  it.each([
    ['daily-messages', 'message_count', [1, 2, 1]],
    ['daily-conversations', 'conversation_count', [1, 1, 1]],
    ['daily-end-users', 'terminal_count', [1, 1, 1]],
    ['user-satisfaction-rate', 'rate', [0, 500, 1000]],
    ['tokens-per-second', 'tps', [10, 2, 0]],
    ['daily-errors', 'error_count', [0, 1, 0]],
  ])('%s', async (name, field, figures) => {
    const rows = await read(name);
    expect(rows.map((row: { date: string }) => row.date)).toEqual(['2026-03-07', '2026-03-08', '2026-03-09']);
    expect(rows.map((row: Record<string, number>) => row[field])).toEqual(figures);
  });

  it('token costs', async () => {
    const rows = (await read('token-costs')).map((row: Record<string, unknown>) => ({
      ...row,
      total_price: Number(row['total_price']),
    }));
    expect(rows).toEqual([
      { date: '2026-03-07', token_count: 30, total_price: 0.3, currency: 'USD' },
      { date: '2026-03-08', token_count: 11, total_price: 0.03, currency: 'USD' },
      { date: '2026-03-09', token_count: 4, total_price: 0.5, currency: 'USD' },
    ]);
  });

  it('interactions count where their conversation began', async () => {
    expect(await read('average-session-interactions')).toEqual([
      { date: '2026-03-07', interactions: 3 },
      { date: '2026-03-09', interactions: 1 },
    ]);
  });

  it('bounds are local times, the end left out', async () => {
    const day = `?start=${encodeURIComponent('2026-03-08 00:00')}&end=${encodeURIComponent('2026-03-09 00:00')}`;
    expect(await read('daily-messages', day)).toEqual([{ date: '2026-03-08', message_count: 2 }]);
    const exact = `?start=${encodeURIComponent('2026-03-07 23:30')}&end=${encodeURIComponent('2026-03-08 00:30')}`;
    expect(await read('daily-messages', exact)).toEqual([{ date: '2026-03-07', message_count: 1 }]);
    const wrong = await world.owner.client.get(`${chat.path}/statistics/daily-messages?start=yesterday`);
    expect([wrong.status, wrong.json.code]).toEqual([400, 'invalid_param']);
  });

  it('exist for the modes that have them', async () => {
    const completion = await world.createApp('completion');
    const { client } = world.owner;
    expect((await client.get(`${completion.path}/statistics/average-response-time`)).json).toEqual({
      data: [],
    });
    expect((await client.get(`${completion.path}/statistics/average-session-interactions`)).status).toBe(400);
    expect((await client.get(`${chat.path}/statistics/average-response-time`)).status).toBe(400);
  });
});

describe('logs', () => {
  const list = async (query: string) =>
    (await expectAnswer(world.owner.client.get(`${chat.path}/chat-conversations?${query}`), 200)).json;

  it('are narrowed by local times and words, and leave debug runs out', async () => {
    expect((await list('')).total).toBe(2);
    const eighth = `start=${encodeURIComponent('2026-03-08 00:00')}`;
    expect((await list(eighth)).total).toBe(1);
    const before = `end=${encodeURIComponent('2026-03-08 00:00')}`;
    expect((await list(before)).data).toMatchObject([{ name: 'seeded' }]);
    expect((await list('keyword=seed')).total).toBe(2);
    expect((await list('keyword=%25')).total).toBe(0);
    expect(await list('limit=1&page=2&sort_by=created_at')).toMatchObject({
      page: 2,
      limit: 1,
      total: 2,
      has_more: false,
    });
    expect(await list('annotation_status=annotated')).toMatchObject({ total: 0, has_more: false, data: [] });
  });

  it('find what was said and who said it, show prompts and both ratings, and note that they were read', async () => {
    world.provider.script({ text: 'A needle in the answer' });
    const said = (
      await expectAnswer(
        chat.api.post('/v1/chat-messages', {
          inputs: {},
          query: 'hay',
          user: 'zoe-7',
          auto_generate_name: false,
        }),
        200,
      )
    ).json;
    await chat.api.post(`/v1/messages/${said.message_id}/feedbacks`, { rating: 'like', user: 'zoe-7' });
    await expectAnswer(
      world.owner.client.post(`${chat.path}/feedbacks`, { message_id: said.message_id, rating: 'dislike' }),
      200,
    );
    for (const keyword of ['NEEDLE', 'zoe-7', 'hay']) {
      const found = await list(`keyword=${keyword}`);
      expect(found.data.map((item: { id: string }) => item.id)).toEqual([said.conversation_id]);
    }
    const [item] = (await list('keyword=needle')).data;
    expect(item.read_at).toBeNull();
    expect(item).toMatchObject({
      user_feedback_stats: { like: 1, dislike: 0 },
      admin_feedback_stats: { like: 0, dislike: 1 },
    });
    await expectAnswer(
      world.owner.client.get(`${chat.path}/chat-conversations/${said.conversation_id}`),
      200,
    );
    expect((await list('keyword=needle')).data[0].read_at).toEqual(expect.any(Number));
    const messages = await world.owner.client.get(
      `${chat.path}/chat-messages?conversation_id=${said.conversation_id}`,
    );
    expect(messages.json.data[0]).toMatchObject({ query: 'hay', answer: 'A needle in the answer' });
    expect(JSON.stringify(messages.json.data[0].message)).toContain('hay');
    await chat.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'more hay',
      user: 'zoe-7',
      conversation_id: said.conversation_id,
    });
    expect((await list('keyword=needle')).data[0].read_at).toBeNull();
  });
});
