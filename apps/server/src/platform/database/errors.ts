/** What can be wrong with the database before anything works. */
export type DatabaseErrorCode =
  | 'database_unsupported_platform'
  | 'database_start_failed'
  | 'database_not_running'
  | 'database_unreachable'
  | 'database_too_old'
  | 'database_wrong_encoding'
  | 'migration_changed'
  | 'migration_missing'
  | 'migration_failed'
  | 'migration_badly_named';

/** The database cannot be used; the message says why and what to do, for whoever operates the server. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
