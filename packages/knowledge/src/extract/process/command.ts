import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadingCommand } from './reading-process.ts';

const here = realpathSync(fileURLToPath(new URL('.', import.meta.url)));
const packageFolder = realpathSync(fileURLToPath(new URL('../../..', import.meta.url)));

/**
 * How a reading process is started: it may read the files of this program and of its libraries, and has no right to
 * anything else; no code can be made of text.
 */
export function readingCommand(options: {
  readonly heapMegabytes: number;
  readonly user: ReadingCommand['user'];
  /** The program; another one in tests of the fence. */
  readonly program?: string;
}): ReadingCommand {
  const readable = [`${packageFolder}${sep}`, ...libraryFolders()];
  return {
    args: [
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      // For the thread that watches the server.
      '--allow-worker',
      '--disallow-code-generation-from-strings',
      '--no-warnings',
      `--max-old-space-size=${options.heapMegabytes}`,
      '--v8-pool-size=1',
      options.program ?? join(here, 'child.ts'),
    ],
    user: options.user,
  };
}

/** Every `node_modules` from here up: libraries are hoisted. */
function libraryFolders(): string[] {
  const folders: string[] = [];
  for (let folder = packageFolder; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules');
    if (existsSync(candidate)) folders.push(`${realpathSync(candidate)}${sep}`);
    if (dirname(folder) === folder) return folders;
  }
}
