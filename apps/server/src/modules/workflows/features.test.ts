import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { multipart, tinyPng, tinyWav } from '../../../test/support/multipart.ts';
import {
  type ChatWorld,
  createChatWorld,
  eventsOf,
  expectAnswer,
  modelOf,
} from '../../testing/chat-world.ts';
import { askText, endWith, type PublishedApp, publishGraph, rowGraph } from './testing.ts';

let world: ChatWorld;

beforeAll(async () => {
  world = await createChatWorld();
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
beforeEach(() => world.provider.reset());
afterAll(() => world?.close());

const chatflow = (features: object, vision = false) =>
  publishGraph(world.app, world.owner, {
    mode: 'advanced-chat',
    features,
    graph: rowGraph({
      start: { type: 'start', variables: [] },
      llm: {
        type: 'llm',
        model: modelOf('scripted'),
        prompt_template: [{ role: 'user', text: '{{#sys.query#}}' }],
        context: { enabled: false, variable_selector: [] },
        vision: vision
          ? { enabled: true, configs: { variable_selector: ['sys', 'files'], detail: 'high' } }
          : { enabled: false },
      },
      answer: { type: 'answer', answer: '{{#llm.text#}}', variables: [] },
    }),
  });
const say = (app: PublishedApp, more: object = {}) =>
  app.client.post('/v1/chat-messages', {
    inputs: {},
    query: 'x',
    user: 'ada',
    response_mode: 'streaming',
    auto_generate_name: false,
    ...more,
  });
const spokenIn = (events: ReturnType<typeof eventsOf>) =>
  Buffer.concat(
    events
      .filter(({ event }) => event === 'tts_message')
      .map(({ audio }) => Buffer.from(String(audio), 'base64')),
  );
const aloud = { text_to_speech: { enabled: true, voice: '', language: 'en-US', autoPlay: 'enabled' } };

describe('speech of a graph app', () => {
  it('comes with a streamed answer where the app asks for it, and ends after everything else', async () => {
    const app = await chatflow(aloud);
    world.provider.script({ text: 'Say this aloud.' });
    const events = eventsOf((await say(app)).text);
    expect(events.slice(-1)).toMatchObject([{ event: 'tts_message_end', audio: '' }]);
    expect(events.findIndex(({ event }) => event === 'workflow_finished')).toBeGreaterThan(0);
    // The demo voice writes what it says into the recording.
    expect(spokenIn(events).includes('Say this aloud.')).toBe(true);
    expect(events.at(-1)).toMatchObject({ conversation_id: events[0]?.['conversation_id'] });
  });

  it('is not made for a blocking caller, nor where it is to be started by hand', async () => {
    const app = await chatflow(aloud);
    world.provider.script({ text: 'Quietly.' });
    const blocking = await say(app, { response_mode: 'blocking' });
    expect(blocking.json.answer).toBe('Quietly.');
    const manual = await chatflow({ text_to_speech: { enabled: true, voice: '', language: 'en-US' } });
    world.provider.script({ text: 'By hand.' });
    const events = eventsOf((await say(manual)).text);
    expect(events.filter(({ event }) => event.startsWith('tts'))).toEqual([]);
  });

  it('speaks what a workflow puts out as text', async () => {
    const app = await publishGraph(world.app, world.owner, {
      mode: 'workflow',
      features: aloud,
      graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
    });
    const answer = await app.client.post('/v1/workflows/run', {
      inputs: { text: 'Read me.' },
      user: 'ada',
      response_mode: 'streaming',
    });
    const events = eventsOf(answer.text);
    expect(events.at(-1)).toMatchObject({ event: 'tts_message_end', workflow_run_id: expect.any(String) });
    expect(spokenIn(events).includes('Read me.')).toBe(true);
  });

  it('drops what moderation took back and speaks the replacement', async () => {
    const app = await chatflow({
      ...aloud,
      sensitive_word_avoidance: {
        enabled: true,
        type: 'keywords',
        config: {
          keywords: 'secret',
          inputs_config: { enabled: false, preset_response: '' },
          outputs_config: { enabled: true, preset_response: 'Withdrawn.' },
        },
      },
    });
    world.provider.script({ text: ['Here it ', 'comes: a secret.', ' And more'], chunkDelayMs: 5 });
    const spoken = spokenIn(eventsOf((await say(app)).text));
    expect(spoken.includes('Withdrawn.')).toBe(true);
    expect(spoken.includes('secret')).toBe(false);
  });

  it('reads answers aloud and writes recordings down on request, where the app allows it', async () => {
    const app = await chatflow({
      speech_to_text: { enabled: true },
      text_to_speech: { enabled: true, voice: '', language: 'en-US' },
    });
    world.provider.script({ text: 'To be heard' });
    const said = (await say(app, { response_mode: 'blocking' })).json;
    const spoken = await app.client.post('/v1/text-to-audio', { message_id: said.message_id, user: 'ada' });
    expect([spoken.status, String(spoken.headers['content-type'])]).toEqual([
      200,
      expect.stringMatching(/^audio\//),
    ]);
    const recording = multipart([
      { name: 'file', fileName: 'a.wav', bytes: tinyWav, contentType: 'audio/wav' },
      { name: 'user', value: 'ada' },
    ]);
    const send = (to: PublishedApp) =>
      to.client.post('/v1/audio-to-text', recording.body, { headers: recording.headers });
    expect((await send(app)).json.text).toContain('a.wav');
    const deaf = await chatflow({});
    expect((await send(deaf)).json.code).toBe('speech_to_text_disabled');
    expect((await deaf.client.post('/v1/text-to-audio', { text: 'x', user: 'ada' })).json).toMatchObject({
      code: 'invalid_param',
      message: 'TTS is not enabled',
    });
  });
});

describe('an object among the inputs of a run', () => {
  it('must fit the JSON schema of its field, before anything runs', async () => {
    const schema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
    const app = await publishGraph(world.app, world.owner, {
      mode: 'workflow',
      graph: rowGraph({
        start: {
          type: 'start',
          variables: [
            { variable: 'who', label: 'Who', type: 'json_object', json_schema: JSON.stringify(schema) },
          ],
        },
        end: endWith(['start', 'who']),
      }),
    });
    const run = (who: unknown) =>
      app.client.post('/v1/workflows/run', { inputs: { who }, user: 'ada', response_mode: 'blocking' });
    expect((await run({ age: 36 })).json.data.outputs).toEqual({ result: { age: 36 } });
    expect((await run({ age: 'many' })).json).toMatchObject({
      code: 'invalid_param',
      status: 400,
      message: expect.stringMatching(/^who in input form does not match its JSON schema: #\/age: /),
    });
    expect((await run({})).json.code).toBe('invalid_param');
  });
});

describe('suggested questions of a chatflow', () => {
  it('are found after an answer where the app asks for them, and refused where not', async () => {
    const app = await chatflow({ suggested_questions_after_answer: { enabled: true } });
    world.provider.script({ text: 'An answer' }, { text: '["One?", "Two?", "Three?"]' });
    const said = (await say(app, { response_mode: 'blocking' })).json;
    const found = await app.client.get(`/v1/messages/${said.message_id}/suggested?user=ada`);
    expect(found.json).toEqual({ result: 'success', data: ['One?', 'Two?', 'Three?'] });
    const silent = await chatflow({});
    world.provider.script({ text: 'An answer' });
    const other = (await say(silent, { response_mode: 'blocking' })).json;
    const refused = await silent.client.get(`/v1/messages/${other.message_id}/suggested?user=ada`);
    expect(refused.json).toMatchObject({ code: 'bad_request', status: 400 });
  });
});

describe('files that come with a message of a chatflow', () => {
  const upload = async (app: PublishedApp) => {
    const { body, headers } = multipart([
      { name: 'file', fileName: 'pixel.png', bytes: tinyPng, contentType: 'image/png' },
      { name: 'user', value: 'ada' },
    ]);
    return (await expectAnswer(app.client.post('/v1/files/upload', body, { headers }), 201)).json.id;
  };
  const rules = (more: object = {}) => ({
    file_upload: {
      enabled: true,
      allowed_file_types: ['image'],
      allowed_file_extensions: [],
      allowed_file_upload_methods: ['local_file'],
      number_limits: 1,
      ...more,
    },
  });
  const image = (id: string) => ({ type: 'image', transfer_method: 'local_file', upload_file_id: id });

  it('reach the model as the app has set it up', async () => {
    const app = await chatflow(rules(), true);
    world.provider.script({ text: 'Seen.' });
    const files = [image(await upload(app))];
    const said = (await expectAnswer(say(app, { files, response_mode: 'blocking' }), 200)).json;
    expect(JSON.stringify(world.provider.requests.at(-1)?.json)).toContain('image_url');
    const list = await app.client.get(`/v1/messages?user=ada&conversation_id=${said.conversation_id}`);
    expect(list.json.data[0].message_files).toMatchObject([{ type: 'image', belongs_to: 'user' }]);
  });

  it('are refused when there are too many, of another type or way, and left out where files are off', async () => {
    const app = await chatflow(rules());
    const id = await upload(app);
    const many = await say(app, { files: [image(id), image(id)] });
    expect(many.json).toMatchObject({ code: 'invalid_param' });
    expect(many.json.message).toContain('exceeds the maximum limit 1');
    const documents = await chatflow(rules({ allowed_file_types: ['document'] }));
    const other = await say(documents, { files: [image(await upload(documents))] });
    expect(other.json).toMatchObject({ code: 'invalid_param' });
    const remote = { type: 'image', transfer_method: 'remote_url', url: 'https://example.com/a.png' };
    expect((await say(app, { files: [remote] })).json).toMatchObject({ code: 'invalid_param' });
    const without = await chatflow({});
    world.provider.script({ text: 'Nothing seen.' });
    const said = await say(without, { files: [image(id)], response_mode: 'blocking' });
    expect(said.json.answer).toBe('Nothing seen.');
  });
});
