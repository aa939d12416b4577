/**
 * Every way in which running code or rendering a template can fail. Codes are stable: callers compare
 * them, never the message text, which is written for the person who wrote the code.
 */
export const sandboxErrorCodes = {
  code_failed: 'CodeExecutionError',
  code_module_missing: 'CodeExecutionError',
  code_timeout: 'CodeExecutionError',
  code_memory: 'CodeExecutionError',
  code_crashed: 'CodeExecutionError',
  code_output_too_large: 'CodeExecutionError',
  code_aborted: 'CodeExecutionError',
  code_result_invalid: 'CodeExecutionError',
  sandbox_unavailable: 'CodeExecutionError',
  sandbox_closed: 'CodeExecutionError',
  code_language_unsupported: 'CodeNodeError',
  outputs_unexpected: 'CodeNodeError',
  outputs_invalid: 'OutputValidationError',
  outputs_too_deep: 'DepthLimitError',
  template_syntax: 'TemplateRenderError',
  template_failed: 'TemplateRenderError',
  template_timeout: 'TemplateRenderError',
  template_too_expensive: 'TemplateRenderError',
  template_output_too_large: 'TemplateRenderError',
  template_aborted: 'TemplateRenderError',
  template_crashed: 'TemplateRenderError',
} as const;

/** A stable code of {@link SandboxError}. */
export type SandboxErrorCode = keyof typeof sandboxErrorCodes;

/** The `error_type` that records and events of a run carry for a code. */
export type SandboxErrorType = (typeof sandboxErrorCodes)[SandboxErrorCode];

/** What is known about a failure besides its code and message. */
export interface SandboxErrorDetails {
  /** Line of the user's own code or template, counted from 1. */
  readonly line?: number;
  /** The frames of the user's own code, innermost last, as the language prints them. */
  readonly trace?: string;
  /** Name of the exception class, such as `KeyError`. */
  readonly exception?: string;
  /** The module that an import did not find. */
  readonly module?: string;
  /** What the code printed before it failed. */
  readonly stdout?: string;
  readonly cause?: unknown;
}

/** The one error class of this package. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: SandboxErrorCode;
  readonly line: number | undefined;
  readonly trace: string | undefined;
  readonly exception: string | undefined;
  readonly module: string | undefined;
  readonly stdout: string | undefined;

  constructor(code: SandboxErrorCode, message: string, details: SandboxErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.line = details.line;
    this.trace = details.trace;
    this.exception = details.exception;
    this.module = details.module;
    this.stdout = details.stdout;
  }

  /** The name under which records and events of a run report this failure. */
  get errorType(): SandboxErrorType {
    return sandboxErrorCodes[this.code];
  }
}

/** Narrows an unknown error to one of this package, optionally to one code. */
export function isSandboxError(error: unknown, code?: SandboxErrorCode): error is SandboxError {
  return error instanceof SandboxError && (code === undefined || error.code === code);
}
