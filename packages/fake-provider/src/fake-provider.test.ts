import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFakeProvider, createLocalTransport, type FakeProvider, speak, transcribe } from './index.ts';

let provider: FakeProvider;
let client: OpenAI;

beforeAll(async () => {
  provider = await createFakeProvider();
  client = new OpenAI({ baseURL: provider.url, apiKey: 'test', maxRetries: 0 });
});
afterEach(() => provider.reset());
afterAll(() => provider.close());

const weatherTool = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    },
  },
};

describe('the official client talks to the fake provider', () => {
  it('and reads a blocking chat answer with its usage', async () => {
    const answer = await client.chat.completions.create({
      model: 'demo-chat',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello there' },
      ],
    });
    expect(answer.choices[0]?.message.content).toContain('You wrote 2 words: “Hello there”');
    expect(answer.choices[0]?.message.content).toContain('demo model');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
  });

  it('and reads a streamed answer word by word with usage at the end', async () => {
    const stream = await client.chat.completions.create({
      model: 'demo-chat',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Say one two three' }],
    });
    const texts: string[] = [];
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) texts.push(text);
      usage = chunk.usage ?? usage;
    }
    expect(texts.join('')).toBe('one two three');
    expect(texts).toHaveLength(3);
    expect(usage?.completion_tokens).toBe(3);
  });

  it('and assembles streamed tool calls, then gets the result quoted back', async () => {
    const runner = client.chat.completions.stream({
      model: 'demo-chat',
      tools: [weatherTool],
      messages: [{ role: 'user', content: 'Please get_weather for 3 days' }],
    });
    const call = (await runner.finalChatCompletion()).choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    const parsed: unknown = call?.type === 'function' ? JSON.parse(call.function.arguments) : undefined;
    expect(parsed).toEqual({ city: 'Please get_weather for 3 days', days: 3 });
    const next = await client.chat.completions.create({
      model: 'demo-chat',
      messages: [
        { role: 'user', content: 'weather?' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      ],
    });
    expect(next.choices[0]?.message.content).toBe('The tool answered: sunny');
  });

  it('and gets JSON that follows a schema', async () => {
    const answer = await client.chat.completions.create({
      model: 'demo-chat',
      messages: [{ role: 'user', content: 'Paris has 7 bridges' }],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'city',
          schema: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              bridges: { type: 'integer' },
              kind: { enum: ['big', 'small'] },
            },
          },
        },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
      name: 'Paris has 7 bridges',
      bridges: 7,
      kind: 'big',
    });
  });

  it('and can send images, limit tokens and stop early', async () => {
    const seen = await client.chat.completions.create({
      model: 'demo-chat',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
    });
    expect(seen.choices[0]?.message.content).toContain('You attached 1 file.');
    const short = await client.chat.completions.create({
      model: 'demo-chat',
      max_tokens: 2,
      messages: [{ role: 'user', content: 'Repeat: a b c d' }],
    });
    expect(short.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'a b ' } });
    const stopped = await client.chat.completions.create({
      model: 'demo-chat',
      stop: ['c'],
      messages: [{ role: 'user', content: 'Repeat: a b c d' }],
    });
    expect(stopped.choices[0]?.message.content).toBe('a b ');
  });

  it.each([
    ['How do I set the tide clock on a boat that moves?', 'How do I set the tide clock on'],
    ['如何设置潮汐钟？', '如何设置潮汐钟'],
  ])('and gets a title for a message when it asks for the title only (%s)', async (content, expected) => {
    const answer = await client.chat.completions.create({
      model: 'demo-chat',
      messages: [
        { role: 'system', content: 'Give the conversation a title. Answer with the title only.' },
        { role: 'user', content },
      ],
    });
    expect(answer.choices[0]?.message.content).toBe(expected);
  });

  it('and completes prompts, blocking and streamed', async () => {
    const blocking = await client.completions.create({ model: 'demo-chat', prompt: 'Say hello' });
    expect(blocking.choices[0]?.text).toBe('hello');
    let text = '';
    for await (const chunk of await client.completions.create({
      model: 'demo-chat',
      prompt: 'Say hello you',
      stream: true,
    })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe('hello you');
  });

  it('and uses the Responses API, streamed, blocking and with tools', async () => {
    const blocking = await client.responses.create({ model: 'demo-chat', input: 'Say hello you' });
    expect(blocking.output_text).toBe('hello you');
    expect(blocking.usage?.output_tokens).toBe(2);
    const tools = [
      {
        type: 'function' as const,
        strict: false,
        name: 'get_weather',
        parameters: weatherTool.function.parameters,
      },
    ];
    const stream = client.responses.stream({ model: 'demo-chat', input: 'get_weather for 3 days', tools });
    const final = await stream.finalResponse();
    const call = final.output.find((item) => item.type === 'function_call');
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: 'get_weather for 3 days', days: 3 });
    let text = '';
    for await (const event of await client.responses.create({
      model: 'demo-chat',
      input: 'Say a b',
      stream: true,
    })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('a b');
  });

  it('and gets embeddings that are equal for equal, close for close and far for unrelated texts', async () => {
    const { data } = await client.embeddings.create({
      model: 'demo-embedding',
      input: [
        'the cat sat on the mat',
        'the cat sat on the mats',
        'quarterly revenue report',
        'the cat sat on the mat',
      ],
    });
    const dot = (left: number, right: number) =>
      data[left]!.embedding.reduce((sum, value, index) => sum + value * data[right]!.embedding[index]!, 0);
    expect(dot(0, 3)).toBeCloseTo(1, 5);
    expect(dot(0, 1)).toBeGreaterThan(0.8);
    expect(Math.abs(dot(0, 2))).toBeLessThan(0.3);
  });

  it('and gets speech that can be transcribed back', async () => {
    for (const format of ['mp3', 'wav'] as const) {
      const spoken = await client.audio.speech.create({
        model: 'demo-speech',
        voice: 'alloy',
        input: 'Good morning',
        response_format: format,
      });
      const file = new File([new Uint8Array(await spoken.arrayBuffer())], `speech.${format}`);
      const heard = await client.audio.transcriptions.create({ model: 'demo-transcribe', file });
      expect(heard.text).toBe('Good morning');
    }
  });

  it('and gets moderation verdicts and the list of models', async () => {
    const { results } = await client.moderations.create({ input: ['a fine day', 'I will kill you'] });
    expect(results.map((result) => result.flagged)).toEqual([false, true]);
    expect(results[1]?.categories.violence).toBe(true);
    const ids = (await client.models.list()).data.map((model) => model.id);
    expect(ids).toContain('demo-chat');
  });

  it.each([
    [401, OpenAI.AuthenticationError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
  ])('and raises its own class for status %i', async (status, kind) => {
    const call = client.chat.completions.create({
      model: `error-${status}`,
      messages: [{ role: 'user', content: 'x' }],
    });
    await expect(call).rejects.toBeInstanceOf(kind);
  });

  it('and is told what is wrong with a bad request', async () => {
    const call = client.post('/chat/completions', { body: { model: 'demo-chat', messages: 'no' } });
    await expect(call).rejects.toMatchObject({ status: 400, code: 'invalid_value' });
    await expect(client.get('/nothing')).rejects.toMatchObject({ status: 404 });
  });
});

