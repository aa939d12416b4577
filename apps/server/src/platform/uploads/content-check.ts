import { fileTypeFromBuffer } from 'file-type';
import { CATEGORY_EXTENSIONS } from './file-category.ts';

/** Bytes from the start of a file that the check wants to see. */
export const CONTENT_SAMPLE_BYTES = 8_192;

/** What the first bytes say about a file. */
export type ContentVerdict =
  /** They are what the name promises; the type is the one to keep, null when they do not tell. */
  { readonly fits: true; readonly mimeType: string | null } | { readonly fits: false };

const ZIP_DOCUMENTS: ReadonlySet<string> = new Set(['docx', 'xlsx', 'pptx', 'epub', 'odt', 'ods', 'odp']);
const OLE_DOCUMENTS: ReadonlySet<string> = new Set(['doc', 'xls', 'ppt', 'msg']);
const TEXTS: ReadonlySet<string> = new Set([
  ...['txt', 'markdown', 'md', 'mdx', 'html', 'htm', 'csv', 'vtt', 'properties', 'eml', 'xml', 'svg'],
  ...['json', 'yaml', 'yml', 'log', 'tsv', 'css', 'js', 'ts', 'py', 'sh', 'sql', 'ini', 'toml'],
]);
const ZIP_TYPES = /^application\/(zip|epub\+zip|vnd\.(openxmlformats|oasis)\b.*)$/;

/**
 * Compares the first bytes of a file with its extension (ASVS 5.2.2). Formats with a signature must carry
 * it; texts must not be binary; of unknown extensions nothing is expected.
 */
export async function checkContent(extension: string, sample: Uint8Array): Promise<ContentVerdict> {
  // An empty file cannot pretend; what reads it later says that it is empty.
  if (sample.length === 0) return { fits: true, mimeType: null };
  if (TEXTS.has(extension)) return checkText(extension, sample);

  const found = (await fileTypeFromBuffer(sample))?.mime ?? null;
  if (extension === 'pdf')
    return verdict(found === 'application/pdf' || hasPdfHeader(sample), 'application/pdf');
  if (CATEGORY_EXTENSIONS.image.has(extension)) return verdict(found?.startsWith('image/') ?? false, found);
  if (CATEGORY_EXTENSIONS.audio.has(extension) || CATEGORY_EXTENSIONS.video.has(extension)) {
    return verdict(
      isSoundOrVideo(found) || isMpegAudio(extension, sample),
      isSoundOrVideo(found) ? found : null,
    );
  }
  if (ZIP_DOCUMENTS.has(extension)) return verdict(ZIP_TYPES.test(found ?? ''), null);
  // Older Office programs save HTML and RTF under their old extensions too; those are no archives or programs.
  if (OLE_DOCUMENTS.has(extension))
    return verdict(found === 'application/x-cfb' || found === null || found === 'application/rtf', null);
  return { fits: true, mimeType: found };
}

function verdict(fits: boolean, mimeType: string | null): ContentVerdict {
  return fits ? { fits, mimeType } : { fits };
}

function checkText(extension: string, sample: Uint8Array): ContentVerdict {
  const isUtf16 =
    sample.length >= 2 &&
    ((sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff));
  if (!isUtf16 && sample.includes(0)) return { fits: false };
  if (extension !== 'svg') return { fits: true, mimeType: null };
  const text = new TextDecoder(isUtf16 ? (sample[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(
    sample,
  );
  return /<([\w-]+:)?svg[\s>]/i.test(text) ? { fits: true, mimeType: 'image/svg+xml' } : { fits: false };
}

/** Readers accept the header anywhere in the first kilobyte. */
function hasPdfHeader(sample: Uint8Array): boolean {
  return Buffer.from(sample.buffer, sample.byteOffset, Math.min(sample.length, 1_024)).includes('%PDF-');
}

/** The containers of sound and moving pictures are the same; which it is, their tracks say. */
function isSoundOrVideo(mimeType: string | null): boolean {
  return mimeType !== null && /^(audio|video)\/|^application\/(ogg|mp4)$/.test(mimeType);
}

/** MPEG audio without a tag begins with a frame: eleven set bits. */
function isMpegAudio(extension: string, sample: Uint8Array): boolean {
  return (
    (extension === 'mp3' || extension === 'mpga') && sample[0] === 0xff && ((sample[1] ?? 0) & 0xe0) === 0xe0
  );
}
