import type { ServerResponse } from 'node:http';

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
        if (!response.write(text)) await drained(response);
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
      stream.response.write(pingEvent);
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
