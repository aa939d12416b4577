import { createHash, randomUUID } from 'node:crypto';
import { firstHeader, type ResponseHeaders } from '../outbound/headers.ts';
import type { OutboundClient } from '../outbound/outbound-client.ts';
import { FileStoreError } from './errors.ts';
import { type FileKey, parseFileKey, prefixOf } from './file-key.ts';
import { type FileStore, limitSource, type StoredFile } from './file-store.ts';
import { createS3Client, type S3Settings } from './s3-client.ts';

/** Parts of a multipart upload; S3 asks for at least 5 MiB and at most 10,000 of them. */
const PART_BYTES = 8 * 1024 * 1024;
const LIST_PAGE = 1_000;

/**
 * Keeps files in an S3-compatible bucket. Small files are one request; larger ones go up in parts, of which
 * one is in memory at a time, and appear when the last is there.
 */
export function createS3FileStore(options: {
  settings: S3Settings;
  outbound: OutboundClient;
  now?: () => Date;
  sleep?: (ms: number) => Promise<void>;
  partBytes?: number;
}): FileStore {
  const { partBytes = PART_BYTES } = options;
  const client = createS3Client(options);

  async function putInParts(input: {
    key: string;
    headers: Record<string, string>;
    parts: AsyncIterable<Uint8Array>;
    signal: AbortSignal | undefined;
  }): Promise<void> {
    const { key, headers, parts, signal } = input;
    const begun = await client.send({ method: 'POST', key, query: { uploads: '' }, headers, signal });
    const uploadId = textOf(await begun.text(), 'UploadId');
    try {
      const tags: string[] = [];
      for await (const body of parts) {
        const query = { partNumber: String(tags.length + 1), uploadId };
        const sent = await client.send({ method: 'PUT', key, query, body, signal });
        await sent.bytes();
        tags.push(firstHeader(sent.headers, 'etag') ?? '');
      }
      const list = tags.map(
        (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(tag)}</ETag></Part>`,
      );
      const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`);
      const answer = await (
        await client.send({ method: 'POST', key, query: { uploadId }, body, signal })
      ).text();
      // The service may find out that it failed after it said 200.
      if (answer.includes('<Error>'))
        throw new FileStoreError('storage_unavailable', 'The upload was not completed.');
    } catch (error) {
      // Without the abort the parts would be stored and paid for, unseen. What went wrong first is what counts.
      await client
        .send({ method: 'DELETE', key, query: { uploadId } })
        .then((sent) => sent.discard(), ignore);
      throw error;
    }
  }

  async function remove(key: string, signal?: AbortSignal): Promise<void> {
    const sent = await client.send({ method: 'DELETE', key, signal }).catch(nullWhenMissing);
    await sent?.bytes();
  }

  const store: FileStore = {
    async put(key, source, { maxBytes, contentType, signal }) {
      parseFileKey(key);
      const hash = createHash('sha256');
      let size = 0;
      const parts = cut(limitSource(source, { maxBytes, signal }), {
        partBytes,
        seen: (chunk) => {
          hash.update(chunk);
          size += chunk.length;
        },
      });
      const headers: Record<string, string> = { 'content-type': contentType ?? 'application/octet-stream' };
      const first = await parts.next();
      const body = first.done ? new Uint8Array(0) : first.value;
      if (body.length < partBytes) {
        const sent = await client.send({ method: 'PUT', key, headers, body, signal });
        await sent.bytes();
      } else {
        await putInParts({ key, headers, parts: prepend(body, parts), signal });
      }
      return { size, sha256: hash.digest('hex') };
    },

    async get(key, { range, signal } = {}) {
      parseFileKey(key);
      const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${range.end}` } : {};
      if (range && range.end < range.start) throw rangeError();
      // The size has to be known before the first byte, the connection must not be held until somebody reads.
      const found = await client.send({ method: 'HEAD', key, signal });
      found.discard();
      const total = sizeOf(found.headers);
      if (range && range.end >= total) throw rangeError();
      const size = range ? range.end - range.start + 1 : total;
      const read = async function* (): AsyncGenerator<Uint8Array, void, void> {
        if (size === 0) return;
        const response = await client.send({ method: 'GET', key, headers, signal });
        yield* response.body;
      };
      return { size, body: read() };
    },

    async head(key, { signal } = {}) {
      parseFileKey(key);
      const found = await client.send({ method: 'HEAD', key, signal }).catch(nullWhenMissing);
      if (found === null) return null;
      found.discard();
      const modified = firstHeader(found.headers, 'last-modified');
      return { key, size: sizeOf(found.headers), modifiedAt: new Date(modified ?? 0) };
    },

    async delete(key, { signal } = {}) {
      await remove(parseFileKey(key), signal);
    },

    async *list(prefix, { signal } = {}) {
      let token: string | null = null;
      do {
        const query: Record<string, string> = {
          'list-type': '2',
          'max-keys': String(LIST_PAGE),
          prefix: prefixOf(prefix),
          ...(token === null ? {} : { 'continuation-token': token }),
        };
        const page: string = await (await client.send({ method: 'GET', key: '', query, signal })).text();
        yield* readPage(page);
        token = textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') : null;
      } while (token);
    },

    async check({ signal } = {}) {
      const key = `.probe/${randomUUID()}`;
      const sent = await client.send({ method: 'PUT', key, body: Buffer.from('probe'), signal });
      await sent.bytes();
      await remove(key, signal);
    },
  };
  return store;
}

/** Cuts a stream into parts of one size; the last may be smaller. */
async function* cut(
  source: AsyncIterable<Uint8Array>,
  options: { partBytes: number; seen: (chunk: Uint8Array) => void },
): AsyncGenerator<Uint8Array, void, void> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    options.seen(chunk);
    let rest = chunk;
    while (length + rest.length >= options.partBytes) {
      const taken = options.partBytes - length;
      yield Buffer.concat([...pending, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      pending = [];
      length = 0;
    }
    if (rest.length > 0) {
      pending.push(rest);
      length += rest.length;
    }
  }
  if (length > 0) yield Buffer.concat(pending);
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  yield first;
  yield* rest;
}

/** Reads a page of ListObjectsV2; what is not ours in the bucket is passed over. */
function* readPage(xml: string): Generator<StoredFile, void, void> {
  for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const key = asKey(textOf(entry, 'Key'));
    if (key)
      yield { key, size: Number(textOf(entry, 'Size')), modifiedAt: new Date(textOf(entry, 'LastModified')) };
  }
}

function asKey(text: string): FileKey | null {
  try {
    return parseFileKey(text);
  } catch {
    return null;
  }
}

function textOf(xml: string, element: string): string {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';
  return text
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

function sizeOf(headers: ResponseHeaders): number {
  return Number(firstHeader(headers, 'content-length') ?? 0);
}

function rangeError(): FileStoreError {
  return new FileStoreError('file_range_not_satisfiable', 'The file does not have the requested bytes.');
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof FileStoreError && error.code === 'file_not_found') return null;
  throw error;
}

function ignore(): void {
  // The first error is on its way to the caller already.
}
