import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Principals } from '../auth/principals.ts';
import { type Correlated, Correlation, logFieldsOf } from '../telemetry/correlation.ts';
import { externalTraceId, remoteParent, traceIdOf } from '../telemetry/trace-id.ts';
import { noTracing, type Tracing } from '../telemetry/tracing.ts';

/** What watches requests. */
export interface RequestObserverOptions {
  correlation?: Correlation | undefined;
  tracing?: Tracing | undefined;
  /** One line per request at INFO (ENABLE_REQUEST_LOGGING), else at DEBUG. */
  logRequests?: boolean | undefined;
}

/** Knows what there is to know about each request under way, for its log lines, its span and its `X-Trace-Id`. */
export class RequestObserver {
  readonly #log: Logger;
  readonly #correlation: Correlation;
  readonly #tracing: Tracing;
  readonly #level: 'info' | 'debug';
  readonly #facts = new WeakMap<FastifyRequest, Correlated>();

  constructor(options: RequestObserverOptions & { log: Logger }) {
    this.#log = options.log;
    this.#correlation = options.correlation ?? new Correlation();
    this.#tracing = options.tracing ?? noTracing;
    this.#level = options.logRequests === true ? 'info' : 'debug';
  }

  /** A request has come; `route` is undefined for pages and unknown addresses, which are not traced. */
  begin(request: FastifyRequest, reply: FastifyReply, route: string | undefined): void {
    const { headers, query } = request;
    const external = externalTraceId({ headers, query });
    const facts: Correlated = { requestId: request.id, externalTraceId: external };
    const span =
      route === undefined
        ? undefined
        : this.#tracing.start(`${request.method} ${route}`, {
            kind: 'server',
            parent: remoteParent(headers),
            attributes: {
              'http.request.method': request.method,
              'http.route': route,
              'trellis.request_id': request.id,
              'trellis.external_trace_id': external,
            },
          });
    if (span) facts.span = span;
    facts.traceId = span?.traceId ?? traceIdOf(request.id);
    this.#facts.set(request, facts);
    reply.header('x-trace-id', span?.traceId ?? external ?? facts.traceId);
  }

  /** Does a request's work where the log knows what it is about. */
  during<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    const facts = this.#facts.get(request) ?? {};
    if (facts.externalTraceId === undefined && request.body !== undefined) {
      facts.externalTraceId = externalTraceId({ headers: {}, body: request.body });
    }
    return this.#correlation.run(facts, work);
  }

  /** Who is asking is known now. */
  identify(request: FastifyRequest, principal: Principals[keyof Principals]): void {
    const facts = this.#facts.get(request);
    if (facts === undefined || principal.kind === 'public') return;
    facts.workspaceId = principal.scope.workspaceId;
    if (principal.kind === 'console') facts.accountId = principal.account.id;
    if (principal.kind === 'app-key' || principal.kind === 'passport') facts.appId = principal.app.id;
    if (principal.kind === 'passport') facts.endUserId = principal.endUserId;
    facts.span?.set({ 'trellis.workspace_id': facts.workspaceId, 'trellis.app_id': facts.appId });
  }

  /** What is known of a request, by the log's names; for lines written outside of its work. */
  fieldsOf(request: FastifyRequest): Record<string, string> {
    return logFieldsOf(this.#facts.get(request));
  }

  /** A request has failed in a way that is not its own fault. */
  failed(request: FastifyRequest, error: Error): void {
    this.#facts.get(request)?.span?.fail(error.name);
  }

  /** A request has been answered whole, or its client is gone. The address is logged without its query. */
  end(request: FastifyRequest, reply: FastifyReply): void {
    const facts = this.#facts.get(request);
    facts?.span?.set({ 'http.response.status_code': reply.statusCode });
    facts?.span?.end();
    if (!this.#log.isLevelEnabled(this.#level)) return;
    this.#log[this.#level](
      {
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        seconds: Number((reply.elapsedTime / 1_000).toFixed(4)),
        ip: request.ip,
        ...logFieldsOf(facts),
      },
      'request answered',
    );
  }
}
