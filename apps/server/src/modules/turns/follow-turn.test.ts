import type { AppEvent } from '@trellis/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLocalBus } from '../../platform/bus/bus.ts';
import { RunRegistry } from '../../platform/runs/run-registry.ts';
import {
  type ChatWorld,
  createChatWorld,
  eventsOf,
  eventually,
  type StreamEvent,
  type WorldApp,
} from '../../testing/chat-world.ts';
import type { TestAnswer } from '../../testing/test-client.ts';
import { TurnFollower } from './follow-turn.ts';
import { TurnTakeOver } from './take-over.ts';
import { interruptedMessage } from './turn-writer.ts';

let world: ChatWorld;
let chat: WorldApp;
let completion: WorldApp;

beforeAll(async () => {
  world = await createChatWorld();
  [chat, completion] = await Promise.all([
    world.createApp('chat', {}),
    world.createApp('completion', { pre_prompt: 'Write about {{query}}.' }),
  ]);
});
beforeEach(() => world.provider.reset());
afterAll(() => world.close());

const nobody = '00000000-0000-4000-8000-000000000000';

/** What a reader of these events sees at the end. */
function shownBy(events: readonly StreamEvent[]): string {
  return events.reduce((text, event) => {
    if (event.event === 'message') return text + event['answer'];
    return event.event === 'message_replace' ? event['answer'] : text;
  }, '');
}

/** Begins a turn whose model takes its time; the task's id once some of its text is in the log. */
async function begin(
  user: string,
  text: readonly string[],
): Promise<{ taskId: string; answer: Promise<TestAnswer> }> {
  world.provider.script({ text, chunkDelayMs: 150 });
  const body = { inputs: {}, query: 'go on', user, response_mode: 'streaming', auto_generate_name: false };
  const answer = chat.api.post('/v1/chat-messages', body);
  const taskId = await eventually(async () => {
    const { rows } = await world.app.services.pool.query<{ id: string }>(
      `select r.id from runs r join run_log l on l.run_id = r.id join messages m on m.run_id = r.id
       join end_users u on u.id = m.end_user_id where r.status = 'running' and u.session_id = $1`,
      [user],
    );
    return rows[0]?.id;
  });
  return { taskId, answer };
}

const words = Array.from({ length: 12 }, (_, index) => `word${index} `);

