import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { multipart, tinyPng, tinyWav } from '../../../test/support/multipart.ts';
import { createFileUrlSigner } from '../../platform/signing/file-url.ts';
import {
  type ChatWorld,
  createChatWorld,
  eventsOf,
  expectAnswer,
  type WorldApp,
} from '../../testing/chat-world.ts';

let world: ChatWorld;
let app: WorldApp;

beforeAll(async () => {
  world = await createChatWorld({
    environment: { UPLOAD_IMAGE_FILE_SIZE_LIMIT: '1', UPLOAD_FILE_EXTENSION_BLACKLIST: 'exe,bat' },
  });
  app = await world.createApp('chat', {
    speech_to_text: { enabled: true },
    text_to_speech: { enabled: true, voice: '', language: 'en-US' },
    file_upload: {
      enabled: true,
      allowed_file_types: ['image', 'document'],
      allowed_file_upload_methods: ['local_file'],
      number_limits: 3,
    },
  });
  await expectAnswer(
    world.owner.client.post('/console/api/workspaces/current/default-model', {
      model_settings: [
        { model_type: 'tts', provider: 'trellis/demo/demo', model: 'demo-speech' },
        { model_type: 'speech2text', provider: 'trellis/demo/demo', model: 'demo-transcribe' },
      ],
    }),
    200,
  );
});
afterAll(() => world.close());

function send(path: string, file: { name?: string; fileName: string; bytes: Buffer; contentType: string }) {
  const { body, headers } = multipart([
    { name: 'file', ...file },
    { name: 'user', value: 'ada' },
  ]);
  return app.api.post(path, body, { headers });
}
const upload = (fileName: string, bytes: Buffer, contentType: string) =>
  send('/v1/files/upload', { fileName, bytes, contentType });

async function say(files: unknown[]) {
  const body = { inputs: {}, query: 'x', user: 'ada', files, auto_generate_name: false };
  return (await expectAnswer(app.api.post('/v1/chat-messages', body), 200)).json;
}

