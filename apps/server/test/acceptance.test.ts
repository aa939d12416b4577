/** The acceptance list of the service API (spec: service API §24), by its numbers, as far as prompt apps go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../src/testing/test-app.ts';
import type { TestClient } from '../src/testing/test-client.ts';
import { type AppThings, createApp, passportFor, uploadImage } from './support/app.ts';
import { answerOf, eventsOf } from './support/events.ts';
import { multipart } from './support/multipart.ts';

/** How long signed addresses live here; 300 s where nobody says otherwise. */
const accessTimeoutSeconds = 2;

let app: TestApp;
let owner: TestPerson;
let chat: AppThings;
let v1: TestClient;
/** Where the server listens: streams need a socket. */
let address: string;

beforeAll(async () => {
  app = await createTestApp({ environment: { FILES_ACCESS_TIMEOUT: String(accessTimeoutSeconds) } });
  owner = await app.owner();
  chat = await createApp(app, owner, { mode: 'chat', marker: 'Accepted', talks: false });
  v1 = app.as(chat.key);
  address = await app.http.listen({ host: '127.0.0.1', port: 0 });
}, 120_000);
afterAll(() => app?.close());

function say(words: string, more: Record<string, unknown> = {}) {
  return v1.post('/v1/chat-messages', { inputs: {}, query: `say: ${words}`, user: 'ada', ...more });
}

