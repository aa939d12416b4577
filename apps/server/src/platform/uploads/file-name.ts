import { UploadError } from './errors.ts';

const MAX_NAME_LENGTH = 200;
const MAX_EXTENSION_LENGTH = 20;
/** Control characters, and the marks that make a name read in another direction than it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * The name under which an upload is kept and displayed; it never becomes part of a path. Longer names are
 * shortened to 200 characters with their extension kept. Throws UploadError for a missing name or a path.
 */
export function cleanFileName(name: unknown): string {
  if (typeof name !== 'string') throw missing();
  if (/[/\\]/.test(name)) throw new UploadError('file_name_invalid', 'Filename contains invalid characters');
  const clean = name.toWellFormed().replace(INVISIBLE, '').normalize('NFC').trim();
  if (clean === '' || clean === '.' || clean === '..') throw missing();
  const characters = [...clean];
  if (characters.length <= MAX_NAME_LENGTH) return clean;
  const extension = extensionOf(clean);
  const suffix = extension === '' || extension.length > MAX_EXTENSION_LENGTH ? '' : `.${extension}`;
  return characters.slice(0, MAX_NAME_LENGTH - suffix.length).join('') + suffix;
}

/** Extension of a name: lower case, without its dot; empty when there is none. A leading dot starts no extension. */
export function extensionOf(name: string): string {
  return /[^.]\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function missing(): UploadError {
  return new UploadError('filename_not_exists_error', 'The specified filename does not exist.');
}
