/** Categories of files as the API's `type` names them. */
export type FileCategory = 'image' | 'document' | 'audio' | 'video' | 'custom';

/** Extensions (lower case, no dot) of each category. */
export const CATEGORY_EXTENSIONS: Readonly<Record<Exclude<FileCategory, 'custom'>, ReadonlySet<string>>> = {
  image: new Set(['jpg', 'jpeg', 'png', 'webp', 'gif', 'svg']),
  video: new Set(['mp4', 'mov', 'mpeg', 'webm']),
  audio: new Set(['mp3', 'm4a', 'wav', 'amr', 'mpga']),
  document: new Set([
    ...[
      'txt',
      'markdown',
      'md',
      'mdx',
      'pdf',
      'html',
      'htm',
      'xlsx',
      'xls',
      'docx',
      'csv',
      'vtt',
      'properties',
    ],
    ...['doc', 'ppt', 'pptx', 'odt', 'eml', 'msg', 'xml', 'epub'],
  ]),
};

const KNOWLEDGE_EXTENSIONS: readonly string[] = [
  ...[
    'txt',
    'markdown',
    'md',
    'mdx',
    'pdf',
    'html',
    'htm',
    'xlsx',
    'xls',
    'docx',
    'csv',
    'vtt',
    'properties',
  ],
];
const UNSTRUCTURED_EXTENSIONS: readonly string[] = ['doc', 'eml', 'msg', 'pptx', 'xml', 'epub'];

/** Who extracts text from documents: decides which files knowledge takes. */
export interface ExtractionSettings {
  readonly etlType: 'dify' | 'Unstructured';
  readonly hasUnstructuredApi: boolean;
}

/** Extensions that knowledge uploads may have. */
export function knowledgeExtensions(settings: ExtractionSettings): ReadonlySet<string> {
  if (settings.etlType !== 'Unstructured') return new Set(KNOWLEDGE_EXTENSIONS);
  const presentations = settings.hasUnstructuredApi ? ['ppt'] : [];
  return new Set([...KNOWLEDGE_EXTENSIONS, ...UNSTRUCTURED_EXTENSIONS, ...presentations]);
}

/** Category of a file: by extension, then by the first half of its media type, else `custom`. */
export function fileCategory(file: { extension: string; mimeType: string }): FileCategory {
  const extension = file.extension.toLowerCase();
  for (const category of ['image', 'video', 'audio', 'document'] as const) {
    if (CATEGORY_EXTENSIONS[category].has(extension)) return category;
  }
  const prefix = /^(image|video|audio)\//.exec(file.mimeType.toLowerCase())?.[1];
  return (prefix as 'image' | 'video' | 'audio' | undefined) ?? 'custom';
}

/** Size limits in bytes, from the environment. */
export interface UploadLimits {
  /** UPLOAD_IMAGE_FILE_SIZE_LIMIT. */
  readonly imageMaxBytes: number;
  /** UPLOAD_VIDEO_FILE_SIZE_LIMIT. */
  readonly videoMaxBytes: number;
  /** UPLOAD_AUDIO_FILE_SIZE_LIMIT. */
  readonly audioMaxBytes: number;
  /** UPLOAD_FILE_SIZE_LIMIT: documents and everything else. */
  readonly documentMaxBytes: number;
}

const MEGABYTE = 1024 * 1024;

/** The documented defaults. */
export const DEFAULT_UPLOAD_LIMITS: UploadLimits = {
  imageMaxBytes: 10 * MEGABYTE,
  videoMaxBytes: 100 * MEGABYTE,
  audioMaxBytes: 50 * MEGABYTE,
  documentMaxBytes: 15 * MEGABYTE,
};

/** Most bytes that a file with this extension may have. The extension alone decides. */
export function maxBytesFor(extension: string, limits: UploadLimits): number {
  const category = fileCategory({ extension, mimeType: '' });
  switch (category) {
    case 'image':
      return limits.imageMaxBytes;
    case 'video':
      return limits.videoMaxBytes;
    case 'audio':
      return limits.audioMaxBytes;
    default:
      return limits.documentMaxBytes;
  }
}
