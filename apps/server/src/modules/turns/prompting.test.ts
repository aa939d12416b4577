import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { multipart, tinyPng } from '../../../test/support/multipart.ts';
import {
  answerOf,
  type ChatWorld,
  createChatWorld,
  eventsOf,
  eventually,
  expectAnswer,
  modelOf,
  sentMessages,
  type WorldApp,
} from '../../testing/chat-world.ts';
import type { TestClient } from '../../testing/test-client.ts';

let world: ChatWorld;

beforeAll(async () => {
  world = await createChatWorld();
});
beforeEach(() => world.provider.reset());
afterAll(() => world.close());

/** Says something through the service API and answers the blocking reply. */
async function say(app: WorldApp, query: string, more: Record<string, unknown> = {}) {
  const body = {
    inputs: {},
    query,
    user: 'ada',
    response_mode: 'blocking',
    auto_generate_name: false,
    ...more,
  };
  return (await expectAnswer(app.api.post('/v1/chat-messages', body), 200)).json;
}

async function upload(client: TestClient, prefix: string, user?: string): Promise<string> {
  const { body, headers } = multipart([
    { name: 'file', fileName: 'pixel.png', bytes: tinyPng, contentType: 'image/png' },
    ...(user === undefined ? [] : [{ name: 'user', value: user }]),
  ]);
  return (await expectAnswer(client.post(`${prefix}/files/upload`, body, { headers }), 201)).json.id;
}

describe('what the model is sent', () => {
  it('is the instructions with inputs, the opener, what was said before without reasoning, and the question', async () => {
    const app = await world.createApp('chat', {
      pre_prompt: 'You help {{name}}. {{unknown}}',
      opening_statement: 'Hello {{name}}!',
      user_input_form: [{ 'text-input': { label: 'Name', variable: 'name', required: true } }],
    });
    world.provider.script({ reasoning: 'secret thoughts', text: 'First answer' });
    const first = await say(app, 'one', { inputs: { name: 'Ann', dropped: 'x' } });
    expect(first.answer).toContain('<think>');
    world.provider.script({ text: 'Second answer' });
    await say(app, 'two', { inputs: { name: 'Bob' }, conversation_id: first.conversation_id });
    const sent = sentMessages(world.provider);
    expect(sent.map((message) => message.role)).toEqual(['system', 'assistant', 'user', 'assistant', 'user']);
    expect(sent[0].content).toContain('You help Bob.');
    expect(sent[1].content).toBe('Hello Bob!');
    expect(sent.slice(2).map((message) => message.content)).toEqual(['one', 'First answer', 'two']);
    const list = await app.api.get('/v1/conversations?user=ada');
    expect(list.json.data[0]).toMatchObject({ introduction: 'Hello Ann!', inputs: { name: 'Ann' } });
    const missing = await app.api.post('/v1/chat-messages', { inputs: {}, query: 'three', user: 'ada' });
    expect(missing.json).toMatchObject({ code: 'invalid_param', message: 'name is required in input form' });
  });

  it('carries parameters and stop sequences, and leaves old turns out when the context is full', async () => {
    await world.addModel('narrow', { context_size: '200' });
    const app = await world.createApp('chat', {
      model: modelOf('narrow', { temperature: 0.3, max_tokens: 100, stop: ['END'] }),
    });
    world.provider.script({ text: 'word '.repeat(220) });
    const first = await say(app, 'the very first question');
    world.provider.script({ text: 'short' });
    await say(app, 'another question', { conversation_id: first.conversation_id });
    const request = world.provider.requests.at(-1)?.json as Record<string, unknown>;
    expect(request).toMatchObject({ temperature: 0.3, stop: ['END'], model: 'narrow' });
    const text = JSON.stringify(request['messages']);
    expect(text).toContain('another question');
    expect(text).not.toContain('the very first question');
  });

  it('is what the author wrote out, message by message, in an expert prompt', async () => {
    const app = await world.createApp('chat', {
      prompt_type: 'advanced',
      chat_prompt_config: {
        prompt: [
          { role: 'system', text: 'Speak {{language}}.' },
          { role: 'user', text: 'Example' },
          { role: 'assistant', text: 'Reply' },
          { role: 'system', edition_type: 'jinja2', text: '', jinja2_text: '{{ language | upper }}' },
        ],
      },
      user_input_form: [{ 'text-input': { label: 'L', variable: 'language', required: true } }],
    });
    await say(app, 'go', { inputs: { language: 'Dutch' } });
    const sent = sentMessages(world.provider).map(({ role, content }) => [role, content]);
    expect(sent).toEqual([
      ['system', 'Speak Dutch.'],
      ['user', 'Example'],
      ['assistant', 'Reply'],
      ['system', 'DUTCH'],
      ['user', 'go'],
    ]);
  });

  it('says what is wrong with a template', async () => {
    const app = await world.createApp('chat', {
      prompt_type: 'advanced',
      chat_prompt_config: {
        prompt: [{ role: 'system', edition_type: 'jinja2', text: '', jinja2_text: '{% if %}' }],
      },
    });
    const answer = await app.api.post('/v1/chat-messages', { inputs: {}, query: 'x', user: 'ada' });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_param']);
    expect(answer.json.message).toContain('The prompt template failed');
  });

  it('is one text with the history in its place for a completion model', async () => {
    await world.addModel('completes', { mode: 'completion' });
    const app = await world.createApp('chat', {
      model: { ...modelOf('completes'), mode: 'completion' },
      prompt_type: 'advanced',
      completion_prompt_config: {
        prompt: { text: 'Talk:\n{{#histories#}}\nQ: {{#query#}}\nA:' },
        conversation_histories_role: { user_prefix: 'Person', assistant_prefix: 'Machine' },
      },
    });
    world.provider.script({ text: 'One.' });
    const first = await say(app, 'uno');
    await say(app, 'dos', { conversation_id: first.conversation_id });
    const request = world.provider.requests.at(-1);
    expect(request?.path).toBe('/v1/completions');
    const prompt = String((request?.json as { prompt?: unknown } | undefined)?.prompt);
    expect(prompt).toContain('Person: uno');
    expect(prompt).toContain('Machine: One.');
    expect(prompt).toContain('Q: dos\nA:');
  });
});

