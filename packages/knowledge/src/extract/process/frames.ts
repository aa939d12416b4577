/**
 * What the server and the reading process say to each other: a length (4 bytes, big endian), a kind (1 byte), and as many
 * bytes as the length says.
 */
export interface Frame {
  readonly kind: FrameKind;
  readonly body: Buffer;
}

/** Kinds of frames, with who sends them. */
export const frameKinds = {
  /** Process: it can take a document. */
  ready: 0,
  /** Server: what the document is, as JSON. */
  request: 1,
  /** Server: some of its bytes. */
  content: 2,
  /** Server: all bytes were sent. Process: all parts were sent. */
  end: 3,
  /** Process: a part, as JSON. */
  part: 4,
  /** Process: why there are no more parts, as JSON. */
  failure: 5,
} as const;

/** A value of `frameKinds`. */
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

const headBytes = 5;

/** A frame as bytes. */
export function encodeFrame(kind: FrameKind, body: Uint8Array | string = ''): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const frame = Buffer.allocUnsafe(headBytes + bytes.length);
  frame.writeUInt32BE(bytes.length, 0);
  frame[4] = kind;
  frame.set(bytes, headBytes);
  return frame;
}

/** Puts frames together from pieces of a stream; throws where one is longer than allowed. */
export class FrameReader {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that are complete now. */
  *push(piece: Buffer): Generator<Frame> {
    this.#pieces.push(piece);
    this.#length += piece.length;
    while (this.#length >= headBytes) {
      const needed = headBytes + this.#head().readUInt32BE(0);
      if (needed > this.#maxBytes + headBytes) throw new RangeError('The frame is too long.');
      if (this.#length < needed) return;
      const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
      this.#pieces = [all.subarray(needed)];
      this.#length -= needed;
      yield { kind: all[4] as FrameKind, body: all.subarray(headBytes, needed) };
    }
  }

  #head(): Buffer {
    const [first] = this.#pieces;
    if (first && first.length >= headBytes) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}
