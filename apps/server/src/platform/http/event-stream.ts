import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** The keep-alive event, the only one without data. */
export const pingEvent = 'event: ping\n\n';

/** Silence after which a ping is sent. */
const pingAfterMs = 10_000;

interface OpenStream {
  response: ServerResponse;
  lastWriteMs: number;
}

/**
 * Writes event streams to sockets. One timer serves the pings of all streams: a timer per stream would cost more than
 * the tokens it watches.
 */
export class EventStreamWriter {
  readonly #open = new Set<OpenStream>();
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#timer = setInterval(() => this.#ping(), 1_000);
    this.#timer.unref();
  }

  /** Streams that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Writes every item as it comes, waiting when the socket is full. Returns when the events end or the client goes
   * away; the source is told to stop by the iterator's `return`.
   */
  async write(response: ServerResponse, events: AsyncIterable<string>): Promise<void> {
    const stream: OpenStream = { response, lastWriteMs: this.#now() };
    this.#open.add(stream);
    try {
      for await (const text of events) {
        if (response.destroyed) break;
        stream.lastWriteMs = this.#now();
        if (!writeText(response, text)) await drained(response);
      }
    } finally {
      this.#open.delete(stream);
      if (!response.destroyed) response.end();
    }
  }

  /** Stops the ping timer. */
  close(): void {
    clearInterval(this.#timer);
  }

  #ping(): void {
    const due = this.#now() - pingAfterMs;
    for (const stream of this.#open) {
      if (stream.lastWriteMs > due) continue;
      stream.lastWriteMs = this.#now();
      writeText(stream.response, pingEvent);
    }
  }
}

/**
 * Writes a piece of the body; false when the socket is full. A chunk is framed here and goes to the socket as one string:
 * Node's own framing makes four writes of it, gathered again a tick later, which cost more than everything else that is
 * done for a token. The response itself writes where it does not frame (HTTP/1.0), and where it has no socket: while an
 * earlier answer on the same connection is not over, or in a test without a network.
 */
function writeText(response: ServerResponse, text: string): boolean {
  const { socket } = response;
  if (!response.chunkedEncoding || !(socket instanceof Socket)) return response.write(text);
  const bytes = Buffer.byteLength(text);
  // Text without characters beyond ASCII, which nearly all of it is, is copied instead of encoded.
  return socket.write(`${bytes.toString(16)}\r\n${text}\r\n`, bytes === text.length ? 'latin1' : 'utf8');
}

/** Resolves when the socket takes more, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  const source = response.socket ?? response;
  return new Promise((resolve) => {
    const done = () => {
      source.off('drain', done);
      source.off('close', done);
      resolve();
    };
    source.on('drain', done);
    source.on('close', done);
  });
}
