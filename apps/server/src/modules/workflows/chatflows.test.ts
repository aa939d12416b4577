import { FakeModels } from '@trellis/engine/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { eventsOf, namesOf, type PublishedApp, publishGraph, rowGraph } from './testing.ts';

const models = new FakeModels(({ messages }) => `You said ${JSON.stringify(messages.at(-1)?.content)}`);
let app: TestApp;
let owner: TestPerson;
let chat: PublishedApp;

const llm = {
  type: 'llm',
  model: { provider: 'langgenius/openai/openai', name: 'gpt-4o', mode: 'chat', completion_params: {} },
  prompt_template: [{ role: 'user', text: '{{#sys.query#}} {{#conversation.mood#}}' }],
  context: { enabled: false, variable_selector: [] },
  vision: { enabled: false },
};
const mood = { id: 'm1', name: 'mood', value_type: 'string', value: 'calm', description: 'how it feels' };

beforeAll(async () => {
  app = await createTestApp({ enginePorts: { models } });
  owner = await app.owner();
  chat = await publishGraph(app, owner, {
    mode: 'advanced-chat',
    features: { opening_statement: 'Hello {{name}}', suggested_questions: ['How are you?'] },
    conversation_variables: [mood],
    graph: rowGraph({
      start: {
        type: 'start',
        variables: [{ variable: 'name', label: 'Name', type: 'text-input', required: false, max_length: 9 }],
      },
      llm,
      change: {
        type: 'assigner',
        version: '2',
        items: [
          {
            variable_selector: ['conversation', 'mood'],
            input_type: 'variable',
            operation: 'over-write',
            value: ['sys', 'query'],
          },
        ],
      },
      answer: { type: 'answer', answer: '{{#llm.text#}} ({{#sys.dialogue_count#}})', variables: [] },
    }),
  });
});
afterAll(() => app.close());

const say = (query: string, more: object = {}) =>
  chat.client.post('/v1/chat-messages', {
    inputs: {},
    query,
    user: 'reader',
    response_mode: 'streaming',
    auto_generate_name: false,
    ...more,
  });

