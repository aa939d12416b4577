import { createHandler } from './handler.ts';
import { defaultRules } from './rules.ts';
import { type RecordedRequest, Script } from './script.ts';
import { parseJson } from './server.ts';

/** A request to the in-process provider; of the URL only the path counts. */
export interface LocalRequest {
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer of the in-process provider. */
export interface LocalResponse {
  status: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}

/** Speaks the OpenAI protocol without a socket: what the Demo provider's adapter calls instead of HTTP. */
export interface LocalTransport {
  request(url: string, request: LocalRequest): Promise<LocalResponse>;
}

/** Makes the Demo provider's transport. `chunkDelayMs` (20 when absent) is the pause between streamed words. */
export function createLocalTransport(options: { chunkDelayMs?: number } = {}): LocalTransport {
  const handle = createHandler({
    rules: defaultRules,
    script: new Script(),
    chunkDelayMs: options.chunkDelayMs ?? 20,
    nowSeconds: () => Math.floor(Date.now() / 1000),
  });
  return {
    request: async (url, { method, headers, body = '', signal = new AbortController().signal }) => {
      signal.throwIfAborted();
      const bytes = Buffer.from(body);
      const { pathname } = new URL(url);
      const request: RecordedRequest = {
        method,
        path: pathname,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        json: parseJson(headers['content-type'], bytes),
        body: bytes,
        remotePort: '',
        aborted: false,
      };
      const reply = await handle(request, signal);
      return { status: reply.status, headers: reply.headers, body: bytesOf(reply.body, signal) };
    },
  };
}

async function* bytesOf(
  body: string | Uint8Array | Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    yield Buffer.from(body);
    return;
  }
  for await (const piece of body) {
    signal.throwIfAborted();
    yield Buffer.from(piece);
  }
}
