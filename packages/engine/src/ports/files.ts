import type { FileValue } from '../values/file.ts';

/** Content of files of the workspace. */
export interface FilePort {
  /** Reads a file; remote ones are fetched through the guarded client. */
  read(file: FileValue, signal: AbortSignal): Promise<Uint8Array>;
  /** Stores content that a node got or made. */
  store(content: {
    bytes: Uint8Array;
    filename: string | null;
    mimeType: string | null;
    idempotencyKey: string;
    signal: AbortSignal;
  }): Promise<FileValue>;
  /** Makes a file of an address without fetching it, unless the workspace stores such files itself. */
  fromUrl(link: { url: string; mimeType: string | null; signal: AbortSignal }): Promise<FileValue>;
}

/** Text of documents. */
export interface DocumentPort {
  /** Text of a file, by extension, then by MIME type; throws naming the type where none fits. */
  extract(file: FileValue, signal: AbortSignal): Promise<string>;
}
