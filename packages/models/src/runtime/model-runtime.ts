import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Credentials } from '../schema/credential-form.ts';
import type { Transport } from '../transport/transport.ts';
import { createUndiciTransport } from '../transport/undici-transport.ts';
import { type Clock, ProviderCaller } from './caller.ts';
import { type EmbedRequest, type EmbedResult, embed } from './embed.ts';
import { listRemoteModels, type RemoteModel } from './list-remote-models.ts';
import type { LlmEvent } from './llm-event.ts';
import type { LlmResult } from './llm-result.ts';
import { type ModerateRequest, moderate } from './moderate.ts';
import { type LlmRequest, prepareLlmCall } from './prepare-llm-call.ts';
import { type RankedDocument, type RerankRequest, rerank } from './rerank.ts';
import { type SpeakRequest, type SpokenAudio, speak } from './speak.ts';
import { collectLlm, streamLlm } from './stream-llm.ts';
import { type TranscribeRequest, transcribe } from './transcribe.ts';
import {
  type ModelValidation,
  type ProviderValidation,
  validateModel,
  validateProvider,
} from './validate-credentials.ts';

/** Where the runtime reports what may interest an operator. */
export interface ModelLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

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
  /** Vectors of texts. */
  embed(request: EmbedRequest): Promise<EmbedResult>;
  /** Orders documents by how well they answer a query. */
  rerank(request: RerankRequest): Promise<RankedDocument[]>;
  /** Speech to text. */
  transcribe(request: TranscribeRequest): Promise<string>;
  /** Text to speech; throws for what can be known at once, the rest while the audio is read. */
  speak(request: SpeakRequest): SpokenAudio;
  /** Whether a text is flagged. */
  moderate(request: ModerateRequest): Promise<boolean>;
  /** Checks provider credentials by a small call. */
  validateProvider(request: ProviderValidation): Promise<void>;
  /** Checks the credentials of one model by a small call. */
  validateModel(request: ModelValidation): Promise<void>;
  /** Which models the provider says it has. */
  listRemoteModels(request: {
    provider: string;
    credentials: Credentials;
    signal?: AbortSignal | undefined;
  }): Promise<RemoteModel[]>;
}

const defaultIdleTimeoutMs = 600_000;

/** Builds a model runtime; stateless but for kept connections and access tokens. */
export function createModelRuntime(options: ModelRuntimeOptions): ModelRuntime {
  const { catalogue, log } = options;
  const clock = options.clock ?? { now: () => performance.timeOrigin + performance.now() };
  const caller = new ProviderCaller({
    transport: options.transport ?? createUndiciTransport(),
    localTransports: options.localTransports ?? {},
    clock,
    idleTimeoutMs: options.idleTimeoutMs ?? defaultIdleTimeoutMs,
  });
  const stream = (request: LlmRequest) => {
    const prepared = prepareLlmCall(catalogue, request);
    if (prepared.warnings.length > 0) {
      log?.warn(
        { provider: prepared.provider.id, model: request.model, warnings: prepared.warnings },
        'model call adjusted',
      );
    }
    return streamLlm({ prepared, caller, clock, signal: request.signal });
  };
  const invokeLlm = async (request: LlmRequest) =>
    collectLlm(stream({ ...request, stream: request.stream ?? false }));
  const context = { catalogue, caller, clock, invokeLlm };
  return {
    streamLlm: stream,
    invokeLlm,
    embed: (request) => embed(context, request),
    rerank: (request) => rerank(context, request),
    transcribe: (request) => transcribe(context, request),
    speak: (request) => speak(context, request),
    moderate: (request) => moderate(context, request),
    validateProvider: (request) => validateProvider(context, request),
    validateModel: (request) => validateModel(context, request),
    listRemoteModels: (request) => listRemoteModels(context, request),
  };
}