describe('files of a turn', () => {
  const fileUpload = {
    file_upload: {
      enabled: true,
      allowed_file_types: ['image'],
      allowed_file_extensions: [],
      allowed_file_upload_methods: ['local_file', 'remote_url'],
      number_limits: 2,
    },
  };
  let app: WorldApp;
  beforeAll(async () => {
    app = await world.createApp('chat', {
      ...fileUpload,
      user_input_form: [
        {
          file: {
            label: 'Scan',
            variable: 'scan',
            required: false,
            allowed_file_types: ['image'],
            allowed_file_upload_methods: ['local_file'],
          },
        },
      ],
    });
  });
  const local = (id: string, more = {}) => ({
    type: 'image',
    transfer_method: 'local_file',
    upload_file_id: id,
    ...more,
  });

  it('reach the model as bytes, and the message list with a signed address', async () => {
    const id = await upload(app.api, '/v1', 'ada');
    const answer = await say(app, 'look', { files: [local(id)] });
    const parts = sentMessages(world.provider).at(-1).content;
    expect(parts.find((part: { type: string }) => part.type === 'image_url').image_url.url).toBe(
      `data:image/png;base64,${tinyPng.toString('base64')}`,
    );
    const list = await app.api.get(`/v1/messages?user=ada&conversation_id=${answer.conversation_id}`);
    expect(list.json.data[0].message_files).toMatchObject([
      {
        filename: 'pixel.png',
        type: 'image',
        mime_type: 'image/png',
        belongs_to: 'user',
        upload_file_id: id,
      },
    ]);
    const address = new URL(list.json.data[0].message_files[0].url, 'http://x');
    expect((await world.app.anonymous.get(address.pathname + address.search)).status).toBe(200);
  });

  it.each([
    ['of somebody else', async () => local(await upload(app.api, '/v1', 'mallory')), 'Invalid upload file'],
    ['that do not exist', async () => local('4f4e2f0e-0b6e-4c09-9d6f-111111111111'), 'Invalid upload file'],
    ['whose id is none', async () => local('../../etc/passwd'), 'Invalid upload file'],
    [
      'of a type that the app does not take',
      async () => local(await upload(app.api, '/v1', 'ada'), { type: 'audio' }),
      'File validation failed for file: pixel.png',
    ],
  ])('are refused when they are %s', async (_name, make, message) => {
    const body = { inputs: {}, query: 'x', user: 'ada', files: [await make()] };
    const answer = await app.api.post('/v1/chat-messages', body);
    expect([answer.status, answer.json.code, answer.json.message]).toEqual([400, 'invalid_param', message]);
  });

  it('are counted', async () => {
    const id = await upload(app.api, '/v1', 'ada');
    const many = await app.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'x',
      user: 'ada',
      files: [local(id), local(id), local(id)],
    });
    expect(many.json.message).toBe('Number of files exceeds the maximum limit 2');
    const old = await world.createApp('chat', {
      file_upload: {
        image: { enabled: true, number_limits: 1, detail: 'low', transfer_methods: ['local_file'] },
      },
    });
    const images = await old.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'x',
      user: 'ada',
      files: [local(id), local(id)],
    });
    expect(images.json.message).toBe('Number of image files exceeds the maximum limit 1');
  });

  it('are not fetched from where only the server can go', async () => {
    const secret = `${world.provider.origin}/secret.png`;
    const answer = await app.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'x',
      user: 'ada',
      files: [{ type: 'image', transfer_method: 'remote_url', url: secret }],
    });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_param']);
    expect(answer.json.message).toContain('cannot be fetched');
    expect(world.provider.requests).toHaveLength(0);
  });

  it('are left out silently when they are none, and when the app takes none', async () => {
    await say(app, 'x', { files: ['text', { type: 'image' }, { transfer_method: 'remote_url' }] });
    expect(sentMessages(world.provider).at(-1).content).toBe('x');
    const plain = await world.createApp('chat');
    await say(plain, 'y', { files: [local('4f4e2f0e-0b6e-4c09-9d6f-111111111111')] });
    expect(sentMessages(world.provider).at(-1).content).toBe('y');
  });

  it('stand among the inputs as file objects whose addresses work', async () => {
    const id = await upload(app.api, '/v1', 'ada');
    const answer = await say(app, 'x', { inputs: { scan: local(id) } });
    const list = await app.api.get(`/v1/messages?user=ada&conversation_id=${answer.conversation_id}`);
    const { scan } = list.json.data[0].inputs;
    expect(scan).toMatchObject({
      dify_model_identity: '__dify__file__',
      type: 'image',
      transfer_method: 'local_file',
      related_id: id,
      filename: 'pixel.png',
      extension: '.png',
      mime_type: 'image/png',
      size: tinyPng.length,
    });
    const address = new URL(scan.url, 'http://x');
    expect((await world.app.anonymous.get(address.pathname + address.search)).status).toBe(200);
    const wrong = { inputs: { scan: [local(id)] }, query: 'x', user: 'ada' };
    expect((await app.api.post('/v1/chat-messages', wrong)).json.message).toBe(
      'scan in input form must be a file',
    );
  });
});

