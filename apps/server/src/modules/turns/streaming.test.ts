import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  type ChatWorld,
  createChatWorld,
  eventsOf,
  eventually,
  expectAnswer,
  modelOf,
  type WorldApp,
} from '../../testing/chat-world.ts';

let world: ChatWorld;
let chat: WorldApp;
let completion: WorldApp;
let url: string;

beforeAll(async () => {
  world = await createChatWorld();
  [chat, completion] = await Promise.all([
    world.createApp('chat', { pre_prompt: 'Be brief.' }),
    world.createApp('completion', { pre_prompt: 'Write about {{query}}.' }),
  ]);
  url = await world.app.http.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(() => world.provider.reset());
afterAll(() => world.close());

const say = (query: string, more: Record<string, unknown> = {}) => ({
  inputs: {},
  query,
  user: 'ada',
  response_mode: 'streaming',
  auto_generate_name: false,
  ...more,
});

describe('the stream of a chat turn', () => {
  it('is lines of data with blank lines between, all with the same envelope, and ends with message_end', async () => {
    world.provider.script({ text: ['Hel', 'lo ', 'wörld'], usage: { promptTokens: 7, completionTokens: 3 } });
    const answer = await expectAnswer(chat.api.post('/v1/chat-messages', say('hi')), 200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers['x-accel-buffering']).toBe('no');
    expect(answer.headers['x-version']).toBe('0.0.0-test');
    for (const block of answer.text.slice(0, -2).split('\n\n')) {
      expect(block).toMatch(/^data: \{"event":"[a-z_]+",[^\n]*\}$/);
    }
    expect(answer.text.endsWith('}\n\n')).toBe(true);
    expect(answer.text).toContain('wörld');
    const events = eventsOf(answer.text);
    expect(answerOf(events)).toBe('Hello wörld');
    expect(events.map((event) => event.event)).toEqual([
      ...Array(events.length - 1).fill('message'),
      'message_end',
    ]);
    const envelopes = events.map(({ task_id, conversation_id, message_id, created_at }) =>
      JSON.stringify({ task_id, conversation_id, message_id, created_at }),
    );
    expect(new Set(envelopes).size).toBe(1);
    expect(Number.isInteger(events[0]?.['created_at'])).toBe(true);
    expect(events[0]).toMatchObject({ id: events[0]?.['message_id'], from_variable_selector: null });
    expect(events.at(-1)).toMatchObject({
      id: events[0]?.['message_id'],
      files: null,
      metadata: {
        annotation_reply: null,
        retriever_resources: [],
        usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, currency: 'USD' },
      },
    });
  });

  it('tells no conversation in a completion app', async () => {
    const answer = await completion.api.post('/v1/completion-messages', {
      inputs: { query: 'tides' },
      user: 'ada',
      response_mode: 'streaming',
    });
    const events = eventsOf(answer.text);
    expect(events.at(-1)?.event).toBe('message_end');
    for (const event of events) expect(Object.keys(event)).not.toContain('conversation_id');
  });

  it('opens before the model has said anything, and the client may leave without ending the turn', async () => {
    world.provider.script({ text: ['slow ', 'but ', 'sure'], delayMs: 150 });
    const leaving = new AbortController();
    const response = await fetch(`${url}/v1/chat-messages`, {
      method: 'POST',
      headers: { ...(await bearerOf(chat)), 'content-type': 'application/json' },
      body: JSON.stringify(say('take your time', { user: 'leaver' })),
      signal: leaving.signal,
    });
    expect(response.status).toBe(200);
    // The answer's head is here while the turn is under way and the model still silent.
    expect(world.app.services.registry.size).toBe(1);
    leaving.abort();
    const stored = await eventually(async () => {
      const list = await chat.api.get('/v1/conversations?user=leaver');
      const id = list.json.data[0]?.id;
      if (id === undefined) return undefined;
      const messages = await chat.api.get(`/v1/messages?user=leaver&conversation_id=${id}`);
      return messages.json.data[0]?.answer === '' ? undefined : messages.json.data[0];
    });
    expect(stored).toMatchObject({ answer: 'slow but sure', status: 'normal', error: null });
    expect(world.provider.requests.some((request) => request.aborted)).toBe(false);
  });

  it('answers as one JSON object when it is asked to block', async () => {
    world.provider.script({ text: 'Forty-two.' });
    const answer = await chat.api.post('/v1/chat-messages', say('why?', { response_mode: 'blocking' }));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ event: 'message', mode: 'chat', answer: 'Forty-two.' });
    expect(answer.json.id).toBe(answer.json.message_id);
    expect(Object.keys(answer.json).sort()).toEqual(
      [
        'answer',
        'conversation_id',
        'created_at',
        'event',
        'id',
        'message_id',
        'metadata',
        'mode',
        'task_id',
      ].sort(),
    );
  });

  it('can be read from the message list as soon as message_end has come', async () => {
    world.provider.script({ text: 'Written down.' });
    const events = eventsOf((await chat.api.post('/v1/chat-messages', say('note this'))).text);
    const list = await chat.api.get(
      `/v1/messages?user=ada&conversation_id=${events.at(-1)?.['conversation_id']}`,
    );
    expect(list.json.data).toMatchObject([{ query: 'note this', answer: 'Written down.', status: 'normal' }]);
  });
});

