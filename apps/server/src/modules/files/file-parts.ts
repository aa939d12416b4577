import type { FilePart } from '@trellis/models';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { invalidParam } from '../../platform/errors.ts';
import { OutboundError } from '../../platform/outbound/errors.ts';
import type { OutboundClient } from '../../platform/outbound/outbound-client.ts';
import type { TurnFile } from '../turns/turn.ts';
import type { FileService } from './file-service.ts';
import type { FileStoreTable } from './store.ts';

const partTypes = new Set(['image', 'audio', 'video', 'document']);
/** A file larger than this is not put into a prompt. */
const maxPartBytes = 50 * 1024 * 1024;

/** Turns the files of a turn into parts of a prompt. */
export class FileParts {
  readonly #table: FileStoreTable;
  readonly #files: FileService;
  readonly #outbound: OutboundClient;
  readonly #format: 'base64' | 'url';

  constructor(options: {
    table: FileStoreTable;
    files: FileService;
    outbound: OutboundClient;
    /** Whether providers get the bytes or an address to fetch them from. */
    format: 'base64' | 'url';
  }) {
    this.#table = options.table;
    this.#files = options.files;
    this.#outbound = options.outbound;
    this.#format = options.format;
  }

  /** The parts, in order; kinds that no model takes are left out. */
  async of(
    scope: WorkspaceScope,
    files: readonly TurnFile[],
    options: { detail: 'low' | 'high'; signal: AbortSignal },
  ): Promise<FilePart[]> {
    const known = files.filter((file) => partTypes.has(file.type));
    return Promise.all(
      known.map((file) =>
        file.uploadFileId === null
          ? this.#remote(file, options)
          : this.#stored(scope, { ...file, uploadFileId: file.uploadFileId }, options),
      ),
    );
  }

  async #stored(
    scope: WorkspaceScope,
    file: TurnFile & { uploadFileId: string },
    options: { detail: 'low' | 'high' },
  ): Promise<FilePart> {
    const row = await this.#table.find(scope, file.uploadFileId);
    if (!row) throw invalidParam('Invalid upload file', 'files');
    const facts = { type: file.type as FilePart['type'], filename: row.name, detail: options.detail };
    const shape = { ...facts, format: row.extension, mime_type: row.mimeType };
    if (this.#format === 'url') return { ...shape, url: this.#files.url(row.id), base64_data: '' };
    const chunks: Uint8Array[] = [];
    for await (const chunk of await this.#files.open(row)) chunks.push(chunk);
    return { ...shape, url: '', base64_data: Buffer.concat(chunks).toString('base64') };
  }

  async #remote(file: TurnFile, options: { detail: 'low' | 'high'; signal: AbortSignal }): Promise<FilePart> {
    const url = file.url ?? '';
    const name = new URL(url).pathname.split('/').at(-1) ?? '';
    const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
    const shape = {
      type: file.type as FilePart['type'],
      filename: name,
      detail: options.detail,
      format: extension,
    };
    if (this.#format === 'url') return { ...shape, mime_type: '', url, base64_data: '' };
    try {
      const response = await this.#outbound.request({ url, maxBytes: maxPartBytes, signal: options.signal });
      if (response.status !== 200) {
        response.discard();
        throw invalidParam(`The file at ${url} answered with status ${response.status}.`, 'files');
      }
      const bytes = await response.bytes();
      const type = response.headers['content-type'];
      const mime =
        (Array.isArray(type) ? type[0] : type)?.split(';', 1)[0]?.trim() ?? 'application/octet-stream';
      return { ...shape, mime_type: mime, url: '', base64_data: Buffer.from(bytes).toString('base64') };
    } catch (error) {
      if (error instanceof OutboundError)
        throw invalidParam(`The file at ${url} cannot be fetched: ${error.message}`, 'files');
      throw error;
    }
  }
}
