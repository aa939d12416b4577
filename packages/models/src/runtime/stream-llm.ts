import { tryParseJson } from '../adapters/json.ts';
import { type Emit, type LlmDecoder, UpstreamEventError } from '../adapters/llm-adapter.ts';
import { StructuredOutputError } from '../prompt/structured-output.ts';
import { eventData, LineSplitter } from '../transport/line-splitter.ts';
import { readBytes } from '../transport/read-body.ts';
import { headerValue } from '../transport/transport.ts';
import { AnswerAssembler } from './answer-assembler.ts';
import type { Clock, OpenAnswer, ProviderCaller } from './caller.ts';
import { isAbort, ModelError } from './errors.ts';
import type { LlmEvent } from './llm-event.ts';
import type { LlmResult } from './llm-result.ts';
import type { PreparedLlmCall } from './prepare-llm-call.ts';
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

/** Runs a prepared call and streams its events; the last one is `done`. */
export async function* streamLlm(options: {
  prepared: PreparedLlmCall;
  caller: ProviderCaller;
  clock: Clock;
  signal: AbortSignal | undefined;
}): AsyncGenerator<LlmEvent, void, undefined> {
  const { prepared, caller, clock, signal } = options;
  const { adapter, call, provider } = prepared;
  const assembler = new AnswerAssembler({
    model: call.schema.model,
    messages: call.messages,
    tools: call.tools,
    pricing: call.schema.pricing,
    cache: prepared.cache,
    localStops: prepared.localStops,
    suppressReasoning: prepared.suppressReasoning,
    streaming: call.stream,
    structured: prepared.structured,
    inCodeBlock: prepared.inCodeBlock,
    startedMs: clock.now(),
    nowMs: () => clock.now(),
    warnings: prepared.warnings,
  });
  const wire = adapter.request(call);
  const answer = await caller.open({
    provider,
    credentials: call.credentials,
    model: call.model,
    path: prepared.path ?? wire.path,
    body: JSON.stringify(wire.body),
    headers: wire.headers,
    accept: call.stream ? 'text/event-stream, application/x-ndjson, application/json' : 'application/json',
    signal,
  });
  const body = answer.response.body[Symbol.asyncIterator]();
  let complete = false;
  try {
    const reader = new StreamReader({
      decoder: adapter.decoder(call),
      emit: assembler.accept,
      provider: provider.provider,
    });
    if (isWholeDocument(call.stream, answer)) {
      const text = await readText(body, answer);
      const document = tryParseJson(text);
      if (document === undefined) {
        // A few servers stream events under the type of a document.
        reader.push(Buffer.from(text));
        reader.end();
      } else {
        adapter.decodeWhole(document, call, assembler.accept);
      }
      yield* assembler.take();
      complete = true;
    } else {
      for (let next = await body.next(); next.done !== true; next = await body.next()) {
        answer.touch();
        reader.push(next.value);
        for (const event of assembler.take()) yield event;
        if (reader.ended || assembler.stopped) break;
      }
      reader.end();
      complete = !assembler.stopped;
    }
    signal?.throwIfAborted();
    if (!assembler.hasAnswer) {
      throw new ModelError('server_unavailable', {
        provider: provider.provider,
        url: answer.url,
        upstream: 'the answer is empty',
      });
    }
    assembler.finish();
    yield* assembler.take();
  } catch (error) {
    throw failureOf(error, { answer, assembler, provider: provider.provider });
  } finally {
    answer.close();
    void release(body, complete);
  }
}

/** How long a server may take to close an answer that is over, before its socket is closed. */
const releaseMs = 500;

/**
 * Lets go of a body. One that said its last word is read to its end for a moment, so that the connection can be used
 * again; any other is cut, so that the provider stops generating. Runs after the call; its errors concern nobody.
 */
async function release(body: AsyncIterator<Uint8Array>, complete: boolean): Promise<void> {
  const cut = () => body.return?.().catch(() => undefined);
  if (!complete) {
    await cut();
    return;
  }
  const timer = setTimeout(cut, releaseMs);
  try {
    for (let next = await body.next(); next.done !== true; next = await body.next());
  } catch {
    // The connection broke after the answer was complete.
  } finally {
    clearTimeout(timer);
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

function notJson(text: string, provider: string): ModelError {
  const shown = /^\s*</u.test(text)
    ? 'an HTML page; the base URL is probably not that of an API'
    : text.slice(0, 200);
  return new ModelError('server_unavailable', { provider, upstream: `the answer is not JSON: ${shown}` });
}

/** Feeds the lines of a stream to a decoder. */
class StreamReader {
  readonly #lines = new LineSplitter();
  readonly #decoder: LlmDecoder;
  readonly #emit: Emit;
  readonly #provider: string;
  #finished = false;
  /** The stream said that it is over; anything after that is not read. */
  ended = false;

  constructor(options: { decoder: LlmDecoder; emit: Emit; provider: string }) {
    this.#decoder = options.decoder;
    this.#provider = options.provider;
    this.#emit = (event) => {
      if (event.t === 'finish') this.#finished = true;
      options.emit(event);
    };
  }

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes, this.#line);
  }

  end(): void {
    this.#lines.end(this.#line);
    this.#decoder.end(this.#emit);
  }

  readonly #line = (line: string): void => {
    if (this.ended) return;
    const data = eventData(line);
    if (data === undefined) return;
    const payload = data.trim();
    if (payload === '') return;
    if (payload === '[DONE]') {
      this.ended = true;
      return;
    }
    const document = tryParseJson(payload);
    if (document !== undefined) this.#decoder.chunk(document, this.#emit);
    // Some servers append plain text to a finished answer; before that it is a broken one.
    else if (!this.#finished) throw notJson(payload, this.#provider);
  };
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
