import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../test/support/app.ts';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { type PublishedApp, publishGraph, rowGraph } from './testing.ts';

let app: TestApp;
let owner: TestPerson;
let chat: PublishedApp;
let conversationId: string;

const declared = [
  { name: 'city', value_type: 'string', value: 'Ghent' },
  { name: 'count', value_type: 'number', value: 3 },
  { name: 'open', value_type: 'boolean', value: true },
  { name: 'place', value_type: 'object', value: { lat: 51 } },
  { name: 'cities', value_type: 'array[string]', value: ['Ghent', 'Bruges'] },
].map((variable, index) => ({ id: `v${index}`, description: `The ${variable.name}`, ...variable }));

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
  chat = await publishGraph(app, owner, {
    mode: 'advanced-chat',
    conversation_variables: declared,
    graph: rowGraph({
      start: { type: 'start', variables: [] },
      answer: { type: 'answer', answer: '{{#conversation.city#}}', variables: [] },
    }),
  });
  const said = await chat.client.post('/v1/chat-messages', { inputs: {}, query: 'x', user: 'ada' });
  conversationId = said.json.conversation_id;
});
afterAll(() => app?.close());

const path = () => `/v1/conversations/${conversationId}/variables`;
const list = async (query = '') => (await chat.client.get(`${path()}?user=ada${query}`)).json;

describe('the variables of a conversation', () => {
  it('are told with their types, every value as a text', async () => {
    const { limit, has_more, data } = await list();
    expect([limit, has_more]).toEqual([20, false]);
    expect(
      data.map(({ name, value_type, value }: Record<string, unknown>) => [name, value_type, value]).sort(),
    ).toEqual([
      ['cities', 'array[string]', '["Ghent","Bruges"]'],
      ['city', 'string', 'Ghent'],
      ['count', 'number', '3'],
      ['open', 'boolean', 'true'],
      ['place', 'object', '{"lat":51}'],
    ]);
    expect(data[0]).toMatchObject({
      description: expect.stringMatching(/^The /),
      created_at: expect.any(Number),
    });
  });

  it('are told in pages, and by a part of their name', async () => {
    const first = await list('&limit=2');
    expect([first.has_more, first.data.length]).toEqual([true, 2]);
    const rest = await list(`&last_id=${first.data[1].id}&limit=100`);
    expect([rest.has_more, rest.data.length]).toEqual([false, 3]);
    expect((await list('&last_id=')).data).toHaveLength(5);
    const cities = await list('&variable_name=CIT');
    expect(cities.data.map(({ name }: { name: string }) => name).sort()).toEqual(['cities', 'city']);
    expect(await list('&last_id=0e1f2a3b-0000-4000-8000-000000000000')).toMatchObject({
      code: 'not_found',
      message: 'Conversation Variable Not Exists.',
    });
  });

  it.each([
    ['city', 'Bruges', 'Bruges'],
    ['count', 4.5, '4.5'],
    ['open', false, 'false'],
    ['place', { lat: 52 }, '{"lat":52}'],
    ['cities', [], '[]'],
  ])('can be changed: %s to %j', async (name, value, shown) => {
    const { data } = await list(`&variable_name=${name}`);
    const { id } = data.find((item: { name: string }) => item.name === name);
    const changed = await chat.client.put(`${path()}/${id}`, { value, user: 'ada' });
    expect(changed.json).toMatchObject({ id, name, value: shown });
    const refused = await chat.client.put(`${path()}/${id}`, { value: [{}], user: 'ada' });
    expect([refused.status, refused.json.code]).toEqual([400, 'bad_request']);
    expect(refused.json.message).toMatch(new RegExp(`^Type mismatch: variable '${name}' expects `));
  });

  it('are 404 where they are not there, or not the caller’s', async () => {
    const change = (id: string, user: string) => chat.client.put(`${path()}/${id}`, { value: 'x', user });
    expect((await change('no-such-variable', 'ada')).json.message).toBe('Conversation Variable Not Exists.');
    expect((await change('v0', 'grace')).json.message).toBe('Conversation Not Exists.');
    const workflow = await publishGraph(app, owner, {
      mode: 'workflow',
      graph: rowGraph({ start: { type: 'start', variables: [] }, end: { type: 'end', outputs: [] } }),
    });
    expect((await workflow.client.get(`${path()}?user=ada`)).json.code).toBe('not_chat_app');
  });

  it('are none in a chatbot', async () => {
    const bot = await createApp(app, owner, { mode: 'chat', marker: 'Plain' });
    const { conversationId: id } = bot.program;
    const answer = await app.as(bot.key).get(`/v1/conversations/${id}/variables?user=ada`);
    expect(answer.json).toEqual({ limit: 20, has_more: false, data: [] });
  });
});
