import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type S3Credentials, sha256Hex, signRequest } from '../sigv4.ts';

/** A small S3 server in memory: one bucket, path style, signatures checked. */
export interface FakeS3 {
  readonly endpoint: string;
  readonly objects: Map<string, Buffer>;
  /** Multipart uploads that were begun and neither completed nor aborted. */
  readonly unfinishedUploads: () => number;
  /** Makes the next requests fail with a status. */
  failNext(status: number, times: number): void;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface Upload {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
}

/** Starts the server on a free port of the loopback interface. */
export async function startFakeS3(options: {
  bucket: string;
  region: string;
  credentials: S3Credentials;
  pageSize?: number;
}): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Upload>();
  const requests: string[] = [];
  let failures = { status: 0, left: 0 };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const method = request.method ?? '';
    requests.push(`${method} ${url.pathname}${url.search}`);
    if (failures.left > 0) {
      failures.left -= 1;
      return answerError(response, failures.status, 'SlowDown');
    }
    if (!isSigned({ request, url, body })) {
      answerError(response, 403, 'SignatureDoesNotMatch');
      return;
    }
    if (!url.pathname.startsWith(`/${options.bucket}`)) {
      answerError(response, 404, 'NoSuchBucket');
      return;
    }
    const key = decodeURIComponent(url.pathname.slice(options.bucket.length + 2));
    const uploadId = url.searchParams.get('uploadId');

    if (key === '') {
      list(url, response);
      return;
    }
    if (method === 'POST' && url.searchParams.has('uploads')) {
      const id = `upload-${uploads.size + 1}&x`;
      uploads.set(id, { key, parts: new Map() });
      answerXml(response, `<R><UploadId>${id.replace('&', '&amp;')}</UploadId></R>`);
      return;
    }
    if (uploadId !== null) {
      multipart({ method, uploadId, url, body, response });
      return;
    }
    if (method === 'PUT') {
      objects.set(key, body);
      response.writeHead(200).end();
      return;
    }
    if (method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    read({ key, request, response });
  }

  function isSigned(input: { request: IncomingMessage; url: URL; body: Buffer }): boolean {
    const { headers, method = '' } = input.request;
    const names = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
    const stamp = String(headers['x-amz-date'] ?? '');
    const now = new Date(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (Number.isNaN(now.getTime())) return false;
    const own = new Set(['host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token']);
    const signedHeaders = names.filter((name) => !own.has(name)).map((name) => [name, String(headers[name])]);
    const payloadHash = sha256Hex(input.body);
    const expected = signRequest(
      {
        method,
        url: input.url,
        headers: Object.fromEntries(signedHeaders) as Record<string, string>,
        payloadHash,
      },
      { credentials: options.credentials, region: options.region, now },
    );
    return (
      payloadHash === headers['x-amz-content-sha256'] && expected['authorization'] === headers.authorization
    );
  }

  function multipart(input: {
    method: string;
    uploadId: string;
    url: URL;
    body: Buffer;
    response: ServerResponse;
  }): void {
    const { method, uploadId, url, body, response } = input;
    const upload = uploads.get(uploadId);
    if (!upload) {
      answerError(response, 404, 'NoSuchUpload');
      return;
    }
    if (method === 'PUT') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body);
      const tag = createHash('md5').update(body).digest('hex');
      response.writeHead(200, { etag: `"${tag}"` }).end();
    } else if (method === 'DELETE') {
      uploads.delete(uploadId);
      response.writeHead(204).end();
    } else {
      const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>&quot;/g)];
      const parts = listed.map(([, number]) => upload.parts.get(Number(number)) ?? Buffer.alloc(0));
      objects.set(upload.key, Buffer.concat(parts));
      uploads.delete(uploadId);
      answerXml(response, '<CompleteMultipartUploadResult/>');
    }
  }

  function read(input: { key: string; request: IncomingMessage; response: ServerResponse }): void {
    const { key, request, response } = input;
    const found = objects.get(key);
    if (!found) {
      answerError(response, 404, 'NoSuchKey');
      return;
    }
    const base = { 'last-modified': new Date().toUTCString() };
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const bytes = range ? found.subarray(Number(range[1]), Number(range[2]) + 1) : found;
    response.writeHead(range ? 206 : 200, { ...base, 'content-length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  function list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get('prefix') ?? '';
    const after = url.searchParams.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, options.pageSize ?? 1_000);
    const isTruncated = page.length < keys.length;
    const entries = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>${objects.get(key)?.length}</Size></Contents>`,
    );
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    answerXml(response, `<R><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</R>`);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    unfinishedUploads: () => uploads.size,
    failNext(status, times) {
      failures = { status, left: times };
    },
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(xml);
}

function answerError(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code></Error>`);
}
