/**
 * What every answer has in common (spec: service API §1): headers, cross-origin rules, credentials in all their
 * spellings, the error envelope, and the code and message of bad input of every kind.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScope } from '../src/platform/auth/scope.ts';
import { createTestApp, type TestApp, type TestPerson } from '../src/testing/test-app.ts';
import type { TestAnswer, TestClient } from '../src/testing/test-client.ts';
import { type AppThings, configFor, createApp, uploadImage } from './support/app.ts';
import { multipart, type Part, tinyPng } from './support/multipart.ts';
import { createCredentials, seededSecrets } from './support/world.ts';

let app: TestApp;
let owner: TestPerson;
let chat: AppThings;
let completion: AppThings;
let v1: TestClient;
let page: TestClient;

beforeAll(async () => {
  app = await createTestApp({
    environment: {
      WEB_API_CORS_ALLOW_ORIGINS: 'https://shop.example,https://other.example',
      UPLOAD_IMAGE_FILE_SIZE_LIMIT: '1',
      UPLOAD_FILE_EXTENSION_BLACKLIST: 'exe,bat',
    },
  });
  owner = await app.owner();
  const config = {
    user_input_form: [],
    more_like_this: { enabled: false },
    suggested_questions_after_answer: { enabled: false },
  };
  chat = await createApp(app, owner, { mode: 'chat', marker: 'Wire', talks: false, config });
  completion = await createApp(app, owner, { mode: 'completion', marker: 'Wire', talks: false, config });
  v1 = app.as(chat.key);
  page = app.anonymous.with({ 'x-app-passport': chat.passport });
}, 120_000);
afterAll(() => app?.close());

const user = 'ada';
const unknownId = '01a1fc42-541d-7936-910c-9e76ce6483b1';

function say(more: Record<string, unknown> = {}, client = v1): Promise<TestAnswer> {
  return client.post('/v1/chat-messages', { inputs: {}, query: 'say: x', user, ...more });
}

describe('headers', () => {
  it('name version, environment and request on every answer, errors among them', async () => {
    const answers = [
      await app.anonymous.get('/health'),
      await v1.get('/v1/info'),
      await v1.get('/v1/nothing'),
      await app.anonymous.get('/v1/info'),
    ];
    for (const { headers } of answers) {
      expect(headers['x-version']).toBe('0.0.0-test');
      expect(headers['x-env']).toBeTruthy();
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('let any origin call the token APIs, never with cookies', async () => {
    for (const path of ['/v1/info', '/files/x/file-preview', '/v1/nothing']) {
      const { headers } = await v1.get(path, { headers: { origin: 'https://anywhere.example' } });
      expect(headers['access-control-allow-origin'], path).toBe('*');
      expect(headers['access-control-allow-credentials'], path).toBeUndefined();
      expect(headers['access-control-expose-headers']).toContain('X-Version, X-Env, X-Trace-Id');
    }
  });

  it('let listed origins call the web-app API with cookies, and no others', async () => {
    const from = async (origin: string, path = '/api/site') =>
      (await page.get(path, { headers: { origin } })).headers;
    const listed = await from('https://shop.example');
    expect(listed).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    for (const origin of [
      'https://evil.example',
      'https://shop.example.evil.example',
      'null',
      'http://shop.example',
    ]) {
      const headers = await from(origin);
      expect(headers['access-control-allow-origin'], origin).toBeUndefined();
      expect(headers['access-control-allow-credentials'], origin).toBeUndefined();
    }
    expect(
      (await from('https://shop.example', '/api/chat-messages'))['access-control-allow-credentials'],
    ).toBeUndefined();
  });

  it('never let another origin into the console', async () => {
    for (const origin of ['https://shop.example', 'https://evil.example', 'null']) {
      const answer = await owner.client.get('/console/api/apps', { headers: { origin } });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      const preflight = await preflightOf('/console/api/apps', origin, 'POST');
      expect(preflight.status).toBe(403);
    }
  });

  it.each([
    [
      '/v1/chat-messages',
      'https://anywhere.example',
      'Content-Type, X-App-Code, X-App-Passport, Authorization',
    ],
    [
      '/api/messages',
      'https://shop.example',
      'Content-Type, X-App-Code, X-App-Passport, Authorization, X-CSRF-Token',
    ],
    ['/api/chat-messages', 'https://shop.example', 'Content-Type, X-App-Code, X-App-Passport'],
    [
      '/files/x/file-preview',
      'https://anywhere.example',
      'Content-Type, X-App-Code, X-App-Passport, X-CSRF-Token',
    ],
  ])('answer a preflight of %s without credentials', async (path, origin, allowed) => {
    const answer = await preflightOf(path, origin, 'POST');
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toBe(allowed);
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
  });
});

function preflightOf(path: string, origin: string, method: string): Promise<TestAnswer> {
  return app.anonymous.request('OPTIONS', path, {
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization',
    },
  });
}

describe('session cookies', () => {
  const rename = '/console/api/account/name';
  const cookie = (...names: string[]) => names.map((name) => `${name}=${owner.cookies[name]}`).join('; ');

  it('are enough for reading, not for changing', async () => {
    const headers = { cookie: cookie('access_token', 'csrf_token') };
    expect((await app.anonymous.get('/console/api/account/profile', { headers })).status).toBe(200);
    const forged = await app.anonymous.post(rename, { name: 'Hijacked' }, { headers });
    expect(forged.json).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  it('change things only with the session’s own CSRF token in the header and in the cookie', async () => {
    const stranger = await app.stranger();
    const own = owner.cookies['csrf_token'] ?? '';
    const foreign = stranger.cookies['csrf_token'] ?? '';
    const attempt = async (header: string, cookies: string) =>
      (
        await app.anonymous.post(
          rename,
          { name: 'Olive Owner' },
          { headers: { cookie: cookies, 'x-csrf-token': header } },
        )
      ).status;
    const both = cookie('access_token', 'csrf_token');
    expect(await attempt(own, both)).toBe(200);
    expect(await attempt(own, cookie('access_token'))).toBe(401);
    expect(await attempt(foreign, both)).toBe(401);
    expect(await attempt(foreign, `${cookie('access_token')}; csrf_token=${foreign}`)).toBe(401);
    expect(await attempt(`${own}x`, both)).toBe(401);
  });

  it('cannot be used by a form of another site: forms send no JSON', async () => {
    const headers = {
      cookie: cookie('access_token', 'csrf_token'),
      'x-csrf-token': owner.cookies['csrf_token'] ?? '',
    };
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await app.anonymous.post(rename, '{"name":"Hijacked"}', {
        headers: { ...headers, 'content-type': type },
      });
      expect([answer.status, answer.json.code], type).toEqual([415, 'unsupported_media_type']);
    }
  });
});

describe('credentials', () => {
  it('count in the one header that is for them, in no other and in no address (CVE-2026-45339)', async () => {
    const { key } = chat;
    for (const headers of [
      { 'x-api-key': key },
      { 'api-key': key },
      { authorization: key },
      { authorization: `Token ${key}` },
      { authorization: `Bearer${key}` },
      { authorization: `Bearer ${key} extra` },
      { 'proxy-authorization': `Bearer ${key}` },
      { 'x-original-authorization': `Bearer ${key}` },
      { cookie: `access_token=${key}` },
      { 'x-app-passport': key },
    ]) {
      expect((await app.anonymous.get('/v1/info', { headers })).status, JSON.stringify(headers)).toBe(401);
    }
    expect((await app.anonymous.get(`/v1/info?api_key=${key}&authorization=Bearer%20${key}`)).status).toBe(
      401,
    );
  });

  it('decide alone: headers of other surfaces do not move a caller to another app', async () => {
    const answer = await v1.get('/v1/info', {
      headers: {
        'x-app-code': completion.siteCode,
        'x-app-passport': completion.passport,
        cookie: `access_token=${owner.cookies['access_token']}`,
        'x-forwarded-host': 'evil.example',
        'x-original-url': '/console/api/apps',
      },
    });
    expect(answer.json).toMatchObject({ name: 'Wire chat', mode: 'chat' });
  });
});

describe('the error envelope', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/console/api/nothing', 404, 'not_found'],
    ['GET', '/api/nothing', 404, 'not_found'],
    ['GET', '/v1/info/', 404, 'not_found'],
    ['DELETE', '/v1/info', 405, 'method_not_allowed'],
    ['PUT', '/v1/chat-messages', 405, 'method_not_allowed'],
  ] as const)('is sent for %s %s', async (method, path, status, code) => {
    const answer = await v1.request(method, path);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code, status });
    expect(Object.keys(answer.json).sort()).toEqual(['code', 'message', 'status']);
    expect(String(answer.headers['content-type'])).toContain('application/json');
  });

  it('tells bodies that are not JSON from bodies that are missing or of another type', async () => {
    const post = (body: string, type?: string) =>
      v1.post('/v1/chat-messages', body, { headers: type === undefined ? {} : { 'content-type': type } });
    const message = 'Invalid JSON payload received or JSON payload is empty.';
    for (const body of ['{', '', '   ', 'query=x']) {
      expect((await post(body, 'application/json')).json, body).toEqual({
        code: 'bad_request',
        message,
        status: 400,
      });
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      expect((await post('{"query":"x"}', type)).json, type).toMatchObject({
        code: 'unsupported_media_type',
        status: 415,
      });
    }
  });

  it('lets GET carry a content type without a body, as the Python client does', async () => {
    expect((await v1.get('/v1/info', { headers: { 'content-type': 'application/json' } })).status).toBe(200);
  });
});

/** A request that is wrong in one way. */
interface BadInput {
  what: string;
  send: () => Promise<TestAnswer>;
  status?: number;
  code: string;
  message?: string | RegExp;
}

