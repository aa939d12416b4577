import { createFakeProvider, type FakeProvider } from '@trellis/fake-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createModelRuntime,
  createUndiciTransport,
  type LlmEvent,
  type LlmRequest,
  loadCatalogue,
  ModelCallAborted,
  ModelError,
  type ModelRuntime,
  type PromptMessage,
  type Transport,
} from '../index.ts';
import { anthropicFixture } from '../testing/fixtures/anthropic.ts';
import { geminiFixture } from '../testing/fixtures/gemini.ts';
import { ollamaFixture } from '../testing/fixtures/ollama.ts';
import { openAiChatFixture } from '../testing/fixtures/openai-chat.ts';
import { openAiCompletionFixture } from '../testing/fixtures/openai-completion.ts';
import { openAiResponsesFixture } from '../testing/fixtures/openai-responses.ts';
import type { WireFixture } from '../testing/wire-fixture.ts';

const fixtures = [
  openAiChatFixture,
  openAiCompletionFixture,
  openAiResponsesFixture,
  anthropicFixture,
  geminiFixture,
  ollamaFixture,
];

const catalogue = loadCatalogue();
let server: FakeProvider;
let transport: ReturnType<typeof createUndiciTransport>;
let runtime: ModelRuntime;

beforeAll(async () => {
  server = await createFakeProvider();
  transport = createUndiciTransport();
  runtime = createModelRuntime({ catalogue, transport });
});
afterEach(() => server.reset());
afterAll(async () => {
  await transport.close();
  await server.close();
});

const greeting: PromptMessage[] = [{ role: 'user', content: 'Hello' }];

/** The conversation that every fixture documents in its own form. */
const conversation: PromptMessage[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'text', data: 'What is this?' },
      {
        type: 'image',
        format: 'png',
        mime_type: 'image/png',
        url: '',
        base64_data: 'iVBORw==',
        filename: 'a.png',
        detail: 'high',
      },
    ],
  },
  {
    role: 'assistant',
    content: '',
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
  { role: 'user', content: 'And now?' },
];

