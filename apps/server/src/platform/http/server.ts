import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import { errorRegistry } from '@trellis/contracts';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { isAllowed } from '../auth/permissions.ts';
import type { AuthKind, Principals } from '../auth/principals.ts';
import { parseStorableJson, storableJson } from '../database-json.ts';
import { ApiError } from '../errors.ts';
import { newId } from '../ids.ts';
import { corsHeaders } from './cors.ts';
import type { EventStreamWriter } from './event-stream.ts';
import { parseOrThrow, withoutNulls } from './parse.ts';
import type { RateLimits } from './rate-classes.ts';
import { RequestObserver, type RequestObserverOptions } from './request-observer.ts';
import { type AnyRoute, BinaryReply, EventStream, JsonReply } from './route.ts';

/** Turns a request into the principal of its kind, or throws the error that the wire prescribes. */
export type Authenticators = {
  [Kind in AuthKind]: (request: FastifyRequest) => Promise<Principals[Kind]> | Principals[Kind];
};

/** What the HTTP server is built from. */
export interface HttpServerOptions extends RequestObserverOptions {
  routes: readonly AnyRoute[];
  authenticators: Authenticators;
  rateLimits: RateLimits;
  events: EventStreamWriter;
  log: Logger;
  version: string;
  environmentName: string;
  webOrigins: readonly string[];
  /** Proxies whose `X-Forwarded-For` is believed; false for none. */
  trustProxy: boolean | string;
  /** Whether the installation has been set up; console routes are closed until then. */
  isSetUp: () => Promise<boolean>;
  maxUploadBytes: number;
  /** Told when a request has been answered. */
  onAnswered?: (sample: { route: string; method: string; status: number; seconds: number }) => void;
}

const jsonBodyLimitBytes = 10 * 1024 * 1024;

/** Builds the server: every route of the list, nothing else. Static files and fallbacks are added by the caller. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: options.log,
    // Lines about requests are written by the observer, in the words of the rest of the log.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: options.trustProxy,
    bodyLimit: jsonBodyLimitBytes,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: false, caseSensitive: true },
  }) as unknown as FastifyInstance;

  await server.register(multipart, {
    // A name with a path is refused (spec: service API §10.1), so it must be seen.
    preservePath: true,
    limits: { fileSize: options.maxUploadBytes, files: 20, fields: 50, fieldSize: 1024 * 1024 },
  });
  acceptTolerantJson(server);
  const observer = new RequestObserver(options);
  addCommonHeaders(server, options, observer);
  addErrorAnswers(server, observer);

  const add = (to: FastifyInstance, route: AnyRoute) =>
    to.route({
      method: route.method,
      url: route.path,
      config: { declaration: route },
      handler: (request, reply) =>
        observer.during(request, () => answer({ route, request, reply, options, observer })),
    });
  for (const route of options.routes.filter(({ readsBody }) => !readsBody)) add(server, route);
  // Bodies of any type are left unread here, so these routes have a context of their own.
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const route of options.routes.filter(({ readsBody }) => readsBody)) add(scope, route);
  });
  return server;
}

/** An empty JSON body is read as none: GET and DELETE requests of common clients carry the header without a body. */
function acceptTolerantJson(server: FastifyInstance): void {
  server.removeContentTypeParser(['application/json', 'text/plain']);
  const parse = (body: string | Buffer, done: (error: Error | null, value?: unknown) => void) => {
    const text = body.toString();
    if (text.trim() === '') return done(null, undefined);
    try {
      // NUL and broken surrogates are taken out here, once, for every field of every route.
      done(null, parseStorableJson(text));
    } catch (cause) {
      done(new ApiError('bad_request', 'Invalid JSON payload received or JSON payload is empty.', { cause }));
    }
  };
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    parse(body, done),
  );
  server.addContentTypeParser('text/plain', { parseAs: 'string' }, (request, body, done) => {
    if (declarationOf(request)?.acceptsBeacon) parse(body, done);
    else done(new ApiError('unsupported_media_type'));
  });
}

