import { OutboundError } from '../outbound/errors.ts';
import { firstHeader } from '../outbound/headers.ts';
import type { OutboundClient } from '../outbound/outbound-client.ts';
import type { OutboundResponse } from '../outbound/outbound-request.ts';
import { FileStoreError } from './errors.ts';
import { EMPTY_PAYLOAD_HASH, encodeStrictly, type S3Credentials, sha256Hex, signRequest } from './sigv4.ts';

/** Where the bucket is and how to get in. */
export interface S3Settings {
  /** `https://minio.local:9000`; Amazon's address of the region when left out. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly credentials: S3Credentials;
  /** Bucket in the path or in the host name; `auto` takes the host name on Amazon and the path elsewhere. */
  readonly addressStyle: 'auto' | 'path' | 'virtual';
}

/** One operation on the bucket. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Key of the object; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** Sends signed requests; answers below 400 come back, everything else is thrown. */
export interface S3Client {
  send(request: S3Request): Promise<OutboundResponse>;
}

const MAX_ATTEMPTS = 3;
const TIMEOUT_MS = 120_000;

/** Builds the client. Every operation may be repeated, so lost connections and 5xx answers are, with growing waits. */
export function createS3Client(options: {
  settings: S3Settings;
  outbound: OutboundClient;
  now?: () => Date;
  sleep?: (ms: number) => Promise<void>;
}): S3Client {
  const { settings, outbound } = options;
  const now = options.now ?? (() => new Date());
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const base = bucketUrl(settings);

  async function attempt(request: S3Request): Promise<OutboundResponse> {
    const url = new URL(base);
    url.pathname = [url.pathname.replace(/\/$/, ''), ...request.key.split('/').map(encodeStrictly)].join('/');
    const query = Object.entries(request.query ?? {});
    url.search = query.map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`).join('&');
    const headers = signRequest(
      {
        method: request.method,
        url,
        headers: request.headers ?? {},
        payloadHash: request.body ? sha256Hex(request.body) : EMPTY_PAYLOAD_HASH,
      },
      { credentials: settings.credentials, region: settings.region, now: now() },
    );
    const response = await outbound.request({
      url,
      method: request.method,
      // The bytes are wanted as they are stored, whatever their content-encoding.
      headers: { ...headers, 'accept-encoding': 'identity' },
      body: request.body ?? null,
      policy: 'operator',
      timeoutMs: request.method === 'GET' ? null : TIMEOUT_MS,
      ...(request.signal ? { signal: request.signal } : {}),
    });
    if (response.status < 300) return response;
    throw await toError(response);
  }

  return {
    async send(request) {
      for (let count = 1; ; count += 1) {
        try {
          return await attempt(request);
        } catch (error) {
          if (request.signal?.aborted) throw request.signal.reason;
          if (count >= MAX_ATTEMPTS || !isPassing(error)) throw describe(error);
          await sleep(100 * 4 ** (count - 1));
        }
      }
    },
  };
}

function bucketUrl(settings: S3Settings): URL {
  const endpoint = new URL(settings.endpoint ?? `https://s3.${settings.region}.amazonaws.com`);
  const isAmazon = /(^|\.)amazonaws\.com(\.cn)?$/.test(endpoint.hostname);
  // A dot in the name would break the certificate of the host form.
  const fitsHost = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(settings.bucket);
  const virtual =
    settings.addressStyle === 'virtual' || (settings.addressStyle === 'auto' && isAmazon && fitsHost);
  if (virtual) endpoint.hostname = `${settings.bucket}.${endpoint.hostname}`;
  else endpoint.pathname = `${endpoint.pathname.replace(/\/$/, '')}/${encodeStrictly(settings.bucket)}`;
  return endpoint;
}

/** An answer of the service that is no success, before it is put into our words. */
class S3AnswerError extends Error {
  readonly status: number;
  readonly s3Code: string;

  constructor(status: number, s3Code: string) {
    super(`${status} ${s3Code}`);
    this.name = 'S3AnswerError';
    this.status = status;
    this.s3Code = s3Code;
  }
}

async function toError(response: OutboundResponse): Promise<S3AnswerError> {
  const type = firstHeader(response.headers, 'content-type') ?? '';
  const text = /xml/.test(type) ? await response.text().catch(() => '') : '';
  response.discard();
  return new S3AnswerError(response.status, /<Code>([A-Za-z0-9.]{1,80})<\/Code>/.exec(text)?.[1] ?? '');
}

function isPassing(error: unknown): boolean {
  if (error instanceof S3AnswerError) return error.status >= 500 || error.status === 429;
  return error instanceof OutboundError && !error.isRefusal && error.code !== 'request_invalid';
}

function describe(error: unknown): unknown {
  if (error instanceof OutboundError) {
    return new FileStoreError('storage_unavailable', 'The object storage cannot be reached.', {
      cause: error,
    });
  }
  if (!(error instanceof S3AnswerError)) return error;
  const { status, s3Code } = error;
  if (status === 404 && s3Code !== 'NoSuchBucket') {
    return new FileStoreError('file_not_found', 'There is no such file.', { cause: error });
  }
  if (status === 416) {
    return new FileStoreError('file_range_not_satisfiable', 'The file does not have the requested bytes.', {
      cause: error,
    });
  }
  const what = s3Code === '' ? String(status) : `${status} ${s3Code}`;
  return status === 401 || status === 403
    ? new FileStoreError('storage_refused', `The object storage refuses its credentials (${what}).`, {
        cause: error,
      })
    : new FileStoreError('storage_unavailable', `The object storage answered ${what}.`, { cause: error });
}