describe('stopping', () => {
  async function startSlow(user: string) {
    world.provider.script({ text: Array(400).fill('word '), chunkDelayMs: 20 });
    const response = await fetch(`${url}/v1/chat-messages`, {
      method: 'POST',
      headers: { ...(await bearerOf(chat)), 'content-type': 'application/json' },
      body: JSON.stringify(say('go on', { user })),
    });
    if (!response.body) throw new Error('there is no stream');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader.read();
    const [event] = eventsOf(first.value ?? '');
    return {
      taskId: String(event?.['task_id']),
      conversationId: String(event?.['conversation_id']),
      async rest() {
        let text = first.value ?? '';
        for (;;) {
          const next = await reader.read();
          if (next.done) return eventsOf(text);
          text += next.value;
        }
      },
    };
  }

  it('ends the stream with what was produced, and closes the socket to the model', async () => {
    const turn = await startSlow('ada');
    await expectAnswer(chat.api.post(`/v1/chat-messages/${turn.taskId}/stop`, { user: 'ada' }), 200);
    const events = await turn.rest();
    expect(events.at(-1)?.event).toBe('message_end');
    const list = await chat.api.get(`/v1/messages?user=ada&conversation_id=${turn.conversationId}`);
    expect(list.json.data[0]).toMatchObject({ answer: answerOf(events), status: 'normal', error: null });
    expect(answerOf(events).length).toBeLessThan(400 * 5);
    await eventually(async () => world.provider.requests.some((request) => request.aborted));
  });

  it('says success and stops nothing for anybody else, for another app, and for a task that is none', async () => {
    const turn = await startSlow('ada');
    const elsewhere = await world.createApp('chat');
    const others = await Promise.all([
      chat.api.post(`/v1/chat-messages/${turn.taskId}/stop`, { user: 'mallory' }),
      elsewhere.api.post(`/v1/chat-messages/${turn.taskId}/stop`, { user: 'ada' }),
      chat.api.post('/v1/chat-messages/no-such-task/stop', { user: 'ada' }),
    ]);
    for (const answer of others) expect([answer.status, answer.json]).toEqual([200, { result: 'success' }]);
    const run = world.app.services.registry.find(turn.taskId);
    expect(run?.signal.aborted).toBe(false);
    await chat.api.post(`/v1/chat-messages/${turn.taskId}/stop`, { user: 'ada' });
    await turn.rest();
  });
});

describe('a turn that fails', () => {
  const failures = [
    {
      name: 'a provider that says no more requests',
      script: { status: 429, body: { error: { message: 'Rate limit reached', type: 'rate_limit_error' } } },
      code: 'completion_request_error',
      message: /Rate limit reached/,
    },
    {
      name: 'a provider that does not take the key',
      script: {
        status: 401,
        body: { error: { message: 'Incorrect API key', type: 'invalid_request_error' } },
      },
      code: 'completion_request_error',
      message: /^Incorrect API key provided$/,
    },
    {
      name: 'a provider that fails',
      script: { status: 500, body: { error: { message: 'boom', type: 'server_error' } } },
      code: 'completion_request_error',
      message: /boom/,
    },
  ];

  it.each(failures)('tells of $name inside the stream and keeps the message', async (failure) => {
    world.provider.script({ ...failure.script, times: 20 });
    const answer = await chat.api.post('/v1/chat-messages', say('fail', { user: 'unlucky' }));
    expect(answer.status).toBe(200);
    const events = eventsOf(answer.text);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ event: 'error', code: failure.code, status: 400 });
    expect(events[0]?.['message']).toMatch(failure.message);
    const list = await chat.api.get(
      `/v1/messages?user=unlucky&conversation_id=${events[0]?.['conversation_id']}`,
    );
    expect(list.json.data[0]).toMatchObject({ status: 'error', answer: '', query: 'fail' });
    expect(list.json.data[0].error).toBe(events[0]?.['message']);
  });

  it('keeps the text that had come when the stream breaks off', async () => {
    world.provider.script({ text: ['half ', 'an ', 'answer'], breakAfterChunks: 3 });
    const events = eventsOf((await chat.api.post('/v1/chat-messages', say('break'))).text);
    expect(events.at(-1)).toMatchObject({ event: 'error', code: 'completion_request_error', status: 400 });
    const partial = answerOf(events);
    expect(partial).not.toBe('');
    const list = await chat.api.get(
      `/v1/messages?user=ada&conversation_id=${events.at(-1)?.['conversation_id']}`,
    );
    expect(list.json.data[0]).toMatchObject({ status: 'error', answer: partial });
    expect(list.json.data[0].answer_tokens).toBeGreaterThan(0);
  });

  it('is the HTTP error of a blocking call', async () => {
    world.provider.script({ status: 400, body: { error: { message: 'too long' } }, times: 20 });
    const answer = await chat.api.post('/v1/chat-messages', say('x', { response_mode: 'blocking' }));
    expect([answer.status, answer.json.code, answer.json.status]).toEqual([
      400,
      'completion_request_error',
      400,
    ]);
    expect(answer.json.message).toContain('too long');
  });

  it('says provider_not_initialize when the model has no credentials, and invalid_param when it is switched off', async () => {
    await world.addModel('short-lived');
    const app = await world.createApp('chat', { model: modelOf('short-lived') });
    const base = '/console/api/workspaces/current/model-providers';
    const model = { model: 'short-lived', model_type: 'llm' };
    const provider = 'langgenius/openai_api_compatible/openai_api_compatible';
    await world.owner.client.patch(`${base}/${provider}/models/disable`, model);
    const off = eventsOf((await app.api.post('/v1/chat-messages', say('hi'))).text);
    expect(off).toMatchObject([{ event: 'error', code: 'invalid_param', status: 400 }]);
    await world.owner.client.patch(`${base}/${provider}/models/enable`, model);
    await world.owner.client.delete(`${base}/${provider}/models`, model);
    const gone = eventsOf((await app.api.post('/v1/chat-messages', say('hi'))).text);
    expect(gone).toMatchObject([{ event: 'error', code: 'provider_not_initialize', status: 400 }]);
  });

  it('keeps what went wrong inside to itself', async () => {
    const { models } = world.app.services;
    const resolve = models.resolve;
    models.resolve = async () => {
      throw new Error('secret detail of the database');
    };
    try {
      const answer = await chat.api.post('/v1/chat-messages', say('hi'));
      expect(eventsOf(answer.text)).toMatchObject([
        {
          event: 'error',
          code: 'internal_server_error',
          status: 500,
          message: 'Internal Server Error, please contact support.',
        },
      ]);
      expect(answer.text).not.toContain('secret');
    } finally {
      models.resolve = resolve;
    }
  });
});

