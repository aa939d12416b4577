import { type FileValue, NodeError } from '@trellis/engine';
import { OutboundError } from '../../../platform/outbound/errors.ts';
import { firstHeader } from '../../../platform/outbound/headers.ts';
import type { OutboundClient } from '../../../platform/outbound/outbound-client.ts';
import type { FileService } from '../../files/file-service.ts';
import type { FileStoreTable } from '../../files/store.ts';
import type { PortScope } from './engine-ports.ts';

/** A file larger than this is not read by a node. */
const maxFileBytes = 50 * 1024 * 1024;

/** The bytes of a file, and what kind of bytes its source says they are. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly mimeType: string | null;
}

/** Reads files for the nodes of a run: stored ones through the run's workspace, others through the outbound client. */
export class FileContents {
  readonly #run: Pick<PortScope, 'scope'>;
  readonly #table: FileStoreTable;
  readonly #files: FileService;
  readonly #outbound: OutboundClient;

  constructor(
    run: Pick<PortScope, 'scope'>,
    options: { table: FileStoreTable; files: FileService; outbound: OutboundClient },
  ) {
    this.#run = run;
    this.#table = options.table;
    this.#files = options.files;
    this.#outbound = options.outbound;
  }

  /** Errors: `NodeError` of the type `FileFetchError`. */
  async read(file: FileValue, signal: AbortSignal): Promise<FileContent> {
    const id = file.related_id ?? file.reference;
    if (file.transfer_method === 'remote_url') return this.#fetch(file.remote_url ?? '', signal);
    const row = id === null ? null : await this.#table.find(this.#run.scope, id);
    if (!row) throw new NodeError('FileFetchError', `The file ${file.filename ?? ''} does not exist`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await this.#files.open(row)) {
      signal.throwIfAborted();
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks), mimeType: row.mimeType };
  }

  async #fetch(url: string, signal: AbortSignal): Promise<FileContent> {
    try {
      const response = await this.#outbound.request({ url, maxBytes: maxFileBytes, signal });
      if (response.status !== 200) {
        response.discard();
        throw new NodeError('FileFetchError', `The file at ${url} answered with status ${response.status}`);
      }
      const mimeType = firstHeader(response.headers, 'content-type') ?? null;
      return { bytes: await response.bytes(), mimeType };
    } catch (error) {
      if (error instanceof OutboundError) {
        throw new NodeError('FileFetchError', `The file at ${url} cannot be fetched: ${error.message}`, {
          cause: error,
        });
      }
      throw error;
    }
  }
}
