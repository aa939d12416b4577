import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  type ChatWorld,
  createChatWorld,
  eventsOf,
  expectAnswer,
  modelOf,
  type StreamEvent,
  sentMessages,
} from '../../testing/chat-world.ts';
import type { TestAnswer, TestClient } from '../../testing/test-client.ts';
import { createFakeExtension, type FakeExtension, loopbackAllowed } from '../extensions/testing.ts';
import { askText, endWith, publishGraph, rowGraph } from '../workflows/testing.ts';

let world: ChatWorld;
let service: FakeExtension;
let extensionId: string;

beforeAll(async () => {
  service = await createFakeExtension();
  world = await createChatWorld({ environment: { ...loopbackAllowed, MODERATION_BUFFER_SIZE: '20' } });
  const made = await expectAnswer(
    world.owner.client.post('/console/api/api-based-extension', {
      name: 'Moderation',
      api_endpoint: service.url,
      api_key: 'key-of-the-service',
    }),
    201,
  );
  extensionId = made.json.id;
});
beforeEach(() => {
  world.provider.reset();
  service.reset();
  service.on('app.moderation.input', () => ({ flagged: false }));
  service.on('app.moderation.output', () => ({ flagged: false }));
});
afterAll(async () => {
  await world?.close();
  await service?.close();
});

const off = { enabled: false, preset_response: '' };
const preset = (text: string) => ({ enabled: true, preset_response: text });

/** Moderation of a kind on the sides that are given. */
function moderation(type: string, sides: Record<string, unknown>) {
  const own =
    type === 'api' ? { api_based_extension_id: extensionId } : { keywords: 'Forbidden\nsecret word' };
  return {
    sensitive_word_avoidance: {
      enabled: true,
      type,
      config: { ...own, inputs_config: off, outputs_config: off, ...sides },
    },
  };
}

/** A kind of app that answers with what the scripted model says. */
interface Talker {
  id: string;
  client: TestClient;
}

async function chatbot(features: Record<string, unknown>): Promise<Talker> {
  const app = await world.createApp('chat', {
    ...features,
    pre_prompt: 'About {{text}}.',
    user_input_form: [{ 'text-input': { label: 'Text', variable: 'text', required: false } }],
  });
  return { id: app.id, client: app.api };
}

async function chatflow(features: Record<string, unknown>): Promise<Talker> {
  const app = await publishGraph(world.app, world.owner, {
    mode: 'advanced-chat',
    features,
    graph: rowGraph({
      start: { ...askText, variables: [{ ...askText.variables[0], required: false }] },
      llm: {
        type: 'llm',
        model: modelOf('scripted'),
        prompt_template: [{ role: 'user', text: 'About {{#start.text#}}: {{#sys.query#}}' }],
        context: { enabled: false, variable_selector: [] },
        vision: { enabled: false },
      },
      answer: { type: 'answer', answer: '{{#llm.text#}}', variables: [] },
    }),
  });
  return { id: app.appId, client: app.client };
}

const say = (app: Talker, query: string, more: Record<string, unknown> = {}) =>
  app.client.post('/v1/chat-messages', {
    inputs: {},
    query,
    user: 'ada',
    response_mode: 'streaming',
    auto_generate_name: false,
    ...more,
  });

/** What the record of the message says. */
async function stored(app: Talker, events: readonly StreamEvent[]) {
  const id = events[0]?.['conversation_id'];
  const list = await app.client.get(`/v1/messages?user=ada&conversation_id=${id}`);
  return list.json.data[0];
}

const replaced = (events: readonly StreamEvent[]) =>
  events.filter(({ event }) => event === 'message_replace');

