import { createFakeProvider, type FakeProvider } from '@trellis/fake-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  collectLlm,
  createModelRuntime,
  type LlmRequest,
  loadCatalogue,
  type PromptMessage,
} from '../../index.ts';

const catalogue = loadCatalogue();
const runtime = createModelRuntime({ catalogue, idleTimeoutMs: 400 });
let server: FakeProvider;

beforeAll(async () => {
  server = await createFakeProvider();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const hello: PromptMessage[] = [{ role: 'user', content: 'Hello' }];

function ask(more: Partial<LlmRequest> = {}, credentials: Record<string, unknown> = {}) {
  const base = {
    endpoint_url: server.url,
    api_key: 'k-123456',
    function_calling_type: 'tool_call',
    ...credentials,
  };
  return runtime.streamLlm({
    provider: 'openai_api_compatible',
    model: 'm',
    credentials: base,
    messages: hello,
    ...more,
  });
}

const chunk = (delta: unknown, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
const stop = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`;
const tool = (call: unknown) => chunk({ tool_calls: [call] });
const replay = (...body: string[]) => server.script({ status: 200, body });
const collect = (more?: Partial<LlmRequest>, credentials?: Record<string, unknown>) =>
  collectLlm(ask(more, credentials));

describe('answers of servers that speak the protocol in their own way', () => {
  it.each([
    [
      'comments and keep-alive objects',
      [
        ': OPENROUTER PROCESSING\n\n',
        'data: {}\n\n',
        'data: {"choices":null}\n\n',
        chunk({ content: 'hi' }),
        stop,
      ],
    ],
    ['no [DONE]', [chunk({ content: 'hi' }), stop]],
    ['events without the field name', [chunk({ content: 'hi' }).slice(6), stop.slice(6)]],
    ['no blank lines between events', [chunk({ content: 'hi' }).trim(), '\n', stop.trim(), '\n']],
    ['content as a list of parts', [chunk({ content: [{ type: 'text', text: 'hi' }] }), stop]],
    [
      'whole messages instead of deltas',
      [`data: {"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}\n\n`],
    ],
    ['text behind the end', [chunk({ content: 'hi' }), stop, 'bye\n\n']],
    ['no finish reason at all', [chunk({ content: 'hi' })]],
  ])('are read: %s', async (_case, body) => {
    replay(...body);
    expect((await collect()).text).toBe('hi');
  });

  it('are read when a stream was asked for and a document comes', async () => {
    server.script({
      status: 200,
      body: { choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] },
    });
    expect((await collect()).text).toBe('hi');
  });

  it.each([
    [
      'on the first chunk',
      [chunk({ content: 'hi' }, { usage: { prompt_tokens: 3, completion_tokens: 1 } }), stop],
    ],
    [
      'on every chunk, cumulative',
      [
        chunk({ content: 'h' }, { usage: { prompt_tokens: 3, completion_tokens: 0 } }),
        chunk({ content: 'i' }, { usage: { prompt_tokens: 3, completion_tokens: 1 } }),
        stop,
      ],
    ],
    [
      'on the choice',
      [
        chunk({ content: 'hi' }),
        'data: {"choices":[{"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":1}}]}\n\n',
      ],
    ],
    [
      'under the key of Groq',
      [
        chunk({ content: 'hi' }),
        stop,
        'data: {"choices":[],"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":1}}}\n\n',
      ],
    ],
    [
      'without a completion count',
      [
        chunk({ content: 'hi' }),
        stop,
        'data: {"choices":[],"usage":{"prompt_tokens":3,"total_tokens":4}}\n\n',
      ],
    ],
  ])('have their usage found %s', async (_case, body) => {
    replay(...body);
    expect(await collect()).toMatchObject({ estimated: false, tokens: { prompt: 3, completion: 1 } });
  });

  it('without usage are counted here, all messages and the whole answer', async () => {
    replay(chunk({ content: 'one two three' }), stop);
    const short = await collect();
    replay(chunk({ content: 'one two three' }), stop);
    const long = await collect({ messages: [{ role: 'system', content: 'word '.repeat(200) }, ...hello] });
    expect(short.estimated).toBe(true);
    expect(short.usage.completion_tokens).toBe(3);
    expect(long.usage.prompt_tokens - short.usage.prompt_tokens).toBeGreaterThan(190);
  });

  const paris = { name: 'get_weather', arguments: '{"city":"Paris"}' };
  it.each([
    [
      'index given, id in the first delta only',
      [
        tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '' } }),
        tool({ index: 0, function: { arguments: '{"city":"Paris"}' } }),
      ],
    ],
    [
      'empty ids in later deltas',
      [
        tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"city":' } }),
        tool({ index: 0, id: '', function: { arguments: '"Paris"}' } }),
      ],
    ],
    [
      'the name repeated',
      [
        tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"city":' } }),
        tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '"Paris"}' } }),
      ],
    ],
    [
      'no index and no id',
      [
        tool({ function: { name: 'get_weather', arguments: '{"city":' } }),
        tool({ function: { arguments: '"Paris"}' } }),
      ],
    ],
    [
      'arguments as an object',
      [tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: { city: 'Paris' } } })],
    ],
    ['a numeric id', [tool({ index: 0, id: 7, function: paris })]],
    [
      'the legacy function_call',
      [
        chunk({ function_call: { name: 'get_weather', arguments: '{"city":' } }),
        chunk({ function_call: { arguments: '"Paris"}' } }),
      ],
    ],
    [
      'arguments cut off',
      [tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: '{"city":"Paris"' } })],
    ],
    [
      'a single-quoted object',
      [tool({ index: 0, id: 'a', function: { name: 'get_weather', arguments: "{'city': 'Paris',}" } })],
    ],
  ])('have their tool calls put together: %s', async (_case, body) => {
    replay(...body, stop);
    const { toolCalls, finishReason } = await collect();
    expect(finishReason).toBe('tool_calls');
    expect(toolCalls).toHaveLength(1);
    expect(toolCalls[0]?.id).not.toBe('');
    expect(toolCalls[0]?.function.name).toBe('get_weather');
    expect(JSON.parse(toolCalls[0]?.function.arguments ?? '')).toEqual({ city: 'Paris' });
  });

  it.each([
    [
      'different ids at the same index',
      [
        tool({ index: 0, id: 'a', function: { name: 'x', arguments: '{}' } }),
        tool({ index: 0, id: 'b', function: { name: 'y', arguments: '{}' } }),
      ],
    ],
    [
      'several calls without an index',
      [
        tool({ id: 'a', function: { name: 'x', arguments: '{}' } }),
        tool({ id: 'b', function: { name: 'y', arguments: '{}' } }),
      ],
    ],
    [
      'interleaved pieces',
      [
        tool({ index: 0, id: 'a', function: { name: 'x' } }),
        tool({ index: 1, id: 'b', function: { name: 'y' } }),
        tool({ index: 0, function: { arguments: '{}' } }),
        tool({ index: 1, function: { arguments: null } }),
      ],
    ],
  ])('have their tool calls told apart: %s', async (_case, body) => {
    replay(...body, stop);
    expect((await collect()).toolCalls.map((call) => [call.function.name, call.function.arguments])).toEqual([
      ['x', '{}'],
      ['y', '{}'],
    ]);
  });

  it.each([
    ['reasoning', { reasoning: 'hm' }],
    ['a thinking part', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
    ['inline tags', { content: '<think>\nhm\n</think>' }],
  ])('have their reasoning found as %s', async (_case, delta) => {
    replay(chunk(delta), chunk({ content: 'ok' }), stop);
    expect(await collect()).toMatchObject({ reasoning: 'hm', text: 'ok' });
  });

  it('do not show reasoning that was switched off', async () => {
    replay(chunk({ content: '<think>hm</think>ok' }), stop);
    const result = await collect(
      { parameters: { enable_thinking: false } },
      { agent_thought_support: 'supported' },
    );
    expect(result).toMatchObject({ reasoning: '', text: 'ok' });
  });

  it('that are HTML are reported as no API', async () => {
    server.script({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><p>Welcome</p>',
    });
    await expect(collect()).rejects.toMatchObject({
      code: 'server_unavailable',
      upstream: expect.stringContaining('HTML'),
    });
  });

  it('that break off after the model stopped are complete', async () => {
    server.script({
      status: 200,
      body: [chunk({ content: 'hi' }), stop, ': never sent'],
      breakAfterChunks: 2,
    });
    expect(await collect()).toMatchObject({ text: 'hi', finishReason: 'stop' });
  });

  it('show what came in the same packet as an error before they fail', async () => {
    server.script({ status: 200, body: [`${chunk({ content: 'hi' })}data: {"error":{"message":"no"}}\n\n`] });
    const shown: string[] = [];
    const reading = (async () => {
      for await (const event of ask()) if (event.t === 'text') shown.push(event.v);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'invoke' });
    expect(shown).toEqual(['hi']);
  });

  it('leave the connection usable for the next call', async () => {
    const ports = new Set<string>();
    for (let call = 0; call < 5; call += 1) {
      expect((await collect({ messages: [{ role: 'user', content: 'Say hi' }] })).text).toBe('hi');
      ports.add(server.requests.at(-1)?.remotePort ?? '');
    }
    // The next call may begin before the last answer's end has been read: two connections take turns then.
    expect(ports.size).toBeLessThan(3);
  });

  it('that are empty are a failure', async () => {
    replay('data: [DONE]\n\n');
    await expect(collect()).rejects.toMatchObject({
      code: 'server_unavailable',
      upstream: 'the answer is empty',
    });
  });

  it('that stop coming are given up after the silence limit, naming it', async () => {
    server.script({ text: 'a b c', chunkDelayMs: 1000 });
    await expect(collect()).rejects.toMatchObject({
      code: 'connection',
      upstream: expect.stringContaining('0.4 s'),
    });
  });

  it('that trickle slower than the limit in total but not in silence are fine', async () => {
    server.script({ text: 'a b c d e f g', chunkDelayMs: 100 });
    expect((await collect()).text).toBe('a b c d e f g');
  });

  it('with an empty account do not count as a passing rate limit', async () => {
    server.script({
      status: 429,
      body: { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
    });
    await expect(collect()).rejects.toMatchObject({
      code: 'authorization',
      message: expect.stringContaining('exceeded your current quota'),
    });
  });
});