function addCommonHeaders(
  server: FastifyInstance,
  options: HttpServerOptions,
  observer: RequestObserver,
): void {
  server.addHook('onRequest', async (request, reply) => {
    observer.begin(request, reply, declarationOf(request)?.path);
    reply.header('x-version', options.version);
    reply.header('x-env', options.environmentName);
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    const path = request.url.split('?', 1)[0] ?? '/';
    const cors = corsHeaders(path, request.headers.origin, { webOrigins: options.webOrigins });
    reply.headers(cors);
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      return reply.status(Object.keys(cors).length > 0 ? 204 : 403).send();
    }
    return undefined;
  });
  server.addHook('onResponse', async (request, reply) => {
    const declaration = declarationOf(request);
    options.onAnswered?.({
      route: declaration?.path ?? 'other',
      method: request.method,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    });
    observer.end(request, reply);
  });
}

function declarationOf(request: FastifyRequest): AnyRoute | undefined {
  return (request.routeOptions.config as { declaration?: AnyRoute }).declaration;
}

interface AnswerInput {
  route: AnyRoute;
  request: FastifyRequest;
  reply: FastifyReply;
  options: HttpServerOptions;
  observer: RequestObserver;
}

/** The one way a request goes: rate class, authenticate, permission, parse, handle, encode. */
async function answer({ route, request, reply, options, observer }: AnswerInput): Promise<unknown> {
  await options.rateLimits.consume(route.rate, request.ip);
  if (route.auth === 'console' && !(await options.isSetUp())) throw new ApiError('not_setup');
  const principal = await options.authenticators[route.auth](request);
  observer.identify(request, principal);
  if (principal.kind === 'console' && (!route.permission || !isAllowed(principal.role, route.permission))) {
    throw new ApiError('forbidden', 'Your role in this workspace does not allow this.');
  }

  const aborted = new AbortController();
  reply.raw.once('close', () => {
    // Also emitted after an answer that was sent whole.
    if (!reply.raw.writableFinished) aborted.abort();
  });
  const result = await route.handler({
    principal,
    params: parseParams(route, request.params),
    query: route.query ? parseOrThrow(route.query, blankless(request.query)) : request.query,
    body: readBody(route, request),
    signal: aborted.signal,
    ip: request.ip,
    requestId: request.id,
    request,
  });
  return send({ route, request, reply, options, observer, result });
}

/** A malformed id names nothing, so it is 404 like an unknown one; no name anywhere has a NUL in it. */
function parseParams(route: AnyRoute, params: unknown): unknown {
  const given = Object.values((params ?? {}) as Record<string, string>);
  if (given.some((value) => value.includes('\0'))) throw new ApiError('not_found');
  if (route.params === undefined) return params;
  const result = route.params.safeParse(params);
  if (result.success) return result.data;
  throw new ApiError('not_found');
}

function blankless(query: unknown): unknown {
  const given = Object.entries((query ?? {}) as Record<string, unknown>);
  return storableJson(Object.fromEntries(given.filter(([, value]) => value !== '')));
}

function readBody(route: AnyRoute, request: FastifyRequest): unknown {
  if (route.body === undefined) return undefined;
  if (route.body === 'multipart') {
    if (!request.isMultipart()) throw new ApiError('unsupported_media_type', "Send 'multipart/form-data'.");
    return undefined;
  }
  const type = request.headers['content-type'] ?? '';
  const isJson = /^application\/json\b/i.test(type) || (route.acceptsBeacon && /^text\/plain\b/i.test(type));
  if (!isJson && route.method !== 'DELETE' && !route.body.safeParse({}).success) {
    throw new ApiError('unsupported_media_type');
  }
  if (request.body === undefined && !route.body.safeParse({}).success) {
    if (route.method === 'DELETE') return parseOrThrow(route.body, {});
    throw new ApiError('bad_request', 'Invalid JSON payload received or JSON payload is empty.');
  }
  return parseOrThrow(route.body, withoutNulls(request.body ?? {}));
}

