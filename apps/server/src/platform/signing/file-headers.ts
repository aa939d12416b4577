/** A stored file as far as its delivery is concerned. */
export interface DeliveredFile {
  readonly name: string;
  /** As stored; what it says is trusted as little as the file. */
  readonly mimeType: string;
  /** Bytes; left out when unknown. */
  readonly size?: number | undefined;
}

/** Types of audio and video whose players ask for ranges. */
const RANGE_TYPES: ReadonlySet<string> = new Set([
  'audio/mpeg',
  'audio/wav',
  'audio/mp4',
  'audio/ogg',
  'audio/flac',
  'audio/aac',
  'audio/x-m4a',
  'video/mp4',
  'video/webm',
  'video/quicktime',
]);

/**
 * Types that a browser opens as a page or runs as a script. On our own host they could act as the person
 * who looks at them, so they are handed out as plain bytes to be saved.
 */
const ACTIVE_TYPES: ReadonlySet<string> = new Set([
  'text/html',
  'application/xhtml+xml',
  'text/xml',
  'application/xml',
  'application/rss+xml',
  'application/atom+xml',
  'application/rdf+xml',
  'application/xslt+xml',
  'application/mathml+xml',
  'text/javascript',
  'application/javascript',
  'application/x-javascript',
  'application/ecmascript',
  'text/ecmascript',
  'application/wasm',
  'text/css',
  'text/cache-manifest',
  'application/manifest+json',
  'message/rfc822',
  'multipart/related',
  'multipart/x-mixed-replace',
  'application/x-shockwave-flash',
  'application/java-archive',
]);
const ACTIVE_EXTENSIONS: ReadonlySet<string> = new Set([
  'html',
  'htm',
  'xhtml',
  'xht',
  'shtml',
  'mht',
  'mhtml',
  'xml',
  'xsl',
]);

/** Nothing of a picture may load or run anything; it may only paint itself. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
const MIME_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** Whether a browser could execute a file of this type or name if it were shown in place. */
export function isActiveContent(file: { mimeType: string; name: string }): boolean {
  return ACTIVE_TYPES.has(essenceOf(file.mimeType)) || ACTIVE_EXTENSIONS.has(extensionOf(file.name));
}

/**
 * Headers under which a file is sent. Active types always go out as an attachment of unknown type; SVG is
 * shown, but inert; nothing is left to the browser's guess.
 */
export function fileHeaders(
  file: DeliveredFile,
  options: { asAttachment?: boolean } = {},
): Record<string, string> {
  const type = essenceOf(file.mimeType);
  const isActive = isActiveContent(file);
  const isSaved = isActive || options.asAttachment === true;
  const headers: Record<string, string> = {
    'content-type': isSaved ? 'application/octet-stream' : describeType(type, file.mimeType),
    'x-content-type-options': 'nosniff',
  };
  if (file.size !== undefined && file.size >= 0) headers['content-length'] = String(file.size);
  if (RANGE_TYPES.has(type)) headers['accept-ranges'] = 'bytes';
  if (isSaved) headers['content-disposition'] = attachment(file.name);
  if (type === 'image/svg+xml' || extensionOf(file.name) === 'svg')
    headers['content-security-policy'] = SVG_POLICY;
  return headers;
}

/** `attachment` with the name in the form that every browser of today reads (RFC 6266, RFC 8187). */
export function attachment(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

/** Text keeps its character set; everything else is its bare type, and what is no type is bytes. */
function describeType(type: string, mimeType: string): string {
  if (!MIME_TYPE.test(type)) return 'application/octet-stream';
  if (!type.startsWith('text/')) return type;
  const charset = /;\s*charset="?([a-z0-9_.:-]{1,40})"?/i.exec(mimeType)?.[1] ?? 'utf-8';
  return `${type}; charset=${charset.toLowerCase()}`;
}

function essenceOf(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase();
}

function extensionOf(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
