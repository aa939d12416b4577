import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHandler, type Handler } from './handler.ts';
import { errorReply, type FakeReply } from './reply.ts';
import { type AnswerRule, defaultRules } from './rules.ts';
import { type RecordedRequest, Script, type ScriptedReply } from './script.ts';

/** Options of the fake provider's server. */
export interface FakeProviderOptions {
  /** 0 or absent: any free port of 127.0.0.1. */
  port?: number;
  script?: readonly ScriptedReply[];
  /** Asked before the default rules. */
  rules?: readonly AnswerRule[];
  /** Pause before every streamed chunk; 0 when absent. Models called `bench-…` never wait for it. */
  chunkDelayMs?: number;
  /** Requests are kept in `requests`; switch off for long benchmarks. On when absent. */
  record?: boolean;
}

/** A running fake provider. */
export interface FakeProvider {
  /** Base URL of the API, ending with `/v1`. */
  url: string;
  /** The same without `/v1`. */
  origin: string;
  /** Everything received so far, oldest first. */
  requests: RecordedRequest[];
  /** Adds scripted replies; each answers one request unless it says otherwise. */
  script(...replies: readonly ScriptedReply[]): void;
  /** Forgets recorded requests and unused replies. */
  reset(): void;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/** Starts an HTTP server on 127.0.0.1 that speaks the OpenAI protocol with scripted or rule-made answers. */
export async function createFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const script = new Script();
  script.add(...(options.script ?? []));
  const requests: RecordedRequest[] = [];
  const handle = createHandler({
    rules: [...(options.rules ?? []), ...defaultRules],
    script,
    chunkDelayMs: options.chunkDelayMs ?? 0,
    nowSeconds: () => Math.floor(Date.now() / 1000),
  });
  const server = createServer((incoming, response) => {
    serve({ incoming, response, handle, recordInto: options.record === false ? undefined : requests }).catch(
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fake provider has no port.');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    url: `${origin}/v1`,
    origin,
    requests,
    script: (...replies) => script.add(...replies),
    reset: () => {
      script.clear();
      requests.length = 0;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function serve(exchange: {
  incoming: IncomingMessage;
  response: ServerResponse;
  handle: Handler;
  recordInto: RecordedRequest[] | undefined;
}): Promise<void> {
  const { incoming, response, handle, recordInto } = exchange;
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece);
  const request = recordRequest(incoming, Buffer.concat(pieces));
  recordInto?.push(request);
  const gone = new AbortController();
  response.on('close', () => {
    request.aborted = !response.writableFinished;
    gone.abort();
  });
  try {
    await send(response, await handle(request, gone.signal));
  } catch (error) {
    if (gone.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    if (response.headersSent) throw error;
    await send(response, errorReply({ status: 500, message }));
  }
}

function recordRequest(incoming: IncomingMessage, body: Buffer): RecordedRequest {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers,
    json: parseJson(headers['content-type'], body),
    body,
    remotePort: String(incoming.socket.remotePort ?? ''),
    aborted: false,
  };
}

/** The JSON of a body that claims to be JSON; undefined for anything else. */
export function parseJson(contentType: string | undefined, body: Buffer): unknown {
  if (contentType?.includes('json') !== true) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function send(response: ServerResponse, reply: FakeReply): Promise<void> {
  response.writeHead(reply.status, { 'x-request-id': 'req_fake', ...reply.headers });
  const { body } = reply;
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  if (Symbol.iterator in body) {
    writePieces(response, body);
  } else {
    for await (const piece of body) {
      if (response.destroyed) return;
      writePieces(response, [piece]);
    }
  }
  if (reply.cut === true) {
    await new Promise<void>((resolve) => response.write('', () => resolve()));
    response.destroy();
  } else {
    response.end();
  }
}

/**
 * Writes pieces that belong together in time, each as a chunk of its own, as one string: Node would make four writes of
 * every chunk, and in benchmarks this server shares the processor with what is measured.
 */
function writePieces(response: ServerResponse, pieces: Iterable<string>): void {
  response.flushHeaders();
  const { socket } = response;
  if (!response.chunkedEncoding || !socket) {
    for (const piece of pieces) response.write(piece);
    return;
  }
  let framed = '';
  for (const piece of pieces) {
    if (piece !== '') framed += `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`;
  }
  socket.write(framed);
}
