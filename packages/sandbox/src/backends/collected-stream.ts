import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** What a child wrote to one of its pipes, up to a limit; the rest is counted and thrown away. */
export class CollectedStream {
  readonly #chunks: Buffer[] = [];
  readonly #keepBytes: number;
  #kept = 0;
  #received = 0;

  /** `onReceived` is told the total after each chunk. */
  constructor(options: {
    readonly stream: Readable;
    readonly keepBytes: number;
    readonly onReceived?: (totalBytes: number) => void;
  }) {
    this.#keepBytes = options.keepBytes;
    options.stream.on('data', (chunk: Buffer) => {
      this.#received += chunk.length;
      const room = this.#keepBytes - this.#kept;
      if (room > 0) {
        const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
        this.#chunks.push(part);
        this.#kept += part.length;
      }
      options.onReceived?.(this.#received);
    });
    // A pipe that breaks because its child was killed is told by the child's exit.
    options.stream.on('error', () => {});
  }

  get overflowed(): boolean {
    return this.#received > this.#keepBytes;
  }

  /** The kept bytes as text; a character cut at the limit is left out. */
  text(): string {
    return new StringDecoder('utf8').write(Buffer.concat(this.#chunks));
  }
}
