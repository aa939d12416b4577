import { describe, expect, test } from 'vitest';
import { FakeFiles, FakeHttp, type FakeWeb, runNode, type TestNodeOptions } from '../../testing/index.ts';
import { fileValue } from '../../values/file.ts';
import { repairJson } from './repair-json.ts';

/** Sends a request; gives what went out and what became of the node. */
async function send(
  data: Readonly<Record<string, unknown>>,
  options: TestNodeOptions & { web?: FakeWeb } = {},
) {
  const http = new FakeHttp(options.web);
  const files = new FakeFiles({ 'a.txt': 'file content' });
  const result = await runNode(
    { type: 'http-request', method: 'post', url: 'https://api.example/x', ...data },
    { ...options, ports: { http, files, ...options.ports } },
  );
  const request = http.requests[0];
  const header = (name: string) => request?.headers.find(([key]) => key.toLowerCase() === name)?.[1];
  return {
    result,
    request,
    header,
    files,
    body: request?.body == null ? null : Buffer.from(request.body).toString(),
  };
}
const text = (key: string, value: string) => ({ key, type: 'text', value });
const errorType = (result: { outputs: Readonly<Record<string, unknown>> | null }) =>
  result.outputs?.['error_type'];

describe('http-request', () => {
  test('resolves address, parameters and headers', async () => {
    const { request, header } = await send(
      { url: 'https://api.example/{{#s.path#}}', params: 'q:{{#s.q#}}\nq:two', headers: 'X-A: {{#s.q#}}' },
      { variables: { 's.path': 'items', 's.q': 'a b' } },
    );
    expect(request?.url).toBe('https://api.example/items?q=a+b&q=two');
    expect(header('x-a')).toBe('a b');
    expect(request?.method).toBe('POST');
  });

  test('carries a key by which a repetition is recognised', async () => {
    expect((await send({})).header('idempotency-key')).toBe('run-1:node');
  });

  test('#98 JSON is repaired and gets its content type', async () => {
    const { body, header } = await send(
      { body: { type: 'json', data: [text('', '{name: "{{#s.n#}}" "age": 5,}')] } },
      { variables: { 's.n': 'Ada' } },
    );
    expect(JSON.parse(body ?? '')).toEqual({ name: 'Ada', age: 5 });
    expect(header('content-type')).toBe('application/json');
  });

  test('#98 a form without files is multipart with a placeholder part', async () => {
    const { body, header } = await send({ body: { type: 'form-data', data: [text('note', 'hi')] } });
    expect(header('content-type')).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toContain('name="note"\r\n\r\nhi\r\n');
    expect(body).toContain('name="__multipart_placeholder__"; filename=""');
  });

  test('a form with files sends their content; the author’s content type gives way', async () => {
    const file = fileValue({ filename: 'a.txt', extension: '.txt', mime_type: 'text/plain' });
    const { body, header } = await send(
      {
        headers: 'Content-Type: multipart/form-data',
        body: { type: 'form-data', data: [{ key: 'doc', type: 'file', file: ['s', 'files'] }] },
      },
      { variables: { 's.files': [file] } },
    );
    expect(header('content-type')).toContain('boundary=');
    expect(body).toContain(
      'name="doc"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nfile content\r\n',
    );
  });

  test('a binary body is the file', async () => {
    const file = fileValue({ filename: 'a.txt', mime_type: 'text/plain' });
    const data = { body: { type: 'binary', data: [{ type: 'file', file: ['s', 'f'] }] } };
    expect((await send(data, { variables: { 's.f': file } })).body).toBe('file content');
    const missing = await send({ ...data, error_strategy: 'fail-branch' });
    expect(errorType(missing.result)).toBe('FileFetchError');
  });

  test.each([
    ['bearer', 'key', 'Bearer key'],
    ['basic', 'key', 'Basic key'],
    ['basic', 'user:pass', `Basic ${Buffer.from('user:pass').toString('base64')}`],
    ['custom', 'raw', 'raw'],
  ])('#98 authorisation %s with %s', async (type, api_key, expected) => {
    const { header, result } = await send({
      authorization: { type: 'api-key', config: { type, api_key, header: '' } },
    });
    expect(header('authorization')).toBe(expected);
    expect(result.process_data?.['request']).toContain(`Authorization: ${'*'.repeat(expected.length)}`);
  });

  const secret = 'sk-very-secret-value';
  const environment = [{ name: 'token', type: 'secret', value: secret }] as const;
  test.each([
    ['the address', { url: 'https://api.example/{{#env.token#}}' }],
    ['a header', { headers: 'X-Key: {{#env.token#}}' }],
    ['a parameter', { params: 'key:{{#env.token#}}' }],
    ['JSON', { body: { type: 'json', data: [text('', '{"k": "{{#env.token#}}"}')] } }],
    ['a form', { body: { type: 'form-data', data: [text('k', '{{#env.token#}}')] } }],
    ['url-encoded fields', { body: { type: 'x-www-form-urlencoded', data: [text('k', '{{#env.token#}}')] } }],
    ['raw text', { body: { type: 'raw-text', data: [text('', '{{#env.token#}}')] } }],
  ])('#99 a secret in %s is sent in clear and masked in the record', async (_place, data) => {
    const { request, body, result } = await send(data, { environment });
    expect(`${request?.url} ${JSON.stringify(request?.headers)} ${body}`).toContain(secret);
    expect(result.process_data?.['request']).not.toContain(secret);
  });

  test('a secret with special characters, or as the whole address, is masked in every encoding', async () => {
    const environment = [
      { name: 'base', type: 'secret', value: 'https://secret.example/path' },
      { name: 'token', type: 'secret', value: 'a"b c&d=e/f' },
    ] as const;
    const { request, result } = await send(
      {
        url: '{{#env.base#}}',
        params: 'k:{{#env.token#}}',
        body: { type: 'x-www-form-urlencoded', data: [text('t', '{{#env.token#}}')] },
      },
      { environment },
    );
    expect(request?.url).toContain('https://secret.example/path?k=');
    expect(result.status).toBe('succeeded');
    expect(String(result.process_data?.['request'])).not.toMatch(/c%26d|c&d/);
  });

  const notFound: FakeWeb = () => ({ status: 404, body: 'no' });
  test('#100 a 404 is a success with its code, unless a strategy or retries ask for more', async () => {
    expect((await send({}, { web: notFound })).result).toMatchObject({
      status: 'succeeded',
      outputs: { status_code: 404, body: 'no', files: [] },
    });
    const strict = await send({ error_strategy: 'fail-branch' }, { web: notFound });
    expect(errorType(strict.result)).toBe('HTTPResponseCodeError');
    const retried = await send({ retry_config: { retry_enabled: true, max_retries: 1 } }, { web: notFound });
    expect(retried.result.status).toBe('failed');
  });

  test('a picture is stored as a file, its body is empty', async () => {
    const web: FakeWeb = () => ({
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array([1, 2, 3]),
    });
    const { result, files } = await send({ method: 'get', url: 'https://api.example/pic.png' }, { web });
    expect(result.outputs).toMatchObject({ body: '', files: [{ filename: 'pic.png', type: 'image' }] });
    expect(files.stored[0]?.bytes).toHaveLength(3);
  });

  test.each([
    ['text/csv', {}, 1],
    ['text/plain', {}, 0],
    ['application/vnd.api+json', {}, 0],
    ['text/html', { 'content-disposition': 'attachment; filename="a.html"' }, 1],
  ])('a response of %s %j makes %i files', async (type, headers, count) => {
    const web: FakeWeb = () => ({ headers: { 'content-type': type, ...headers }, body: 'a,b' });
    expect((await send({}, { web })).result.outputs?.['files']).toHaveLength(count);
  });

  test('text is decoded by its charset', async () => {
    const web: FakeWeb = () => ({
      headers: { 'content-type': 'text/plain; charset=gbk' },
      body: new Uint8Array([0xc4, 0xe3]),
    });
    expect((await send({}, { web })).result.outputs?.['body']).toBe('你');
  });

  test.each([
    ['InvalidURLError', { url: 'ftp://x' }],
    ['InvalidHttpMethodError', { method: 'options' }],
    [
      'AuthorizationConfigError',
      { authorization: { type: 'api-key', config: { type: 'bearer', api_key: '' } } },
    ],
    ['RequestBodyError', { body: { type: 'json', data: [] } }],
    ['ResponseSizeError', {}],
  ])('%s', async (type, data) => {
    const web: FakeWeb = () => ({
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat((1 << 20) + 1),
    });
    expect(errorType((await send({ ...data, error_strategy: 'fail-branch' }, { web })).result)).toBe(type);
  });

  test('a network error is a HttpRequestNodeError', async () => {
    const web: FakeWeb = () => {
      throw new Error('connection refused');
    };
    const { result } = await send({ error_strategy: 'fail-branch' }, { web });
    expect(result.outputs).toEqual({
      error_message: 'connection refused',
      error_type: 'HttpRequestNodeError',
    });
  });

  test.each<[string, unknown]>([
    ["{'a': 'b'}", { a: 'b' }],
    ['{a: b c, d: [1 2]}', { a: 'b c', d: ['1 2'] }],
    ['{"a": True, "b": None', { a: true, b: null }],
    ['["a" "b",]', ['a', 'b']],
    ['{"a": "x\\n\\u0041"}', { a: 'x\nA' }],
  ])('%s is read leniently', (given, expected) => expect(repairJson(given)).toEqual(expected));

  test('text that is no JSON at all is refused', () => {
    expect(() => repairJson('')).toThrow(SyntaxError);
    expect(() => repairJson('{"a": 1} and more')).toThrow(SyntaxError);
  });
});
