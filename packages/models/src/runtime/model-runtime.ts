import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Transport } from '../transport/transport.ts';
import { createUndiciTransport } from '../transport/undici-transport.ts';
import { type Clock, type ModelLog, ProviderCaller } from './caller.ts';
import type { LlmEvent } from './llm-event.ts';
import type { LlmResult } from './llm-result.ts';
import { type LlmRequest, prepareLlmCall } from './prepare-llm-call.ts';
import { collectLlm, streamLlm } from './stream-llm.ts';

/** What a model runtime is made of. */
export interface ModelRuntimeOptions {
  catalogue: Catalogue;
  /** How requests leave; undici without an egress policy when absent. */
  transport?: Transport;
  /** Providers inside the process by the host of their `local://` address, such as `demo`. */
  localTransports?: Readonly<Record<string, Transport>>;
  clock?: Clock;
  log?: ModelLog;
  /** Longest silence between two bytes of an answer; 600 s when absent. */
  idleTimeoutMs?: number;
}

/** Calls models of every type. All calls throw `ModelError`, and an `AbortError` when their signal fires. */
export interface ModelRuntime {
  /** Calls a chat or completion model and streams what it says; the last event is `done`. */
  streamLlm(request: LlmRequest): AsyncIterable<LlmEvent>;
  /** The same, waiting for the whole answer. */
  invokeLlm(request: LlmRequest): Promise<LlmResult>;
}

const defaultIdleTimeoutMs = 600_000;

/** Builds a model runtime; stateless but for kept connections and access tokens. */
export function createModelRuntime(options: ModelRuntimeOptions): ModelRuntime {
  const { catalogue } = options;
  const clock = options.clock ?? { now: () => performance.timeOrigin + performance.now() };
  const caller = new ProviderCaller({
    transport: options.transport ?? createUndiciTransport(),
    localTransports: options.localTransports ?? {},
    clock,
    log: options.log ?? { warn: () => undefined },
    idleTimeoutMs: options.idleTimeoutMs ?? defaultIdleTimeoutMs,
  });
  const stream = (request: LlmRequest) =>
    streamLlm({ prepared: prepareLlmCall(catalogue, request), caller, clock, signal: request.signal });
  return {
    streamLlm: stream,
    invokeLlm: (request) => collectLlm(stream({ stream: false, ...request })),
  };
}
