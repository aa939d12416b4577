import type { Environment } from '../environment.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** What tracing is set up from. */
export interface OpenTracingOptions {
  settings: Environment['observability'];
  version: string;
  deployment: string;
  warn: (sentence: string) => void;
}

/** Tracing as the environment wants it; the SDK is loaded only when ENABLE_OTEL is set. */
export async function openTracing({
  settings,
  version,
  deployment,
  warn,
}: OpenTracingOptions): Promise<Tracing> {
  if (!settings.otel) return noTracing;
  if (settings.otlpProtocol === 'grpc') {
    warn('OTEL_EXPORTER_OTLP_PROTOCOL is grpc; traces are sent over HTTP, which every collector takes too.');
  }
  const { createOpenTelemetryTracing } = await import('./open-telemetry.ts');
  return createOpenTelemetryTracing({
    endpoint: settings.otlpTraces ?? `${settings.otlpBase.replace(/\/+$/, '')}/v1/traces`,
    headers: settings.otlpKey === undefined ? {} : { authorization: `Bearer ${settings.otlpKey}` },
    samplingRate: settings.otelSampling,
    batch: {
      delayMs: settings.otelBatchDelayMs,
      maxQueue: settings.otelMaxQueue,
      maxBatch: settings.otelMaxBatch,
      timeoutMs: settings.otelBatchTimeoutMs,
    },
    version,
    deployment,
  });
}
