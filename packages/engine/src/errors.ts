/** A node that fails with a message for people and, where clients tell failures apart by it, a type name. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
  /** Class-like name that becomes `error_type`; empty for failures without one. */
  readonly type: string;

  constructor(type: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }
}

/** Why a log cannot be continued. */
export type ReplayErrorCode = 'EMPTY_LOG' | 'OTHER_GRAPH' | 'UNKNOWN_RECORD_VERSION' | 'INCONSISTENT_LOG';

/** A log that does not belong to the plan, or that this release cannot read. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly code: ReplayErrorCode;

  constructor(code: ReplayErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
