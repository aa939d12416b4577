import { CONTENT_SAMPLE_BYTES, checkContent } from './content-check.ts';
import { UploadError } from './errors.ts';
import { type FileCategory, fileCategory, maxBytesFor, type UploadLimits } from './file-category.ts';
import { cleanFileName, extensionOf } from './file-name.ts';

/** A file as it arrives. */
export interface IncomingUpload {
  /** As the multipart part or the remote server names it. */
  readonly fileName: unknown;
  /** As declared; only kept where the content does not tell. */
  readonly mimeType: string | undefined;
  readonly source: AsyncIterable<Uint8Array>;
}

/** What is allowed here. */
export interface UploadRules {
  readonly limits: UploadLimits;
  /** UPLOAD_FILE_EXTENSION_BLACKLIST: lower case, no dots. */
  readonly blockedExtensions: ReadonlySet<string>;
  /** When set, the only extensions that are taken (knowledge). */
  readonly onlyExtensions?: ReadonlySet<string>;
  /** Overrides the limit by category, for inputs with a limit of their own. */
  readonly maxBytes?: number;
}

/** An upload that may be stored: its facts, and its bytes to be read once. */
export interface AcceptedUpload {
  readonly name: string;
  /** Lower case, without the dot. */
  readonly extension: string;
  readonly mimeType: string;
  readonly category: FileCategory;
  /** Hand it to the file store as its limit. */
  readonly maxBytes: number;
  /** Throws UploadError `file_too_large` beyond the limit. */
  readonly source: AsyncIterable<Uint8Array>;
}

const MIME_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** Types of extensions whose content has no signature. */
const TEXT_TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  markdown: 'text/markdown',
  md: 'text/markdown',
  mdx: 'text/mdx',
  html: 'text/html',
  htm: 'text/html',
  csv: 'text/csv',
  vtt: 'text/vtt',
  xml: 'application/xml',
  svg: 'image/svg+xml',
};

/**
 * Checks name, type, extension and the first bytes of an upload. Throws UploadError; otherwise the file may
 * be stored under a generated key, with the size limit enforced while its bytes are read.
 */
export async function acceptUpload(upload: IncomingUpload, rules: UploadRules): Promise<AcceptedUpload> {
  const name = cleanFileName(upload.fileName);
  const extension = extensionOf(name);
  const declared = (upload.mimeType?.split(';')[0] ?? '').trim().toLowerCase();
  if (declared === '') throw unsupported();
  if (rules.blockedExtensions.has(extension)) {
    throw new UploadError(
      'file_extension_blocked',
      `File extension '.${extension}' is not allowed for security reasons`,
    );
  }
  if (rules.onlyExtensions && !rules.onlyExtensions.has(extension)) throw unsupported();

  const maxBytes = rules.maxBytes ?? maxBytesFor(extension, rules.limits);
  const limited = limitUpload(upload.source, maxBytes)[Symbol.asyncIterator]();
  const sample = await readSample(limited);
  const verdict = await checkContent(extension, sample.bytes);
  if (!verdict.fits) {
    await limited.return();
    throw unsupported();
  }
  const mimeType =
    verdict.mimeType ??
    TEXT_TYPES[extension] ??
    (MIME_TYPE.test(declared) ? declared : 'application/octet-stream');
  return {
    name,
    extension,
    mimeType,
    category: fileCategory({ extension, mimeType }),
    maxBytes,
    source: resume(sample.chunks, limited),
  };
}

/** The error for a file beyond its limit, with the limit in the words of the API. */
export function uploadTooLarge(maxBytes: number): UploadError {
  const megabytes = Math.round((maxBytes / (1024 * 1024)) * 100) / 100;
  return new UploadError('file_too_large', `File size exceeded. The limit is ${megabytes} MB.`);
}

function unsupported(): UploadError {
  return new UploadError('unsupported_file_type', 'File type not allowed.');
}

async function* limitUpload(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, void> {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.length;
    if (total > maxBytes) throw uploadTooLarge(maxBytes);
    yield chunk;
  }
}

async function readSample(
  chunks: AsyncGenerator<Uint8Array, void, void>,
): Promise<{ chunks: Uint8Array[]; bytes: Uint8Array }> {
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < CONTENT_SAMPLE_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    taken.push(next.value);
    length += next.value.length;
  }
  return { chunks: taken, bytes: Buffer.concat(taken).subarray(0, CONTENT_SAMPLE_BYTES) };
}

async function* resume(
  taken: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  yield* taken;
  yield* rest;
}