describe('coming back to an answer', () => {
  it('tells the text so far at once and then what follows, under the same envelope', async () => {
    const { taskId, answer } = await begin('back', words);
    const again = await chat.api.get(`/v1/chat-messages/${taskId}/events?user=back`);
    expect(again.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const [first, second] = [eventsOf((await answer).text), eventsOf(again.text)];
    expect(second[0]).toMatchObject({ event: 'message_replace', reason: '' });
    expect(second[0]?.['answer']).toMatch(/^word0 /);
    expect(second.filter(({ event }) => event === 'message').length).toBeGreaterThan(0);
    expect(shownBy(second)).toBe(words.join(''));
    expect(second.at(-1)).toEqual(first.at(-1));
    const envelope = ({ task_id, message_id, conversation_id, created_at }: StreamEvent) => ({
      task_id,
      message_id,
      conversation_id,
      created_at,
    });
    expect(new Set(second.map((event) => JSON.stringify(envelope(event))))).toEqual(
      new Set([JSON.stringify(envelope(first[0] as StreamEvent))]),
    );
  });

  it('tells an answer that has ended whole, with its end', async () => {
    world.provider.script({ text: 'Done long ago.' });
    const body = { inputs: {}, query: 'quick', user: 'late', response_mode: 'streaming' };
    const first = eventsOf((await chat.api.post('/v1/chat-messages', body)).text);
    const again = eventsOf(
      (await chat.api.get(`/v1/chat-messages/${first[0]?.['task_id']}/events?user=late`)).text,
    );
    expect(again.map(({ event }) => event)).toEqual(['message_replace', 'message_end']);
    expect(shownBy(again)).toBe('Done long ago.');
    expect(again.at(-1)).toEqual(first.at(-1));
  });

  it('works where another process carries the turn out, with every word once', async () => {
    const { taskId, answer } = await begin('elsewhere', words);
    const { runLog, messages } = world.app.services;
    const elsewhere = new TurnFollower({
      registry: new RunRegistry<AppEvent>(createLocalBus()),
      runLog,
      messages,
    });
    const { rows } = await world.app.services.pool.query('select * from messages where run_id = $1', [
      taskId,
    ]);
    const scope = { workspaceId: rows[0].workspace_id } as Parameters<TurnFollower['follow']>[0];
    const message = await messages.find(scope, chat.id, rows[0].id);
    const events: AppEvent[] = [];
    for await (const batch of elsewhere.follow(scope, message as NonNullable<typeof message>))
      events.push(...batch);
    await answer;
    expect(shownBy(events as StreamEvent[])).toBe(words.join(''));
    expect(events[0]?.event).toBe('message_replace');
    expect(events.filter(({ event }) => event === 'message').length).toBeGreaterThan(0);
    expect(events.at(-1)).toMatchObject({ event: 'message_end', files: null });
  });

  it('says that the answer was interrupted, with the text that was kept, when its process died', async () => {
    const { taskId, answer } = await begin('died', words);
    const { pool, registry, log } = world.app.services;
    const following = chat.api.get(`/v1/chat-messages/${taskId}/events?user=died`);
    await pool.query('update runs set owner_id = $1 where id = $2', [nobody, taskId]);
    await new TurnTakeOver({ pool, log }).sweep();
    registry.find(taskId)?.stop('lease-lost');
    await answer;
    const again = eventsOf((await chat.api.get(`/v1/chat-messages/${taskId}/events?user=died`)).text);
    expect(again.map(({ event }) => event)).toEqual(['message_replace', 'error']);
    expect(again.at(-1)).toMatchObject({ status: 500, message: interruptedMessage });
    expect(shownBy(again)).toMatch(/^word0 /);
    expect(eventsOf((await following).text).length).toBeGreaterThan(0);
  });

  it('is for whoever began it: others, other apps and unknown tasks get 404', async () => {
    world.provider.script({ text: 'Mine.' });
    const body = { inputs: {}, query: 'quick', user: 'owner', response_mode: 'streaming' };
    const [first] = eventsOf((await chat.api.post('/v1/chat-messages', body)).text);
    const path = `/v1/chat-messages/${first?.['task_id']}/events`;
    for (const refused of [
      chat.api.get(`${path}?user=somebody-else`),
      chat.api.get(`/v1/chat-messages/${nobody}/events?user=owner`),
      chat.api.get('/v1/chat-messages/not-an-id/events?user=owner'),
      completion.api.get(`/v1/completion-messages/${first?.['task_id']}/events?user=owner`),
    ]) {
      expect(await refused).toMatchObject({ status: 404, json: { code: 'not_found' } });
    }
    expect(await chat.api.get(path)).toMatchObject({ status: 400, json: { code: 'invalid_param' } });
    expect(await completion.api.get(`${path}?user=owner`)).toMatchObject({ json: { code: 'not_chat_app' } });
    expect(await chat.api.get(`${path.replace('chat-', 'completion-')}?user=owner`)).toMatchObject({
      json: { code: 'app_unavailable' },
    });
  });

  it('works for visitors of a public page, without prices, and for text generators', async () => {
    world.provider.script({ text: 'Tides rise.' });
    const visitor = await completion.visitor('vera');
    const body = { inputs: { query: 'tides' }, response_mode: 'streaming' };
    const [first] = eventsOf((await visitor.post('/api/completion-messages', body)).text);
    const again = eventsOf((await visitor.get(`/api/completion-messages/${first?.['task_id']}/events`)).text);
    expect(shownBy(again)).toBe('Tides rise.');
    expect(again.at(-1)?.['metadata']).toEqual({ retriever_resources: [] });
    expect(again[0]).not.toHaveProperty('conversation_id');
    const other = await completion.visitor('otto');
    expect((await other.get(`/api/completion-messages/${first?.['task_id']}/events`)).status).toBe(404);
  });
});
