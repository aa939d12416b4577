import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';

/** The checkout. */
export const root = join(import.meta.dirname, '../..');

/** How a command ended. */
export interface CommandResult {
  readonly code: number;
  /** Standard output and error as they came. */
  readonly output: string;
  readonly seconds: number;
}

/** What to run. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether to show the output while it comes; else it is only collected. */
  readonly live?: boolean;
}

/** Runs a command of this repository (its tools are on the path, and so is the Node that runs us). Never throws. */
export async function runCommand(
  command: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const started = performance.now();
  const [file, ...args] = command;
  const path = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(
    delimiter,
  );
  const child = spawn(file, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env, PATH: path },
  });
  const chunks: Buffer[] = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (options.live === true) to.write(chunk);
    });
  }
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(`${file}: ${error.message}\n`));
      resolve(127);
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  return { code, output: Buffer.concat(chunks).toString(), seconds: (performance.now() - started) / 1_000 };
}
