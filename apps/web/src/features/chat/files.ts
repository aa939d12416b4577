import { useState } from 'react';
import type { FileReference, MessageFile, UploadedFile } from '../../api/messages.ts';
import type { FileUploadConfig } from '../../api/model-config.ts';

/** A file of the composer: on its way, there, or refused. */
export interface Attachment {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly previewUrl: string;
  readonly uploaded: UploadedFile | undefined;
  readonly error: unknown;
}

/** Sends one file to the server. */
export type UploadFile = (file: File) => Promise<UploadedFile>;

/** The kind of a file by its MIME type, in the words of the API. */
export function fileKind(mimeType: string): string {
  const family = mimeType.split('/')[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

/** What the composer may attach under an app's settings; undefined when nothing. */
export interface AttachmentRules {
  readonly accept: string;
  readonly maxCount: number;
}

const acceptByKind: Readonly<Record<string, string>> = {
  image: 'image/*',
  audio: 'audio/*',
  video: 'video/*',
  document: '.txt,.md,.mdx,.markdown,.pdf,.html,.xlsx,.xls,.docx,.csv,.eml,.msg,.pptx,.ppt,.xml,.epub,.json',
};

/** Reads the upload settings of an app, in their newer and older form. */
export function attachmentRules(config: FileUploadConfig | undefined): AttachmentRules | undefined {
  if (config?.enabled) {
    const methods = config.allowed_file_upload_methods ?? ['local_file'];
    if (!methods.includes('local_file')) return undefined;
    const kinds = config.allowed_file_types ?? ['image'];
    const accept = kinds.flatMap((kind) =>
      kind === 'custom' ? (config.allowed_file_extensions ?? []) : (acceptByKind[kind] ?? []),
    );
    return { accept: accept.join(','), maxCount: config.number_limits ?? 3 };
  }
  if (config?.image?.enabled && config.image.transfer_methods.includes('local_file')) {
    return { accept: 'image/*', maxCount: config.image.number_limits };
  }
  return undefined;
}

/** The files of a composer: uploads them as they are chosen. */
export function useAttachments(upload: UploadFile | undefined, rules: AttachmentRules | undefined) {
  const [items, setItems] = useState<readonly Attachment[]>([]);
  const change = (key: string, patch: Partial<Attachment>) =>
    setItems((previous) => previous.map((item) => (item.key === key ? { ...item, ...patch } : item)));
  const add = (files: Iterable<File>) => {
    if (!upload || !rules) return;
    for (const file of [...files].slice(0, Math.max(0, rules.maxCount - items.length))) {
      const key = `${file.name}-${file.size}-${file.lastModified}-${performance.now()}`;
      const attachment: Attachment = {
        key,
        name: file.name,
        type: fileKind(file.type),
        previewUrl: URL.createObjectURL(file),
        uploaded: undefined,
        error: undefined,
      };
      setItems((previous) => [...previous, attachment]);
      upload(file).then(
        (uploaded) => change(key, { uploaded }),
        (error: unknown) => change(key, { error }),
      );
    }
  };
  return {
    items,
    add,
    remove: (key: string) => setItems((previous) => previous.filter((item) => item.key !== key)),
    clear: () => setItems([]),
    uploading: items.some((item) => !item.uploaded && !item.error),
    references: (): FileReference[] =>
      items.flatMap((item) =>
        item.uploaded
          ? [{ type: item.type, transfer_method: 'local_file', upload_file_id: item.uploaded.id }]
          : [],
      ),
    shown: (): MessageFile[] =>
      items.flatMap((item) =>
        item.uploaded
          ? [{ id: item.uploaded.id, filename: item.name, type: item.type, url: item.previewUrl }]
          : [],
      ),
  };
}
