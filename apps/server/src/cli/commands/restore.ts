import { resolve } from 'node:path';
import { checkBackup } from '../../platform/database/backup/read-backup.ts';
import { restoreBackup } from '../../platform/database/backup/restore-backup.ts';
import { type Command, UsageError } from '../command.ts';

/** Restores what `backup` wrote. */
export const restore: Command = {
  name: 'restore',
  summary: 'Check a backup and put it in place (the server must not run)',
  usage: 'FILE [--replace] [--check]',
  options: { replace: { type: 'boolean' }, check: { type: 'boolean' } },
  async run(context, { positionals, flags }) {
    const [file] = positionals;
    if (file === undefined) throw new UsageError('Which backup? Name its file.');
    const path = resolve(file);
    if (flags.has('check')) {
      const { header, tables, files } = await checkBackup(path);
      context.print(
        `The backup is whole: made ${header.createdAt} by Trellis ${header.product}, ${tables} tables, ${files} files.`,
      );
      return;
    }
    const { database, dataFolder } = await context.open();
    const { tables, files } = await restoreBackup({
      database,
      dataFolder,
      path,
      migrationsFolder: context.migrationsFolder,
      replace: flags.has('replace'),
      log: context.log,
      now: context.now,
    });
    context.print(`Restored ${tables} tables and ${files} files.`);
  },
};