describe('moderation', () => {
  const words = (sides: Record<string, unknown>) => ({
    sensitive_word_avoidance: {
      enabled: true,
      type: 'keywords',
      config: {
        keywords: 'Forbidden\nsecret word',
        inputs_config: { enabled: false, preset_response: '' },
        outputs_config: { enabled: false, preset_response: '' },
        ...sides,
      },
    },
  });

  it('answers a forbidden question with the preset and asks no model', async () => {
    const app = await world.createApp(
      'chat',
      words({ inputs_config: { enabled: true, preset_response: 'Not here.' } }),
    );
    const answer = await say(app, 'tell me something FORBIDDEN');
    expect(answer).toMatchObject({ answer: 'Not here.', metadata: { usage: { total_tokens: 0 } } });
    expect(world.provider.requests).toHaveLength(0);
    const streamed = await app.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'forbidden',
      user: 'ada',
      response_mode: 'streaming',
    });
    const events = eventsOf(streamed.text);
    expect(events.filter((event) => event.event === 'message')).toHaveLength('Not here.'.length);
    expect(answerOf(events)).toBe('Not here.');
  });

  it('replaces an answer that says what it must not, ends the model call, and stores the replacement', async () => {
    const app = await world.createApp(
      'chat',
      words({ outputs_config: { enabled: true, preset_response: 'Withdrawn.' } }),
    );
    world.provider.script({
      text: ['It is a sec', 'ret wo', 'rd and', ...Array(50).fill(' more')],
      chunkDelayMs: 5,
    });
    const streamed = await app.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'x',
      user: 'mod',
      response_mode: 'streaming',
    });
    const events = eventsOf(streamed.text);
    expect(events.slice(-2).map((event) => event.event)).toEqual(['message_replace', 'message_end']);
    expect(events.at(-2)).toMatchObject({ answer: 'Withdrawn.', reason: 'output_moderation' });
    expect(answerOf(events)).not.toContain('secret word');
    const list = await app.api.get(`/v1/messages?user=mod&conversation_id=${events[0]?.['conversation_id']}`);
    expect(list.json.data[0]).toMatchObject({ answer: 'Withdrawn.', status: 'normal' });
    await eventually(async () => world.provider.requests.some((request) => request.aborted));
  });
});

