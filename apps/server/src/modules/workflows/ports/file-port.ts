import { type FilePort, type FileValue, fileTypeOf, fileValue } from '@trellis/engine';
import { type FileService, once } from '../../files/file-service.ts';
import type { PortScope } from './engine-ports.ts';
import type { FileContents } from './file-contents.ts';

const extensions: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/svg+xml': '.svg',
  'audio/mpeg': '.mp3',
  'audio/wav': '.wav',
  'video/mp4': '.mp4',
  'application/pdf': '.pdf',
  'application/json': '.json',
  'text/plain': '.txt',
  'text/csv': '.csv',
  'text/html': '.html',
};

/** Files of the workspace, for the nodes of a run. */
export function createFilePort(
  run: PortScope,
  { contents, files }: { contents: FileContents; files: FileService },
): FilePort {
  return {
    read: async (file, signal) => (await contents.read(file, signal)).bytes,
    async store({ bytes, filename, mimeType }) {
      const name = filename ?? `file${extensions[mimeType ?? ''] ?? '.bin'}`;
      const row = await files.store(run.scope, {
        appId: run.app.id,
        asker: run.asker,
        fileName: name,
        mimeType: mimeType ?? undefined,
        source: once(bytes),
      });
      const extension = row.extension === '' ? null : `.${row.extension}`;
      return fileValue({
        type: fileTypeOf(extension, row.mimeType),
        transfer_method: 'tool_file',
        reference: row.id,
        related_id: row.id,
        filename: row.name,
        extension,
        mime_type: row.mimeType,
        size: row.sizeBytes,
        url: files.url(row.id),
      });
    },
    async fromUrl({ url, mimeType }) {
      return remoteFileValue(url, mimeType);
    },
  };
}

/** A file value of an address; its content is fetched when a node reads it. */
function remoteFileValue(url: string, mimeType: string | null): FileValue {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  const filename = path.slice(path.lastIndexOf('/') + 1) || null;
  const extension = filename?.includes('.') ? filename.slice(filename.lastIndexOf('.')) : null;
  return fileValue({
    type: fileTypeOf(extension, mimeType),
    transfer_method: 'remote_url',
    remote_url: url,
    url,
    filename,
    extension,
    mime_type: mimeType,
  });
}
