import {
  SpanKind as ApiKind,
  type Span as ApiSpan,
  type Context,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { RemoteParent, Span, SpanAttributes, SpanKind, SpanStart, Tracing } from './tracing.ts';

/** Where spans go, how many, and how they are gathered. */
export interface OpenTelemetryOptions {
  /** The collector's full address for traces. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** The share of traces that is collected, 0 to 1; a caller's own decision in `traceparent` goes first. */
  samplingRate: number;
  batch: { delayMs: number; maxQueue: number; maxBatch: number; timeoutMs: number };
  version: string;
  deployment: string;
}

const kinds: Readonly<Record<SpanKind, ApiKind>> = {
  server: ApiKind.SERVER,
  client: ApiKind.CLIENT,
  internal: ApiKind.INTERNAL,
};
const shutdownTimeoutMs = 5_000;

/**
 * Tracing by the OpenTelemetry SDK over OTLP/HTTP. Loaded only when it is switched on. Nothing is registered
 * globally: parents are handed in, so that no library's spans come along with what they know.
 */
export function createOpenTelemetryTracing(options: OpenTelemetryOptions): Tracing {
  const { batch } = options;
  const exporter = new OTLPTraceExporter({
    url: options.endpoint,
    headers: { ...options.headers },
    timeoutMillis: batch.timeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'trellis',
      'service.version': options.version,
      'deployment.environment.name': options.deployment.toLowerCase(),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.samplingRate) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: batch.maxQueue,
        maxExportBatchSize: Math.min(batch.maxBatch, batch.maxQueue),
        scheduledDelayMillis: batch.delayMs,
        exportTimeoutMillis: batch.timeoutMs,
      }),
    ],
  });
  const tracer = provider.getTracer('trellis', options.version);
  return {
    start: (name, { kind, parent, attributes }: SpanStart) =>
      new OpenTelemetrySpan(
        tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, contextOf(parent)),
      ),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, shutdownTimeoutMs);
      });
      // A collector that is gone must not hold up the shutdown.
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
      clearTimeout(timer);
    },
  };
}

class OpenTelemetrySpan implements Span {
  readonly api: ApiSpan;
  #ended = false;

  constructor(api: ApiSpan) {
    this.api = api;
  }

  get traceId(): string {
    return this.api.spanContext().traceId;
  }

  set(attributes: SpanAttributes): void {
    this.api.setAttributes({ ...attributes });
  }

  fail(type: string): void {
    this.api.setAttribute('error.type', type);
    this.api.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.api.end();
  }
}

function contextOf(parent: Span | RemoteParent | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  if (parent instanceof OpenTelemetrySpan) return trace.setSpan(ROOT_CONTEXT, parent.api);
  if (!('sampled' in parent)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  });
}
