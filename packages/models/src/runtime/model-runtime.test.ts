import { createFakeProvider, createLocalTransport, type FakeProvider } from '@trellis/fake-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createModelRuntime, loadCatalogue, splitSentences, type Transport, voicesOf } from '../index.ts';
import { baseUrlOf } from './endpoint.ts';

const catalogue = loadCatalogue();
let server: FakeProvider;
const runtime = createModelRuntime({
  catalogue,
  localTransports: { demo: createLocalTransport({ chunkDelayMs: 0 }) },
});

beforeAll(async () => {
  server = await createFakeProvider();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const compatible = (more: Record<string, unknown> = {}) => ({
  provider: 'openai_api_compatible',
  model: 'm',
  credentials: { endpoint_url: server.url, api_key: 'secret-key-1', ...more },
});
const demo = { provider: 'trellis/demo/demo', credentials: {} };

describe('embedding', () => {
  it('splits texts by what the model takes at once, in order, as vectors of length 1', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e'];
    const { embeddings, usage } = await runtime.embed({ ...compatible({ max_chunks: '2' }), texts });
    expect(server.requests.map((request) => (request.json as { input: string[] }).input)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect(embeddings).toHaveLength(5);
    for (const vector of embeddings) expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    expect(usage).toMatchObject({ tokens: 5, total_tokens: 5, currency: 'USD' });
  });

  it('sorts answers that come out of order and reads base64', async () => {
    const base64 = Buffer.from(new Float32Array([0, 2]).buffer).toString('base64');
    server.script({
      body: {
        data: [
          { index: 1, embedding: base64 },
          { index: 0, embedding: [3, 0] },
        ],
      },
    });
    const { embeddings, usage } = await runtime.embed({
      ...compatible({ max_chunks: '9' }),
      texts: ['x', 'y'],
    });
    expect(embeddings).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(usage.tokens).toBe(2);
  });

  it.each([
    ['too few vectors', { data: [{ index: 0, embedding: [1] }] }],
    [
      'different dimensions',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 1, embedding: [1, 2] },
        ],
      },
    ],
    ['an error with status 200', { error: { message: 'overloaded', code: 'server_error' } }],
  ])('refuses %s', async (_case, body) => {
    server.script({ body });
    const call = runtime.embed({ ...compatible({ max_chunks: '9' }), texts: ['x', 'y'] });
    await expect(call).rejects.toMatchObject({ code: 'server_unavailable' });
  });

  it('cuts over-long texts and puts the prefix of its kind before them', async () => {
    await runtime.embed({
      ...compatible({ context_size: '10', query_prefix: 'query: ' }),
      texts: ['word '.repeat(100)],
      inputType: 'query',
    });
    expect(server.requests[0]?.json).toMatchObject({
      input: [expect.stringMatching(/^query: word[word ]{20,60}$/u)],
    });
  });

  it.each([
    [
      'google',
      'gemini-embedding-001',
      'google_base_url',
      { embeddings: [{ values: [0, 5] }] },
      '/v1beta/models/gemini-embedding-001:batchEmbedContents',
    ],
    ['ollama', 'nomic-embed-text', 'base_url', { embeddings: [[0, 5]], prompt_eval_count: 3 }, '/api/embed'],
  ])('speaks the format of %s', async (provider, model, field, body, path) => {
    server.script({ body });
    const { embeddings } = await runtime.embed({
      provider,
      model,
      credentials: { [field]: server.origin },
      texts: ['x'],
    });
    expect(embeddings).toEqual([[0, 1]]);
    expect(server.requests[0]?.path).toBe(path);
  });
});

describe('reranking', () => {
  const documents = ['red', 'green', 'blue'];
  const rank = (more: object = {}) => runtime.rerank({ ...compatible(), query: 'q', documents, ...more });

  it.each([
    [
      'results with relevance_score',
      {
        results: [
          { index: 2, relevance_score: 0.2 },
          { index: 0, relevance_score: 0.9 },
        ],
      },
      [0.9, 0.2],
    ],
    [
      'data with score',
      {
        data: [
          { index: 2, score: 0.2 },
          { index: 0, score: 0.9 },
        ],
      },
      [0.9, 0.2],
    ],
    [
      'a bare list',
      [
        { index: 2, score: 0.2 },
        { index: 0, score: 0.9 },
      ],
      [0.9, 0.2],
    ],
    [
      'logits',
      {
        rankings: [
          { index: 2, logit: -1 },
          { index: 0, logit: 3 },
        ],
      },
      [0.9526, 0.2689],
    ],
  ])(
    'reads %s, best first, with scores from 0 to 1 that are never stretched',
    async (_case, body, scores) => {
      server.script({ body });
      const ranked = await rank();
      expect(ranked.map((item) => [item.index, item.text])).toEqual([
        [0, 'red'],
        [2, 'blue'],
      ]);
      ranked.forEach((item, position) => {
        expect(item.score).toBeCloseTo(scores[position] ?? -1, 3);
      });
    },
  );

  it('applies threshold and limit, and does not send a limit that is not set', async () => {
    const results = [0.9, 0.5, 0.1].map((score, index) => ({ index, relevance_score: score }));
    server.script({ body: { results }, times: 2 });
    expect(await rank({ scoreThreshold: 0.3 })).toHaveLength(2);
    expect(server.requests[0]?.json).not.toHaveProperty('top_n');
    expect(await rank({ topN: 1 })).toHaveLength(1);
    expect(server.requests[1]?.json).toMatchObject({ top_n: 1 });
  });

  it('calls nobody for no documents, and names a server that sends no score', async () => {
    expect(await rank({ documents: [] })).toEqual([]);
    expect(server.requests).toHaveLength(0);
    server.script({ body: { results: [{ index: 0, relevance_score: null }] } });
    await expect(rank()).rejects.toMatchObject({
      code: 'server_unavailable',
      message: expect.stringContaining('no usable score'),
    });
  });
});

