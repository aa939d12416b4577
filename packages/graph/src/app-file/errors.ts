import type { YamlErrorCode } from '../yaml/read.ts';

/** Codes of why a file is not an app file that can be imported. */
export type AppFileErrorCode =
  | YamlErrorCode
  | 'not_a_mapping'
  | 'wrong_kind'
  | 'invalid_version_type'
  | 'invalid_version'
  | 'missing_app'
  | 'missing_mode'
  | 'unknown_mode'
  | 'missing_workflow'
  | 'missing_model_config'
  | 'invalid_graph'
  | 'invalid_variable'
  | 'missing_knowledge_index';

/** A file that cannot be imported. The message is written for the person who imports it. */
export class AppFileError extends Error {
  override readonly name = 'AppFileError';
  readonly code: AppFileErrorCode;

  constructor(code: AppFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
