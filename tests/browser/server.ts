import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../lifecycle/testing/server-process.ts';
import { buildWeb } from './web-build.ts';

const webRoot = fileURLToPath(new URL('../../apps/web/', import.meta.url));

/** A real server with a fresh data folder of its own. */
export interface RealServer {
  readonly url: string;
  /** Everything it has written, for failures. */
  output(): string;
  close(): Promise<void>;
}

/** Starts the product as `npm start` does: built web, embedded database, a free port. */
export async function startRealServer(): Promise<RealServer> {
  if (!existsSync(join(webRoot, 'dist/index.html'))) await buildWeb();
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-browser-'));
  await chmod(dataPath, 0o755);
  const server = startServer({ dataPath });
  const url = await server.url;
  return {
    url,
    output: server.output,
    close: async () => {
      server.child.kill('SIGTERM');
      await server.ended;
      await rm(dataPath, { recursive: true, force: true });
    },
  };
}
