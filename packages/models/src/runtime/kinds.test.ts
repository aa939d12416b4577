/** What every model that is no language model must do, one suite per kind over every wire format that it has. */

import { createFakeProvider, type FakeProvider, type ScriptedReply } from '@trellis/fake-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createModelRuntime, createUndiciTransport, loadCatalogue, type ModelRuntime } from '../index.ts';

const key = 'sk-of-this-suite-0123456789';
let server: FakeProvider;
let transport: ReturnType<typeof createUndiciTransport>;
let runtime: ModelRuntime;

beforeAll(async () => {
  server = await createFakeProvider();
  transport = createUndiciTransport();
  runtime = createModelRuntime({ catalogue: loadCatalogue(), transport });
});
afterEach(() => server.reset());
afterAll(async () => {
  await transport.close();
  await server.close();
});

/** A provider's way to call a kind of model. */
interface Format {
  name: string;
  provider: string;
  model: string;
  credentials: () => Record<string, string>;
  /** Where the call goes. */
  path: string;
  /** The header that carries the key; none where servers ask for none. */
  header?: { name: string; value: string };
  /** The answer that the provider documents. */
  answer: ScriptedReply;
}

const bearer = { name: 'authorization', value: `Bearer ${key}` };
const openAi = {
  provider: 'openai',
  credentials: () => ({ openai_api_key: key, openai_api_base: server.url }),
  header: bearer,
};
const compatible = {
  provider: 'openai_api_compatible',
  model: 'mine',
  credentials: () => ({ endpoint_url: server.url, api_key: key }),
  header: bearer,
};
const vectors = {
  body: {
    data: [
      { index: 0, embedding: [3, 4] },
      { index: 1, embedding: [0, 2] },
    ],
    usage: { prompt_tokens: 4, total_tokens: 4 },
  },
};
const flagged = { body: { results: [{ flagged: true }] } };
const sound = { headers: { 'content-type': 'audio/mpeg' }, body: 'sound' };

/** A kind of model: how it is called, what comes of the documented answer, and its formats. */
interface Kind {
  kind: string;
  call: (format: Format, signal?: AbortSignal) => Promise<unknown>;
  result: unknown;
  formats: readonly Format[];
}

const requestOf = ({ provider, model, credentials }: Format, signal?: AbortSignal) => ({
  provider,
  model,
  credentials: credentials(),
  ...(signal ? { signal } : {}),
});