describe('a chatflow', () => {
  it('streams messages among its workflow events, message_end before workflow_finished', async () => {
    const answer = await say('hello');
    expect(answer.text.startsWith('event: ping\n\n')).toBe(true);
    const events = eventsOf(answer);
    expect(namesOf(events).slice(0, 2)).toEqual(['workflow_started', 'node_started']);
    expect(events.slice(-2).map(({ event }) => event)).toEqual(['message_end', 'workflow_finished']);
    const text = events.filter(({ event }) => event === 'message').map(({ answer }) => answer);
    expect(text.join('')).toBe('You said "hello calm" (1)');
    const { conversation_id, message_id } = events[0];
    for (const event of events) expect(event).toMatchObject({ conversation_id, message_id });
    expect(events.at(-2)).toMatchObject({ id: message_id, metadata: { usage: { currency: 'USD' } } });
  });

  it('goes on with its conversation: count, variables and messages', async () => {
    const first = (await say('one', { response_mode: 'blocking' })).json;
    expect(first).toMatchObject({ mode: 'advanced-chat', answer: 'You said "one calm" (1)' });
    const conversation_id = first.conversation_id;
    const second = (await say('two', { response_mode: 'blocking', conversation_id })).json;
    expect(second.answer).toBe('You said "two one" (2)');
    const listed = await chat.client.get(`/v1/messages?user=reader&conversation_id=${conversation_id}`);
    expect(listed.json.data).toMatchObject([
      { query: 'one', answer: first.answer, parent_message_id: '00000000-0000-0000-0000-000000000000' },
      { query: 'two', answer: second.answer },
    ]);
    const variables = `/v1/conversations/${conversation_id}/variables`;
    const { data } = (await chat.client.get(`${variables}?user=reader`)).json;
    expect(data).toMatchObject([{ name: 'mood', value: 'two', value_type: 'string' }]);
    const changed = await chat.client.put(`${variables}/${data[0].id}`, { value: 'glad', user: 'reader' });
    expect(changed.json.value).toBe('glad');
    const wrong = await chat.client.put(`${variables}/${data[0].id}`, { value: 5, user: 'reader' });
    expect(wrong.json).toMatchObject({
      code: 'bad_request',
      message: "Type mismatch: variable 'mood' expects string, but got number type",
    });
    const stranger = await chat.client.get(`${variables}?user=stranger`);
    expect(stranger.json.message).toBe('Conversation Not Exists.');
    const third = (await say('three', { response_mode: 'blocking', conversation_id })).json;
    expect(third.answer).toBe('You said "three glad" (3)');
  });

  it('tells its features and form, and fills its opener', async () => {
    const { json } = await chat.client.get('/v1/parameters');
    expect(json).toMatchObject({
      opening_statement: 'Hello {{name}}',
      suggested_questions: ['How are you?'],
      user_input_form: [{ 'text-input': { variable: 'name', max_length: 9, required: false } }],
    });
    const { conversation_id } = (await say('hi', { inputs: { name: 'Ada' }, response_mode: 'blocking' }))
      .json;
    const list = (await chat.client.get('/v1/conversations?user=reader')).json.data;
    const conversation = list.find(({ id }: { id: string }) => id === conversation_id);
    expect(conversation).toMatchObject({ introduction: 'Hello Ada', name: 'hi' });
  });

  it('ends a failed run with workflow_finished and an error; a blocking caller gets 400', async () => {
    const failing = await publishGraph(app, owner, {
      mode: 'advanced-chat',
      graph: rowGraph({
        start: { type: 'start', variables: [] },
        search: {
          type: 'knowledge-retrieval',
          query_variable_selector: ['sys', 'query'],
          dataset_ids: ['0e1f2a3b-0000-4000-8000-000000000000'],
          retrieval_mode: 'multiple',
          multiple_retrieval_config: { top_k: 2, reranking_enable: false },
        },
        answer: { type: 'answer', answer: '{{#search.result#}}', variables: [] },
      }),
    });
    const body = { inputs: {}, query: 'q', user: 'reader' };
    const stream = await failing.client.post('/v1/chat-messages', { ...body, response_mode: 'streaming' });
    const events = eventsOf(stream);
    expect(events.slice(-2)).toMatchObject([
      { event: 'workflow_finished', data: { status: 'failed' } },
      { event: 'error', code: 'invalid_param', status: 400 },
    ]);
    const blocking = await failing.client.post('/v1/chat-messages', body);
    expect(blocking.json).toMatchObject({ code: 'invalid_param', status: 400 });
    expect(blocking.json.message).toMatch(/^Run failed: /);
    const { conversation_id } = events[0];
    const listed = await failing.client.get(`/v1/messages?user=reader&conversation_id=${conversation_id}`);
    expect(listed.json.data).toMatchObject([{ status: 'error', error: expect.any(String) }]);
  });

  it('refuses to run before it is published, and conversations of others', async () => {
    const made = await owner.client.post('/console/api/apps', { name: 'New', mode: 'advanced-chat' });
    const key = await owner.client.post(`/console/api/apps/${made.json.id}/api-keys`);
    const client = app.as(key.json.token);
    const body = { inputs: {}, query: 'q', user: 'u' };
    expect((await client.post('/v1/chat-messages', body)).json).toMatchObject({
      code: 'invalid_param',
      message: 'Workflow not published',
    });
    expect((await client.get('/v1/parameters')).json.code).toBe('app_unavailable');
    const mine = (await say('mine', { response_mode: 'blocking' })).json;
    const theirs = await say('theirs', { user: 'somebody', conversation_id: mine.conversation_id });
    expect(theirs.json.message).toBe('Conversation Not Exists.');
  });
});