describe('requests', () => {
  const sent = async (more: Partial<LlmRequest>, credentials: Record<string, unknown> = {}) => {
    replay(chunk({ content: 'ok' }), stop);
    await collect(more, credentials);
    return server.requests.at(-1)?.json as Record<string, unknown>;
  };

  it.each([
    ['o3-mini', 'max_completion_tokens'],
    ['gpt-5-nano', 'max_completion_tokens'],
    ['llama-3', 'max_tokens'],
  ])('name the token limit as %s wants it: %s', async (model, field) => {
    expect(await sent({ model, parameters: { max_tokens: 9 } })).toHaveProperty(field, 9);
  });

  it.each([
    ['Unrecognized request argument supplied: stream_options', { stream: true }],
    ["'stream' does not support true with this model", { stream: false }],
  ])('are sent once more without what was refused: %s', async (message, expected) => {
    server.script(
      { status: 400, body: { error: { message } } },
      { body: { choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] } },
    );
    expect((await collect()).text).toBe('ok');
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.json).toMatchObject(expected);
    expect(server.requests[1]?.json).not.toHaveProperty('stream_options');
  });

  it('send thinking switches in extended mode only', async () => {
    const form = { agent_thought_support: 'supported' };
    expect(
      await sent({ parameters: { enable_thinking: true } }, { ...form, compatibility_mode: 'extended' }),
    ).toMatchObject({
      enable_thinking: true,
      thinking: { type: 'enabled' },
      chat_template_kwargs: { enable_thinking: true, thinking: true },
    });
    expect(await sent({ parameters: { enable_thinking: true } }, form)).not.toHaveProperty('enable_thinking');
  });

  it('carry extra headers, the other model name, and no key when there is none', async () => {
    const body = await sent(
      {},
      { api_key: '', endpoint_model_name: 'real-name', extra_headers: '{"X-Tenant": "a"}' },
    );
    expect(body['model']).toBe('real-name');
    expect(server.requests.at(-1)?.headers).toMatchObject({ 'x-tenant': 'a' });
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('hash the user id, or leave it out where the server takes none', async () => {
    expect((await sent({ user: 'alice' }))['user']).toBe(
      '2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90',
    );
    expect(await sent({ user: 'alice' }, { user_identity_support: 'no_support' })).not.toHaveProperty('user');
  });

  it('send four stop sequences and enforce the rest here, closing the connection', async () => {
    server.script({ text: ['one ', 'two ', 'S', 'IX ', 'three '], chunkDelayMs: 20 });
    const result = await collect({ stop: ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX'] });
    expect(result).toMatchObject({ text: 'one two ', finishReason: 'stop' });
    expect(server.requests[0]?.json).toMatchObject({ stop: ['ONE', 'TWO', 'THREE', 'FOUR'] });
    await expect.poll(() => server.requests[0]?.aborted).toBe(true);
  });

  it('leave out files that the model does not take, and say so', async () => {
    replay(chunk({ content: 'ok' }), stop);
    const image = {
      type: 'image' as const,
      format: 'png',
      mime_type: 'image/png',
      url: 'https://a.example/b.png',
      base64_data: '',
      filename: 'b.png',
    };
    const { warnings } = await collect({
      messages: [{ role: 'user', content: [image, { type: 'text', data: 'look' }] }],
    });
    expect(server.requests[0]?.json).toMatchObject({ messages: [{ role: 'user', content: 'look' }] });
    expect(warnings).toEqual(['m does not take image input; the file was left out']);
  });

  it('ask for a schema in the protocol where the model follows schemas, in words elsewhere', async () => {
    const jsonSchema = {
      type: 'object',
      properties: { a: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    };
    const answer = chunk({ content: '```json\n{"a": 1,}\n```' });
    replay(answer, stop);
    const inWords = await collect({ jsonSchema });
    expect(inWords.structuredOutput).toEqual({ a: 1 });
    expect(JSON.stringify(server.requests.at(-1)?.json)).toContain('JSON schema');
    replay(answer, stop);
    await collect({ jsonSchema }, { structured_output_support: 'supported' });
    expect(server.requests.at(-1)?.json).toMatchObject({
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'llm_response', strict: true, schema: jsonSchema },
      },
    });
    replay(chunk({ content: 'no idea' }), stop);
    await expect(collect({ jsonSchema })).rejects.toMatchObject({
      code: 'structured_output_invalid',
      result: { text: 'no idea' },
    });
  });

  it('to DeepSeek merge roles, turn the switch into an object and drop what thinking forbids', async () => {
    replay(chunk({ content: 'ok' }), stop);
    await collectLlm(
      runtime.streamLlm({
        provider: 'deepseek',
        model: 'deepseek-v4-flash',
        credentials: { api_key: 'k', endpoint_url: server.url },
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
          { role: 'assistant', content: 'c', opaque_body: { reasoning_content: 'r' } },
          { role: 'user', content: 'd' },
        ],
        parameters: { thinking: true, temperature: 0.3 },
        user: 'alice',
      }),
    );
    const body = server.requests[0]?.json;
    expect(body).toHaveProperty('messages', [
      { role: 'user', content: 'a\n\nb' },
      { role: 'assistant', content: 'c', reasoning_content: 'r' },
      { role: 'user', content: 'd' },
    ]);
    expect(body).toHaveProperty('thinking', { type: 'enabled' });
    expect(body).not.toHaveProperty('temperature');
    expect(body).toHaveProperty('user_id');
  });

  it('to OpenRouter gather reasoning in one object', async () => {
    replay(chunk({ content: 'ok' }), stop);
    await collectLlm(
      runtime.streamLlm({
        provider: 'openrouter',
        model: 'openai/gpt-5',
        credentials: { api_key: 'k', endpoint_url: server.url },
        messages: hello,
        parameters: { reasoning_effort: 'low', exclude_reasoning_tokens: true },
      }),
    );
    expect(server.requests[0]?.json).toMatchObject({ reasoning: { effort: 'low', exclude: true } });
    expect(server.requests[0]?.headers['x-title']).toBe('Trellis');
  });

  it('to Azure go to the deployment, or to the versionless address', async () => {
    const form = {
      auth_method: 'api_key',
      openai_api_key: 'az-key',
      base_model_name: 'gpt-4o',
      openai_api_version: '2024-10-21',
    };
    const call = (base: string) => ({
      provider: 'azure_openai',
      model: 'my-deploy',
      credentials: { ...form, openai_api_base: base },
      messages: hello,
    });
    replay(chunk({ content: 'ok' }), stop);
    await collectLlm(runtime.streamLlm(call(server.origin)));
    expect(server.requests[0]?.path).toBe(
      '/openai/deployments/my-deploy/chat/completions?api-version=2024-10-21',
    );
    expect(server.requests[0]?.headers['api-key']).toBe('az-key');
    replay(chunk({ content: 'ok' }), stop);
    await collectLlm(runtime.streamLlm(call(`${server.origin}/openai/v1/`)));
    expect(server.requests[1]?.path).toBe('/openai/v1/chat/completions');
  });
});
