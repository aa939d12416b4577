import { FileStoreError } from './errors.ts';
import type { FileKey, FilePrefix } from './file-key.ts';

/** What is known of a stored file without reading it. */
export interface StoredFile {
  readonly key: FileKey;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** An inclusive range of bytes, counted from zero. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where the bytes come from when a file is stored. */
export type FileSource = AsyncIterable<Uint8Array> | Uint8Array;

/**
 * Keeps bytes under generated keys. All implementations pass one contract suite. Every method throws
 * FileStoreError, or the reason of the signal when that aborts.
 */
export interface FileStore {
  /**
   * Stores the whole source or nothing: until it returns, readers see what was there before. Reading stops
   * with `file_too_large` one byte after `maxBytes`.
   */
  put(
    key: FileKey,
    source: FileSource,
    options: { maxBytes: number; contentType?: string; signal?: AbortSignal },
  ): Promise<{ size: number; sha256: string }>;
  /** Opens a file, or part of it. Nothing is held open until the body is read. */
  get(
    key: FileKey,
    options?: { range?: ByteRange; signal?: AbortSignal },
  ): Promise<{ size: number; body: AsyncIterable<Uint8Array> }>;
  /** Null when there is no such file. */
  head(key: FileKey, options?: { signal?: AbortSignal }): Promise<StoredFile | null>;
  /** Also succeeds when there is nothing to delete. */
  delete(key: FileKey, options?: { signal?: AbortSignal }): Promise<void>;
  /** All files below a prefix, in the order of their keys. */
  list(prefix: FilePrefix, options?: { signal?: AbortSignal }): AsyncIterable<StoredFile>;
  /** Writes and deletes a probe; for health checks and for refusing to start on a storage that cannot be used. */
  check(options?: { signal?: AbortSignal }): Promise<void>;
}

/** Reads a whole file into memory. Throws `file_too_large` when it is longer than `maxBytes`. */
export async function readWholeFile(
  store: FileStore,
  key: FileKey,
  options: { maxBytes: number; signal?: AbortSignal },
): Promise<Uint8Array> {
  const { size, body } = await store.get(key, options.signal ? { signal: options.signal } : {});
  if (size > options.maxBytes) throw fileTooLarge(options.maxBytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The error for a source beyond its limit. */
export function fileTooLarge(maxBytes: number): FileStoreError {
  return new FileStoreError('file_too_large', `The file is larger than the allowed ${maxBytes} bytes.`);
}

/** The error for a key under which nothing is stored. */
export function fileNotFound(): FileStoreError {
  return new FileStoreError('file_not_found', 'There is no such file.');
}

/** Checks a range against a size and gives its length. Throws `file_range_not_satisfiable`. */
export function lengthOfRange(range: ByteRange, size: number): number {
  if (range.start < 0 || range.end < range.start || range.end >= size) {
    throw new FileStoreError('file_range_not_satisfiable', 'The file does not have the requested bytes.');
  }
  return range.end - range.start + 1;
}

/** The pieces of a source, counted; throws `file_too_large` and the signal's reason. */
export async function* limitSource(
  source: FileSource,
  options: { maxBytes: number; signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, void> {
  const { maxBytes, signal } = options;
  let total = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    signal?.throwIfAborted();
    total += chunk.length;
    if (total > maxBytes) throw fileTooLarge(maxBytes);
    if (chunk.length > 0) yield chunk;
  }
  signal?.throwIfAborted();
}
