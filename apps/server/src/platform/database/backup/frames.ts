import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { z } from 'zod';
import { BackupError } from './errors.ts';
import {
  type Frame,
  type FrameType,
  formatVersion,
  frameTypes,
  magic,
  maxPayloadBytes,
  sectionEndSchema,
} from './format.ts';

const headBytes = 5;
/** Longest first line that is looked at. */
const maxMagicBytes = 64;

/** The bytes of one frame. */
export function encodeFrame(type: FrameType, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + payload.byteLength);
  frame.write(type, 0, 'latin1');
  frame.writeUInt32BE(payload.byteLength, 1);
  frame.set(payload, headBytes);
  return frame;
}

/** A frame with JSON in it. */
export function encodeJsonFrame(type: FrameType, value: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(value)));
}

/** The frames of a table or file: its start, its bytes in pieces, its end with their count and hash. */
export async function* encodeSection(
  type: 'T' | 'F',
  description: unknown,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  yield encodeJsonFrame(type, description);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    for (let at = 0; at < chunk.byteLength; at += maxPayloadBytes) {
      yield encodeFrame('D', chunk.subarray(at, at + maxPayloadBytes));
    }
  }
  yield encodeJsonFrame('E', { bytes, sha256: hash.digest('hex') });
}

/** Bytes of a file in exact portions. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes; undefined at a clean end, an error in the middle of something. */
  async read(count: number): Promise<Buffer | undefined> {
    if (!(await this.#fill(count))) {
      if (this.#held.byteLength === 0) return undefined;
      throw new BackupError(
        'backup_incomplete',
        'The backup ends in the middle: it was not written or copied to its end.',
      );
    }
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return bytes;
  }

  async #fill(count: number): Promise<boolean> {
    const parts = [this.#held];
    let length = this.#held.byteLength;
    while (length < count) {
      const { done, value } = await this.#chunks.next();
      if (done === true) break;
      parts.push(value);
      length += value.byteLength;
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts, length);
    return length >= count;
  }
}

/** Reads the frames of a backup file. Throws BackupError when it is none, too new, cut off or damaged. */
export async function* readFrames(file: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  const reader = new ByteReader(decompressed(file));
  try {
    for (;;) {
      const head = await reader.read(headBytes);
      if (head === undefined) return;
      const type = frameTypes.find((letter) => letter === String.fromCharCode(head[0] ?? 0));
      const length = head.readUInt32BE(1);
      if (type === undefined || length > maxPayloadBytes)
        throw damaged('it holds something that no backup has');
      const payload = length === 0 ? Buffer.alloc(0) : await reader.read(length);
      if (payload === undefined)
        throw new BackupError('backup_incomplete', 'The backup ends in the middle of a frame.');
      yield { type, payload };
    }
  } catch (error) {
    throw explain(error);
  }
}

/** Zlib knows cut-off and damaged streams apart by code. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof BackupError) return error;
  if (error.code === 'Z_BUF_ERROR' || error.code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new BackupError(
      'backup_incomplete',
      'The backup ends in the middle: it was not written or copied to its end.',
    );
  }
  return String(error.code).startsWith('ZSTD_') ? damaged('its compression is broken', error) : error;
}

function damaged(why: string, cause?: unknown): BackupError {
  return new BackupError('backup_damaged', `The backup is damaged: ${why}.`, { cause });
}

/** Takes the first line off and unpacks the rest. */
async function* decompressed(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = file[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  while (start.indexOf(0x0a) < 0 && start.byteLength < maxMagicBytes) {
    const { done, value } = await source.next();
    if (done === true) break;
    start = Buffer.concat([start, value]);
  }
  const end = start.indexOf(0x0a);
  checkFirstLine(start.subarray(0, Math.max(end, 0)).toString('latin1'));
  async function* rest(): AsyncGenerator<Buffer> {
    yield start.subarray(end + 1);
    yield* { [Symbol.asyncIterator]: () => source };
  }
  // Errors of either side surface where the result is read.
  const unpacked = pipeline(rest(), createZstdDecompress(), () => undefined);
  yield* unpacked;
}

function checkFirstLine(line: string): void {
  const version = new RegExp(`^${magic} (\\d+)$`).exec(line)?.[1];
  if (version === undefined)
    throw new BackupError('backup_not_a_backup', 'This file is not a backup of Trellis.');
  if (Number(version) <= formatVersion) return;
  throw new BackupError(
    'backup_newer_format',
    `The backup has format ${version}, this release reads up to ${formatVersion}: it was written by a newer release.`,
  );
}

/** Reads JSON of a frame by its schema. */
export function parsePayload<T>(schema: z.ZodType<T>, { payload }: Frame): T {
  try {
    return schema.parse(JSON.parse(payload.toString()));
  } catch (error) {
    throw damaged('a description in it cannot be read', error);
  }
}

/** The bytes of the section that just began, up to and with its end, whose count and hash are checked. */
export async function* sectionContent(frames: AsyncIterator<Frame>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (;;) {
    const { done, value: frame } = await frames.next();
    if (done === true)
      throw new BackupError('backup_incomplete', 'The backup ends in the middle of a table or file.');
    if (frame.type === 'E') {
      const end = parsePayload(sectionEndSchema, frame);
      if (end.bytes !== bytes || end.sha256 !== hash.digest('hex'))
        throw damaged('a table or file in it was altered');
      return;
    }
    if (frame.type !== 'D') throw damaged('its parts are out of order');
    hash.update(frame.payload);
    bytes += frame.payload.byteLength;
    yield frame.payload;
  }
}