describe('uploads', () => {
  it('are answered whole, and can be seen through the API once a message uses them', async () => {
    const made = await expectAnswer(upload('Photo.PNG', tinyPng, 'image/png'), 201);
    expect(made.json).toMatchObject({
      name: 'Photo.PNG',
      size: tinyPng.length,
      extension: 'png',
      mime_type: 'image/png',
      tenant_id: world.owner.workspaceId,
    });
    const preview = `/v1/files/${made.json.id}/preview`;
    expect((await app.api.get(preview)).json).toMatchObject({ code: 'file_not_found', status: 404 });
    await say([{ type: 'image', transfer_method: 'local_file', upload_file_id: made.json.id }]);
    const seen = await expectAnswer(app.api.get(preview), 200);
    expect(seen.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(tinyPng.length),
      'cache-control': 'public, max-age=3600',
    });
    const saved = await expectAnswer(app.api.get(`${preview}?as_attachment=1`), 200);
    expect(saved.headers['content-type']).toBe('application/octet-stream');
    expect(saved.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Photo.PNG");
    const other = await world.createApp('chat');
    expect((await other.api.get(preview)).status).toBeGreaterThanOrEqual(403);
  });

  it.each([
    [
      'too large a picture',
      'big.png',
      Buffer.concat([tinyPng, Buffer.alloc(1_100_000)]),
      'image/png',
      413,
      'file_too_large',
    ],
    ['a program', 'virus.EXE', Buffer.from('MZ'), 'application/octet-stream', 400, 'invalid_param'],
    ['a name with a folder', 'a\\b.txt', Buffer.from('x'), 'text/plain', 400, 'invalid_param'],
  ])('are refused: %s', async (_name, fileName, bytes, type, status, code) => {
    const answer = await upload(fileName, bytes, type);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  it('need a file, and only one', async () => {
    const none = multipart([{ name: 'user', value: 'ada' }]);
    const empty = await app.api.post('/v1/files/upload', none.body, { headers: none.headers });
    expect([empty.status, empty.json.code]).toEqual([400, 'no_file_uploaded']);
    const part = { name: 'file', fileName: 'a.txt', bytes: Buffer.from('x'), contentType: 'text/plain' };
    const two = multipart([part, part]);
    const many = await app.api.post('/v1/files/upload', two.body, { headers: two.headers });
    expect([many.status, many.json.code]).toEqual([400, 'too_many_files']);
  });

  it('are told by their content, not by what they are called', async () => {
    const page = Buffer.from('<html><script>alert(1)</script></html>');
    const made = await upload('picture.html', page, 'text/html');
    expect(made.status).toBe(201);
    const address = new URL(made.json.source_url, 'http://x');
    const served = await world.app.anonymous.get(address.pathname + address.search);
    expect(served.headers['content-type']).toBe('application/octet-stream');
    expect(served.headers['content-disposition']).toContain('attachment');
    expect(served.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('signed addresses', () => {
  it('open what they were signed for, for five minutes', async () => {
    const made = await expectAnswer(upload('a.png', tinyPng, 'image/png'), 201);
    const other = await expectAnswer(upload('b.png', tinyPng, 'image/png'), 201);
    const address = new URL(made.json.source_url, 'http://x');
    const get = (path: string, query: URLSearchParams) => world.app.anonymous.get(`${path}?${query}`);
    expect((await get(address.pathname, address.searchParams)).status).toBe(200);
    const elsewhere = address.pathname.replace(made.json.id, other.json.id);
    expect((await get(elsewhere, address.searchParams)).status).toBe(404);
    for (const [name, value] of [
      ['sign', 'AAAA'],
      ['nonce', '0'.repeat(32)],
      ['timestamp', String(Number(address.searchParams.get('timestamp')) + 1)],
    ] as const) {
      const changed = new URLSearchParams(address.searchParams);
      changed.set(name, value);
      expect((await get(address.pathname, changed)).status).toBe(404);
      changed.delete(name);
      expect((await get(address.pathname, changed)).status).toBe(404);
    }
    const { secretKey } = world.app.services.environment.security;
    const signedAgo = (seconds: number) =>
      createFileUrlSigner({
        secretKey: secretKey ?? '',
        filesUrl: '',
        now: () => Date.now() - seconds * 1_000,
      }).uploadUrl(made.json.id);
    expect((await world.app.anonymous.get(signedAgo(290))).status).toBe(200);
    expect((await world.app.anonymous.get(signedAgo(302))).status).toBe(404);
  });
});

describe('speech', () => {
  it('is spoken from a text or an answer and heard again', async () => {
    const spoken = await expectAnswer(
      app.api.post('/v1/text-to-audio', { text: 'Good morning', user: 'ada' }),
      200,
    );
    expect(spoken.headers['content-type']).toMatch(/^audio\//);
    world.provider.script({ text: 'An answer to hear' });
    const said = await say([]);
    const answered = { message_id: said.message_id, text: 'not this', user: 'ada' };
    expect((await app.api.post('/v1/text-to-audio', answered)).status).toBe(200);
    const foreign = await app.api.post('/v1/text-to-audio', { ...answered, user: 'mallory' });
    expect(foreign.json).toMatchObject({ code: 'not_found', message: 'Message Not Exists.' });
    const silent = await app.api.post('/v1/text-to-audio', { user: 'ada' });
    expect(silent.json).toMatchObject({ code: 'invalid_param', message: 'Text is required' });

    const heard = await send('/v1/audio-to-text', {
      fileName: 'a.wav',
      bytes: tinyWav,
      contentType: 'audio/wav',
    });
    expect(heard.status).toBe(200);
    expect(heard.json.text).toContain('a.wav');
    const alias = multipart([
      { name: 'audio_file', fileName: 'b.wav', bytes: tinyWav, contentType: 'audio/wav' },
    ]);
    expect((await app.api.post('/v1/audio-to-text', alias.body, { headers: alias.headers })).status).toBe(
      200,
    );
  });

  it('comes with a streamed answer where the app asks for it, after the text and without its reasoning', async () => {
    const speaking = await world.createApp('chat', {
      text_to_speech: { enabled: true, voice: '', language: 'en-US', autoPlay: 'enabled' },
    });
    world.provider.script({ reasoning: 'Do not say this.', text: 'Say this aloud.' });
    const body = { inputs: {}, query: 'x', user: 'ada', response_mode: 'streaming' };
    const events = eventsOf((await speaking.api.post('/v1/chat-messages', body)).text);
    expect(events.at(-1)).toMatchObject({ event: 'tts_message_end', audio: '' });
    const end = events.findIndex((event) => event.event === 'message_end');
    expect(end).toBeGreaterThan(0);
    const audio = events
      .filter((event) => event.event === 'tts_message')
      .map((event) => Buffer.from(event['audio'], 'base64'));
    // The demo voice writes what it says into the recording.
    expect(Buffer.concat(audio).includes('Say this aloud.')).toBe(true);
    expect(Buffer.concat(audio).includes('Do not say')).toBe(false);
  });

  it('is refused when it is none, and where it is switched off', async () => {
    const text = await send('/v1/audio-to-text', {
      fileName: 'a.txt',
      bytes: Buffer.from('x'),
      contentType: 'text/plain',
    });
    expect([text.status, text.json.code]).toEqual([415, 'unsupported_audio_type']);
    const none = multipart([{ name: 'user', value: 'ada' }]);
    const missing = await app.api.post('/v1/audio-to-text', none.body, { headers: none.headers });
    expect(missing.json.code).toBe('no_audio_uploaded');
    const quiet = await world.createApp('chat');
    const off = await quiet.api.post('/v1/text-to-audio', { text: 'x', user: 'ada' });
    expect(off.json).toMatchObject({ code: 'invalid_param', message: 'TTS is not enabled' });
    const recording = multipart([
      { name: 'file', fileName: 'a.wav', bytes: tinyWav, contentType: 'audio/wav' },
    ]);
    const deaf = await quiet.api.post('/v1/audio-to-text', recording.body, { headers: recording.headers });
    expect(deaf.json.code).toBe('speech_to_text_disabled');
  });
});
