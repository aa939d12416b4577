import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  answerOf,
  type ChatWorld,
  createChatWorld,
  eventsOf,
  eventually,
  expectAnswer,
} from '../../testing/chat-world.ts';

let world: ChatWorld;

beforeAll(async () => {
  world = await createChatWorld({ environment: { APP_MAX_EXECUTION_TIME: '1' } });
});
afterAll(() => world.close());

it('ends a turn whose time is up as a stop does: what was said stays, and the model is hung up on', async () => {
  const app = await world.createApp('chat');
  world.provider.script({ text: Array(400).fill('word '), chunkDelayMs: 20 });
  const answer = await expectAnswer(
    app.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'go on for ever',
      user: 'ada',
      response_mode: 'streaming',
      auto_generate_name: false,
    }),
    200,
  );
  const events = eventsOf(answer.text);
  expect(events.at(-1)?.event).toBe('message_end');
  const list = await app.api.get(`/v1/messages?user=ada&conversation_id=${events[0]?.['conversation_id']}`);
  expect(list.json.data[0]).toMatchObject({ answer: answerOf(events), status: 'normal', error: null });
  expect(answerOf(events)).not.toBe('');
  await eventually(async () => world.provider.requests.some((request) => request.aborted));
});
