/**
 * Security requirements, row 31, for streams: an answer that was begun while its asker might is told to its end, because
 * what was accepted is never lost; it holds that one answer only, and its time is limited. Rights are looked at again at
 * every request, and coming back to a run is one.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ChatWorld,
  createChatWorld,
  eventsOf,
  modelOf,
  type WorldApp,
} from '../src/testing/chat-world.ts';

let world: ChatWorld;
let bot: WorldApp;

beforeAll(async () => {
  world = await createChatWorld();
  bot = await world.createApp('chat');
}, 120_000);
afterAll(() => world?.close());

const body = {
  inputs: {},
  query: 'x',
  user: 'ada',
  response_mode: 'streaming',
  auto_generate_name: false,
};
/** Half a second of an answer. */
const slowly = () => world.provider.script({ text: Array(25).fill('word '), chunkDelayMs: 20 });
/** The model has been asked. */
async function begun(count: number): Promise<void> {
  await expect.poll(() => world.provider.requests.length, { timeout: 5_000 }).toBe(count);
}

describe('a stream that is open', () => {
  it('comes to its end when the app’s API is switched off, and no other begins', async () => {
    world.provider.reset();
    slowly();
    const streaming = bot.api.post('/v1/chat-messages', body);
    await begun(1);
    const off = await world.owner.client.post(`${bot.path}/api-enable`, { enable_api: false });
    expect(off.status).toBe(200);
    const next = await bot.api.post('/v1/chat-messages', body);
    expect([next.status, next.json.code]).toEqual([403, 'forbidden']);
    expect(eventsOf((await streaming).text).at(-1)).toMatchObject({ event: 'message_end' });
    expect(world.provider.requests).toHaveLength(1);
    await world.owner.client.post(`${bot.path}/api-enable`, { enable_api: true });
  });

  it('comes to its end when its member may no longer debug, and no other begins', async () => {
    const editor = await world.app.member('editor');
    world.provider.reset();
    slowly();
    const debug = () =>
      editor.client.post(`${bot.path}/chat-messages`, {
        ...body,
        model_config: { ...bot.config, model: modelOf('scripted') },
      });
    const streaming = debug();
    await begun(1);
    const demoted = await world.owner.client.put(
      `/console/api/workspaces/current/members/${editor.accountId}/update-role`,
      { role: 'normal' },
    );
    expect(demoted.status).toBe(200);
    expect((await debug()).status).toBe(403);
    expect(eventsOf((await streaming).text).at(-1)).toMatchObject({ event: 'message_end' });
    expect(world.provider.requests).toHaveLength(1);
  });
});
