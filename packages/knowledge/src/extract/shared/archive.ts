import { type UnzipFileInfo, unzipSync } from 'fflate';
import { ExtractionError } from '../errors.ts';
import type { ArchiveLimits } from '../limits.ts';
import { decodeText } from './decode-text.ts';

const mebibyte = 1024 * 1024;
const containerMagic = [0xd0, 0xcf, 0x11, 0xe0];
const encryptedName = Buffer.from('EncryptedPackage', 'utf16le');

/** The entries of a zip archive that a reader wants, by their names. */
export type Archive = ReadonlyMap<string, Uint8Array>;

/**
 * Unpacks what is wanted of an archive. Sizes are counted before anything is unpacked, for all entries and not only the
 * wanted ones, and nothing is ever unpacked beyond the size that its entry names.
 *
 * Errors: `document_damaged`, `document_protected`, `document_too_large`.
 */
export function openArchive(
  bytes: Uint8Array,
  options: {
    readonly limits: ArchiveLimits;
    readonly label: string;
    readonly wants: (name: string) => boolean;
  },
): Archive {
  const { limits, label, wants } = options;
  if (!isZip(bytes)) throw notAnArchive(bytes, label);
  let entries = 0;
  let packed = 0;
  let unpacked = 0;
  const count = (entry: UnzipFileInfo) => {
    entries += 1;
    packed += entry.size;
    unpacked += entry.originalSize;
    if (entries > limits.maxEntries) throw tooLarge(`it holds more than ${limits.maxEntries} files`);
    if (unpacked > limits.maxUnpackedBytes)
      throw tooLarge(`it unpacks to more than ${Math.floor(limits.maxUnpackedBytes / mebibyte)} MB`);
    return false;
  };
  try {
    unzipSync(bytes, { filter: count });
    if (unpacked > mebibyte && unpacked > packed * limits.maxRatio)
      throw tooLarge(`it unpacks to more than ${limits.maxRatio} times its size`);
    // Two entries at the same place cost nothing in the file and everything here.
    if (packed > bytes.length) throw tooLarge('its entries overlap');
    const files = unzipSync(bytes, { filter: ({ name }) => wants(name) });
    return new Map(Object.entries(files));
  } catch (cause) {
    if (cause instanceof ExtractionError) throw cause;
    throw new ExtractionError(
      'document_damaged',
      `The file is not ${label}, or is damaged: its archive is broken.`,
      {
        cause,
      },
    );
  }
}

/** Whether bytes begin like a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** The text of an entry; absent where the archive has none of that name. */
export function entryText(archive: Archive, name: string): string | undefined {
  const bytes = archive.get(name);
  return bytes && decodeText(bytes);
}

/** An address inside an archive, seen from one of its files; `..` never leads out of it. */
export function resolveEntry(from: string, target: string): string {
  const base = `file:///${from.split('/').map(encodeURIComponent).join('/')}`;
  if (!URL.canParse(target, base)) return target;
  const { pathname } = new URL(target, base);
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    return pathname.slice(1);
  }
}

/**
 * Whether bytes are what an office program makes of a document with a password: a container of the old formats with the
 * encrypted archive inside (MS-OFFCRYPTO).
 */
export function isEncryptedPackage(bytes: Uint8Array): boolean {
  const isContainer = containerMagic.every((byte, index) => bytes[index] === byte);
  return isContainer && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(encryptedName);
}

/** The error of a document that asks for a password. */
export function protectedByPassword(): ExtractionError {
  return new ExtractionError('document_protected', 'The file is protected by a password.');
}

function notAnArchive(bytes: Uint8Array, label: string): ExtractionError {
  return isEncryptedPackage(bytes)
    ? protectedByPassword()
    : new ExtractionError('document_damaged', `The file is not ${label}.`);
}

function tooLarge(reason: string): ExtractionError {
  return new ExtractionError('document_too_large', `The file is not read: ${reason}.`);
}
