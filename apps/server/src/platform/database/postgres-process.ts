import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { DatabaseError } from './errors.ts';
import { isPostmasterOf, readPostmaster } from './postmaster-file.ts';
import type { ProcessIdentity } from './process-identity.ts';

const pollMs = 5;
/** Fast shutdown checkpoints first; past this, the harder ways follow, which cost a recovery at the next start. */
const fastShutdownMs = 20_000;
const immediateShutdownMs = 5_000;

/**
 * The folder as the programs are told of it. Their working directory is the folder, entered before privileges are
 * dropped; through /proc they use it even where the path to it is closed to them (below a private home).
 */
export function folderArgument(cluster: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : cluster;
}

/** What every connection that is still open is told at a shutdown. */
const endOfConnection = 'terminating connection due to administrator command';

/** How to start a program of PostgreSQL. */
export interface ProgramOptions {
  readonly file: string;
  readonly args: readonly string[];
  /** The working directory. */
  readonly cluster: string;
  readonly identity: ProcessIdentity | undefined;
}

/** Starts a program apart from our terminal: Ctrl-C is for the server, which stops its database last. */
export function startProgram(options: ProgramOptions, stdin: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
  return spawn(options.file, options.args, {
    cwd: options.cluster,
    ...options.identity,
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
    // Nothing of the server's environment (keys, proxies) is the database's business.
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' },
  });
}

/** Runs a program to its end. Throws DatabaseError with its output when it fails. */
export async function runProgram(
  options: ProgramOptions & { input?: string; signal: AbortSignal },
): Promise<void> {
  const child = startProgram(options, options.input === undefined ? 'ignore' : 'pipe');
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output.push(String(chunk)));
  const stop = (): void => void child.kill('SIGTERM');
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    // A program that fails before it reads closes the pipe; its exit code and words tell more.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
    const [code] = await once(child, 'close');
    options.signal.throwIfAborted();
    if (code === 0) return;
    throw new DatabaseError('database_start_failed', `${options.file} failed:\n${output.join('').trim()}`);
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

/** A running PostgreSQL. */
export interface PostgresProcess {
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<string>;
  /** Ends it cleanly: open transactions are rolled back, everything is on disk afterwards. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL and waits until it takes connections (which after a crash includes its recovery). */
export async function startPostgres(
  options: ProgramOptions & { log: Logger; signal: AbortSignal },
): Promise<PostgresProcess> {
  const child = startProgram(options);
  const lastWords = logLines(child, options.log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const { pid } = child;
  if (pid === undefined)
    throw new DatabaseError('database_start_failed', `PostgreSQL did not start: ${await ended}`);
  const dismiss = standWatch(pid, options.identity);
  let running = true;
  ended.then(() => {
    running = false;
    dismiss();
  });
  const stop = (): Promise<void> => stopPostmaster(options.cluster, pid);
  while (!isReady(options.cluster, pid)) {
    if (!running) {
      throw new DatabaseError(
        'database_start_failed',
        `PostgreSQL ended at its start:\n${lastWords().join('\n')}`,
      );
    }
    if (options.signal.aborted) {
      await stop();
      options.signal.throwIfAborted();
    }
    await sleep(pollMs);
  }
  return { pid, ended, stop };
}

function isReady(cluster: string, pid: number): boolean {
  const postmaster = readPostmaster(cluster);
  return postmaster?.pid === pid && postmaster.status === 'ready';
}

/** Stops the PostgreSQL of a cluster, ours or one that a killed server left. Returns when it is gone. */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  const steps: readonly (readonly [NodeJS.Signals, number])[] = [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', immediateShutdownMs],
  ];
  for (const [signal, patienceMs] of steps) {
    const deadline = Date.now() + patienceMs;
    if (!isPostmasterOf(cluster, pid)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
      throw error;
    }
    while (Date.now() < deadline) {
      if (!isPostmasterOf(cluster, pid)) return;
      await sleep(pollMs);
    }
  }
  throw new DatabaseError(
    'database_start_failed',
    `The PostgreSQL process ${pid} on ${cluster} does not end.`,
  );
}

/**
 * A shell that waits for our end of a pipe to close: when the server is killed, the kernel closes it and the database
 * is asked to stop. Returns how to send it home.
 */
function standWatch(pid: number, identity: ProcessIdentity | undefined): () => void {
  const script = 'read -r word; [ "$word" = dismissed ] || kill -INT "$0"';
  const watch = spawn('/bin/sh', ['-c', script, String(pid)], {
    cwd: '/',
    ...identity,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  // Without the watch the database still works, and the next start stops a left-over one.
  watch.on('error', () => undefined);
  watch.stdin.on('error', () => undefined);
  watch.unref();
  return () => watch.stdin.end('dismissed\n');
}

/** Hands PostgreSQL's log lines to ours; returns the last few, for error messages. */
function logLines(child: ChildProcess, log: Logger): () => readonly string[] {
  const last: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      last.push(line);
      if (last.length > 20) last.shift();
      if (/^(FATAL|PANIC)/.test(line) && !line.endsWith(endOfConnection))
        log.warn({ database: line }, 'the database reports a problem');
      else log.debug({ database: line }, 'the database says');
    });
  }
  child.stdout?.resume();
  return () => last;
}
