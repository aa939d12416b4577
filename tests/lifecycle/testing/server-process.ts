import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The checkout. */
export const root = join(import.meta.dirname, '../../..');

/** A whole server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Base address; rejects with the output when the server ends before it is ready. */
  readonly url: Promise<string>;
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Everything written so far. */
  output(): string;
}

/** How to start it. */
export interface StartOptions {
  readonly dataPath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments; the server itself when left out. */
  readonly command?: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly identity?: { readonly uid: number; readonly gid: number };
  /** In a process group of its own, as a terminal gives every command one (default: in that of the test). */
  readonly ownGroup?: boolean;
}

/** Starts a server on a free port. */
export function startServer(options: StartOptions): ServerProcess {
  const [file, ...args] = options.command ?? [process.execPath, join(root, 'apps/server/src/main.ts')];
  const child = spawn(file, args, {
    cwd: options.cwd ?? root,
    ...options.identity,
    detached: options.ownGroup ?? false,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutSettings(),
      DIFY_PORT: '0',
      TRELLIS_DATA_DIR: options.dataPath,
      NODE_COMPILE_CACHE: join(root, '.runtime/compile-cache'),
      ...options.env,
    },
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'exit').then(([code, signal]): number | string => code ?? signal);
  const url = waitForAddress(child, () => text);
  // Tests that expect a refusal look at the output instead.
  url.catch(() => undefined);
  if (child.pid === undefined) throw new Error(`${file} could not be started`);
  return { child, pid: child.pid, url, ended, output: () => text };
}

async function waitForAddress(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const port = /ready at http:\/\/[^:\s]+:(\d+)/.exec(output())?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server ended:\n${output()}`);
    await sleep(10);
  }
}

/** Settings of whoever runs the tests must not reach the servers under test. */
function withoutSettings(): Record<string, string | undefined> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.includes(name)));
}

/** Processes whose working directory is a database below `dataPath`; the server's own, and what a killed one left. */
export function databaseProcesses(dataPath: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(dataPath);
      } catch {
        return false;
      }
    });
}

/** Processes of a group: what a terminal's Ctrl-C reaches, and what must be gone after it. */
export function processesOfGroup(group: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        // The name of the program, in parentheses, may hold spaces; state, parent and group follow it.
        const [state, , own] =
          readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return Number(own) === group && state !== 'Z';
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The main process of the database in `dataPath`. */
export function postmasterOf(dataPath: string): number {
  const [line] = readFileSync(join(dataPath, 'database/18/postmaster.pid'), 'utf8').split('\n');
  return Number(line);
}

/** Waits until something is so. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20)) {
    if (await condition()) return;
  }
  throw new Error(`within ${timeoutMs} ms it did not come true that ${what}`);
}

/** Runs a command of the command line to its end. */
export function runCli(
  args: readonly string[],
  dataPath: string,
): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'apps/server/src/cli/main.ts'), ...args],
    { cwd: root, env: { ...withoutSettings(), TRELLIS_DATA_DIR: dataPath }, encoding: 'utf8' },
  );
  return { code: status, output: `${stdout}${stderr}` };
}
