import { createFakeProvider, type FakeProvider } from '@trellis/fake-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  collectLlm,
  createModelRuntime,
  type LlmRequest,
  loadCatalogue,
  type PromptMessage,
} from '../index.ts';
import { anthropicFixture } from '../testing/fixtures/anthropic.ts';
import { geminiFixture } from '../testing/fixtures/gemini.ts';
import { ollamaFixture } from '../testing/fixtures/ollama.ts';
import { openAiResponsesFixture } from '../testing/fixtures/openai-responses.ts';
import type { WireFixture } from '../testing/wire-fixture.ts';
import { cleanSchema } from './gemini/request.ts';

const runtime = createModelRuntime({ catalogue: loadCatalogue() });
let server: FakeProvider;

beforeAll(async () => {
  server = await createFakeProvider();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const hello: PromptMessage[] = [{ role: 'user', content: 'Hello' }];

/** Sends one call with a fixture's credentials and returns the body and headers that arrived. */
async function send(fixture: WireFixture, model: string, more: Partial<LlmRequest>) {
  server.script({ status: 200, headers: { 'content-type': fixture.contentType }, body: fixture.text.stream });
  const credentials = fixture.credentials(server.origin);
  const result = await collectLlm(
    runtime.streamLlm({ provider: fixture.provider, model, credentials, messages: hello, ...more }),
  );
  const request = server.requests.at(-1);
  return { body: request?.json, headers: request?.headers ?? {}, result };
}

describe('Anthropic', () => {
  it('gets a thinking budget below the token limit, and no sampling beside it', async () => {
    const parameters = {
      thinking: true,
      thinking_budget: 9000,
      max_tokens: 4096,
      temperature: 0.5,
      top_k: 3,
    };
    const { body } = await send(anthropicFixture, 'claude-opus-4-5-20251101', { parameters });
    expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 9000 }, max_tokens: 9001 });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('top_k');
  });

  it('gets adaptive thinking with an effort for the models that decide themselves', async () => {
    const parameters = {
      thinking: true,
      thinking_display: 'summarized',
      effort: 'low',
      task_budget: 5000,
      max_tokens: 100,
    };
    const { body, headers } = await send(anthropicFixture, 'claude-opus-5', { parameters });
    expect(body).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'low', task_budget: { type: 'tokens', total: 5000 } },
      max_tokens: 100,
    });
    expect(headers['anthropic-beta']).toBe('task-budgets-2026-03-13');
  });

  it('always gets a token limit, from the definition when the app sets none', async () => {
    const { body } = await send(anthropicFixture, 'claude-3-haiku-20240307', {});
    expect(body).toMatchObject({ max_tokens: 4096 });
  });

  it('gets at most four cache marks, the system text and the latest messages first', async () => {
    const long = (name: string): PromptMessage => ({
      role: 'user',
      content: `${name} ${'word '.repeat(30)}`,
    });
    const answer: PromptMessage = { role: 'assistant', content: 'ok' };
    const messages: PromptMessage[] = [
      { role: 'system', content: 'Plain.<cache>Long rules.</cache>' },
      ...['a', 'b', 'c', 'd', 'e'].flatMap((name) => [long(name), answer]),
      long('f'),
    ];
    const parameters = {
      prompt_caching_message_flow: 20,
      prompt_caching_system_message: true,
      max_tokens: 10,
    };
    const { body } = await send(anthropicFixture, 'claude-sonnet-4-6', { messages, parameters });
    const wire = body as { system: object[]; messages: { content: object[] }[] };
    expect(wire.system.map((block) => 'cache_control' in block)).toEqual([false, true]);
    const marked = wire.messages.filter((message) =>
      message.content.some((block) => 'cache_control' in block),
    );
    expect(marked.map((message) => JSON.stringify(message).slice(0, 60).includes('word'))).toHaveLength(3);
    expect(wire.messages.at(-1)).toBe(marked.at(-1));
  });

  it('gets its thinking back with the results of tools', async () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' };
    const messages: PromptMessage[] = [
      ...hello,
      {
        role: 'assistant',
        content: 'I look.',
        opaque_body: { thinking_blocks: [thinking] },
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'x', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: 'r' },
    ];
    const { body } = await send(anthropicFixture, 'claude-sonnet-4-6', { messages });
    expect(body).toHaveProperty('messages.1.content', [
      thinking,
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 't1', name: 'x', input: {} },
    ]);
  });

  it('reports all prompt tokens, and bills the cache by its multiples', async () => {
    const { result } = await send(anthropicFixture, 'claude-haiku-4-5-20251001', {});
    expect(result.usage).toMatchObject({ prompt_tokens: 12, prompt_unit_price: '1' });
    // 9 at 1, 2 written at 1.25, 1 read at 0.1 per million; each part rounded to 7 decimals.
    expect(result.usage.prompt_price).toBe('0.0000116');
    expect(result.tokens).toMatchObject({ cached: 1, cacheWrite: 2 });
  });

  it('is made to answer in a code block where an app asks for JSON, whose fences are not shown', async () => {
    const answer = ['```json\n{"a"', ': 1}\n', '``', '`'].map(
      (text) =>
        `data: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`,
    );
    const end = `data: ${JSON.stringify({ type: 'message_delta', delta: { stop_reason: 'stop_sequence' }, usage: { output_tokens: 4 } })}\n\n`;
    server.script({ status: 200, body: [...answer, end] });
    const credentials = anthropicFixture.credentials(server.origin);
    const parameters = { response_format: 'JSON', max_tokens: 100 };
    const result = await collectLlm(
      runtime.streamLlm({
        provider: 'anthropic',
        model: 'claude-sonnet-4-6',
        credentials,
        messages: hello,
        parameters,
      }),
    );
    expect(result.text).toBe('{"a": 1}');
    expect(server.requests[0]?.json).toMatchObject({
      stop_sequences: ['\n```', '```\n'],
      system: [{ text: expect.stringContaining('JSON') }],
      messages: [{ role: 'user', content: [{ text: 'Hello\n```JSON\n' }] }],
    });
  });
});

