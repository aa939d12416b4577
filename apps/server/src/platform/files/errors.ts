/** Stable codes of the file store. */
export type FileStoreErrorCode =
  | 'file_not_found'
  | 'file_too_large'
  | 'file_key_invalid'
  | 'file_range_not_satisfiable'
  /** The storage does not accept our credentials or rights. */
  | 'storage_refused'
  /** The storage cannot be reached, is full, or answers nonsense. */
  | 'storage_unavailable';

/** A failure of the file store. */
export class FileStoreError extends Error {
  readonly code: FileStoreErrorCode;

  constructor(code: FileStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FileStoreError';
    this.code = code;
  }
}
