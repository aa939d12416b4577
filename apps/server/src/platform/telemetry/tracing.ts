/** What a span is told. Ids, names and counts; never what people or models wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Which side of a call a span describes. */
export type SpanKind = 'server' | 'client' | 'internal';

/** The parent of a span that began elsewhere (W3C Trace Context). */
export interface RemoteParent {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  sampled: boolean;
}

/** A piece of work being timed. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  set(attributes: SpanAttributes): void;
  /** Marks the work as failed; `type` is a class or code, never a message. */
  fail(type: string): void;
  /** Ends the span; a second call does nothing. */
  end(): void;
}

/** How a span begins. */
export interface SpanStart {
  kind: SpanKind;
  parent?: Span | RemoteParent | undefined;
  attributes?: SpanAttributes;
}

/** Times pieces of work for whoever collects that. */
export interface Tracing {
  /** Undefined when nothing is collected: callers then spend nothing. */
  start(name: string, start: SpanStart): Span | undefined;
  /** Sends what has not been sent, for at most a few seconds. */
  close(): Promise<void>;
}

/** Nobody collects. */
export const noTracing: Tracing = { start: () => undefined, close: async () => {} };