describe.each([
  { kind: 'a chatbot', make: chatbot },
  { kind: 'a chatflow', make: chatflow },
])('moderation of $kind', ({ kind, make }) => {
  it('answers a forbidden question with the preset, runs nothing, and keeps the answer', async () => {
    const app = await make(moderation('keywords', { inputs_config: preset('Not here.') }));
    const events = eventsOf((await say(app, 'something FORBIDDEN')).text);
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['message', 'message_end']));
    expect(answerOf(events)).toBe('Not here.');
    expect(await stored(app, events)).toMatchObject({ answer: 'Not here.', status: 'normal', error: null });
    expect(world.provider.requests).toHaveLength(0);
    const blocking = await say(app, 'forbidden', { response_mode: 'blocking' });
    expect(blocking.json).toMatchObject({
      event: 'message',
      answer: 'Not here.',
      metadata: { usage: { total_tokens: 0 } },
    });
  });

  it('looks at the inputs too, and goes on in the conversation afterwards', async () => {
    const app = await make(moderation('keywords', { inputs_config: preset('Not here.') }));
    const first = eventsOf((await say(app, 'x', { inputs: { text: 'a Secret Word' } })).text);
    expect(answerOf(first)).toBe('Not here.');
    world.provider.script({ text: 'Gladly.' });
    const conversation_id = first[0]?.['conversation_id'];
    const second = eventsOf((await say(app, 'and now?', { conversation_id })).text);
    expect(answerOf(second)).toBe('Gladly.');
    expect(second[0]).toMatchObject({ conversation_id });
  });

  it('takes an answer back when it says what it must not, and stores the replacement', async () => {
    const app = await make(moderation('keywords', { outputs_config: preset('Withdrawn.') }));
    world.provider.script({
      text: ['It is a sec', 'ret wo', 'rd and', ...Array(50).fill(' more')],
      chunkDelayMs: 5,
    });
    const events = eventsOf((await say(app, 'x')).text);
    expect(replaced(events)).toMatchObject([{ answer: 'Withdrawn.', reason: 'output_moderation' }]);
    expect(answerOf(events)).not.toContain('secret word');
    expect(events.at(-1)).toMatchObject({ event: 'message_end' });
    expect(await stored(app, events)).toMatchObject({ answer: 'Withdrawn.', status: 'normal', error: null });
    const finished = events.find(({ event }) => event === 'workflow_finished');
    if (kind === 'a chatflow') expect(finished?.['data'].outputs).toMatchObject({ answer: 'Withdrawn.' });
  });

  it('looks at a short answer when it is whole', async () => {
    const app = await make(moderation('api', { outputs_config: { enabled: true } }));
    service.on('app.moderation.output', () => ({
      flagged: true,
      action: 'direct_output',
      preset_response: 'No.',
    }));
    world.provider.script({ text: 'Short.' });
    const events = eventsOf((await say(app, 'x')).text);
    expect(replaced(events)).toMatchObject([{ answer: 'No.', reason: 'output_moderation' }]);
    expect(service.requests).toMatchObject([{ params: { app_id: app.id, text: 'Short.' } }]);
    expect(await stored(app, events)).toMatchObject({ answer: 'No.', status: 'normal' });
    world.provider.script({ text: 'Short.' });
    const blocking = await say(app, 'x', { response_mode: 'blocking' });
    expect(blocking.json.answer).toBe('No.');
  });

  it('lets an extension put other words in the place of what was said', async () => {
    const app = await make(moderation('api', { inputs_config: { enabled: true } }));
    service.on('app.moderation.input', () => ({
      flagged: true,
      action: 'overridden',
      inputs: { text: 'tea' },
      query: 'milder',
    }));
    const events = eventsOf((await say(app, 'wild', { inputs: { text: 'gin' } })).text);
    expect(events.at(-1)?.event).not.toBe('error');
    expect(service.requests).toMatchObject([
      { point: 'app.moderation.input', params: { app_id: app.id, query: 'wild', inputs: { text: 'gin' } } },
    ]);
    const sent = JSON.stringify(sentMessages(world.provider));
    expect(sent).toContain('milder');
    expect(sent).toContain('About tea');
    expect(sent).not.toContain('gin');
    expect(await stored(app, events)).toMatchObject({ query: 'wild' });
  });

  it('lets an extension answer a question itself', async () => {
    const app = await make(moderation('api', { inputs_config: { enabled: true } }));
    service.on('app.moderation.input', () => ({
      flagged: true,
      action: 'direct_output',
      preset_response: 'From the service.',
    }));
    expect(answerOf(eventsOf((await say(app, 'x')).text))).toBe('From the service.');
    expect(world.provider.requests).toHaveLength(0);
  });

  it('lets an extension change an answer that goes on', async () => {
    const app = await make(moderation('api', { outputs_config: { enabled: true } }));
    service.on('app.moderation.output', ({ text }) =>
      text.includes('damn')
        ? { flagged: true, action: 'overridden', text: text.replaceAll('damn', '****') }
        : { flagged: false },
    );
    world.provider.script({ text: ['A damn good day ', 'it is, my friend. ', 'The end.'], chunkDelayMs: 5 });
    const events = eventsOf((await say(app, 'x')).text);
    expect(replaced(events).at(-1)?.['answer']).toContain('A **** good day');
    expect(await stored(app, events)).toMatchObject({
      answer: 'A **** good day it is, my friend. The end.',
      status: 'normal',
    });
  });

  it('lets an answer through that could not be looked at, and no question', async () => {
    const watched = await make(moderation('api', { outputs_config: { enabled: true } }));
    service.on('app.moderation.output', () => ({ status: 500, text: 'broken' }));
    world.provider.script({ text: 'An answer of more than twenty characters.' });
    const events = eventsOf((await say(watched, 'x')).text);
    expect(answerOf(events)).toBe('An answer of more than twenty characters.');
    expect(replaced(events)).toEqual([]);

    const asked = await make(moderation('api', { inputs_config: { enabled: true } }));
    service.on('app.moderation.input', () => ({ status: 500, text: 'broken' }));
    const refused = await say(asked, 'x', { response_mode: 'blocking' });
    expect([refused.status, refused.json.code]).toEqual([400, 'invalid_param']);
    expect(refused.json.message).toBe(
      '[Moderation] API query failed, error: request error, status_code: 500, content: broken',
    );
  });

  it('says so when its extension is gone', async () => {
    const settings = moderation('api', { inputs_config: { enabled: true } });
    settings.sensitive_word_avoidance.config.api_based_extension_id = '0e1f2a3b-0000-4000-8000-000000000000';
    const refused = await say(await make(settings), 'x', { response_mode: 'blocking' });
    expect(refused.json).toMatchObject({
      code: 'invalid_param',
      message: expect.stringContaining('API-based Extension not found. Please check it again.'),
    });
  });
});

