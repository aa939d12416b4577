/** `npm run trellis -- COMMAND`: what operators do beside the server. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { openDataFolder } from '../platform/data-folder.ts';
import { openDatabase, usesExternalDatabase } from '../platform/database/open-database.ts';
import { readEnvironment } from '../platform/environment.ts';
import { readEnvironmentFile } from '../platform/environment-file.ts';
import { type CommandContext, type OpenInstallation, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { runCommand } from './run-command.ts';
import { createAsk } from './terminal.ts';

const root = join(import.meta.dirname, '../../../..');

async function main(): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped by Ctrl-C')));
  process.once('SIGTERM', () => stop.abort(new Error('stopped')));
  let opening: Promise<OpenInstallation> | undefined;
  try {
    const environment = readEnvironment({ ...readEnvironmentFile(join(root, '.env')), ...process.env });
    const log = pino(
      { level: environment.server.debug ? 'debug' : 'warn' },
      pino.destination({ dest: 2, sync: true }),
    );
    for (const warning of environment.warnings) log.warn(warning);
    const context: CommandContext = {
      environment,
      log,
      version: readVersion(),
      migrationsFolder: join(import.meta.dirname, '../../migrations'),
      signal: stop.signal,
      now: () => new Date(),
      print: (line) => console.log(line),
      ask: createAsk({ input: process.stdin, output: process.stderr }, stop.signal),
      open: () => {
        opening ??= openInstallation(context);
        return opening;
      },
    };
    await runCommand(commands, process.argv.slice(2), context);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    const open = await opening?.catch(() => undefined);
    await open?.database.close();
    await open?.dataFolder.close();
  }
}

async function openInstallation({ environment, log, signal }: CommandContext): Promise<OpenInstallation> {
  const role = usesExternalDatabase(environment) ? 'member' : 'tool';
  const dataFolder = await openDataFolder({ path: resolve(root, environment.server.dataDirectory), role });
  try {
    return { dataFolder, database: await openDatabase({ environment, dataFolder, log, signal }) };
  } catch (error) {
    await dataFolder.close();
    throw error;
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

// Not by itself: standard input may still be open. Everything of ours is closed.
process.exit(await main());
