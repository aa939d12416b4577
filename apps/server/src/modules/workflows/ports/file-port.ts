import { type FilePort, type FileValue, fileTypeOf, fileValue, NodeError } from '@trellis/engine';
import { OutboundError } from '../../../platform/outbound/errors.ts';
import type { OutboundClient } from '../../../platform/outbound/outbound-client.ts';
import { type FileService, once } from '../../files/file-service.ts';
import type { FileStoreTable } from '../../files/store.ts';
import type { PortScope } from './engine-ports.ts';

/** A file larger than this is not read by a node. */
const maxFileBytes = 50 * 1024 * 1024;

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
  options: { table: FileStoreTable; files: FileService; outbound: OutboundClient },
): FilePort {
  const { table, files, outbound } = options;
  return {
    async read(file, signal) {
      const id = file.related_id ?? file.reference;
      if (file.transfer_method === 'remote_url') return fetchFile(outbound, file.remote_url ?? '', signal);
      const row = id === null ? null : await table.find(run.scope, id);
      if (!row) throw new NodeError('FileFetchError', `The file ${file.filename ?? ''} does not exist`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of await files.open(row)) {
        signal.throwIfAborted();
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
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

async function fetchFile(outbound: OutboundClient, url: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const response = await outbound.request({ url, maxBytes: maxFileBytes, signal });
    if (response.status !== 200) {
      response.discard();
      throw new NodeError('FileFetchError', `The file at ${url} answered with status ${response.status}`);
    }
    return await response.bytes();
  } catch (error) {
    if (error instanceof OutboundError) {
      throw new NodeError('FileFetchError', `The file at ${url} cannot be fetched: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}
