import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root, type ServerProcess, startServer } from './server-process.ts';

/** A clone of what is committed here, with nothing installed, and the README's command on it. */
export interface FreshClone {
  readonly path: string;
  /** `npm start`, with the Node that this machine has outside of the checkout. */
  start(): ServerProcess;
  /** Files that differ from what was cloned, ignored ones aside, as git lists them. */
  changes(): string;
}

/** Clones the checkout into a folder that does not exist yet. */
export function cloneFresh(path: string): FreshClone {
  execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, path]);
  return {
    path,
    start: () =>
      startServer({
        dataPath: join(path, 'data'),
        cwd: path,
        command: ['npm', 'start'],
        env: { PATH: hostPath(), NODE_COMPILE_CACHE: join(path, '.runtime/compile-cache') },
      }),
    changes: () => execFileSync('git', ['status', '--porcelain'], { cwd: path, encoding: 'utf8' }),
  };
}

/** Major version of the Node that this machine has outside of the checkout. */
export function hostNodeMajor(): number {
  const version = execFileSync('node', ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: hostPath() },
  });
  return Number(version.slice(1).split('.')[0]);
}

/** The path without the Node that the launcher of this checkout brought. */
function hostPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('/.runtime/')).join(delimiter);
}
