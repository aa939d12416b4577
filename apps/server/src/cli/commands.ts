import type { Command } from './command.ts';
import { backup } from './commands/backup.ts';
import { doctor } from './commands/doctor.ts';
import { environment } from './commands/environment.ts';
import { migrateCommand } from './commands/migrate.ts';
import { openapi } from './commands/openapi.ts';
import { resetEmail } from './commands/reset-email.ts';
import { resetEncryptKeyPair } from './commands/reset-encrypt-key-pair.ts';
import { resetPassword } from './commands/reset-password.ts';
import { restore } from './commands/restore.ts';
import { unlock } from './commands/unlock.ts';

/** Every command, in the order of the list that `help` prints. */
export const commands: readonly Command[] = [
  migrateCommand,
  backup,
  restore,
  doctor,
  environment,
  openapi,
  resetPassword,
  resetEmail,
  unlock,
  resetEncryptKeyPair,
];