const badInputs: BadInput[] = [
  {
    what: 'no query',
    send: () => say({ query: undefined }),
    code: 'invalid_param',
    message: 'query: is required',
  },
  { what: 'an empty query', send: () => say({ query: '' }), code: 'invalid_param', message: /^query: / },
  {
    what: 'no inputs',
    send: () => say({ inputs: undefined }),
    code: 'invalid_param',
    message: 'inputs: is required',
  },
  {
    what: 'inputs that are a list',
    send: () => say({ inputs: [] }),
    code: 'invalid_param',
    message: /^inputs: /,
  },
  {
    what: 'an unknown response mode',
    send: () => say({ response_mode: 'fast' }),
    code: 'invalid_param',
    message: /^response_mode: /,
  },
  {
    what: 'no user',
    send: () => say({ user: '' }),
    code: 'invalid_param',
    message: 'Arg user must be provided.',
  },
  {
    what: 'a malformed conversation',
    send: () => say({ conversation_id: '17' }),
    code: 'invalid_param',
    message: 'conversation_id must be a valid UUID',
  },
  {
    what: 'an unknown conversation',
    send: () => say({ conversation_id: unknownId }),
    status: 404,
    code: 'not_found',
    message: 'Conversation Not Exists.',
  },
  {
    what: 'an unknown file',
    send: () => say({ files: [{ type: 'image', transfer_method: 'local_file', upload_file_id: unknownId }] }),
    code: 'invalid_param',
    message: 'Invalid upload file',
  },
  {
    what: 'a limit of 0',
    send: () => v1.get('/v1/conversations?user=ada&limit=0'),
    code: 'invalid_param',
    message: /^limit: /,
  },
  {
    what: 'a limit of 101',
    send: () => v1.get('/v1/conversations?user=ada&limit=101'),
    code: 'invalid_param',
    message: /^limit: /,
  },
  {
    what: 'a limit that is no number',
    send: () => v1.get('/v1/conversations?user=ada&limit=many'),
    code: 'invalid_param',
    message: /^limit: /,
  },
  {
    what: 'an unknown order',
    send: () => v1.get('/v1/conversations?user=ada&sort_by=name'),
    code: 'invalid_param',
    message: /^sort_by: /,
  },
  {
    what: 'the text endpoint of a chat app',
    send: () => v1.post('/v1/completion-messages', { inputs: {}, user }),
    code: 'app_unavailable',
  },
  {
    what: 'the chat endpoint of a text generator',
    send: () => say({}, app.as(completion.key)),
    code: 'not_chat_app',
  },
  {
    what: 'conversations of a text generator',
    send: () => app.as(completion.key).get('/v1/conversations'),
    code: 'not_chat_app',
  },
  {
    what: 'messages of a text generator',
    send: () => app.as(completion.key).get('/v1/messages?conversation_id='),
    code: 'not_chat_app',
  },
  {
    what: 'the text endpoint of a chat page',
    send: () => page.post('/api/completion-messages', { inputs: {} }),
    code: 'not_completion_app',
  },
  {
    what: 'an unknown message',
    send: () => v1.post(`/v1/messages/${unknownId}/feedbacks`, { rating: 'like', user }),
    status: 404,
    code: 'not_found',
    message: 'Message Not Exists.',
  },
  {
    what: 'an unknown rating',
    send: () => v1.post(`/v1/messages/${unknownId}/feedbacks`, { rating: 'love', user }),
    code: 'invalid_param',
    message: /^rating: /,
  },
  {
    what: 'an unknown end user',
    send: () => v1.get(`/v1/end-users/${unknownId}`),
    status: 404,
    code: 'end_user_not_found',
  },
  {
    what: 'a preview of nothing',
    send: () => v1.get(`/v1/files/${unknownId}/preview`),
    status: 404,
    code: 'file_not_found',
  },
  {
    what: 'a passport without a code',
    send: () => app.anonymous.get('/api/passport'),
    status: 401,
    code: 'unauthorized',
    message: 'X-App-Code header is missing.',
  },
  {
    what: 'a page without a passport',
    send: () => app.anonymous.get('/api/site'),
    status: 401,
    code: 'unauthorized',
    message: 'App token is missing.',
  },
  {
    what: 'an upload without a file',
    send: () => upload([{ name: 'user', value: user }]),
    code: 'no_file_uploaded',
    message: 'Please upload your file.',
  },
  {
    what: 'an upload of two files',
    send: () => upload([image(), image()]),
    code: 'too_many_files',
    message: 'Only one file is allowed.',
  },
  {
    what: 'an upload without a name',
    send: () => upload([image({ fileName: '' })]),
    code: 'filename_not_exists_error',
  },
  {
    what: 'a name with a path',
    send: () => upload([image({ fileName: 'a\\b.png' })]),
    code: 'invalid_param',
  },
  {
    what: 'a forbidden extension',
    send: () => upload([image({ fileName: 'run.exe', contentType: 'application/octet-stream' })]),
    code: 'invalid_param',
    message: /exe.* not allowed for security reasons/,
  },
  {
    what: 'a file over its limit',
    send: () => upload([image({ bytes: Buffer.concat([tinyPng, Buffer.alloc(1_100_000)]) })]),
    status: 413,
    code: 'file_too_large',
    message: /^File size exceeded\./,
  },
  {
    what: 'JSON that imitates an upload (CVE-2026-21858)',
    send: () =>
      v1.post('/v1/files/upload', { file: { filepath: '/etc/passwd' }, files: [{ path: '/etc/passwd' }] }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    what: 'a recording that is missing',
    send: () => listen([{ name: 'user', value: user }]),
    code: 'no_audio_uploaded',
  },
  {
    what: 'a recording of another type',
    send: () => listen([image()]),
    status: 415,
    code: 'unsupported_audio_type',
  },
  {
    what: 'speech without a text',
    send: () => v1.post('/v1/text-to-audio', { user }),
    code: 'invalid_param',
    message: 'Text is required',
  },
];

function upload(parts: Part[]): Promise<TestAnswer> {
  const { body, headers } = multipart(parts);
  return v1.post('/v1/files/upload', body, { headers });
}

function listen(parts: Part[]): Promise<TestAnswer> {
  const { body, headers } = multipart(parts);
  return v1.post('/v1/audio-to-text', body, { headers });
}

function image(more: Partial<{ fileName: string; bytes: Buffer; contentType: string }> = {}): Part {
  return { name: 'file', fileName: 'pixel.png', bytes: tinyPng, contentType: 'image/png', ...more };
}

describe('bad input', () => {
  it.each(badInputs)('has its own code: $what', async ({ send, status = 400, code, message }) => {
    const answer = await send();
    expect(answer.json).toMatchObject({ code, status });
    expect(answer.status).toBe(status);
    if (message instanceof RegExp) expect(answer.json.message).toMatch(message);
    else if (message !== undefined) expect(answer.json.message).toBe(message);
  });

  it('of features that are off has theirs', async () => {
    const { message_id: id } = (await say()).json;
    expect((await v1.get(`/v1/messages/${id}/suggested?user=ada`)).json).toMatchObject({
      code: 'bad_request',
      message: 'Suggested Questions Is Disabled.',
    });
    const asked = (
      await page.post('/api/chat-messages', { inputs: {}, query: 'say: y', response_mode: 'blocking' })
    ).json;
    expect((await page.get(`/api/messages/${asked.message_id}/suggested-questions`)).json).toMatchObject({
      code: 'app_suggested_questions_after_answer_disabled',
      status: 403,
    });
    const generator = app.anonymous.with({ 'x-app-passport': completion.passport });
    const text = (
      await generator.post('/api/completion-messages', {
        inputs: {},
        query: 'say: z',
        response_mode: 'blocking',
      })
    ).json;
    expect(
      (await generator.get(`/api/messages/${text.message_id}/more-like-this?response_mode=blocking`)).json,
    ).toMatchObject({
      code: 'app_more_like_this_disabled',
      status: 403,
    });
  });

  it('of a conversation that has ended has its own', async () => {
    const { conversation_id: id } = (await say()).json;
    await app.services.pool.query("update conversations set status = 'completed' where id = $1", [id]);
    expect((await say({ conversation_id: id })).json).toMatchObject({
      code: 'conversation_completed',
      status: 400,
    });
  });

  it.each([
    [{ provider: 'langgenius/openai/openai', name: 'gpt-4o', mode: 'chat' }, 'provider_not_initialize'],
    [{ provider: 'nobody/knows/this', name: 'x', mode: 'chat' }, 'provider_not_initialize'],
  ])('of a model that cannot be used has its own: %o', async (model, code) => {
    await publishUnchecked({ ...configFor('chat'), model });
    expect((await say()).json).toMatchObject({ code, status: 400 });
    await publishUnchecked(configFor('chat'));
  });

  it('of a model that is switched off, and of a provider that fails, have theirs', async () => {
    const path = '/console/api/workspaces/current/model-providers/trellis/demo/demo/models';
    const model = { model: 'demo-chat', model_type: 'llm' };
    await owner.client.patch(`${path}/disable`, model);
    const refused = await say();
    await owner.client.patch(`${path}/enable`, model);
    expect(refused.json).toMatchObject({ code: 'invalid_param', message: 'Model demo-chat is disabled.' });
    const { credentialId } = await createCredentials(app, owner);
    expect(credentialId).toMatch(/^[0-9a-f-]{36}$/);
    await publishUnchecked({
      ...configFor('chat'),
      model: { provider: 'langgenius/openai/openai', name: 'gpt-4o', mode: 'chat', completion_params: {} },
    });
    const failed = await say();
    expect(failed.json).toMatchObject({ code: 'completion_request_error', status: 400 });
    expect(failed.text).not.toContain(seededSecrets.providerKey);
    await publishUnchecked(configFor('chat'));
  });
});

/** Puts a configuration into use that publishing would refuse: models go away after they were chosen. */
async function publishUnchecked(config: Record<string, unknown>): Promise<void> {
  const { apps, db } = app.services;
  await apps.addModelConfig(db, makeScope(owner.workspaceId), { appId: chat.appId, config, accountId: null });
  // Any change made through the API makes the server read the app anew.
  await owner.client.post(`/console/api/apps/${chat.appId}/name`, { name: 'Wire chat' });
}

describe('inputs', () => {
  const form = [
    { 'text-input': { label: 'Name', variable: 'name', required: true, max_length: 5 } },
    { paragraph: { label: 'Story', variable: 'story', required: false } },
    { select: { label: 'Plan', variable: 'plan', required: false, options: ['gold', 'iron'] } },
    { number: { label: 'Age', variable: 'age', required: false, default: 7 } },
    { checkbox: { label: 'Sure', variable: 'sure', required: false } },
    {
      file: {
        label: 'Photo',
        variable: 'photo',
        required: false,
        allowed_file_types: ['image'],
        allowed_file_upload_methods: ['local_file'],
      },
    },
    {
      'file-list': {
        label: 'Photos',
        variable: 'photos',
        required: false,
        max_length: 1,
        allowed_file_types: ['image'],
        allowed_file_upload_methods: ['local_file'],
      },
    },
    { json_object: { label: 'Facts', variable: 'facts', required: false } },
  ];
  let fileId: string;

  beforeAll(async () => {
    await publishUnchecked({ ...configFor('chat'), user_input_form: form });
    fileId = await uploadImage(v1, { prefix: '/v1', user });
  });

  const photo = () => ({ type: 'image', transfer_method: 'local_file', upload_file_id: fileId });

  it.each<[string, () => Record<string, unknown>, Record<string, unknown>]>([
    ['text', () => ({ name: 'Ada', story: 'Once' }), { name: 'Ada', story: 'Once' }],
    ['text without NUL', () => ({ name: 'A\u0000da' }), { name: 'Ada' }],
    ['an empty required text', () => ({ name: '' }), { name: '' }],
    ['an option', () => ({ plan: 'gold' }), { plan: 'gold' }],
    ['numbers and numeric text', () => ({ age: '3.5' }), { age: 3.5 }],
    ['no number', () => ({ age: '' }), { age: null }],
    ['the default', () => ({}), { age: 7, story: null }],
    ['every word for yes', () => ({ sure: 'yes' }), { sure: true }],
    ['every word for no', () => ({ sure: 0 }), { sure: false }],
    ['an object', () => ({ facts: { a: [1] } }), { facts: { a: [1] } }],
    ['an empty file for none', () => ({ photo: '', photos: '' }), { photo: null }],
    ['nothing that the form does not have', () => ({ other: 1 }), { other: undefined }],
  ])('take %s', async (_what, inputs, expected) => {
    const answer = await say({ inputs: { name: 'Ada', ...inputs() } });
    expect(answer.status, answer.text).toBe(200);
    const list = await v1.get(`/v1/messages?user=ada&conversation_id=${answer.json.conversation_id}`);
    for (const [name, value] of Object.entries(expected))
      expect(list.json.data[0].inputs[name]).toEqual(value);
  });

  it('take a file and a list of files of the caller', async () => {
    expect((await say({ inputs: { name: 'Ada', photo: photo(), photos: [photo()] } })).status).toBe(200);
  });

  it.each<[string, () => Record<string, unknown>, RegExp]>([
    ['a required input that is missing', () => ({ name: undefined }), /^name is required in input form$/],
    ['a required input that is null', () => ({ name: null }), /^name is required in input form$/],
    ['text that is no text', () => ({ name: 5 }), /^name /],
    ['text that is too long', () => ({ name: 'Ada Lovelace' }), /^name .*5/],
    ['an unknown option', () => ({ plan: 'tin' }), /^plan .*gold, iron/],
    ['an empty option', () => ({ plan: '' }), /^plan /],
    ['a word for a number', () => ({ age: 'old' }), /^age /],
    ['a word that is neither yes nor no', () => ({ sure: 'maybe' }), /^sure /],
    ['text for an object', () => ({ facts: '{}' }), /^facts /],
    ['a list for an object', () => ({ facts: [] }), /^facts /],
    ['a list for a file', () => ({ photo: [photo()] }), /photo/],
    ['text for a file', () => ({ photo: 'pixel.png' }), /photo/],
    ['one file for a list', () => ({ photos: photo() }), /photos/],
    ['too many files', () => ({ photos: [photo(), photo()] }), /maximum limit 1|photos/],
  ])('refuse %s', async (_what, inputs, message) => {
    const answer = await say({ inputs: { name: 'Ada', ...inputs() } });
    expect(answer.json, answer.text).toMatchObject({ code: 'invalid_param', status: 400 });
    expect(answer.json.message).toMatch(message);
  });

  it('are asked for again on every turn', async () => {
    const first = await say({ inputs: { name: 'Ada' } });
    const second = await say({ inputs: {}, conversation_id: first.json.conversation_id });
    expect(second.json).toMatchObject({ code: 'invalid_param', message: 'name is required in input form' });
  });
});
