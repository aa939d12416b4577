import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { speak, speechMimeTypes, transcribe } from './audio.ts';
import { chatReply, completionReply } from './chat.ts';
import { countTokens } from './count-tokens.ts';
import { cosine, embed } from './embed.ts';
import { moderate } from './moderate.ts';
import { errorReply, type FakeReply, jsonReply } from './reply.ts';
import { responsesReply, toChatRequest } from './responses.ts';
import { type AnswerRule, applyRules, type FakeAnswer } from './rules.ts';
import type { RecordedRequest, Script, ScriptedReply } from './script.ts';
import {
  type ChatRequest,
  chatRequestSchema,
  completionRequestSchema,
  embeddingRequestSchema,
  moderationRequestSchema,
  rerankRequestSchema,
  responsesRequestSchema,
  speechRequestSchema,
} from './wire.ts';

/** Models that `GET /models` lists; any other name is answered as well. */
export const listedModels = [
  'demo-chat',
  'demo-embedding',
  'demo-rerank',
  'demo-speech',
  'demo-transcribe',
  'demo-moderation',
];

/** What a handler needs. */
export interface HandlerOptions {
  rules: readonly AnswerRule[];
  script: Script;
  /** Pause before every streamed chunk of a rule's answer. */
  chunkDelayMs: number;
  nowSeconds: () => number;
}

/** Answers a request of the OpenAI protocol; a path without a route gets 404 in the protocol's form. */
export type Handler = (request: RecordedRequest, signal: AbortSignal) => Promise<FakeReply>;

/** Makes the handler that the HTTP server and the in-process transport share. */
export function createHandler(options: HandlerOptions): Handler {
  let sequence = 0;
  return async (request, signal) => {
    const scripted = options.script.take(request);
    if (scripted?.delayMs !== undefined) await sleep(scripted.delayMs, undefined, { signal });
    if (scripted !== undefined && (scripted.status !== undefined || scripted.body !== undefined))
      return rawReply(scripted);
    const path = (request.path.split('?')[0] ?? '').replace(/^\/v1(?=\/)/u, '');
    if (request.method === 'GET' && path === '/models') return modelList(options.nowSeconds());
    const route = request.method === 'POST' ? routes[path] : undefined;
    if (route === undefined) {
      return errorReply({
        status: 404,
        message: `Unknown request URL: ${request.method} ${path}.`,
        code: 'unknown_url',
      });
    }
    sequence += 1;
    return route({ ...options, request, scripted, sequence });
  };
}

interface RouteContext extends HandlerOptions {
  request: RecordedRequest;
  scripted: ScriptedReply | undefined;
  sequence: number;
}

function rawReply(scripted: ScriptedReply): FakeReply {
  const { status = 200, headers = {}, body = '', chunkDelayMs, breakAfterChunks } = scripted;
  if (Array.isArray(body) && body.every((piece) => typeof piece === 'string')) {
    const pieces = body.slice(0, breakAfterChunks);
    return {
      status,
      headers: { 'content-type': 'text/event-stream', ...headers },
      body: chunkDelayMs === undefined ? pieces : slowly(pieces, chunkDelayMs),
      cut: breakAfterChunks !== undefined,
    };
  }
  if (typeof body === 'string' || body instanceof Uint8Array) return { status, headers, body };
  return jsonReply(body, status, headers);
}

async function* slowly(pieces: readonly string[], delayMs: number): AsyncGenerator<string> {
  for (const piece of pieces) {
    yield piece;
    await sleep(delayMs);
  }
}

/** Parses the body, or answers 400 as OpenAI does. */
function withBody<T>(schema: z.ZodType<T>, respond: (body: T, context: RouteContext) => FakeReply) {
  return (context: RouteContext): FakeReply => {
    const parsed = schema.safeParse(context.request.json);
    if (parsed.success) return respond(parsed.data, context);
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'body';
    return errorReply({
      status: 400,
      message: `Invalid value for '${where}': ${issue?.message ?? 'not valid'}.`,
      code: 'invalid_value',
    });
  };
}

/** The model names `error-429`, `error-500` … answer with that status, for trying errors by hand. */
function errorByModelName(model: string): FakeReply | undefined {
  const status = /^error-([45]\d\d)$/u.exec(model)?.[1];
  if (status === undefined) return undefined;
  return errorReply({
    status: Number(status),
    message: `The model ${model} always fails.`,
    ...(status === '429' ? { headers: { 'retry-after': '1' } } : {}),
  });
}

function answerFor(context: RouteContext, request: ChatRequest): FakeAnswer {
  const { scripted } = context;
  const says = scripted?.text ?? scripted?.reasoning ?? scripted?.toolCalls;
  return says !== undefined
    ? (scripted ?? {})
    : { ...applyRules(context.rules, request), ...usageOf(scripted) };
}

function usageOf(scripted: ScriptedReply | undefined): Pick<FakeAnswer, 'usage'> {
  return scripted?.usage === undefined ? {} : { usage: scripted.usage };
}

