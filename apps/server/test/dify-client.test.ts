/** The npm package `dify-client`, unmodified, against a listening server: every call it has for chat apps and text generators. */
import { text } from 'node:stream/consumers';
import { ChatClient, CompletionClient, DifyClient } from 'dify-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../src/testing/test-app.ts';
import { type AppThings, createApp } from './support/app.ts';
import { answerOf, eventsOf } from './support/events.ts';
import { tinyPng } from './support/multipart.ts';

let app: TestApp;
let url: string;
let chat: AppThings;
let completion: AppThings;

beforeAll(async () => {
  app = await createTestApp();
  const owner = await app.owner();
  chat = await createApp(app, owner, { mode: 'chat', marker: 'Client', talks: false });
  completion = await createApp(app, owner, { mode: 'completion', marker: 'Client', talks: false });
  const address = await app.http.listen({ host: '127.0.0.1', port: 0 });
  url = `${address}/v1`;
}, 120_000);
afterAll(() => app?.close());

const user = 'client-user';

/** What the package throws for an answer that is no success. */
async function failureOf(
  promise: Promise<unknown>,
): Promise<{ status: number; data: { code: string; message: string } }> {
  const error = await promise.then(
    () => undefined,
    (cause: { response: { status: number; data: { code: string; message: string } } }) => cause,
  );
  if (!error) throw new Error('the call succeeded');
  return error.response;
}

describe('ChatClient', () => {
  it('creates a chat message in blocking mode', async () => {
    const answer = await new ChatClient(chat.key, url).createChatMessage({}, 'say: hello there', user);
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({ event: 'message', mode: 'chat', answer: 'hello there' });
    expect(answer.data.id).toBe(answer.data.message_id);
  });

  it('creates a chat message in streaming mode', async () => {
    const answer = await new ChatClient(chat.key, url).createChatMessage(
      {},
      'say: one two three',
      user,
      true,
    );
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = eventsOf(await text(answer.data));
    expect(answerOf(events)).toBe('one two three');
    expect(events.at(-1)).toMatchObject({ event: 'message_end' });
  });

  it('goes on with a conversation, lists its messages page by page, renames and deletes it', async () => {
    const client = new ChatClient(chat.key, url);
    const first = (await client.createChatMessage({}, 'say: first', 'pager')).data;
    const id: string = first.conversation_id;
    await client.createChatMessage({}, 'say: second', 'pager', false, id);
    const newest = await client.getConversationMessages('pager', id, null, 1);
    expect(newest.data).toMatchObject({ limit: 1, has_more: true, data: [{ answer: 'second' }] });
    const older = await client.getConversationMessages('pager', id, newest.data.data[0].id, 1);
    expect(older.data).toMatchObject({ has_more: false, data: [{ answer: 'first' }] });

    const list = await client.getConversations('pager', null, 20, null);
    expect(list.data.data.map((item: { id: string }) => item.id)).toEqual([id]);
    const renamed = await client.renameConversation(id, 'A better name', 'pager');
    expect(renamed.data).toMatchObject({ id, name: 'A better name' });

    expect((await client.deleteConversation(id, 'pager')).status).toBe(204);
    expect((await client.getConversations('pager')).data.data).toEqual([]);
    expect(await failureOf(client.getConversationMessages('pager', id))).toMatchObject({
      status: 404,
      data: { code: 'not_found', message: 'Conversation Not Exists.' },
    });
  });

  it('has a model find a name', async () => {
    const client = new ChatClient(chat.key, url);
    const { conversation_id: id } = (await client.createChatMessage({}, 'say: trees', 'namer')).data;
    // The package takes `auto_generate` as a fourth argument that its types leave out.
    const rename = client.renameConversation.bind(client) as (
      ...values: unknown[]
    ) => ReturnType<ChatClient['renameConversation']>;
    const named = await rename(id, '', 'namer', true);
    expect(named.data.name.length).toBeGreaterThan(0);
    expect(await failureOf(client.renameConversation(id, ' ', 'namer'))).toMatchObject({
      status: 400,
      data: { code: 'invalid_param', message: 'name is required when auto_generate is false' },
    });
  });

  it('stops a stream, which keeps what it had', async () => {
    const client = new ChatClient(chat.key, url);
    const answer = await client.createChatMessage({}, 'count to 500', 'stopper', true);
    let seen = '';
    for await (const chunk of answer.data) {
      seen += String(chunk);
      const task = eventsOf(seen.slice(0, seen.lastIndexOf('\n')))[3]?.['task_id'];
      if (task && !seen.includes('message_end')) {
        const stopped = await client.sendRequest('POST', `/chat-messages/${task}/stop`, { user: 'stopper' });
        expect(stopped.data).toEqual({ result: 'success' });
      }
    }
    const events = eventsOf(seen);
    expect(events.at(-1)).toMatchObject({ event: 'message_end' });
    const list = await client.getConversationMessages('stopper', events[0]?.['conversation_id']);
    expect(list.data.data[0].answer).toBe(answerOf(events));
    expect(answerOf(events)).not.toContain('500');
  });
});

