import type { Readable } from 'node:stream';
import { PassThrough, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { OutboundError, toOutboundError } from './errors.ts';
import { piecesOf } from './pieces.ts';

/** Limits on what is read of an answer. */
export interface BodyLimits {
  /** Bytes after decompression; undefined reads on until the peer or the caller ends it. */
  readonly maxBytes: number | undefined;
  /** Decompressed size over received size, judged once a megabyte has come out. */
  readonly maxInflationRatio: number;
}

const RATIO_JUDGED_FROM_BYTES = 1024 * 1024;

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** Whether a content-encoding value means that the bytes are what they look like. */
export function isIdentity(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity';
}

/**
 * Reads a body with its limits: decompresses, counts, refuses bombs and stacked encodings. Ending the
 * iteration early closes the connection.
 */
export function limitBody(
  source: Readable,
  options: BodyLimits & { encoding: string | undefined; host: string; signal: AbortSignal | undefined },
): AsyncIterable<Uint8Array> {
  const { encoding, host, maxBytes, signal } = options;
  if (isIdentity(encoding)) {
    const counted =
      maxBytes === undefined ? piecesOf(source) : countBytes(source, { ...options, received: null });
    return mapErrors(counted, { host, signal });
  }
  const decoder = DECODERS[(encoding ?? '').trim().toLowerCase()];
  if (decoder === undefined) {
    source.destroy();
    throw new OutboundError(
      'decompression_refused',
      `${host} answered in an encoding that is not understood.`,
      {
        beforeResponse: false,
      },
    );
  }
  let received = 0;
  const counter = new PassThrough();
  counter.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  const inflated = decoder();
  // The iteration below sees every failure; the callback only keeps pipeline from throwing it a second time.
  pipeline(source, counter, inflated, () => undefined);
  return mapErrors(countBytes(inflated, { ...options, received: () => received }), { host, signal });
}

async function* countBytes(
  source: Readable,
  options: BodyLimits & { host: string; received: (() => number) | null },
): AsyncGenerator<Uint8Array, void, void> {
  const { host, maxBytes = Number.POSITIVE_INFINITY, maxInflationRatio, received } = options;
  let total = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge(host, maxBytes);
    if (received !== null && total > RATIO_JUDGED_FROM_BYTES && total > maxInflationRatio * received()) {
      throw new OutboundError(
        'decompression_refused',
        `${host} answered with data compressed beyond all measure.`,
        {
          beforeResponse: false,
        },
      );
    }
    yield chunk;
  }
}

/** The error for an answer beyond its limit. */
export function tooLarge(host: string, maxBytes: number): OutboundError {
  return new OutboundError('response_too_large', `${host} sent more than the allowed ${maxBytes} bytes.`, {
    beforeResponse: false,
  });
}

/** The source with its errors as OutboundErrors; adds one promise per chunk and copies nothing. */
function mapErrors(
  source: AsyncIterable<Uint8Array>,
  context: { host: string; signal: AbortSignal | undefined },
): AsyncIterable<Uint8Array> {
  const { host, signal } = context;
  const rethrow = (error: unknown): never => {
    throw signal?.aborted ? signal.reason : toOutboundError(error, { host, beforeResponse: false });
  };
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      return {
        next: () => iterator.next().then(undefined, rethrow),
        return: async () => {
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Collects a body. Stops with `response_too_large` as soon as the limit is passed. */
export async function collect(
  body: AsyncIterable<Uint8Array>,
  options: { maxBytes: number; host: string },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > options.maxBytes) throw tooLarge(options.host, options.maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}