describe('errors before the stream opens', () => {
  it.each([
    ['a conversation id that is none', { conversation_id: 'abc' }, 400, 'invalid_param'],
    [
      'a conversation that does not exist',
      { conversation_id: '4f4e2f0e-0b6e-4c09-9d6f-111111111111' },
      404,
      'not_found',
    ],
    ['an empty question', { query: '' }, 400, 'invalid_param'],
    ['no inputs', { inputs: null }, 400, 'invalid_param'],
    ['an unknown response mode', { response_mode: 'fast' }, 400, 'invalid_param'],
    ['nobody asking', { user: '' }, 400, 'invalid_param'],
  ])('are plain HTTP errors: %s', async (_name, change, status, code) => {
    const answer = await chat.api.post('/v1/chat-messages', say('hello', change));
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(world.provider.requests).toHaveLength(0);
  });

  it('takes a blank conversation id for none and a number for a user', async () => {
    const answer = await chat.api.post('/v1/chat-messages', say('hi', { conversation_id: '  ', user: 42 }));
    const conversation = eventsOf(answer.text)[0]?.['conversation_id'];
    const list = await chat.api.get('/v1/conversations?user=42');
    expect(list.json.data).toMatchObject([{ id: conversation }]);
  });

  it('refuses the question of one mode at the door of another', async () => {
    expect((await completion.api.post('/v1/chat-messages', say('hi'))).json.code).toBe('not_chat_app');
    expect((await chat.api.post('/v1/completion-messages', { inputs: {}, user: 'ada' })).json.code).toBe(
      'app_unavailable',
    );
  });
});

describe('limits', () => {
  it('lets no more turns of an app run at once than it may, even when they come in one burst', async () => {
    const narrow = await world.createApp('chat');
    await expectAnswer(world.owner.client.put(narrow.path, { name: 'Narrow', max_active_requests: 2 }), 200);
    world.provider.script({ text: 'done', delayMs: 100, times: 2 });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        narrow.api.post('/v1/chat-messages', say('hi', { response_mode: 'blocking' })),
      ),
    );
    const refused = answers.filter((answer) => answer.status === 429);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(2);
    expect(refused).toHaveLength(4);
    expect(refused[0]?.json).toMatchObject({
      code: 'too_many_requests',
      message: `Too many requests. Please try again later. The current maximum concurrent requests allowed for ${narrow.id} is 2.`,
    });
    world.provider.script({ text: 'free again' });
    const after = await narrow.api.post('/v1/chat-messages', say('hi', { response_mode: 'blocking' }));
    expect(after.status).toBe(200);
  });
});

async function bearerOf(app: WorldApp): Promise<Record<string, string>> {
  const key = await expectAnswer(world.owner.client.post(`${app.path}/api-keys`), 201);
  return { authorization: `Bearer ${key.json.token}` };
}