describe('names', () => {
  const named = (app: WorldApp, id: string) => async () =>
    (await app.api.get('/v1/conversations?user=ada')).json.data.find((item: { id: string }) => item.id === id)
      ?.name as string | undefined;

  it('begin as the first twenty characters and are found by the model in the background', async () => {
    const app = await world.createApp('chat');
    world.provider.script(
      { text: 'An answer' },
      { text: '<think>hm</think>"A fitting title."', delayMs: 40 },
    );
    const { conversation_id: id } = await say(app, 'a question of more than twenty characters', {
      auto_generate_name: true,
    });
    expect(await named(app, id)()).toBe('a question of more t…');
    expect(await eventually(async () => (await named(app, id)()) === 'A fitting title')).toBe(true);
  });

  it('that somebody gave meanwhile stay', async () => {
    const app = await world.createApp('chat');
    world.provider.script({ text: 'An answer' }, { text: 'Too late', delayMs: 80 });
    const { conversation_id: id } = await say(app, 'hi', { auto_generate_name: true });
    await app.api.post(`/v1/conversations/${id}/name`, { name: 'Mine', user: 'ada' });
    await world.app.services.namer.settled();
    expect(await named(app, id)()).toBe('Mine');
  });

  it('are found on demand, and a blank one is refused', async () => {
    const app = await world.createApp('chat');
    world.provider.script({ text: 'An answer' }, { text: 'Found' });
    const { conversation_id: id } = await say(app, 'hi');
    expect(await named(app, id)()).toBe('hi');
    const path = `/v1/conversations/${id}/name`;
    const found = await expectAnswer(app.api.post(path, { auto_generate: true, user: 'ada' }), 200);
    expect(found.json).toMatchObject({ id, name: 'Found', status: 'normal' });
    const blank = await app.api.post(path, { name: ' ', user: 'ada' });
    expect(blank.json).toMatchObject({
      code: 'invalid_param',
      message: 'name is required when auto_generate is false',
    });
  });
});

describe('a conversation', () => {
  it('keeps the configuration that it began with', async () => {
    const app = await world.createApp('chat', { pre_prompt: 'Old rules.' });
    const first = await say(app, 'one');
    await app.publish({ pre_prompt: 'New rules.' });
    await say(app, 'two', { conversation_id: first.conversation_id });
    expect(sentMessages(world.provider)[0].content.trim()).toBe('Old rules.');
    await say(app, 'three');
    expect(sentMessages(world.provider)[0].content.trim()).toBe('New rules.');
  });

  it('belongs to its user and its app', async () => {
    const [app, other] = [await world.createApp('chat'), await world.createApp('chat')];
    const { conversation_id: id } = await say(app, 'mine');
    for (const answer of [
      await app.api.post('/v1/chat-messages', {
        inputs: {},
        query: 'x',
        user: 'mallory',
        conversation_id: id,
      }),
      await other.api.post('/v1/chat-messages', { inputs: {}, query: 'x', user: 'ada', conversation_id: id }),
      await app.api.get(`/v1/messages?user=mallory&conversation_id=${id}`),
      await app.api.delete(`/v1/conversations/${id}`, { user: 'mallory' }),
    ]) {
      expect(answer.json).toMatchObject({
        code: 'not_found',
        message: 'Conversation Not Exists.',
        status: 404,
      });
    }
  });

  it('is gone with its messages when it is deleted', async () => {
    const app = await world.createApp('chat');
    const { conversation_id: id, message_id: messageId } = await say(app, 'bye');
    const deleted = await app.api.delete(`/v1/conversations/${id}`, { user: 'ada' });
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await app.api.get('/v1/conversations?user=ada')).json.data).toEqual([]);
    expect((await app.api.get(`/v1/messages?user=ada&conversation_id=${id}`)).status).toBe(404);
    const rated = await app.api.post(`/v1/messages/${messageId}/feedbacks`, { rating: 'like', user: 'ada' });
    expect(rated.json).toMatchObject({ code: 'not_found', message: 'Message Not Exists.' });
    expect((await app.api.delete(`/v1/conversations/${id}`, { user: 'ada' })).status).toBe(404);
  });

  it('is listed and read in pages', async () => {
    const app = await world.createApp('chat');
    const ids: string[] = [];
    for (const query of ['a', 'b', 'c']) ids.push((await say(app, query)).conversation_id);
    const first = await app.api.get('/v1/conversations?user=ada&limit=2');
    expect(first.json).toMatchObject({ limit: 2, has_more: true });
    expect(first.json.data.map((item: { id: string }) => item.id)).toEqual([ids[2], ids[1]]);
    const second = await app.api.get(`/v1/conversations?user=ada&limit=2&last_id=${ids[1]}`);
    expect(second.json.data.map((item: { id: string }) => item.id)).toEqual([ids[0]]);
    expect(second.json.has_more).toBe(false);
    const ascending = await app.api.get('/v1/conversations?user=ada&sort_by=created_at');
    expect(ascending.json.data.map((item: { id: string }) => item.id)).toEqual(ids);
    const unknown = await app.api.get('/v1/conversations?user=ada&last_id=nothing');
    expect(unknown.json.message).toBe('Last Conversation Not Exists.');
    expect((await app.api.get('/v1/conversations?user=ada&limit=101')).json.code).toBe('invalid_param');

    for (const query of ['b2', 'b3']) await say(app, query, { conversation_id: ids[1] });
    const path = `/v1/messages?user=ada&conversation_id=${ids[1]}&limit=2`;
    const newest = await app.api.get(path);
    expect(newest.json.data.map((item: { query: string }) => item.query)).toEqual(['b2', 'b3']);
    expect(newest.json.has_more).toBe(true);
    const older = await app.api.get(`${path}&first_id=${newest.json.data[0].id}`);
    expect(older.json.data.map((item: { query: string }) => item.query)).toEqual(['b']);
    expect((await app.api.get(`${path}&first_id=${ids[0]}`)).json.message).toBe('First Message Not Exists.');
  });
});