const weatherTool = {
  name: 'get_weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

function requestOf(fixture: WireFixture, more: Partial<LlmRequest> = {}): LlmRequest {
  const { provider, model } = fixture;
  return { provider, model, credentials: fixture.credentials(server.origin), messages: greeting, ...more };
}

async function collect(stream: AsyncIterable<LlmEvent>): Promise<LlmEvent[]> {
  const events: LlmEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function resultOf(events: readonly LlmEvent[]) {
  const last = events.at(-1);
  if (last?.t !== 'done') throw new Error('The stream did not end with its result.');
  return last.result;
}

const joined = (events: readonly LlmEvent[], kind: 'text' | 'reasoning') =>
  events.map((event) => (event.t === kind ? event.v : '')).join('');

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
  'the %s adapter',
  (_name, fixture) => {
    const replay = (stream: readonly string[]) =>
      server.script({ status: 200, headers: { 'content-type': fixture.contentType }, body: stream });

    it('streams text with usage, calling the documented address with the documented key', async () => {
      replay(fixture.text.stream);
      const events = await collect(runtime.streamLlm(requestOf(fixture)));
      expect(joined(events, 'text')).toBe('Grüß Gott, 世界!');
      expect(events.filter((event) => event.t === 'text').length).toBeGreaterThan(2);
      const result = resultOf(events);
      expect(result).toMatchObject({ text: 'Grüß Gott, 世界!', finishReason: 'stop', estimated: false });
      expect(result.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 });
      expect(result.usage.time_to_first_token).not.toBeNull();
      const request = server.requests[0];
      expect(request?.path.split('?')[0]).toBe(fixture.path.stream);
      expect(request?.headers[fixture.authorization.name]).toBe(fixture.authorization.value);
    });

    it('reads the same answer in one piece', async () => {
      server.script({ status: 200, body: fixture.text.whole });
      const result = await runtime.invokeLlm(requestOf(fixture));
      expect(result).toMatchObject({ text: 'Grüß Gott, 世界!', finishReason: 'stop' });
      expect(result.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 6 });
      expect(result.usage.time_to_first_token).toBeNull();
      expect(server.requests[0]?.path.split('?')[0]).toBe(fixture.path.whole);
    });

    it('reads answers whose packets are cut after every byte', async () => {
      const bytes = Buffer.from(fixture.text.stream.join('').replaceAll('\n', '\r\n'));
      const trickling: Transport = {
        request: async () => ({
          status: 200,
          headers: { 'content-type': fixture.contentType },
          body: (async function* body() {
            for (const byte of bytes) yield Uint8Array.of(byte);
          })(),
        }),
      };
      const events = await collect(
        createModelRuntime({ catalogue, transport: trickling }).streamLlm(requestOf(fixture)),
      );
      expect(resultOf(events)).toMatchObject({ text: 'Grüß Gott, 世界!', usage: { total_tokens: 18 } });
    });

    it('sends the whole conversation as documented', async () => {
      replay(fixture.text.stream);
      const parameters = { temperature: 0.5, max_tokens: 100, max_output_tokens: 100, stop: ['END'] };
      await collect(
        runtime.streamLlm(requestOf(fixture, { messages: conversation, tools: [weatherTool], parameters })),
      );
      expect(server.requests[0]?.json).toEqual(fixture.conversation);
    });

    it('reports a wrong key without showing it', async () => {
      const { status, body } = fixture.unauthorized;
      server.script({ status, body });
      const failure = await collect(runtime.streamLlm(requestOf(fixture))).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ModelError);
      expect(failure).toMatchObject({ code: 'authorization', status });
      const key = fixture.authorization.value.replace('Bearer ', '');
      expect(
        JSON.stringify([failure, (failure as ModelError).message, (failure as ModelError).upstream]),
      ).not.toContain(key);
    });

    it('reports a rate limit with the wait that was asked for', async () => {
      const { status, body } = fixture.rateLimited;
      server.script({ status, body, headers: { 'retry-after': '7' } });
      const call = collect(runtime.streamLlm(requestOf(fixture)));
      await expect(call).rejects.toMatchObject({ code: 'rate_limit', status: 429, retryAfterMs: 7000 });
    });

    it.each([
      [400, 'bad_request'],
      [404, 'bad_request'],
      [500, 'server_unavailable'],
      [502, 'server_unavailable'],
      [529, 'server_unavailable'],
      [418, 'invoke'],
    ])('reports status %i as %s', async (status, code) => {
      server.script({ status, body: '<html>no</html>' });
      await expect(collect(runtime.streamLlm(requestOf(fixture)))).rejects.toMatchObject({ code, status });
    });

    it('fails on an error inside the stream and keeps what had arrived', async () => {
      replay(fixture.brokenStream);
      const failure = await collect(runtime.streamLlm(requestOf(fixture))).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: fixture.brokenCode, partial: { text: 'Gr' } });
      expect((failure as ModelError).partial?.usage.prompt_tokens).toBeGreaterThan(0);
    });

    it('fails when the connection breaks in the middle, and keeps what had arrived', async () => {
      const upToText = fixture.text.stream.findIndex((chunk) => chunk.includes('Grüß')) + 1;
      server.script({
        status: 200,
        headers: { 'content-type': fixture.contentType },
        body: fixture.text.stream,
        breakAfterChunks: upToText,
      });
      const failure = await collect(runtime.streamLlm(requestOf(fixture))).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'connection',
        partial: { text: 'Grüß', estimated: expect.any(Boolean) },
      });
    });

    it('closes the socket within a second when the call is aborted', async () => {
      server.script({
        status: 200,
        headers: { 'content-type': fixture.contentType },
        body: [...fixture.text.stream.slice(0, -1), ...Array<string>(20).fill('\n')],
        chunkDelayMs: 50,
      });
      const abort = new AbortController();
      let heard = '';
      const reading = (async () => {
        for await (const event of runtime.streamLlm(requestOf(fixture, { signal: abort.signal }))) {
          if (event.t !== 'text') continue;
          heard += event.v;
          abort.abort();
        }
      })();
      const failure = await reading.catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ModelCallAborted);
      expect((failure as ModelCallAborted).partial.text).toBe(heard);
      await expect.poll(() => server.requests[0]?.aborted, { timeout: 1000 }).toBe(true);
    });

    it('closes the socket when its reader leaves early', async () => {
      server.script({
        status: 200,
        headers: { 'content-type': fixture.contentType },
        body: [...fixture.text.stream.slice(0, -1), ...Array<string>(20).fill('\n')],
        chunkDelayMs: 50,
      });
      for await (const event of runtime.streamLlm(requestOf(fixture))) if (event.t === 'text') break;
      await expect.poll(() => server.requests[0]?.aborted, { timeout: 1000 }).toBe(true);
    });

    it.runIf(fixture.tools !== undefined)('puts tool calls together, streamed and in one piece', async () => {
      replay(fixture.tools?.stream ?? []);
      const streamed = resultOf(
        await collect(runtime.streamLlm(requestOf(fixture, { tools: [weatherTool] }))),
      );
      server.script({ status: 200, body: fixture.tools?.whole });
      const whole = await runtime.invokeLlm(requestOf(fixture, { tools: [weatherTool] }));
      for (const result of [streamed, whole]) {
        expect(result.finishReason).toBe('tool_calls');
        expect(
          result.toolCalls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
        ).toEqual([
          ['get_weather', { city: 'Paris' }],
          ['get_time', { zone: 'CET' }],
        ]);
        expect(new Set(result.toolCalls.map((call) => call.id)).size).toBe(2);
        expect(result.toolCalls.every((call) => call.id !== '')).toBe(true);
      }
    });

    it.runIf(fixture.reasoning !== undefined)(
      'keeps reasoning apart, with what has to be sent back',
      async () => {
        replay(fixture.reasoning?.stream ?? []);
        const events = await collect(runtime.streamLlm(requestOf(fixture)));
        expect(joined(events, 'reasoning')).toBe('Let me see.');
        expect(joined(events, 'text')).toBe('42');
        server.script({ status: 200, body: fixture.reasoning?.whole });
        const whole = await runtime.invokeLlm(requestOf(fixture));
        for (const result of [resultOf(events), whole]) {
          expect(result).toMatchObject({
            text: '42',
            reasoning: 'Let me see.',
            usage: { completion_tokens: 6 },
          });
          if (fixture.reasoningOpaque !== undefined)
            expect(result.opaqueBody).toEqual(fixture.reasoningOpaque);
        }
      },
    );
  },
);