/** A pace in the name, as in `bench-500@30`, is in chunks per second. */
function pacingOf(context: RouteContext, model: string) {
  const pace = /^bench-\d+@(\d+)$/u.exec(model)?.[1];
  if (pace !== undefined) return { chunkDelayMs: 1000 / Number(pace) };
  if (model.startsWith('bench-')) return {};
  return { chunkDelayMs: context.chunkDelayMs, ...context.scripted };
}

type Route = (context: RouteContext) => FakeReply | Promise<FakeReply>;

const routes: Record<string, Route> = {
  '/chat/completions': withBody(chatRequestSchema, (request, context) => {
    return (
      errorByModelName(request.model) ??
      chatReply({
        request,
        answer: answerFor(context, request),
        id: `chatcmpl-fake-${context.sequence}`,
        createdSeconds: context.nowSeconds(),
        pacing: pacingOf(context, request.model),
      })
    );
  }),

  '/responses': withBody(responsesRequestSchema, (request, context) => {
    return (
      errorByModelName(request.model) ??
      responsesReply({
        request,
        answer: answerFor(context, toChatRequest(request)),
        id: `resp_fake_${context.sequence}`,
        createdSeconds: context.nowSeconds(),
        pacing: pacingOf(context, request.model),
      })
    );
  }),

  '/completions': withBody(completionRequestSchema, (request, context) => {
    const content = typeof request.prompt === 'string' ? request.prompt : request.prompt.join('\n');
    return (
      errorByModelName(request.model) ??
      completionReply({
        request,
        answer: answerFor(context, { model: request.model, messages: [{ role: 'user', content }] }),
        id: `cmpl-fake-${context.sequence}`,
        createdSeconds: context.nowSeconds(),
        pacing: pacingOf(context, request.model),
      })
    );
  }),

  '/embeddings': withBody(embeddingRequestSchema, (request) => {
    const texts = typeof request.input === 'string' ? [request.input] : request.input;
    const data = texts.map((text, index) => {
      const vector = embed(text, request.dimensions);
      const embedding =
        request.encoding_format === 'base64'
          ? Buffer.from(new Float32Array(vector).buffer).toString('base64')
          : vector;
      return { object: 'embedding', index, embedding };
    });
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    return (
      errorByModelName(request.model) ??
      jsonReply({
        object: 'list',
        data,
        model: request.model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      })
    );
  }),

  '/rerank': withBody(rerankRequestSchema, (request) => {
    const query = embed(request.query);
    const texts = request.documents.map((document) =>
      typeof document === 'string' ? document : document.text,
    );
    const results = texts
      .map((text, index) => ({
        index,
        ...(request.return_documents === false ? {} : { document: { text } }),
        relevance_score: Math.max(0, cosine(query, embed(text))),
      }))
      .toSorted((left, right) => right.relevance_score - left.relevance_score)
      .slice(0, request.top_n);
    const tokens = [request.query, ...texts].reduce((sum, text) => sum + countTokens(text), 0);
    return jsonReply({
      model: request.model,
      usage: { total_tokens: tokens, prompt_tokens: tokens },
      results,
    });
  }),

  '/audio/speech': withBody(speechRequestSchema, (request) => {
    const format = request.response_format ?? 'mp3';
    return {
      status: 200,
      headers: { 'content-type': speechMimeTypes[format] },
      body: speak(request.input, format),
    };
  }),

  '/audio/transcriptions': async ({ request, scripted }) => {
    const type = request.headers['content-type'] ?? '';
    const form = type.startsWith('multipart/form-data')
      ? await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData()
      : undefined;
    const file = form?.get('file');
    if (form === undefined || !(file instanceof File) || typeof form.get('model') !== 'string') {
      return errorReply({
        status: 400,
        message: "Missing required form fields 'file' and 'model'.",
        code: 'missing_required_parameter',
      });
    }
    const heard = scripted?.text ?? transcribe(Buffer.from(await file.arrayBuffer()), file.name);
    const text = typeof heard === 'string' ? heard : heard.join('');
    const format = form.get('response_format') ?? 'json';
    if (format === 'text')
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
    if (format === 'verbose_json') {
      return jsonReply({ task: 'transcribe', language: 'english', duration: 1, text, segments: [] });
    }
    return jsonReply({
      text,
      usage: {
        type: 'tokens',
        input_tokens: 1,
        output_tokens: countTokens(text),
        total_tokens: 1 + countTokens(text),
      },
    });
  },

  '/moderations': withBody(moderationRequestSchema, (request, context) => {
    const inputs = typeof request.input === 'string' ? [request.input] : request.input;
    const texts = inputs.map((input) => (typeof input === 'string' ? input : (input.text ?? '')));
    return jsonReply({
      id: `modr-fake-${context.sequence}`,
      model: request.model ?? 'demo-moderation',
      results: texts.map(moderate),
    });
  }),
};

function modelList(createdSeconds: number): FakeReply {
  return jsonReply({
    object: 'list',
    data: listedModels.map((id) => ({ id, object: 'model', created: createdSeconds, owned_by: 'trellis' })),
  });
}
