import { tryParseJson } from '../adapters/json.ts';
import { UpstreamEventError } from '../adapters/llm-adapter.ts';
import { StructuredOutputError } from '../prompt/structured-output.ts';
import { readBytes } from '../transport/read-body.ts';
import { headerValue } from '../transport/transport.ts';
import { AnswerAssembler } from './answer-assembler.ts';
import type { Clock, OpenAnswer, ProviderCaller } from './caller.ts';
import { isAbort, ModelError } from './errors.ts';
import type { LlmEvent } from './llm-event.ts';
import type { LlmResult } from './llm-result.ts';
import { oneByOne } from './one-by-one.ts';
import { openLlmCall } from './open-llm-call.ts';
import type { PreparedLlmCall } from './prepare-llm-call.ts';
import { StreamReader } from './stream-reader.ts';
import { errorFromEvent } from './upstream-error.ts';

/** A call that its caller aborted; holds what had arrived by then. */
export class ModelCallAborted extends Error {
  override readonly name = 'AbortError';
  readonly partial: LlmResult;

  constructor(partial: LlmResult, cause: unknown) {
    super('The model call was aborted.', { cause });
    this.partial = partial;
  }
}

/** What a streamed call is made with. */
export interface StreamLlmOptions {
  prepared: PreparedLlmCall;
  caller: ProviderCaller;
  clock: Clock;
  signal: AbortSignal | undefined;
}

/** Runs a prepared call and streams its events; the last one is `done`. */
export function streamLlm(options: StreamLlmOptions): AsyncIterableIterator<LlmEvent, void, undefined> {
  return oneByOne(streamBatches(options));
}

/** The events of a call, those that arrived together together. */
async function* streamBatches(
  options: StreamLlmOptions,
): AsyncGenerator<readonly LlmEvent[], void, undefined> {
  const { prepared, caller, clock, signal } = options;
  const provider = prepared.provider.provider;
  const startedMs = clock.now();
  const { answer, call } = await openLlmCall(prepared, caller, signal);
  const assembler = assemblerOf({ ...prepared, call }, clock, startedMs);
  const body = answer.response.body[Symbol.asyncIterator]();
  const reader = new StreamReader({
    decoder: prepared.adapter.decoder(call),
    emit: assembler.accept,
    provider,
  });
  let complete = false;
  try {
    if (isWholeDocument(call.stream, answer)) {
      const text = await readText(body, answer);
      const document = tryParseJson(text);
      // A few servers stream events under the type of a document.
      if (document === undefined) reader.push(Buffer.from(text));
      else prepared.adapter.decodeWhole(document, call, assembler.accept);
      if (document === undefined) reader.end();
    } else {
      for (let next = await body.next(); next.done !== true; next = await nextPiece(body, reader)) {
        answer.touch();
        reader.push(next.value);
        yield assembler.take();
        if (reader.ended || assembler.stopped) break;
      }
      reader.end();
    }
    signal?.throwIfAborted();
    if (!assembler.hasAnswer) {
      throw new ModelError('server_unavailable', {
        provider,
        url: answer.url,
        upstream: 'the answer is empty',
      });
    }
    complete = !assembler.stopped;
    assembler.finish();
    yield assembler.take();
  } catch (error) {
    // What came in the same packet as the failure is shown before it.
    if (signal?.aborted !== true) yield assembler.take();
    throw failureOf(error, { answer, assembler, provider });
  } finally {
    answer.close();
    void release({ body, answer, complete });
  }
}

function assemblerOf(prepared: PreparedLlmCall, clock: Clock, startedMs: number): AnswerAssembler {
  const { call, cache, localStops, suppressReasoning, structured, inCodeBlock, warnings } = prepared;
  return new AnswerAssembler({
    model: call.schema.model,
    messages: call.messages,
    tools: call.tools,
    pricing: call.schema.pricing,
    streaming: call.stream,
    cache,
    localStops,
    suppressReasoning,
    structured,
    inCodeBlock,
    startedMs,
    nowMs: () => clock.now(),
    warnings,
  });
}

/** The next piece of a stream. A connection that breaks after the model said that it stopped is just over. */
async function nextPiece(
  body: AsyncIterator<Uint8Array>,
  reader: StreamReader,
): Promise<IteratorResult<Uint8Array, unknown>> {
  if (!reader.finished) return body.next();
  try {
    return await body.next();
  } catch (error) {
    if (isAbort(error)) throw error;
    return { done: true, value: undefined };
  }
}

/** How long a server may take to close an answer that is over, before its socket is closed. */
const releaseMs = 500;

/**
 * Lets go of a body. One that said its last word is read to its end for a moment, so that the connection can be used
 * again; any other is cut, so that the provider stops generating. Runs after the call; its errors concern nobody.
 */
async function release(options: {
  body: AsyncIterator<Uint8Array>;
  answer: OpenAnswer;
  complete: boolean;
}): Promise<void> {
  const { body, answer, complete } = options;
  const timer = setTimeout(() => answer.abort(), complete ? releaseMs : 0);
  try {
    if (complete) for (let next = await body.next(); next.done !== true; next = await body.next());
    else await body.return?.();
  } catch {
    // The connection broke, or was cut just now.
  } finally {
    clearTimeout(timer);
    if (!complete) answer.abort();
  }
}

/** Servers that cannot stream a model answer in one piece, whatever was asked for. */
function isWholeDocument(streamed: boolean, { response }: OpenAnswer): boolean {
  const type = headerValue(response.headers, 'content-type') ?? '';
  return !streamed || type.startsWith('application/json');
}

async function readText(body: AsyncIterator<Uint8Array>, answer: OpenAnswer): Promise<string> {
  const pieces = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        answer.touch();
        return body.next();
      },
    }),
  };
  return (await readBytes(pieces)).toString('utf8');
}

function failureOf(
  error: unknown,
  context: { answer: OpenAnswer; assembler: AnswerAssembler; provider: string },
): unknown {
  const { answer, assembler, provider } = context;
  if (error instanceof StructuredOutputError) {
    error.result = assembler.result();
    return error;
  }
  const failure =
    error instanceof UpstreamEventError
      ? errorFromEvent(error.body, { provider, url: answer.url, secrets: answer.secrets })
      : answer.failure(error);
  if (failure instanceof ModelError) failure.partial = assembler.result();
  return isAbort(failure) ? new ModelCallAborted(assembler.result(), failure) : failure;
}

/** Reads a streamed call to its end. @throws what the stream throws */
export async function collectLlm(stream: AsyncIterable<LlmEvent>): Promise<LlmResult> {
  let result: LlmResult | undefined;
  for await (const event of stream) if (event.t === 'done') result = event.result;
  if (result === undefined) throw new ModelError('invoke', { upstream: 'the call ended without a result' });
  return result;
}
