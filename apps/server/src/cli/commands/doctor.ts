import { stat, statfs } from 'node:fs/promises';
import { readMigrations } from '../../platform/database/migrate.ts';
import type { Command, CommandContext } from '../command.ts';

const lowDiskBytes = 1024 ** 3;

/** Tells what works and what does not, before somebody finds out the hard way. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Check the data folder, the database and the schema',
  async run(context) {
    const { dataFolder, database } = await context.open();
    const findings = [
      `data folder: ${dataFolder.path}${dataFolder.owned ? '' : ' (a server is running on it)'}`,
      `database: PostgreSQL ${database.info.version}, ${database.info.place}`,
      await schemaFinding(context),
      await diskFinding(dataFolder.path),
      await secretsFinding(dataFolder.secrets),
    ];
    for (const line of findings) context.print(line);
  },
};

async function schemaFinding(context: CommandContext): Promise<string> {
  const { database } = await context.open();
  const { rows } = await database.pool.query<{ exists: boolean }>(
    `select to_regclass('public.schema_migrations') is not null as exists`,
  );
  const known = await readMigrations(context.migrationsFolder);
  if (rows[0]?.exists !== true) return `schema: not made yet (${known.length} migrations wait; run migrate)`;
  const applied = await database.pool.query<{ count: number }>(
    'select count(*)::int as count from schema_migrations',
  );
  const waiting = known.length - (applied.rows[0]?.count ?? 0);
  return waiting > 0 ? `schema: ${waiting} migrations wait; run migrate` : 'schema: up to date';
}

async function diskFinding(path: string): Promise<string> {
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const amount = `${(free / 1024 ** 3).toFixed(1)} GB free`;
  return free < lowDiskBytes ? `disk: only ${amount}; make room before it is full` : `disk: ${amount}`;
}

async function secretsFinding(path: string): Promise<string> {
  const mode = (await stat(path)).mode & 0o777;
  return mode === 0o700
    ? 'keys: for this user alone'
    : `keys: ${path} has mode ${mode.toString(8)}, should be 700`;
}
