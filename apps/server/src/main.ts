import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { compose } from './compose.ts';
import { type DataFolder, openDataFolder } from './platform/data-folder.ts';
import { loadSecretKey } from './platform/data-folder-secrets.ts';
import { migrate } from './platform/database/migrate.ts';
import { openDatabase, usesExternalDatabase } from './platform/database/open-database.ts';
import { type Environment, readEnvironment } from './platform/environment.ts';
import { readEnvironmentFile } from './platform/environment-file.ts';
import { createLog } from './platform/logging/create-log.ts';
import { createOutboundClient } from './platform/outbound/outbound-client.ts';
import { outboundSettings } from './platform/outbound/outbound-settings.ts';
import { roleOf } from './platform/process-role.ts';
import { Correlation } from './platform/telemetry/correlation.ts';
import { openErrorReporter } from './platform/telemetry/error-reporter.ts';
import { openTracing } from './platform/telemetry/open-tracing.ts';
import { type RunningServer, startServer } from './server.ts';

const root = join(import.meta.dirname, '../../..');

/** What ends the process, last opened first. */
type Closers = (() => Promise<void>)[];

/** Reads the environment once, builds everything, serves until a signal comes. */
async function main(): Promise<void> {
  const startedMs = performance.now();
  // biome-ignore lint/style/noProcessEnv: this is where the environment is read, once
  const environment = readEnvironment({ ...readEnvironmentFile(join(root, '.env')), ...process.env });
  const correlation = new Correlation();
  const { log, closers } = await openLog(environment, correlation);
  for (const warning of environment.warnings) log.warn(warning);
  const stop = new AbortController();
  handleSignals(stop, closers, log);
  try {
    const server = await open({ environment, log, correlation, stop, closers });
    if (server === null) {
      await closeAll(closers, log);
      return;
    }
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(2);
    log.info({ url: server.url, seconds }, 'serving');
    const name = environment.server.mode === 'all' ? 'Trellis' : `Trellis (${environment.server.mode})`;
    process.stderr.write(`\n  ${name} is ready at ${shownAddress(server.url)}  (${seconds} s)\n\n`);
  } catch (error) {
    if (!stop.signal.aborted) {
      process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n\n`);
      log.debug({ err: error }, 'start failed');
    }
    await closeAll(closers, log);
    process.exit(1);
  }
}

/** The log, and what must be closed after everything that writes to it. */
async function openLog(
  environment: Environment,
  correlation: Correlation,
): Promise<{ log: Logger; closers: Closers }> {
  const outbound = createOutboundClient(outboundSettings(environment));
  const reporter = await openErrorReporter({
    settings: environment.observability,
    outbound,
    version: readVersion(),
    deployment: environment.server.deployment,
  });
  const { log, close } = createLog({
    settings: environment.logging,
    debug: environment.server.debug,
    correlation,
    onError: (error, ids) => reporter.report(error, ids),
  });
  // Node ends the process after this; the log must say why.
  process.on('uncaughtExceptionMonitor', (error) => log.fatal({ err: error }, 'the server failed'));
  return { log, closers: [async () => close(), () => outbound.close(), () => reporter.close()] };
}

interface OpenOptions {
  environment: Environment;
  log: Logger;
  correlation: Correlation;
  stop: AbortController;
  closers: Closers;
}

/** Null when there was only the database to be prepared (`MODE=migration`). */
async function open({
  environment,
  log,
  correlation,
  stop,
  closers,
}: OpenOptions): Promise<RunningServer | null> {
  const external = usesExternalDatabase(environment);
  if (environment.server.mode !== 'migration') roleOf(environment.server.mode, { external });
  const dataFolder: DataFolder = await openDataFolder({
    path: resolveFromRoot(environment.server.dataDirectory),
    role: external ? 'member' : 'server',
  });
  closers.push(() => dataFolder.close());
  const secretKey = await loadSecretKey({ given: environment.security.secretKey, dataFolder });
  const database = await openDatabase({ environment, dataFolder, log, signal: stop.signal });
  closers.push(() => database.close());
  const onlyMigrates = environment.server.mode === 'migration';
  if (environment.server.migrateAtStart || onlyMigrates) {
    await migrate(database.pool, join(import.meta.dirname, '../migrations'), { log });
  }
  if (onlyMigrates) return null;
  const services = await compose({
    environment,
    dataFolder,
    database,
    secretKey,
    version: readVersion(),
    log,
    correlation,
    tracing: await openTracing({
      settings: environment.observability,
      version: readVersion(),
      deployment: environment.server.deployment,
      warn: (sentence) => log.warn(sentence),
    }),
  });
  const server = await startServer(services);
  closers.push(() => server.close());
  return server;
}

/** The first signal ends the server in order, a second one more than a second later at once. */
function handleSignals(stop: AbortController, closers: Closers, log: Logger): void {
  let firstAtMs = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = Date.now();
    if (firstAtMs > 0) {
      // A terminal and npm both pass one Ctrl-C on, so a repeat within a second is the same wish.
      if (now - firstAtMs > 1_000) process.exit(130);
      return;
    }
    firstAtMs = now;
    log.info({ signal }, 'shutting down');
    stop.abort(new Error(`stopped by ${signal}`));
    void closeAll(closers, log).then(() => process.exit(0));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  // Started through the launcher: when that dies without a signal, so do we.
  if (process.channel) process.on('disconnect', () => onSignal('SIGTERM'));
}

async function closeAll(closers: Closers, log: Logger): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    await close().catch((error: unknown) => log.error({ err: error }, 'something did not close'));
  }
}

function resolveFromRoot(path: string): string {
  return path.startsWith('/') ? path : join(root, path);
}

function readVersion(): string {
  const file: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return String((file as { version?: unknown }).version ?? '0.0.0');
}

function shownAddress(url: string): string {
  return url.replace('127.0.0.1', 'localhost').replace('0.0.0.0', 'localhost').replace('[::]', 'localhost');
}

try {
  await main();
} catch (error) {
  // What goes wrong before there is a log: an environment that cannot be read, told in its own words.
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n\n`);
  process.exitCode = 1;
}