describe('Gemini', () => {
  it('gets its thinking, media, schema and built-in tools where the API wants them', async () => {
    const parameters = {
      include_thoughts: true,
      media_resolution: 'Low',
      thinking_level: 'High',
      grounding: true,
      service_tier: 'flex',
      max_output_tokens: 50,
      json_schema:
        '{"type":"object","properties":{"a":{"type":"string","default":"x"}},"additionalProperties":false}',
    };
    const { body } = await send(geminiFixture, 'gemini-3.5-flash', { parameters });
    expect(body).toMatchObject({
      generationConfig: {
        maxOutputTokens: 50,
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true },
        responseMimeType: 'application/json',
        responseSchema: { type: 'object', properties: { a: { type: 'string' } } },
      },
      tools: [{ google_search: {} }],
      serviceTier: 'flex',
    });
  });

  it.each([
    [{ thinking_mode: false, thinking_budget: 900 }, 0],
    [{ thinking_mode: true }, -1],
    [{ thinking_mode: true, thinking_budget: 900 }, 900],
  ])('with %j thinks with a budget of %i', async (parameters, thinkingBudget) => {
    const { body } = await send(geminiFixture, 'gemini-2.5-flash', { parameters });
    expect(body).toHaveProperty('generationConfig.thinkingConfig.thinkingBudget', thinkingBudget);
  });

  it('gets schemas without what it refuses, references resolved', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: { title: { $ref: '#/$defs/T' }, kind: { const: 'k', type: 'string' } },
      additionalProperties: false,
      $defs: { T: { type: 'array', items: { type: 'string', default: 'd' } } },
    };
    expect(cleanSchema(schema)).toEqual({
      type: 'object',
      properties: {
        title: { type: 'array', items: { type: 'string' } },
        kind: { type: 'string', enum: ['k'] },
      },
    });
  });

  it('that blocks a prompt or an answer fails with the reason', async () => {
    const call = () =>
      collectLlm(
        runtime.streamLlm({
          provider: 'google',
          model: 'gemini-2.5-flash',
          credentials: geminiFixture.credentials(server.origin),
          messages: hello,
        }),
      );
    server.script({ status: 200, body: ['data: {"promptFeedback":{"blockReason":"SAFETY"}}\n\n'] });
    await expect(call()).rejects.toMatchObject({
      code: 'bad_request',
      upstream: expect.stringContaining('SAFETY'),
    });
    server.script({ status: 200, body: ['data: {"candidates":[{"finishReason":"SAFETY"}]}\n\n'] });
    await expect(call()).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('gets the signatures of its thoughts back with the calls they belong to', async () => {
    const messages: PromptMessage[] = [
      ...hello,
      {
        role: 'assistant',
        content: null,
        opaque_body: { thought_signatures: { c1: 'sig' } },
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'x', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"ok":true}' },
    ];
    const { body } = await send(geminiFixture, 'gemini-2.5-flash', { messages });
    expect(body).toHaveProperty('contents.1.parts', [
      { functionCall: { name: 'x', args: {} }, thoughtSignature: 'sig' },
    ]);
    expect(body).toHaveProperty('contents.2.parts', [
      { functionResponse: { name: 'x', response: { ok: true } } },
    ]);
  });
});

