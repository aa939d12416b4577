import type { FastifyInstance, InjectOptions } from 'fastify';

/** An answer of the server under test. */
export interface TestAnswer {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  text: string;
  /** The body as JSON; fails when it is none. Typed loosely: tests say what they expect by asserting it. */
  // biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of an answer's body
  readonly json: any;
  /** Cookies that the answer sets, by name; an empty value is a removal. */
  cookies: Record<string, string>;
}

/** A request of a test, besides method and path. */
export interface TestRequest {
  body?: unknown;
  headers?: Record<string, string>;
  /** Where the request comes from (default 127.0.0.1). */
  ip?: string;
}

/** Calls the server in memory, with the same credentials every time. */
export class TestClient {
  readonly #http: FastifyInstance;
  readonly #headers: Record<string, string>;

  constructor(http: FastifyInstance, headers: Record<string, string> = {}) {
    this.#http = http;
    this.#headers = headers;
  }

  /** The same server with other headers on top. */
  with(headers: Record<string, string>): TestClient {
    return new TestClient(this.#http, { ...this.#headers, ...headers });
  }

  get(path: string, request: TestRequest = {}): Promise<TestAnswer> {
    return this.request('GET', path, request);
  }

  post(path: string, body?: unknown, request: TestRequest = {}): Promise<TestAnswer> {
    return this.request('POST', path, { ...request, body });
  }

  put(path: string, body?: unknown, request: TestRequest = {}): Promise<TestAnswer> {
    return this.request('PUT', path, { ...request, body });
  }

  patch(path: string, body?: unknown, request: TestRequest = {}): Promise<TestAnswer> {
    return this.request('PATCH', path, { ...request, body });
  }

  delete(path: string, body?: unknown, request: TestRequest = {}): Promise<TestAnswer> {
    return this.request('DELETE', path, { ...request, body });
  }

  /** Any request. Objects and lists are sent as JSON, other bodies as they are. */
  async request(
    method: NonNullable<InjectOptions['method']>,
    path: string,
    { body, headers = {}, ip }: TestRequest = {},
  ): Promise<TestAnswer> {
    const isJson = body !== undefined && typeof body === 'object' && !Buffer.isBuffer(body);
    const answer = await this.#http.inject({
      method,
      url: path,
      headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...this.#headers, ...headers },
      ...(body === undefined ? {} : { payload: isJson ? JSON.stringify(body) : (body as string | Buffer) }),
      ...(ip === undefined ? {} : { remoteAddress: ip }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.payload,
      get json() {
        return JSON.parse(answer.payload);
      },
      cookies: Object.fromEntries(answer.cookies.map(({ name, value }) => [name, value])),
    };
  }
}
