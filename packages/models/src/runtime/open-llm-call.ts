import type { LlmCall } from '../adapters/llm-adapter.ts';
import type { OpenAnswer, ProviderCaller } from './caller.ts';
import { ModelError } from './errors.ts';
import type { PreparedLlmCall } from './prepare-llm-call.ts';

/** An open answer, and the call as it was sent in the end. */
export interface OpenedLlmCall {
  answer: OpenAnswer;
  call: LlmCall;
}

/**
 * Sends a prepared call. A server that refuses streaming, or the request for usage in streams, is asked once more
 * without it, so that nobody has to know this about their server beforehand.
 */
export async function openLlmCall(
  prepared: PreparedLlmCall,
  caller: ProviderCaller,
  signal: AbortSignal | undefined,
): Promise<OpenedLlmCall> {
  const { call } = prepared;
  try {
    return { answer: await send({ ...prepared, call }, caller, signal), call };
  } catch (error) {
    const relaxed = relax(call, error);
    if (relaxed === undefined) throw error;
    return { answer: await send({ ...prepared, call: relaxed }, caller, signal), call: relaxed };
  }
}

function send(
  prepared: PreparedLlmCall,
  caller: ProviderCaller,
  signal: AbortSignal | undefined,
): Promise<OpenAnswer> {
  const { adapter, call, provider, path } = prepared;
  const wire = adapter.request(call);
  return caller.open({
    provider,
    credentials: call.credentials,
    model: call.model,
    path: path ?? wire.path,
    body: JSON.stringify(wire.body),
    headers: wire.headers,
    accept: call.stream ? 'text/event-stream, application/x-ndjson, application/json' : 'application/json',
    signal,
  });
}

/** The call without what the server has just refused; undefined when it refused something else. */
function relax(call: LlmCall, error: unknown): LlmCall | undefined {
  if (!(error instanceof ModelError) || error.code !== 'bad_request' || !call.stream) return undefined;
  const said = error.upstream ?? '';
  if (call.quirks.include_usage && /stream_options|include_usage/iu.test(said)) {
    return { ...call, quirks: { ...call.quirks, include_usage: false } };
  }
  return /\bstream(?:ing|ed)?\b/iu.test(said) ? { ...call, stream: false } : undefined;
}