describe('speech and moderation', () => {
  it('of the demo provider works without a socket, there and back', async () => {
    const { mimeType, audio } = runtime.speak({ ...demo, model: 'demo-speech', text: 'Good morning' });
    const pieces: Uint8Array[] = [];
    for await (const piece of audio) pieces.push(piece);
    expect(mimeType).toBe('audio/mpeg');
    const heard = await runtime.transcribe({
      ...demo,
      model: 'demo-transcribe',
      audio: Buffer.concat(pieces),
      filename: 'a.mp3',
      mimeType,
    });
    expect(heard).toBe('Good morning');
  });

  it('refuses audio that is too large or of a kind that the model does not take', async () => {
    const base = {
      provider: 'openai',
      model: 'whisper-1',
      credentials: { openai_api_key: 'k' },
      mimeType: 'audio/mpeg',
    };
    await expect(
      runtime.transcribe({ ...base, audio: Buffer.alloc(26 * 1024 * 1024), filename: 'a.mp3' }),
    ).rejects.toMatchObject({ code: 'bad_request' });
    await expect(
      runtime.transcribe({ ...base, audio: Buffer.alloc(1), filename: 'a.exe' }),
    ).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('speaks long texts sentence group by sentence group', () => {
    expect(splitSentences('One. Two! 三。Four', 10)).toEqual(['One. Two!', '三。Four']);
    expect(splitSentences('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(splitSentences('  ', 4)).toEqual([]);
  });

  it('lists voices by language', () => {
    const schema = catalogue.modelSchema({ provider: 'openai', type: 'tts', model: 'tts-1' });
    expect(voicesOf(schema, 'en-US')[0]).toEqual({ name: 'Alloy', value: 'alloy' });
    expect(voicesOf(schema, 'xx')).toEqual([]);
  });

  it('judges long texts in pieces, flagged when one piece is', async () => {
    const call = (text: string) => runtime.moderate({ ...compatible(), text });
    expect(await call(`${'fine '.repeat(600)} kill`)).toBe(true);
    expect(await call('fine')).toBe(false);
    expect(server.requests).toHaveLength(3);
  });
});

describe('live checks of credentials', () => {
  it.each(['llm', 'text-embedding', 'rerank', 'tts', 'moderation', 'speech2text'] as const)(
    'call a %s model once and pass',
    async (type) => {
      await runtime.validateModel({ ...compatible(), type });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('ask the model that the credentials name, with a ping of a few tokens', async () => {
    const credentials = {
      openai_api_key: 'sk-test',
      openai_api_base: server.url,
      validate_model: 'mine',
      api_protocol: 'chat',
    };
    await runtime.validateProvider({ provider: 'openai', credentials });
    expect(server.requests[0]?.json).toMatchObject({
      model: 'mine',
      max_tokens: 5,
      messages: [{ role: 'user', content: 'ping' }],
    });
  });

  it('send the Responses API no fewer tokens than it takes', async () => {
    const credentials = { openai_api_key: 'sk-test', openai_api_base: server.url };
    await runtime.validateProvider({ provider: 'openai', credentials });
    expect(server.requests.map((request) => request.json)).toMatchObject([
      { model: 'gpt-4o-mini', max_output_tokens: 16 },
    ]);
  });

  it('point at the usual mistake when a local address cannot be reached', async () => {
    const call = runtime.validateModel({
      ...compatible({ endpoint_url: 'http://127.0.0.1:1/v1' }),
      type: 'llm',
    });
    await expect(call).rejects.toThrow('host.docker.internal');
  });

  it('pass for providers that have nothing to check', async () => {
    await runtime.validateProvider(demo);
    await runtime.validateProvider({ provider: 'ollama', credentials: {} });
    expect(server.requests).toHaveLength(0);
  });

  it('say what the provider said and where it was asked, without the secret', async () => {
    server.script({ status: 404, body: { error: { message: 'no such model for secret-key-1' } } });
    const failure = await runtime
      .validateModel({ ...compatible(), type: 'llm' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'credentials_invalid', status: 404 });
    const text = String((failure as Error).message);
    expect(text).toContain('404: no such model for ***');
    expect(text).toContain(`${server.url}/chat/completions`);
    expect(text).not.toContain('secret-key-1');
  });

  it('keep a password that stands in the address to themselves', async () => {
    server.script({ status: 404, body: '' });
    const endpoint = server.url.replace('http://', 'http://admin:hunter22@');
    const failure = await runtime
      .validateModel({ ...compatible({ endpoint_url: endpoint }), type: 'llm' })
      .catch((error: unknown) => String(error));
    expect(failure).toContain(`${server.url}/chat/completions`);
    expect(failure).not.toContain('hunter22');
  });

  it('show why a key was refused, which calls keep to themselves', async () => {
    server.script({ status: 401, body: { error: { message: 'key expired' } } });
    await expect(runtime.validateModel({ ...compatible(), type: 'llm' })).rejects.toThrow('key expired');
  });

  it('try once more as the refusal suggests', async () => {
    server.script({
      status: 400,
      body: { error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'." } },
    });
    await runtime.validateModel({ ...compatible(), type: 'llm' });
    expect(server.requests[1]?.json).toMatchObject({ max_completion_tokens: 16 });
  });
});

describe('addresses', () => {
  const openai = catalogue.provider('openai');
  it.each([
    ['https://api.openai.com', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1'],
    ['https://proxy.example/openai', 'https://proxy.example/openai/v1'],
    ['https://proxy.example/v1/chat/completions', 'https://proxy.example/v1'],
    ['https://open.bigmodel.cn/api/paas/v4', 'https://open.bigmodel.cn/api/paas/v4'],
  ])('%s is read as %s', (given, expected) => {
    expect(baseUrlOf(openai, { openai_api_base: given })).toBe(expected);
  });

  it.each(['file:///etc/passwd', 'api.openai.com', 'javascript:alert(1)'])('%s is refused', (given) => {
    expect(() => baseUrlOf(openai, { openai_api_base: given })).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  });

  it('lists what a server has', async () => {
    const models = await runtime.listRemoteModels(compatible());
    expect(models).toContainEqual({ id: 'demo-chat', contextSize: null, known: false });
  });
});

describe('connections', () => {
  it('that were reset before any answer are tried once more', async () => {
    let calls = 0;
    const flaky: Transport = {
      request: async () => {
        calls += 1;
        if (calls === 1) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: (async function* body() {
            yield Buffer.from('{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}');
          })(),
        };
      },
    };
    const result = await createModelRuntime({ catalogue, transport: flaky }).invokeLlm({
      ...compatible(),
      messages: [{ role: 'user', content: 'x' }],
    });
    expect([result.text, calls]).toEqual(['ok', 2]);
  });

  it('that are refused are a connection error with the reason', async () => {
    const request = {
      ...compatible({ endpoint_url: 'http://127.0.0.1:1/v1' }),
      messages: [{ role: 'user' as const, content: 'x' }],
    };
    await expect(runtime.invokeLlm(request)).rejects.toMatchObject({
      code: 'connection',
      apiCode: 'completion_request_error',
    });
  });

  it('are not opened for a call that was aborted before', async () => {
    const signal = AbortSignal.abort();
    await expect(
      runtime.invokeLlm({ ...compatible(), messages: [{ role: 'user', content: 'x' }], signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toHaveLength(0);
  });
});

it('fetches an access token once for Azure with a service principal', async () => {
  const seen: string[] = [];
  const transport: Transport = {
    request: async (url, { headers }) => {
      seen.push(url);
      const answer = url.startsWith('https://login.microsoftonline.com/t1/')
        ? '{"access_token":"tok","expires_in":3600}'
        : `{"choices":[{"message":{"content":"${headers['authorization']}"},"finish_reason":"stop"}]}`;
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: (async function* body() {
          yield Buffer.from(answer);
        })(),
      };
    },
  };
  const azure = createModelRuntime({ catalogue, transport });
  const request = {
    provider: 'azure_openai',
    model: 'd',
    credentials: {
      openai_api_base: 'https://x.openai.azure.com',
      auth_method: 'entra_id_service_principal',
      azure_client_id: 'c',
      azure_tenant_id: 't1',
      azure_client_secret: 's3cret',
      base_model_name: 'gpt-4o',
    },
    messages: [{ role: 'user' as const, content: 'x' }],
  };
  expect((await azure.invokeLlm(request)).text).toBe('Bearer tok');
  await azure.invokeLlm(request);
  expect(seen.filter((url) => url.includes('login'))).toHaveLength(1);
});