describe('a workflow', () => {
  it('is not begun with inputs that moderation refuses; the caller gets the preset as the reason', async () => {
    const app = await publishGraph(world.app, world.owner, {
      mode: 'workflow',
      features: moderation('keywords', { inputs_config: preset('Not in this one.') }),
      graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
    });
    const run = (text: string): Promise<TestAnswer> =>
      app.client.post('/v1/workflows/run', { inputs: { text }, user: 'ada', response_mode: 'blocking' });
    expect((await run('forbidden')).json).toMatchObject({
      code: 'invalid_param',
      message: 'Not in this one.',
    });
    expect((await run('allowed')).json.data).toMatchObject({ status: 'succeeded' });
  });
});

describe('a chatflow whose text was taken back', () => {
  it('tells those who come back to it the replacement, and never the text', async () => {
    const app = await chatflow(moderation('keywords', { outputs_config: preset('Withdrawn.') }));
    world.provider.script({
      text: ['A secret', ' word of ', 'mine', ...Array(20).fill(' x')],
      chunkDelayMs: 5,
    });
    const events = eventsOf((await say(app, 'x')).text);
    const runId = events[0]?.['workflow_run_id'];
    const path = `/v1/workflow/${runId}/events?user=ada`;
    const end = eventsOf((await app.client.get(path)).text);
    expect(end).toMatchObject([{ event: 'workflow_finished', data: { outputs: { answer: 'Withdrawn.' } } }]);
    const whole = await app.client.get(`${path}&after=0`);
    expect(replaced(eventsOf(whole.text))).toMatchObject([{ answer: 'Withdrawn.' }]);
    expect(whole.text).not.toContain('secret word of');
    const detail = await app.client.get(`/v1/workflows/run/${runId}`);
    expect(detail.json).toMatchObject({ status: 'stopped', error: 'Stopped by output moderation.' });
  });

  it('keeps the replacement when its process dies before the record is written', async () => {
    const app = await chatflow(moderation('api', { outputs_config: { enabled: true } }));
    service.on('app.moderation.output', () => ({ flagged: true, preset_response: 'Gone.' }));
    world.provider.script({ text: 'Short.' });
    const events = eventsOf((await say(app, 'x')).text);
    const runId = events[0]?.['workflow_run_id'];
    // What a process leaves that died between the log's last record and the run's row.
    const { pool, workflows } = world.app.services;
    await pool.query("update runs set status = 'running', owner_id = null where id = $1", [runId]);
    await pool.query("update workflow_runs set status = 'running', outputs = null where id = $1", [runId]);
    await pool.query("update messages set status = 'running', answer = '' where id = $1", [
      events[0]?.['message_id'],
    ]);
    await workflows.takeOver.sweep();
    await expect.poll(async () => (await stored(app, events)).answer, { timeout: 5_000 }).toBe('Gone.');
    expect((await app.client.get(`/v1/workflows/run/${runId}`)).json.outputs).toEqual(
      expect.objectContaining({ answer: 'Gone.' }),
    );
  });
});

describe('an installation that would rather fail', () => {
  it('lets no answer through that could not be looked at', async () => {
    const careful = await createChatWorld({
      environment: { ...loopbackAllowed, MODERATION_FAIL_CLOSED: 'true' },
    });
    try {
      const app = await careful.createApp('chat', moderation('api', { outputs_config: { enabled: true } }));
      careful.provider.script({ text: 'Unseen.' });
      const answer = await say({ id: app.id, client: app.api }, 'x', { response_mode: 'blocking' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain('Unseen.');
    } finally {
      await careful.close();
    }
  });
});
