/** Key by which file values are recognised among other mappings. */
const identityKey = 'dify_model_identity';
const identityValue = '__dify__file__';

/** Kind of a file, by extension, then by MIME type. */
export type FileType = 'image' | 'document' | 'audio' | 'video' | 'custom';

/** A file as a value: the mapping that inputs, outputs and logs carry. Content is fetched through the files port. */
export interface FileValue {
  readonly dify_model_identity: '__dify__file__';
  readonly id: string | null;
  readonly type: FileType;
  readonly transfer_method: 'remote_url' | 'local_file' | 'tool_file' | 'datasource_file';
  readonly remote_url: string | null;
  readonly reference: string | null;
  readonly related_id: string | null;
  readonly filename: string | null;
  readonly extension: string | null;
  readonly mime_type: string | null;
  /** Bytes; −1 when unknown. */
  readonly size: number;
  readonly url: string | null;
}

/** True when a value is a file mapping. */
export function isFile(value: unknown): value is FileValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    identityKey in value &&
    value[identityKey] === identityValue
  );
}

/** Makes a file value; keys not given are unknown. */
export function fileValue(parts: Partial<Omit<FileValue, 'dify_model_identity'>>): FileValue {
  return {
    dify_model_identity: identityValue,
    id: null,
    type: fileTypeOf(parts.extension ?? null, parts.mime_type ?? null),
    transfer_method: 'local_file',
    remote_url: null,
    reference: null,
    related_id: null,
    filename: null,
    extension: null,
    mime_type: null,
    size: -1,
    url: null,
    ...parts,
  };
}

const extensionTypes: ReadonlyMap<string, FileType> = new Map([
  ...typed('image', 'jpg jpeg png webp gif svg'),
  ...typed('video', 'mp4 mov mpeg webm'),
  ...typed('audio', 'mp3 m4a wav amr mpga'),
  ...typed(
    'document',
    'txt markdown md mdx pdf html htm xlsx xls vtt properties doc docx csv eml msg ppt pptx xml epub odt',
  ),
]);

function typed(type: FileType, extensions: string): [string, FileType][] {
  return extensions.split(' ').map((extension) => [extension, type]);
}

/** Kind of a file by its extension (with or without dot, any case), then by the top level of its MIME type. */
export function fileTypeOf(extension: string | null, mimeType: string | null): FileType {
  const byExtension = extensionTypes.get((extension ?? '').replace(/^\./, '').toLowerCase());
  if (byExtension !== undefined) return byExtension;
  const top = mimeType?.split('/')[0];
  return top === 'image' || top === 'audio' || top === 'video' ? top : 'custom';
}

/** Attributes that the third part of a selector into a file can name. */
export const fileAttributes = [
  'type',
  'size',
  'name',
  'mime_type',
  'transfer_method',
  'url',
  'extension',
  'related_id',
] as const;

/** Name of a file attribute. */
export type FileAttribute = (typeof fileAttributes)[number];

/** True when `name` is a file attribute. */
export function isFileAttribute(name: string): name is FileAttribute {
  return (fileAttributes as readonly string[]).includes(name);
}

/** Value of one attribute of a file; `url` falls back to the remote address. */
export function fileAttribute(file: FileValue, name: FileAttribute): string | number | null {
  switch (name) {
    case 'name':
      return file.filename;
    case 'url':
      return file.url ?? file.remote_url;
    case 'related_id':
      return file.related_id ?? file.reference;
    default:
      return file[name];
  }
}