async function send(input: AnswerInput & { result: unknown }): Promise<unknown> {
  const { route, reply, options, result } = input;
  if (result instanceof EventStream) return sendEvents(reply, result, options);
  if (result instanceof BinaryReply) return sendBytes(reply, result);
  if (result instanceof JsonReply) {
    reply.status(result.status ?? route.status ?? 200);
    for (const [name, value] of Object.entries(result.headers)) reply.header(name, value);
    return reply.send(result.body);
  }
  if (route.answers === 'nothing' || result === undefined) return reply.status(route.status ?? 204).send();
  return reply.status(route.status ?? 200).send(result);
}

/** The socket is ours from here: headers that hooks have set are carried over by hand. */
async function sendEvents(
  reply: FastifyReply,
  stream: EventStream,
  options: HttpServerOptions,
): Promise<void> {
  reply.hijack();
  const raw: ServerResponse<IncomingMessage> = reply.raw;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    ...stream.headers,
  });
  raw.flushHeaders();
  try {
    await options.events.write(raw, stream.events);
  } catch (error) {
    options.log.error({ err: error }, 'an event stream broke off');
    raw.destroy();
  }
}

function sendBytes(reply: FastifyReply, bytes: BinaryReply): FastifyReply {
  reply.status(bytes.status).headers(bytes.headers);
  return reply.send(bytes.body instanceof Uint8Array ? Buffer.from(bytes.body) : Readable.from(bytes.body));
}

/** Unknown paths are 404, known paths with another verb 405, both in the error envelope. */
export function notFoundError(routes: readonly AnyRoute[]): (method: string, path: string) => ApiError {
  const patterns = routes.map((route) => ({
    method: route.method,
    pattern: new RegExp(
      `^${route.path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+')}$`,
    ),
  }));
  return (method, path) => {
    const allowed = patterns.filter((entry) => entry.pattern.test(path)).map((entry) => entry.method);
    if (allowed.length === 0) return new ApiError('not_found', 'There is nothing at this address.');
    return new ApiError('method_not_allowed', `This address accepts ${allowed.join(', ')}, not ${method}.`, {
      headers: { allow: allowed.join(', ') },
    });
  };
}

function addErrorAnswers(server: FastifyInstance, observer: RequestObserver): void {
  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const known = error instanceof ApiError ? error : fromFramework(error);
    // A stream that broke before its first byte leaves the headers of what it would have been.
    reply.removeHeader('content-length').removeHeader('content-disposition').type('application/json');
    if (known && known.status < 500) {
      if (known.status === 401) reply.header('www-authenticate', 'Bearer realm="api"');
      return reply.status(known.status).headers(known.headers).send(known.toBody());
    }
    observer.failed(request, error);
    request.log.error(
      { err: error, route: declarationOf(request)?.path, ...observer.fieldsOf(request) },
      'request failed',
    );
    if (known) return reply.status(known.status).headers(known.headers).send(known.toBody());
    const code = declarationOf(request)?.rate === 'generate' ? 'internal_server_error' : 'unknown';
    return reply.status(500).send(new ApiError(code).toBody());
  });
}

/** Errors that Fastify raises before a handler runs, in the wire's words. */
function fromFramework(error: { statusCode?: number; code?: string; message: string }): ApiError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('unsupported_media_type');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('request_entity_too_large');
    case 'FST_REQ_FILE_TOO_LARGE':
      return new ApiError('file_too_large');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new ApiError('bad_request', 'Invalid JSON payload received or JSON payload is empty.');
    default:
      break;
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    const code = error.statusCode === 413 ? 'request_entity_too_large' : 'bad_request';
    return new ApiError(code, errorRegistry[code].message);
  }
  return undefined;
}