async function stream(words: string): Promise<{ type: string | null; text: string }> {
  const answer = await fetch(`${address}/v1/chat-messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${chat.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: {}, query: `say: ${words}`, user: 'ada', response_mode: 'streaming' }),
  });
  return { type: answer.headers.get('content-type'), text: await answer.text() };
}

describe('1. keys', () => {
  it('of the wrong kind are 401 with a challenge', async () => {
    const cases = [
      { header: undefined, message: "Authorization header must be provided and start with 'Bearer'" },
      { header: chat.key, message: "Authorization header must be provided and start with 'Bearer'" },
      { header: `Basic ${chat.key}`, message: "Authorization scheme must be 'Bearer'" },
      { header: 'Bearer app-000000000000000000000000', message: 'Access token is invalid' },
      { header: `Bearer ${chat.key.replace('app-', 'dataset-')}`, message: 'Access token is invalid' },
      { header: `Bearer ${chat.key.toUpperCase()}`, message: 'Access token is invalid' },
    ];
    for (const { header, message } of cases) {
      const answer = await app.anonymous.get(
        '/v1/info',
        header === undefined ? {} : { headers: { authorization: header } },
      );
      expect(answer.json, header).toEqual({ code: 'unauthorized', message, status: 401 });
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
    }
  });

  it('are read whatever the case of the scheme', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer']) {
      expect(
        (await app.anonymous.get('/v1/info', { headers: { authorization: `${scheme} ${chat.key}` } })).status,
      ).toBe(200);
    }
  });

  it('are 403 while the API of the app is off', async () => {
    const path = `/console/api/apps/${chat.appId}/api-enable`;
    await owner.client.post(path, { enable_api: false });
    expect((await v1.get('/v1/info')).json).toMatchObject({
      code: 'forbidden',
      message: "The app's API service has been disabled.",
    });
    await owner.client.post(path, { enable_api: true });
    expect((await v1.get('/v1/info')).status).toBe(200);
  });

  it('stop working at once when they are removed', async () => {
    const path = `/console/api/apps/${chat.appId}/api-keys`;
    const made = await owner.client.post(path);
    const client = app.as(made.json.token);
    expect((await client.get('/v1/info')).status).toBe(200);
    await owner.client.delete(`${path}/${made.json.id}`);
    expect((await client.get('/v1/info')).status).toBe(401);
  });
});

describe('2. user', () => {
  it('is demanded by chat messages', async () => {
    for (const user of [undefined, null, '']) {
      const answer = await say('x', { user });
      expect(answer.json).toMatchObject({
        code: 'invalid_param',
        message: 'Arg user must be provided.',
        status: 400,
      });
    }
  });

  it('may be any scalar, read as text', async () => {
    await say('forty-two', { user: 42 });
    expect((await v1.get('/v1/conversations?user=42')).json.data).toHaveLength(1);
  });

  it('is the shared default user where a list leaves it out', async () => {
    const answer = await v1.get('/v1/conversations');
    expect(answer.json).toEqual({ limit: 20, has_more: false, data: [] });
  });
});

describe('3. streaming chat', () => {
  it('names everything in its first line, adds up to the stored answer, and ends with the usage', async () => {
    const answer = await stream('a streamed answer of some words');
    expect(answer.type).toBe('text/event-stream; charset=utf-8');
    const events = eventsOf(answer.text);
    const { conversation_id: conversation, message_id: message, task_id: task } = events[0] ?? {};
    for (const id of [conversation, message, task]) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    for (const event of events) {
      expect(event).toMatchObject({ conversation_id: conversation, message_id: message, task_id: task });
      expect(event['status']).not.toBe(400);
    }
    const stored = await v1.get(`/v1/messages?user=ada&conversation_id=${conversation}`);
    expect(answerOf(events)).toBe('a streamed answer of some words');
    expect(stored.json.data[0].answer).toBe(answerOf(events));
    const end = events.at(-1);
    expect(end?.['event']).toBe('message_end');
    const { usage } = end?.['metadata'] ?? {};
    for (const price of [
      'total_price',
      'prompt_price',
      'completion_price',
      'prompt_unit_price',
      'prompt_price_unit',
    ]) {
      expect(typeof usage[price], price).toBe('string');
    }
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  });

  it('is framed exactly: one line per event, a blank line after it, nothing else', async () => {
    const { text } = await stream('two words');
    for (const block of text.split('\n\n').slice(0, -1))
      expect(block).toMatch(/^(data: \{.*\}|event: ping)$/);
    expect(text.endsWith('\n\n')).toBe(true);
    expect(text).not.toContain('[DONE]');
  });

  it('sends errors that are known before it begins as ordinary answers', async () => {
    const streaming = { response_mode: 'streaming' };
    const unknown = await say('x', { ...streaming, conversation_id: '01a1fc42-541d-7936-910c-9e76ce6483b1' });
    expect(unknown.json).toEqual({ code: 'not_found', message: 'Conversation Not Exists.', status: 404 });
    expect((await say('x', { ...streaming, conversation_id: 'abc' })).json).toMatchObject({
      code: 'invalid_param',
      message: 'conversation_id must be a valid UUID',
    });
  });
});

describe('9. files', () => {
  it('of one user are not another’s to send', async () => {
    const fileId = await uploadImage(v1, { prefix: '/v1', user: 'ada' });
    const files = [{ type: 'image', transfer_method: 'local_file', upload_file_id: fileId }];
    expect((await say('x', { user: 'bob', files })).json).toMatchObject({
      code: 'invalid_param',
      message: 'Invalid upload file',
      status: 400,
    });
  });

  it('can be previewed once a message uses them, not before', async () => {
    const fileId = await uploadImage(v1, { prefix: '/v1', user: 'ada' });
    const preview = () => v1.get(`/v1/files/${fileId}/preview?user=ada`);
    expect((await preview()).json).toMatchObject({ code: 'file_not_found', status: 404 });
    await say('x', { files: [{ type: 'image', transfer_method: 'local_file', upload_file_id: fileId }] });
    const answer = await preview();
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('image/png');
    const attached = await v1.get(`/v1/files/${fileId}/preview?as_attachment=true`);
    expect(attached.headers['content-type']).toBe('application/octet-stream');
    expect(attached.headers['content-disposition']).toContain("attachment; filename*=UTF-8''pixel.png");
  });
});

describe('10. messages', () => {
  it('page backwards with first_id, each page in ascending order', async () => {
    const first = await say('1', { user: 'pager' });
    const id: string = first.json.conversation_id;
    for (const number of ['2', '3', '4', '5']) await say(number, { user: 'pager', conversation_id: id });
    const page = async (more: string) =>
      (await v1.get(`/v1/messages?user=pager&conversation_id=${id}&limit=2${more}`)).json;
    const answersOf = (list: { data: { answer: string }[] }) => list.data.map(({ answer }) => answer);
    const newest = await page('');
    expect(answersOf(newest)).toEqual(['4', '5']);
    const middle = await page(`&first_id=${newest.data[0].id}`);
    expect(answersOf(middle)).toEqual(['2', '3']);
    const oldest = await page(`&first_id=${middle.data[0].id}`);
    expect([answersOf(oldest), oldest.has_more]).toEqual([['1'], false]);
    // Blank parameters count as absent, and ones of other lists are ignored.
    expect(answersOf(await page('&first_id=&last_id=&pinned=true'))).toEqual(['4', '5']);
  });

  it('after an unknown one are 404', async () => {
    const { conversation_id: id } = (await say('x')).json;
    const unknown = '01a1fc42-541d-7936-910c-9e76ce6483b1';
    expect(
      (await v1.get(`/v1/messages?user=ada&conversation_id=${id}&first_id=${unknown}`)).json.message,
    ).toBe('First Message Not Exists.');
    expect((await v1.get(`/v1/messages?user=ada&conversation_id=${unknown}`)).json.message).toBe(
      'Conversation Not Exists.',
    );
    expect((await v1.get(`/v1/conversations?user=ada&last_id=${unknown}`)).json.message).toBe(
      'Last Conversation Not Exists.',
    );
    expect((await v1.get('/v1/messages?user=ada')).json.code).toBe('invalid_param');
    expect((await v1.get('/v1/messages?user=ada&conversation_id=')).json.data).toEqual([]);
  });
});

describe('11. conversations', () => {
  it('are renamed by hand and by a model, and deleted', async () => {
    const { conversation_id: id } = (await say('x', { user: 'renamer' })).json;
    const rename = (body: object) => v1.post(`/v1/conversations/${id}/name`, { user: 'renamer', ...body });
    expect((await rename({ name: '  ' })).json).toMatchObject({ code: 'invalid_param', status: 400 });
    expect((await rename({})).status).toBe(400);
    expect((await rename({ name: 'Warranty' })).json).toMatchObject({ id, name: 'Warranty' });
    const generated = await rename({ auto_generate: true });
    expect(generated.status).toBe(200);
    expect(generated.json.name).not.toBe('');
    const gone = await v1.delete(`/v1/conversations/${id}`, { user: 'renamer' });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await v1.delete(`/v1/conversations/${id}`, { user: 'renamer' })).status).toBe(404);
  });

  it('of others stay where they are (CVE-2026-34082)', async () => {
    const { conversation_id: id } = (await say('mine', { user: 'victim' })).json;
    expect((await v1.delete(`/v1/conversations/${id}`, { user: 'attacker' })).json.message).toBe(
      'Conversation Not Exists.',
    );
    expect((await v1.get('/v1/conversations?user=victim')).json.data).toHaveLength(1);
  });
});

describe('18. passports', () => {
  it('of the same user_id are of the same end user', async () => {
    const who = async (userId: string) => {
      const passport = await passportFor(app, chat.siteCode, userId);
      return (await app.anonymous.get('/api/site', { headers: { 'x-app-passport': passport } })).json
        .end_user_id;
    };
    const [first, second, other] = [await who('sam'), await who('sam'), await who('kim')];
    expect(first).toBe(second);
    expect(other).not.toBe(first);
  });

  it('are useless while the page is off: 400 on calls, 404 for new ones', async () => {
    const path = `/console/api/apps/${chat.appId}/site-enable`;
    const page = app.anonymous.with({ 'x-app-passport': chat.passport });
    await owner.client.post(path, { enable_site: false });
    expect((await page.get('/api/parameters')).json).toMatchObject({
      code: 'bad_request',
      message: 'Site is disabled.',
    });
    const refused = await app.anonymous.get('/api/passport', { headers: { 'x-app-code': chat.siteCode } });
    expect([refused.status, refused.json.code]).toEqual([404, 'not_found']);
    await owner.client.post(path, { enable_site: true });
    expect((await page.get('/api/parameters')).status).toBe(200);
  });

  it('are not signed by anybody else', async () => {
    const [header, payload] = chat.passport.split('.');
    const answer = await app.anonymous.get('/api/site', {
      headers: { 'x-app-passport': `${header}.${payload}.AAAA` },
    });
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthorized']);
  });
});

describe('19. signed addresses', () => {
  it('work for their time, and not when anything in them was changed', async () => {
    const address = await signedAddress('pixel.png', 'image/png', tinyPixel());
    expect((await app.anonymous.get(address)).status).toBe(200);
    const url = new URL(address, 'http://x');
    const changes: [string, string][] = [
      ['sign', `${url.searchParams.get('sign')?.slice(0, -2)}AA`],
      ['nonce', '0'.repeat(32)],
      ['timestamp', String(Number(url.searchParams.get('timestamp')) + 60)],
    ];
    for (const [name, value] of changes) {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      expect((await app.anonymous.get(changed.pathname + changed.search)).status, name).toBe(404);
    }
    expect((await app.anonymous.get(url.pathname)).status).toBe(404);
    expect((await app.anonymous.get(address.replace('file-preview', 'image-preview'))).status).toBe(404);
    await sleep((accessTimeoutSeconds + 1) * 1_000);
    expect((await app.anonymous.get(address)).status).toBe(404);
  });

  it('hand out pages as downloads only', async () => {
    const html = Buffer.from('<script>alert(1)</script>');
    const answer = await app.anonymous.get(await signedAddress('page.html', 'text/html', html));
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toContain('attachment');
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});

function tinyPixel(): Buffer {
  return Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );
}

/** Uploads a file and answers the path and query of its signed address. */
async function signedAddress(fileName: string, contentType: string, bytes: Buffer): Promise<string> {
  const upload = multipart([
    { name: 'file', fileName, bytes, contentType },
    { name: 'user', value: 'ada' },
  ]);
  const answer = await v1.post('/v1/files/upload', upload.body, { headers: upload.headers });
  expect(answer.status, answer.text).toBe(201);
  const url = new URL(answer.json.source_url, 'http://127.0.0.1');
  return url.pathname + url.search;
}
