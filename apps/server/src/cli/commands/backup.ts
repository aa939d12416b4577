import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeBackup } from '../../platform/database/backup/write-backup.ts';
import { type Command, UsageError } from '../command.ts';

/** Writes a backup of the database, and of files and keys where they are in the data folder. */
export const backup: Command = {
  name: 'backup',
  summary: 'Write the database, files and keys into one file (the server may run)',
  usage: '[FILE]',
  async run(context, { positionals }) {
    const path = resolve(positionals[0] ?? defaultName(context.now()));
    await refuseExisting(path);
    const { database, dataFolder } = await context.open();
    const { storage, security } = context.environment;
    const includeFiles =
      storage.type !== 's3' && storage.localPath === undefined && storage.opendalRoot === undefined;
    const includeKeys = security.secretKey === undefined;
    const { tables, files, bytes } = await writeBackup({
      database,
      dataFolder,
      path,
      product: context.version,
      includeFiles,
      includeKeys,
      signal: context.signal,
      now: context.now,
    });
    context.print(`Wrote ${path}: ${tables} tables, ${files} files, ${(bytes / 1_048_576).toFixed(1)} MB.`);
    if (!includeFiles) context.print('Uploaded files are not in it: back up your file store as well.');
    if (!includeKeys)
      context.print('SECRET_KEY is not in it: without it stored credentials cannot be read. Keep it safe.');
    else context.print('It holds the keys of this installation: keep it as safe as a password.');
  },
};

function defaultName(now: Date): string {
  return `trellis-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}.backup`;
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UsageError(`${path} exists already.`);
}
