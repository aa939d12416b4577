/** Every way in which reading a document can fail. Codes are stable; the text is written for whoever gave the file. */
export type ExtractionErrorCode =
  /** No reader knows this kind of file. */
  | 'document_unsupported'
  /** The bytes are not what the name promises, or are cut off. */
  | 'document_damaged'
  /** A password is needed. */
  | 'document_protected'
  /** The file, what it unpacks to, or its text is beyond a limit. */
  | 'document_too_large'
  /** Only a service that is not set up can read it. */
  | 'service_required'
  /** The service did not answer as it should. */
  | 'service_failed'
  | 'extraction_timeout'
  | 'extraction_memory'
  | 'extraction_crashed'
  | 'extraction_aborted'
  | 'extractor_unavailable'
  | 'extractor_closed';

/** The one error class of extraction. */
export class ExtractionError extends Error {
  override readonly name = 'ExtractionError';
  readonly code: ExtractionErrorCode;

  constructor(code: ExtractionErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Narrows an unknown error to one of this package, optionally to one code. */
export function isExtractionError(error: unknown, code?: ExtractionErrorCode): error is ExtractionError {
  return error instanceof ExtractionError && (code === undefined || error.code === code);
}

/** The error of a document whose parts stand in each other too deep for any reader. */
export function tooDeep(): ExtractionError {
  return new ExtractionError('document_too_large', 'The file is not read: it is nested too deep.');
}