describe('ratings and suggestions', () => {
  it('overwrite, are listed, and can be taken back once', async () => {
    const app = await world.createApp('chat');
    const { message_id: id, conversation_id: conversation } = await say(app, 'rate me');
    const path = `/v1/messages/${id}/feedbacks`;
    await expectAnswer(app.api.post(path, { rating: 'like', user: 'ada', content: 'good' }), 200);
    await expectAnswer(app.api.post(path, { rating: 'dislike', user: 'ada', content: 'bad' }), 200);
    const list = await app.api.get(`/v1/messages?user=ada&conversation_id=${conversation}`);
    expect(list.json.data[0].feedback).toEqual({ rating: 'dislike' });
    const all = await app.api.get('/v1/app/feedbacks');
    expect(all.json.data).toMatchObject([
      { message_id: id, rating: 'dislike', content: 'bad', from_source: 'user', from_account_id: null },
    ]);
    expect(all.json.data[0].created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    await expectAnswer(app.api.post(path, { rating: null, user: 'ada' }), 200);
    expect((await app.api.post(path, { rating: null, user: 'ada' })).json.code).toBe('invalid_param');
    expect((await app.api.post(path, { rating: 'like', user: 'mallory' })).status).toBe(404);
  });

  it('come from what was said, and only where the app has them', async () => {
    const off = await world.createApp('chat');
    const silent = await say(off, 'x');
    const refused = await off.api.get(`/v1/messages/${silent.message_id}/suggested?user=ada`);
    expect(refused.json).toMatchObject({
      code: 'bad_request',
      message: 'Suggested Questions Is Disabled.',
      status: 400,
    });
    const app = await world.createApp('chat', { suggested_questions_after_answer: { enabled: true } });
    world.provider.script(
      { text: 'Whales sing.' },
      { text: 'Sure: ["Why?", "Where?", "How long?", "And a fourth?"]' },
      { text: 'no list at all' },
      { status: 500, body: { error: { message: 'down' } }, times: 20 },
    );
    const said = await say(app, 'about whales');
    const path = `/v1/messages/${said.message_id}/suggested?user=ada`;
    expect((await app.api.get(path)).json).toEqual({
      result: 'success',
      data: ['Why?', 'Where?', 'How long?'],
    });
    expect(JSON.stringify(sentMessages(world.provider))).toContain('Whales sing.');
    expect((await app.api.get(path)).json).toEqual({ result: 'success', data: [] });
    expect((await app.api.get(path)).json).toMatchObject({ code: 'internal_server_error', status: 500 });
  });
});