describe('a script', () => {
  const ask = () =>
    client.chat.completions.create({
      model: 'demo-chat',
      messages: [{ role: 'user', content: 'Say fallback' }],
    });

  it('answers in order, once each, and the rules answer afterwards', async () => {
    provider.script(
      { text: 'first', usage: { promptTokens: 7, completionTokens: 9 } },
      { status: 503, body: { error: { message: 'down' } } },
    );
    const first = await ask();
    expect(first.choices[0]?.message.content).toBe('first');
    expect(first.usage?.total_tokens).toBe(16);
    await expect(ask()).rejects.toMatchObject({ status: 503 });
    expect((await ask()).choices[0]?.message.content).toBe('fallback');
    expect(provider.requests.map((request) => request.path)).toEqual(Array(3).fill('/v1/chat/completions'));
  });

  it('can answer chosen requests only', async () => {
    provider.script({
      when: (request) => request.path.endsWith('/embeddings'),
      status: 500,
      times: Infinity,
    });
    expect((await ask()).choices[0]?.message.content).toBe('fallback');
    await expect(client.embeddings.create({ model: 'm', input: 'x' })).rejects.toMatchObject({ status: 500 });
  });

  it('can break a stream, or end it with an error event', async () => {
    const read = async () => {
      let text = '';
      const stream = await client.chat.completions.create({
        model: 'demo-chat',
        stream: true,
        messages: [{ role: 'user', content: 'x' }],
      });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    };
    provider.script({ text: 'a b c', breakAfterChunks: 2 }, { text: 'a b c', errorAfterChunks: 2 });
    await expect(read()).rejects.toThrow();
    await expect(read()).rejects.toThrow('told to fail');
  });

  it('can be slow, and records that the caller went away', async () => {
    provider.script({ text: 'a b c d e f', chunkDelayMs: 20 });
    const abort = new AbortController();
    const stream = await client.chat.completions.create(
      { model: 'demo-chat', stream: true, messages: [{ role: 'user', content: 'x' }] },
      { signal: abort.signal },
    );
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    abort.abort();
    await expect.poll(() => provider.requests[0]?.aborted).toBe(true);
  });
});

describe('without a socket', () => {
  it('the demo provider answers the same protocol', async () => {
    const { request } = createLocalTransport({ chunkDelayMs: 0 });
    const body = JSON.stringify({
      model: 'demo-chat',
      stream: true,
      messages: [{ role: 'user', content: 'Say hi' }],
    });
    const response = await request('local://demo/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(200);
    let text = '';
    for await (const bytes of response.body) text += Buffer.from(bytes).toString('utf8');
    expect(text).toContain('"content":"hi"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('audio without a spoken text gets a plain description', () => {
    expect(transcribe(Buffer.from('noise'), 'noise.ogg')).toContain('noise.ogg (5 bytes)');
    expect(transcribe(speak('早上好', 'wav'), 'x.wav')).toBe('早上好');
  });
});
