import type { RemoteParent } from './tracing.ts';

/** Where callers may name their trace. */
export interface TraceCarrier {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  query?: unknown;
  body?: unknown;
}

const allowed = /^[A-Za-z0-9\-_]{1,128}$/;
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** What a caller named its trace: header, query, body, then `traceparent`; anything malformed is passed over (spec: service API §1.4). */
export function externalTraceId({ headers, query, body }: TraceCarrier): string | undefined {
  const candidates = [headers['x-trace-id'], fieldOf(query), fieldOf(body)];
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && allowed.test(candidate)) return candidate;
  }
  return remoteParent(headers)?.traceId;
}

/** The span of the caller that a request belongs to (W3C Trace Context, `traceparent`). */
export function remoteParent(headers: TraceCarrier['headers']): RemoteParent | undefined {
  const header = headers['traceparent'];
  const match = typeof header === 'string' ? traceparent.exec(header) : null;
  const [, traceId, spanId, flags, more] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const version = String(header).slice(0, 2);
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The trace id of work that nobody traces: a request's id without its dashes. */
export function traceIdOf(requestId: string): string {
  return requestId.replaceAll('-', '');
}

function fieldOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { trace_id?: unknown }).trace_id : undefined;
}
