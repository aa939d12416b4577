import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The checkout. */
export const root = join(import.meta.dirname, '../..');

const startTimeoutMs = 60_000;

/** A program that serves HTTP, in a process of its own. */
export interface Serving {
  readonly pid: number;
  readonly url: string;
  /** From the start of the process to the first answer. */
  readonly startMs: number;
  stop(): Promise<void>;
  /** Resolves when the process has ended, however. */
  readonly exited: Promise<unknown>;
}

/** Starts a Trellis server as `npm start` does, on its own data folder, and waits for its first answer. */
export function startTrellis(dataPath: string, env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  return serve([join(root, 'scripts/launch.mjs'), 'start'], { TRELLIS_DATA_DIR: dataPath, ...env });
}

/** The least that Node needs to answer over HTTP: the baseline of starts and of memory. */
export function startBareNode(): Promise<Serving> {
  const program = `
    const server = require('node:http').createServer((request, response) => response.end('ok'));
    server.listen(0, '127.0.0.1', () => console.error('ready at http://127.0.0.1:' + server.address().port));
    process.on('SIGTERM', () => process.exit(0));`;
  return serve(['-e', program], {});
}

/** Starts a program of the checkout that prints where it serves (`ready at http://127.0.0.1:PORT`, or the address). */
export function startProgram(args: readonly string[]): Promise<Serving> {
  return serve([join(root, args[0] ?? ''), ...args.slice(1)], {}, { probe: false });
}

async function serve(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: { readonly probe: boolean } = { probe: true },
): Promise<Serving> {
  const started = performance.now();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, DIFY_PORT: '0', LOG_LEVEL: 'ERROR', ...env },
  });
  const exited = once(child, 'exit');
  const url = await addressOf(child);
  if (options.probe) await fetch(`${url}/health`).then((response) => response.arrayBuffer());
  return {
    pid: child.pid ?? 0,
    url,
    startMs: performance.now() - started,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
    exited,
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.on('data', (chunk) => (text += chunk));
  child.stdout?.on('data', (chunk) => (text += chunk));
  for (const deadline = performance.now() + startTimeoutMs; performance.now() < deadline; await sleep(2)) {
    const port = /http:\/\/[^:\s]+:(\d+)/.exec(text)?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    if (child.exitCode !== null) break;
  }
  child.kill('SIGKILL');
  throw new Error(`The server did not start:\n${text}`);
}

/** Main process of the embedded database of a data folder; not below the server in the process tree. */
export function databasePid(dataPath: string): number {
  const [line] = readFileSync(join(dataPath, 'database/18/postmaster.pid'), 'utf8').split('\n');
  return Number(line);
}
