import type { Readable } from 'node:stream';

/** Bytes that may wait for their reader before the source is told to wait too. */
const maxWaitingBytes = 64 * 1024;

/**
 * Reads a stream as it flows: each piece is everything that has come since the last one was taken. Does what iterating
 * the stream itself does, for less: model answers come in a piece per token, and asking a stream for the next one costs
 * more than reading what it says. Leaving the iteration early destroys the stream.
 */
export function piecesOf(source: Readable): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new PieceReader(source) };
}

type Piece = IteratorResult<Uint8Array, undefined>;

class PieceReader implements AsyncIterator<Uint8Array, undefined> {
  readonly #source: Readable;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #reader: { resolve: (piece: Piece) => void; reject: (error: unknown) => void } | undefined;
  #ended = false;
  #failure: { error: unknown } | undefined;

  constructor(source: Readable) {
    this.#source = source;
    source.on('data', this.#take).on('end', this.#end).on('error', this.#fail).on('close', this.#close);
  }

  next(): Promise<Piece> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#answer();
    });
  }

  async return(): Promise<Piece> {
    this.#ended = true;
    this.#waiting = [];
    this.#source.destroy();
    return { done: true, value: undefined };
  }

  readonly #take = (chunk: Buffer): void => {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    // What else came in the same packet is handed out in the same piece.
    if (this.#waiting.length === 1 && this.#reader) void afterThis.then(this.#answer);
    if (this.#waitingBytes >= maxWaitingBytes) this.#source.pause();
  };

  readonly #end = (): void => {
    this.#ended = true;
    this.#answer();
  };

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#answer();
  };

  readonly #close = (): void => {
    if (!this.#ended) this.#fail(new Error('The stream was closed before its end.'));
  };

  readonly #answer = (): void => {
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#waiting.length > 0) {
      const [first, ...others] = this.#waiting;
      const value = others.length === 0 && first !== undefined ? first : Buffer.concat(this.#waiting);
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#reader = undefined;
      reader.resolve({ value, done: false });
      if (this.#source.isPaused()) this.#source.resume();
    } else if (this.#failure) {
      this.#reader = undefined;
      reader.reject(this.#failure.error);
    } else if (this.#ended) {
      this.#reader = undefined;
      reader.resolve({ value: undefined, done: true });
    }
  };
}

const afterThis = Promise.resolve();