describe('CompletionClient', () => {
  it('creates a completion message in both modes', async () => {
    const client = new CompletionClient(completion.key, url);
    const whole = await client.createCompletionMessage({ query: 'say: a text' }, user);
    expect(whole.data).toMatchObject({ event: 'message', mode: 'completion', answer: 'a text' });
    const streamed = await client.createCompletionMessage({ query: 'say: a stream' }, user, true);
    const events = eventsOf(await text(streamed.data));
    expect(answerOf(events)).toBe('a stream');
    expect(events[0]).not.toHaveProperty('conversation_id');
  });

  it('is told when an input is missing, and when the app is of another mode', async () => {
    expect(
      await failureOf(new CompletionClient(completion.key, url).createCompletionMessage({}, user)),
    ).toMatchObject({
      status: 400,
      data: { code: 'invalid_param', message: 'query is required in input form' },
    });
    const wrong = new CompletionClient(chat.key, url).createCompletionMessage({ query: 'x' }, user);
    expect(await failureOf(wrong)).toMatchObject({ status: 400, data: { code: 'app_unavailable' } });
  });
});

describe('DifyClient', () => {
  it('reads the parameters of an app', async () => {
    const { data } = await new DifyClient(chat.key, url).getApplicationParameters(user);
    expect(data).toMatchObject({
      file_upload: { enabled: true },
      system_parameters: { file_size_limit: 15 },
    });
    expect(data.user_input_form).toEqual([]);
  });

  it('rates an answer, changes its mind, and takes the rating back', async () => {
    const client = new ChatClient(chat.key, url);
    const { message_id: id, conversation_id: conversation } = (
      await client.createChatMessage({}, 'say: rate me', 'rater')
    ).data;
    // The package's types say number; the API and its manual say "like", "dislike" or null.
    const rate = client.messageFeedback.bind(client) as (
      ...values: unknown[]
    ) => ReturnType<ChatClient['messageFeedback']>;
    const feedback = async () =>
      (await client.getConversationMessages('rater', conversation)).data.data[0].feedback;
    expect((await rate(id, 'like', 'rater')).data).toEqual({ result: 'success' });
    expect(await feedback()).toEqual({ rating: 'like' });
    await rate(id, 'dislike', 'rater');
    expect(await feedback()).toEqual({ rating: 'dislike' });
    await rate(id, null, 'rater');
    expect(await feedback()).toBeNull();
    expect(await failureOf(rate(id, null, 'rater'))).toMatchObject({
      status: 400,
      data: { code: 'invalid_param' },
    });
    expect(await failureOf(rate(id, 'like', 'somebody else'))).toMatchObject({
      status: 404,
      data: { message: 'Message Not Exists.' },
    });
  });

  it('uploads a file, which a message can use', async () => {
    const form = new FormData();
    form.set('file', new Blob([tinyPng], { type: 'image/png' }), 'pixel.png');
    form.set('user', 'uploader');
    const uploaded = await new DifyClient(chat.key, url).fileUpload(form);
    expect(uploaded.status).toBe(201);
    expect(uploaded.data).toMatchObject({
      name: 'pixel.png',
      extension: 'png',
      mime_type: 'image/png',
      size: tinyPng.length,
    });
    const files = [{ type: 'image', transfer_method: 'local_file', upload_file_id: uploaded.data.id }];
    const answer = await new ChatClient(chat.key, url).createChatMessage(
      {},
      'say: seen',
      'uploader',
      false,
      null,
      // The package's types know files of the browser only; the API takes mappings.
      files as never,
    );
    const list = await new ChatClient(chat.key, url).getConversationMessages(
      'uploader',
      answer.data.conversation_id,
    );
    expect(list.data.data[0].message_files).toMatchObject([
      { upload_file_id: uploaded.data.id, belongs_to: 'user', type: 'image' },
    ]);
  });

  it('uses another key after it was given one', async () => {
    const client = new DifyClient('app-wrong', url);
    expect(await failureOf(client.getApplicationParameters(user))).toMatchObject({
      status: 401,
      data: { code: 'unauthorized', message: 'Access token is invalid' },
    });
    client.updateApiKey(chat.key);
    expect((await client.getApplicationParameters(user)).status).toBe(200);
  });
});
