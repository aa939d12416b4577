/** Stable codes of refused uploads; the routes give them the status and spelling of their surface. */
export type UploadErrorCode =
  /** The part has no usable file name: 400. */
  | 'filename_not_exists_error'
  /** The name contains a path: 400 `invalid_param`. */
  | 'file_name_invalid'
  /** The operator's blacklist: 400 `invalid_param` on /v1, `file_extension_blocked` on the web-app API. */
  | 'file_extension_blocked'
  /** 413. */
  | 'file_too_large'
  /** No media type, an extension that is not wanted here, or content that is not what the name says: 415. */
  | 'unsupported_file_type';

/** An upload that is not accepted. The messages are those of the public API. */
export class UploadError extends Error {
  readonly code: UploadErrorCode;

  constructor(code: UploadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UploadError';
    this.code = code;
  }
}
