import { createHmac, randomBytes as secureRandomBytes } from 'node:crypto';
import { secretsEqual } from '../crypto/constant-time.ts';
import type { RandomBytes } from '../crypto/random-token.ts';

/** What a signature permits: the bytes of a file, or (deprecated) of an image. */
export type SignedFileKind = 'file-preview' | 'image-preview';

/** The parameters of a signed address as they arrive; anything may be missing or nonsense. */
export interface SignedFileQuery {
  readonly timestamp: unknown;
  readonly nonce: unknown;
  readonly sign: unknown;
}

/** Which host a link names: `public` for people and programs, `internal` for sandboxes and plugins. */
export type FileUrlAudience = 'public' | 'internal';

/** Makes and checks the short-lived addresses of files. */
export interface FileUrlSigner {
  /** `/files/{id}/file-preview` of an uploaded file. */
  uploadUrl(fileId: string, options?: FileUrlOptions): string;
  /** `/files/{id}/image-preview`, the older form for images. */
  imageUrl(fileId: string, options?: FileUrlOptions): string;
  /** `/files/tools/{id}.{extension}` of a file that a tool made. The extension is without its dot. */
  toolFileUrl(fileId: string, extension: string, options?: FileUrlOptions): string;
  /** Whether an address is one of ours and not too old. */
  verify(kind: SignedFileKind, fileId: string, query: SignedFileQuery): boolean;
}

/** Details of a link. The attachment switch is not covered by the signature: whoever holds the link may choose. */
export interface FileUrlOptions {
  readonly asAttachment?: boolean;
  readonly audience?: FileUrlAudience;
}

const NONCE_BYTES = 16;
const NONCE = /^[0-9a-f]{32}$/;
const TIMESTAMP = /^\d{1,12}$/;

/**
 * Builds the signer: HMAC-SHA256 with SECRET_KEY over `kind|id|timestamp|nonce`, base64url with padding.
 * `filesUrl` is FILES_URL or CONSOLE_API_URL, empty for links relative to the host.
 */
export function createFileUrlSigner(options: {
  secretKey: string;
  filesUrl: string;
  internalFilesUrl?: string;
  /** FILES_ACCESS_TIMEOUT, 300 s unless set. */
  accessTimeoutSeconds?: number;
  now?: () => number;
  randomBytes?: RandomBytes;
}): FileUrlSigner {
  const { secretKey, accessTimeoutSeconds = 300, now = Date.now, randomBytes = secureRandomBytes } = options;
  const bases: Readonly<Record<FileUrlAudience, string>> = {
    public: withoutSlash(options.filesUrl),
    internal: withoutSlash(options.internalFilesUrl || options.filesUrl),
  };
  const nowSeconds = (): number => Math.floor(now() / 1_000);

  function signatureOf(payload: {
    kind: SignedFileKind;
    fileId: string;
    timestamp: string;
    nonce: string;
  }): string {
    const text = `${payload.kind}|${payload.fileId}|${payload.timestamp}|${payload.nonce}`;
    const digest = createHmac('sha256', secretKey).update(text, 'utf8').digest('base64');
    return digest.replaceAll('+', '-').replaceAll('/', '_');
  }

  function urlOf(
    path: string,
    file: { kind: SignedFileKind; fileId: string },
    link: FileUrlOptions = {},
  ): string {
    const timestamp = String(nowSeconds());
    const nonce = Buffer.from(randomBytes(NONCE_BYTES)).toString('hex');
    const sign = signatureOf({ ...file, timestamp, nonce });
    const query = new URLSearchParams({ timestamp, nonce, sign });
    if (link.asAttachment) query.set('as_attachment', 'true');
    return `${bases[link.audience ?? 'public']}${path}?${query}`;
  }

  return {
    uploadUrl: (fileId, link) =>
      urlOf(`/files/${fileId}/file-preview`, { kind: 'file-preview', fileId }, link),
    imageUrl: (fileId, link) =>
      urlOf(`/files/${fileId}/image-preview`, { kind: 'image-preview', fileId }, link),
    toolFileUrl: (fileId, extension, link) => {
      const suffix = extension.replace(/^\./, '');
      return urlOf(`/files/tools/${fileId}.${suffix}`, { kind: 'file-preview', fileId }, link);
    },
    verify(kind, fileId, { timestamp, nonce, sign }) {
      if (typeof timestamp !== 'string' || typeof nonce !== 'string' || typeof sign !== 'string')
        return false;
      if (!TIMESTAMP.test(timestamp) || !NONCE.test(nonce)) return false;
      if (!secretsEqual(sign, signatureOf({ kind, fileId, timestamp, nonce }))) return false;
      return nowSeconds() - Number(timestamp) <= accessTimeoutSeconds;
    },
  };
}

function withoutSlash(base: string): string {
  return base.replace(/\/+$/, '');
}
