import { NodeError } from '../../errors.ts';
import type { HttpResponse } from '../../ports/index.ts';

/** A response read to its end. */
export interface ReadResponse {
  readonly bytes: Uint8Array;
  readonly isFile: boolean;
  readonly filename: string | null;
  readonly mimeType: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes that a response may have, by what it is. */
export interface ResponseLimits {
  readonly maxTextBytes: number;
  readonly maxBinaryBytes: number;
}

/** Limits where nothing else is configured: 1 MiB of text, 10 MiB of anything else. */
export const defaultResponseLimits: ResponseLimits = { maxTextBytes: 1 << 20, maxBinaryBytes: 10 << 20 };

const sampleBytes = 1024;

/**
 * Reads a response and tells files from text.
 *
 * @throws {NodeError} `ResponseSizeError`
 */
export async function readResponse(response: HttpResponse, limits: ResponseLimits): Promise<ReadResponse> {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  const mimeType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() || null;
  const disposition = headers['content-disposition'] ?? '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isFile: boolean | null = null;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (isFile === null && size >= sampleBytes)
      isFile = looksLikeFile(mimeType, disposition, Buffer.concat(chunks));
    if (isFile !== null) checkSize(size, isFile, limits);
  }
  const bytes = Buffer.concat(chunks);
  isFile ??= looksLikeFile(mimeType, disposition, bytes);
  checkSize(size, isFile, limits);
  return { bytes, isFile, filename: filenameOf(disposition, response.url), mimeType, headers };
}

function checkSize(size: number, isFile: boolean, { maxTextBytes, maxBinaryBytes }: ResponseLimits): void {
  const most = isFile ? maxBinaryBytes : maxTextBytes;
  if (size <= most) return;
  const kind = isFile ? 'File' : 'Text';
  throw new NodeError(
    'ResponseSizeError',
    `${kind} size is too large, max size is ${(most / (1 << 20)).toFixed(2)} MB`,
  );
}

const textLikeApplication = /json|xml|javascript|x-www-form-urlencoded|yaml|graphql/;

function looksLikeFile(mimeType: string | null, disposition: string, bytes: Uint8Array): boolean {
  if (/^\s*attachment/i.test(disposition) || /filename\*?=/i.test(disposition)) return true;
  if (mimeType === null) return false;
  if (mimeType.startsWith('text/')) return mimeType === 'text/csv';
  if (mimeType.startsWith('application/')) {
    return !textLikeApplication.test(mimeType) && !looksLikeText(bytes.subarray(0, sampleBytes));
  }
  return /^(image|audio|video)\//.test(mimeType);
}

/** Text has no control characters but white space, and is UTF-8 up to a character cut at the end. */
function looksLikeText(sample: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(sample);
  const broken = text.slice(0, -4).includes('\ufffd');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary content.
  return !broken && !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
}

function filenameOf(disposition: string, url: string): string | null {
  const extended = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(disposition)?.[1];
  if (extended !== undefined) return safeDecode(extended.trim());
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  if (plain !== undefined) return plain.trim();
  const last = URL.canParse(url) ? new URL(url).pathname.split('/').at(-1) : undefined;
  return last ? safeDecode(last) : null;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Text of bytes: by the charset of the content type, else UTF-8 where it fits, GB 18030, or byte by byte. */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1];
  for (const label of [charset, 'utf-8', 'gb18030', 'latin1']) {
    if (label === undefined) continue;
    try {
      return new TextDecoder(label, { fatal: label !== charset && label !== 'latin1' }).decode(bytes);
    } catch {
      // An unknown charset, or bytes that are not written in it.
    }
  }
  return '';
}
