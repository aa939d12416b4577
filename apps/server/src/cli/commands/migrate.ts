import { migrate } from '../../platform/database/migrate.ts';
import type { Command } from '../command.ts';

/** Brings the schema up to date; the server does the same at its start unless `MIGRATION_ENABLED` is off. */
export const migrateCommand: Command = {
  name: 'migrate',
  aliases: ['upgrade-db', 'db upgrade'],
  summary: 'Bring the database schema up to date',
  async run(context) {
    const { database } = await context.open();
    const applied = await migrate(database.pool, context.migrationsFolder, { log: context.log });
    for (const name of applied) context.print(`applied ${name}`);
    context.print(
      applied.length === 0
        ? 'The schema is up to date.'
        : `The schema is up to date (${applied.length} new).`,
    );
  },
};
