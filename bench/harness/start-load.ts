import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { root } from './server.ts';
import type { LoadRequest, LoadSample } from './stream-load.ts';

/** Keeps many streams going from a process of its own, so that its work is not counted as that of who started it. */
export async function* startLoad(
  request: LoadRequest,
  size: { readonly streams: number; readonly seconds: number },
): AsyncGenerator<LoadSample, void, undefined> {
  const args = ['bench/harness/stream-load.ts', String(size.streams), String(size.seconds)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify(request));
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as LoadSample;
  const [code] = await exited;
  if (code !== 0) throw new Error(`The load generator ended with ${code}.`);
}
