/** What can be wrong with a backup or the place it is restored to. */
export type BackupErrorCode =
  | 'backup_not_a_backup'
  | 'backup_newer_format'
  | 'backup_damaged'
  | 'backup_incomplete'
  | 'backup_foreign_schema'
  | 'restore_not_empty'
  | 'restore_in_use';

/** A backup cannot be read or restored; nothing was changed. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