const kinds: readonly Kind[] = [
  {
    kind: 'embedding',
    call: async (format, signal) => {
      const { embeddings } = await runtime.embed({ ...requestOf(format, signal), texts: ['a', 'b'] });
      return embeddings.map((vector) => vector.map((number) => Math.round(number * 100) / 100));
    },
    // Of length 1, in the order of the texts.
    result: [
      [0.6, 0.8],
      [0, 1],
    ],
    formats: [
      { name: 'OpenAI', ...openAi, model: 'text-embedding-3-small', path: '/v1/embeddings', answer: vectors },
      {
        name: 'compatible servers',
        ...compatible,
        credentials: () => ({ endpoint_url: server.url, api_key: key, max_chunks: '9' }),
        path: '/v1/embeddings',
        answer: vectors,
      },
      {
        name: 'Gemini',
        provider: 'google',
        model: 'gemini-embedding-001',
        credentials: () => ({ google_api_key: key, google_base_url: server.origin }),
        header: { name: 'x-goog-api-key', value: key },
        path: '/v1beta/models/gemini-embedding-001:batchEmbedContents',
        answer: { body: { embeddings: [{ values: [3, 4] }, { values: [0, 2] }] } },
      },
      {
        name: 'Ollama',
        provider: 'ollama',
        model: 'nomic-embed-text',
        credentials: () => ({ base_url: server.origin, max_chunks: '9' }),
        path: '/api/embed',
        answer: {
          body: {
            embeddings: [
              [3, 4],
              [0, 2],
            ],
          },
        },
      },
    ],
  },
  {
    kind: 'reranking',
    call: async (format, signal) => {
      const documents = ['red', 'green'];
      const ranked = await runtime.rerank({ ...requestOf(format, signal), query: 'leaf', documents });
      return ranked.map(({ index, text, score }) => [index, text, score]);
    },
    result: [
      [1, 'green', 0.9],
      [0, 'red', 0.1],
    ],
    formats: ['results', 'data'].map((list) => ({
      name: `servers that answer with ${list}`,
      ...compatible,
      path: '/v1/rerank',
      answer: {
        body: {
          [list]: [
            { index: 0, relevance_score: 0.1 },
            { index: 1, relevance_score: 0.9 },
          ],
        },
      },
    })),
  },
  {
    kind: 'speech to text',
    call: (format, signal) =>
      runtime.transcribe({
        ...requestOf(format, signal),
        audio: Buffer.from('sound'),
        filename: 'a.mp3',
        mimeType: 'audio/mpeg',
      }),
    result: 'What was said',
    formats: [
      { name: 'OpenAI', ...openAi, model: 'whisper-1' },
      { name: 'compatible servers', ...compatible },
    ].map((format) => ({
      ...format,
      path: '/v1/audio/transcriptions',
      answer: { body: { text: 'What was said' } },
    })),
  },
  {
    kind: 'text to speech',
    call: async (format, signal) => {
      const { audio } = runtime.speak({ ...requestOf(format, signal), text: 'Say it' });
      const pieces: Uint8Array[] = [];
      for await (const piece of audio) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    },
    result: 'sound',
    formats: [
      { name: 'OpenAI', ...openAi, model: 'tts-1' },
      { name: 'compatible servers', ...compatible },
    ].map((format) => ({ ...format, path: '/v1/audio/speech', answer: sound })),
  },
  {
    kind: 'moderation',
    call: (format, signal) => runtime.moderate({ ...requestOf(format, signal), text: 'A text' }),
    result: true,
    formats: [
      { name: 'OpenAI', ...openAi, model: 'omni-moderation-latest' },
      { name: 'compatible servers', ...compatible },
    ].map((format) => ({ ...format, path: '/v1/moderations', answer: flagged })),
  },
];

describe.each(kinds)('$kind', ({ call, result, formats }) => {
  describe.each(formats)('of $name', (format) => {
    it('calls the documented address with the key and reads the documented answer', async () => {
      server.script(format.answer);
      expect(await call(format)).toEqual(result);
      const [request] = server.requests;
      expect([request?.method, request?.path.split('?')[0]]).toEqual(['POST', format.path]);
      if (format.header) expect(request?.headers[format.header.name]).toBe(format.header.value);
    });

    it.each([
      [400, 'bad_request'],
      [401, 'authorization'],
      [429, 'rate_limit'],
      [503, 'server_unavailable'],
    ])('reports status %i as %s, without the key', async (status, code) => {
      server.script({ status, body: { error: { message: `refused, ${key}` } }, times: 20 });
      const error = await call(format).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ name: 'ModelError', code, status });
      expect(String((error as Error).message)).not.toContain(key);
    });

    it('reports a server that is not there', async () => {
      const [field] = Object.entries(format.credentials()).find(([, value]) => value.startsWith('http')) ?? [
        '',
      ];
      const nowhere = {
        ...format,
        credentials: () => ({ ...format.credentials(), [field]: 'http://127.0.0.1:9/v1' }),
      };
      await expect(call(nowhere)).rejects.toMatchObject({ name: 'ModelError', code: 'connection' });
    });

    it('ends when its caller gives up', async () => {
      server.script({ ...format.answer, delayMs: 5_000 });
      const giveUp = new AbortController();
      const calling = call(format, giveUp.signal);
      calling.catch(() => undefined);
      await expect.poll(() => server.requests.length, { timeout: 5_000 }).toBe(1);
      giveUp.abort();
      await expect(calling).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
});
