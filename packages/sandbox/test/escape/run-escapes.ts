import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, SandboxError, type SandboxRun } from '../../src/index.ts';
import { type Attempt, type Bait, programOf } from './attempt.ts';

/** What an attempt came to: `undefined` when the sandbox held, else what went wrong. */
export type Outcome = string | undefined;

/** The things on this machine that attempts try to reach, and what became of them. */
export class BaitStation {
  readonly bait: Bait;
  readonly #servers: readonly Server[];
  readonly #root: string;
  #connections = 0;

  private constructor(root: string, servers: readonly Server[], bait: Bait) {
    this.#root = root;
    this.#servers = servers;
    this.bait = bait;
  }

  static async open(): Promise<BaitStation> {
    const root = mkdtempSync(join(tmpdir(), 'trellis-bait-'));
    chmodSync(root, 0o755);
    const file = join(root, 'secret.txt');
    const folder = join(root, 'folder');
    const socket = join(root, 'socket');
    const secret = 'the host is reached';
    writeFileSync(file, secret, { mode: 0o644 });
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    let station: BaitStation | undefined;
    const count = () => station?.countConnection();
    const servers = [createServer(count), createServer(count), createServer(count)];
    const [tcp, unix, abstract] = servers;
    await listen(tcp, { host: '127.0.0.1', port: 0 });
    await listen(unix, { path: socket });
    chmodSync(socket, 0o777);
    if (process.platform === 'linux') await listen(abstract, { path: `\0trellis-bait-${process.pid}` });
    const address = tcp?.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    station = new BaitStation(root, servers, { file, secret, folder, port, socket, pid: process.pid });
    return station;
  }

  countConnection(): void {
    this.#connections += 1;
  }

  /** What the host shows after the attempts; empty when nothing was touched. */
  damage(): string[] {
    const found: string[] = [];
    if (this.#connections > 0) found.push(`${this.#connections} connections arrived at the host`);
    const made = readdirSync(this.bait.folder);
    if (made.length > 0) found.push(`files were made on the host: ${made.join(', ')}`);
    if (readFileSync(this.bait.file, 'utf8') !== this.bait.secret) found.push('a host file was changed');
    return found;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/**
 * Runs the attempts. Those that leave their interpreter whole share a run, which makes it more of a trial,
 * those that exhaust it share another, and those that spoil it get runs of their own; after each of these a
 * healthy run is asked whether it noticed. Returns what failed, by name.
 */
export async function tryEscapes(
  sandbox: Sandbox,
  list: readonly Attempt[],
  bait: Bait,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const open = (runId: string) => sandbox.openRun({ runId });
  const [shared, exhausted, healthy] = [open('shared'), open('exhausted'), open('healthy')];
  const tryAll = async (run: SandboxRun, queue: readonly Attempt[]) => {
    for (const attempt of queue) outcomes.set(attemptTitle(attempt), await tryEscape(run, attempt, bait));
  };
  await Promise.all([
    tryAll(
      shared,
      list.filter(({ alone }) => !alone),
    ),
    tryAll(
      exhausted,
      list.filter(({ limits }) => limits !== undefined),
    ),
    (async () => {
      for (const attempt of list.filter(({ alone, limits }) => alone && !limits)) {
        const own = open(attempt.name);
        await tryAll(own, [attempt]);
        await own.close();
        outcomes.set(`${attemptTitle(attempt)}, then`, await checkHealth(healthy, attempt));
      }
    })(),
  ]);
  await Promise.all([shared, exhausted, healthy].map((run) => run.close()));
  return outcomes;
}

/** Name of an attempt in reports. */
export function attemptTitle({ language, name }: Attempt): string {
  return `${language}: ${name}`;
}

async function tryEscape(run: SandboxRun, attempt: Attempt, bait: Bait): Promise<Outcome> {
  const request = { language: attempt.language, code: programOf(attempt), inputs: { ...bait } };
  try {
    const { outputs } = await run.run({ ...request, limits: { timeoutMs: 4000, ...attempt.limits } });
    return outputs['escaped'] === true ? 'the attempt reports success' : undefined;
  } catch (error) {
    if (!(error instanceof SandboxError)) return `an unknown error: ${String(error)}`;
    return error.code === 'sandbox_unavailable' ? `the sandbox failed: ${error.message}` : undefined;
  }
}

/** Another run must not notice anything of what went before. */
async function checkHealth(run: SandboxRun, attempt: Attempt): Promise<Outcome> {
  const code =
    attempt.language === 'python3'
      ? 'def main(n):\n    return {"answer": n * 2}'
      : 'function main({ n }) { return { answer: n * 2 }; }';
  const { outputs } = await run.run({ language: attempt.language, code, inputs: { n: 21 } });
  const answer = JSON.stringify(outputs);
  return answer === '{"answer":42}' ? undefined : `the next run answered ${answer}`;
}

function listen(server: Server | undefined, options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server?.once('error', reject);
    server?.listen(options, resolve);
  });
}
