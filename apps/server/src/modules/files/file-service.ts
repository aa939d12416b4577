import type { FastifyRequest } from 'fastify';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { storableText } from '../../platform/database-json.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { createFileKey, parseFileKey } from '../../platform/files/file-key.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import { newId } from '../../platform/ids.ts';
import type { FileUrlSigner } from '../../platform/signing/file-url.ts';
import { seconds } from '../../platform/time.ts';
import { acceptUpload, type UploadRules } from '../../platform/uploads/accept-upload.ts';
import { UploadError } from '../../platform/uploads/errors.ts';
import type { Asker } from '../turns/turn.ts';
import type { FileStoreTable, UploadFile } from './store.ts';

/** Takes uploads in and hands stored files out. */
export class FileService {
  readonly #table: FileStoreTable;
  readonly #store: FileStore;
  readonly #rules: UploadRules;
  readonly #urls: FileUrlSigner;

  constructor(options: { table: FileStoreTable; store: FileStore; rules: UploadRules; urls: FileUrlSigner }) {
    this.#table = options.table;
    this.#store = options.store;
    this.#rules = options.rules;
    this.#urls = options.urls;
  }

  /** Stores one file under a generated key. The bytes are checked while they arrive. */
  async store(
    scope: WorkspaceScope,
    input: {
      appId: string | null;
      asker: Asker;
      fileName: string;
      mimeType: string | undefined;
      source: AsyncIterable<Uint8Array>;
      sourceUrl?: string;
    },
  ): Promise<UploadFile> {
    const id = newId();
    try {
      const accepted = await acceptUpload(
        { fileName: input.fileName, mimeType: input.mimeType, source: input.source },
        this.#rules,
      );
      const key = createFileKey({
        area: 'uploads',
        workspaceId: scope.workspaceId,
        id,
        extension: accepted.extension,
      });
      const { size, sha256 } = await this.#store.put(key, accepted.source, {
        maxBytes: accepted.maxBytes,
        contentType: accepted.mimeType,
      });
      return await this.#table.insert(scope, {
        id,
        appId: input.appId,
        storageKey: key,
        name: accepted.name,
        sizeBytes: size,
        extension: accepted.extension,
        mimeType: accepted.mimeType,
        sha256,
        endUserId: input.asker.endUserId,
        accountId: input.asker.accountId,
        sourceUrl: input.sourceUrl ?? '',
      });
    } catch (error) {
      throw error instanceof UploadError ? toApiError(error) : error;
    }
  }

  /** The bytes of a stored file. */
  async open(file: UploadFile): Promise<AsyncIterable<Uint8Array>> {
    return (await this.#store.get(parseFileKey(file.storageKey))).body;
  }

  /** The address under which a file can be fetched for some minutes. */
  url(fileId: string): string {
    return this.#urls.uploadUrl(fileId);
  }

  /** A stored file on the wire (spec: service API §10.1). */
  toWire(file: UploadFile) {
    return {
      id: file.id,
      reference: null,
      name: file.name,
      size: file.sizeBytes,
      extension: file.extension,
      mime_type: file.mimeType,
      created_by: file.endUserId ?? file.accountId,
      created_at: seconds(file.createdAt),
      preview_url: null,
      source_url: this.url(file.id),
      original_url: null,
      user_id: null,
      tenant_id: file.workspaceId,
      conversation_id: null,
      file_key: null,
    };
  }
}

/** A refused upload in the wire's codes; the service API calls blocked extensions a bad parameter. */
function toApiError(error: UploadError): ApiError {
  if (error.code === 'file_extension_blocked') return invalidParam(error.message, 'file');
  const codes: Partial<Record<string, ConstructorParameters<typeof ApiError>[0]>> = {
    file_too_large: 'file_too_large',
    unsupported_file_type: 'unsupported_file_type',
    filename_not_exists_error: 'filename_not_exists_error',
  };
  const code = codes[error.code];
  return code ? new ApiError(code, error.message, { cause: error }) : invalidParam(error.message, 'file');
}

/**
 * Reads a multipart body whose file stands under one of the names. Fields after the file are read too, so the file is
 * held in memory up to the server's upload limit.
 */
export async function receiveUpload(
  request: FastifyRequest,
  options: { names: readonly string[]; missing: 'no_file_uploaded' | 'no_audio_uploaded' },
): Promise<{ fields: Record<string, string>; fileName: string; mimeType: string; bytes: Buffer }> {
  const fields: Record<string, string> = {};
  let received: { fileName: string; mimeType: string; bytes: Buffer } | undefined;
  let files = 0;
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      fields[part.fieldname] = storableText(String(part.value));
      continue;
    }
    const bytes = await part.toBuffer();
    if (!options.names.includes(part.fieldname)) continue;
    files += 1;
    received = { fileName: part.filename, mimeType: part.mimetype, bytes };
  }
  if (!received) throw new ApiError(options.missing);
  if (files > 1) throw new ApiError('too_many_files');
  if (!received.fileName) throw new ApiError('filename_not_exists_error');
  return { fields, ...received };
}

/** Bytes as the source that stores read. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