describe('OpenAI Responses', () => {
  it('gets reasoning, verbosity and schema where the API wants them, and nothing it refuses', async () => {
    const parameters = {
      max_tokens: 50,
      reasoning_effort: 'low',
      verbosity: 'high',
      response_format: 'json_schema',
      json_schema: '{"name":"n","schema":{"type":"object"}}',
      temperature: 0.2,
      service_tier: 'flex',
    };
    const { body } = await send(openAiResponsesFixture, 'gpt-5', { parameters, stop: ['X'] });
    expect(body).toMatchObject({
      max_output_tokens: 50,
      reasoning: { effort: 'low' },
      text: { verbosity: 'high', format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
      service_tier: 'flex',
      include: ['reasoning.encrypted_content'],
      store: false,
    });
    expect(body).not.toHaveProperty('temperature');
    expect(body).not.toHaveProperty('stop');
  });

  it('enforces stop sequences here, since the API takes none', async () => {
    const { result } = await send(openAiResponsesFixture, 'gpt-4o-mini', { stop: ['Gott'] });
    expect(result).toMatchObject({ text: 'Grüß ', finishReason: 'stop' });
  });

  it('is not streamed where an organisation may not, and still yields events', async () => {
    server.script({ status: 200, body: openAiResponsesFixture.text.whole });
    const credentials = openAiResponsesFixture.credentials(server.origin);
    const request = {
      provider: 'openai',
      model: 'gpt-5',
      credentials,
      messages: hello,
      parameters: { enable_stream: false },
    };
    const result = await collectLlm(runtime.streamLlm(request));
    expect(result.text).toBe('Grüß Gott, 世界!');
    expect(server.requests[0]?.json).toMatchObject({ stream: false });
  });
});

describe('Ollama', () => {
  it('always gets a context window, and format, thinking and keep-alive beside the options', async () => {
    const parameters = {
      think: true,
      keep_alive: '5m',
      json_schema: '{"type":"object"}',
      top_k: 5,
      num_ctx: 9000,
    };
    const { body } = await send(ollamaFixture, 'qwen3:8b', { parameters });
    expect(body).toMatchObject({
      think: true,
      keep_alive: '5m',
      format: { type: 'object' },
      options: { top_k: 5, num_ctx: 9000 },
    });
  });

  it('gets files as data; one given by its address is left out with a warning', async () => {
    const image = {
      type: 'image' as const,
      format: 'png',
      mime_type: 'image/png',
      filename: 'a.png',
      url: '',
      base64_data: '',
    };
    const content = [
      { ...image, base64_data: 'iVBORw==' },
      { ...image, url: 'https://a.example/a.png' },
      { type: 'text' as const, data: 'look' },
    ];
    const { body, result } = await send(ollamaFixture, 'qwen3:8b', { messages: [{ role: 'user', content }] });
    expect(body).toHaveProperty('messages', [{ role: 'user', content: 'look', images: ['iVBORw=='] }]);
    expect(result.warnings).toEqual([
      'qwen3:8b takes the data of files only; a file given by its address was left out',
    ]);
  });

  it('completes prompts by its generate endpoint', async () => {
    server.script({
      status: 200,
      headers: { 'content-type': 'application/x-ndjson' },
      body: [
        '{"response":"Hi","done":false}\n',
        '{"response":"","done":true,"done_reason":"length","prompt_eval_count":1,"eval_count":1}\n',
      ],
    });
    const credentials = { ...ollamaFixture.credentials(server.origin), mode: 'completion' };
    const result = await collectLlm(
      runtime.streamLlm({ provider: 'ollama', model: 'm', credentials, messages: hello }),
    );
    expect(result).toMatchObject({ text: 'Hi', finishReason: 'length', usage: { total_tokens: 2 } });
    expect(server.requests[0]).toMatchObject({ path: '/api/generate', json: { prompt: 'Hello' } });
  });
});
