import { countTokens } from './count-tokens.ts';
import { eventStreamReply, type FakeReply, jsonReply } from './reply.ts';
import { type FakeAnswer, piecesOf } from './rules.ts';
import { type ChatRequest, type CompletionRequest, messageText } from './wire.ts';

/** How an answer is paced and where it breaks. */
export interface Pacing {
  /** Pause before every streamed chunk. */
  chunkDelayMs?: number;
  /** Cuts the connection after so many chunks. */
  breakAfterChunks?: number;
  /** Sends an error event after so many chunks, then ends. */
  errorAfterChunks?: number;
  /** The object sent by `errorAfterChunks`, under the key `error`. */
  streamError?: Record<string, unknown>;
}

interface Head {
  id: string;
  object: string;
  created: number;
  model: string;
}

type Sampling = Pick<ChatRequest, 'stop' | 'max_tokens' | 'max_completion_tokens'>;

/** An answer cut to what the request allows, and counted. */
export interface Finished {
  pieces: readonly string[];
  reasoning: readonly string[];
  toolCalls: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  finishReason: string;
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details: { cached_tokens: number };
    completion_tokens_details: { reasoning_tokens: number };
  };
}

/** Cuts an answer at stop sequences and at the token limit, and counts it. */
export function finish(answer: FakeAnswer, sampling: Sampling, promptTokens: number): Finished {
  let pieces = piecesOf(answer.text);
  let finishReason = answer.finishReason ?? (answer.toolCalls?.length ? 'tool_calls' : 'stop');
  const stops = typeof sampling.stop === 'string' ? [sampling.stop] : (sampling.stop ?? []);
  if (stops.length > 0) {
    const text = pieces.join('');
    const cut = Math.min(...stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0));
    if (cut !== Infinity) pieces = piecesOf(text.slice(0, cut));
  }
  const limit = sampling.max_completion_tokens ?? sampling.max_tokens;
  if (limit != null && pieces.length > limit) {
    pieces = pieces.slice(0, limit);
    finishReason = 'length';
  }
  const reasoning = piecesOf(answer.reasoning);
  const toolCalls = (answer.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${index}_${call.name}`,
    type: 'function' as const,
    function: {
      name: call.name,
      arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
    },
  }));
  const reasoningTokens = answer.usage?.reasoningTokens ?? countTokens(reasoning.join(''));
  const prompt = answer.usage?.promptTokens ?? promptTokens;
  const completion =
    answer.usage?.completionTokens ??
    countTokens(pieces.join('')) +
      reasoningTokens +
      toolCalls.reduce((sum, call) => sum + countTokens(call.function.name + call.function.arguments), 0);
  return {
    pieces,
    reasoning,
    toolCalls,
    finishReason,
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: answer.usage?.cachedTokens ?? 0 },
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    },
  };
}

/** The answer to `POST /chat/completions`, streamed when the request asks for it. */
export function chatReply(options: {
  request: ChatRequest;
  answer: FakeAnswer;
  id: string;
  createdSeconds: number;
  pacing: Pacing;
}): FakeReply {
  const { request, answer, id, createdSeconds, pacing } = options;
  const promptTokens = request.messages.reduce(
    (sum, message) => sum + countTokens(messageText(message)) + 3,
    3,
  );
  const finished = finish(answer, request, promptTokens);
  const head: Head = { id, object: 'chat.completion', created: createdSeconds, model: request.model };
  if (request.stream === true) {
    return streamReply({
      chunks: chatChunks(
        { ...head, object: 'chat.completion.chunk' },
        finished,
        request.stream_options?.include_usage,
      ),
      pacing,
    });
  }
  const message = {
    role: 'assistant',
    content: finished.toolCalls.length > 0 && finished.pieces.length === 0 ? null : finished.pieces.join(''),
    refusal: null,
    ...(finished.reasoning.length > 0 ? { reasoning_content: finished.reasoning.join('') } : {}),
    ...(finished.toolCalls.length > 0 ? { tool_calls: finished.toolCalls } : {}),
  };
  const choices = Array.from({ length: request.n ?? 1 }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: finished.finishReason,
  }));
  return jsonReply({ ...head, choices, usage: finished.usage, system_fingerprint: 'fp_fake' });
}

function* chatChunks(head: Head, finished: Finished, includeUsage: boolean | undefined): Generator<string> {
  // Chunks differ in their delta only; the rest is written once, which keeps a chunk at one concatenation.
  const before = `data: ${JSON.stringify(head).slice(0, -1)},"system_fingerprint":"fp_fake","choices":[{"index":0,"delta":`;
  const after = `,"logprobs":null,"finish_reason":null}]${includeUsage === true ? ',"usage":null' : ''}}\n\n`;
  yield `${before}{"role":"assistant","content":""}${after}`;
  for (const piece of finished.reasoning)
    yield `${before}{"reasoning_content":${JSON.stringify(piece)}}${after}`;
  for (const piece of finished.pieces) yield `${before}{"content":${JSON.stringify(piece)}}${after}`;
  for (const [index, call] of finished.toolCalls.entries()) {
    const { name, arguments: argumentsText } = call.function;
    const first = { index, id: call.id, type: 'function', function: { name, arguments: '' } };
    yield `${before}${JSON.stringify({ tool_calls: [first] })}${after}`;
    for (let at = 0; at < argumentsText.length; at += 12) {
      const part = { index, function: { arguments: argumentsText.slice(at, at + 12) } };
      yield `${before}${JSON.stringify({ tool_calls: [part] })}${after}`;
    }
  }
  yield `${before}{},"logprobs":null,"finish_reason":${JSON.stringify(finished.finishReason)}}]}\n\n`;
  if (includeUsage === true)
    yield `data: ${JSON.stringify({ ...head, choices: [], usage: finished.usage })}\n\n`;
  yield 'data: [DONE]\n\n';
}

/** The answer to `POST /completions`: the rules see the prompt as one user message. */
export function completionReply(options: {
  request: CompletionRequest;
  answer: FakeAnswer;
  id: string;
  createdSeconds: number;
  pacing: Pacing;
}): FakeReply {
  const { request, answer, id, createdSeconds, pacing } = options;
  const prompt = typeof request.prompt === 'string' ? request.prompt : request.prompt.join('\n');
  const finished = finish(
    answer,
    { stop: request.stop, max_tokens: request.max_tokens },
    countTokens(prompt),
  );
  const head: Head = { id, object: 'text_completion', created: createdSeconds, model: request.model };
  if (request.stream === true) {
    return streamReply({
      chunks: completionChunks(head, finished, request.stream_options?.include_usage),
      pacing,
    });
  }
  const choice = {
    text: finished.pieces.join(''),
    index: 0,
    logprobs: null,
    finish_reason: finished.finishReason,
  };
  return jsonReply({ ...head, choices: [choice], usage: finished.usage });
}

function* completionChunks(
  head: Head,
  finished: Finished,
  includeUsage: boolean | undefined,
): Generator<string> {
  const chunk = (text: string, finishReason: string | null) =>
    `data: ${JSON.stringify({ ...head, choices: [{ text, index: 0, logprobs: null, finish_reason: finishReason }] })}\n\n`;
  for (const piece of finished.pieces) yield chunk(piece, null);
  yield chunk('', finished.finishReason);
  if (includeUsage === true)
    yield `data: ${JSON.stringify({ ...head, choices: [], usage: finished.usage })}\n\n`;
  yield 'data: [DONE]\n\n';
}

/** A stream of chunks, paced and broken as told. */
export function streamReply(options: { chunks: Iterable<string>; pacing: Pacing }): FakeReply {
  const { pacing } = options;
  let chunks = options.chunks;
  if (pacing.errorAfterChunks !== undefined) {
    const error = pacing.streamError ?? {
      message: 'The fake provider was told to fail here.',
      type: 'server_error',
      code: null,
    };
    chunks = [...take(chunks, pacing.errorAfterChunks), `data: ${JSON.stringify({ error })}\n\n`];
  }
  if (pacing.breakAfterChunks !== undefined) chunks = take(chunks, pacing.breakAfterChunks);
  const reply = eventStreamReply(pacing.chunkDelayMs ? paced(chunks, pacing.chunkDelayMs) : chunks);
  return pacing.breakAfterChunks === undefined ? reply : { ...reply, cut: true };
}

function* take(chunks: Iterable<string>, count: number): Generator<string> {
  let sent = 0;
  for (const chunk of chunks) {
    if (sent >= count) return;
    sent += 1;
    yield chunk;
  }
}

/** A chunk every so often, counted from the beginning: late timers do not add up to a slower model. */
async function* paced(chunks: Iterable<string>, delayMs: number): AsyncGenerator<string> {
  let dueMs = performance.now();
  for (const chunk of chunks) {
    dueMs += delayMs;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    yield chunk;
  }
}
