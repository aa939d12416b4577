import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** What PostgreSQL writes about itself into its data folder while it runs. */
export interface Postmaster {
  readonly pid: number;
  /** `starting`, `stopping`, `ready` or `standby`. */
  readonly status: string;
}

/** Reads `postmaster.pid` of a cluster; undefined when there is none (or it is being written). */
export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return Number.isInteger(pid) ? { pid, status: (lines[7] ?? '').trim() } : undefined;
}

/**
 * Whether the process that the file names is really the PostgreSQL of this cluster, and not another one that got its
 * number later (in a container after a restart, often ourselves).
 */
export function isPostmasterOf(cluster: string, pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (process.platform !== 'linux') return pid !== process.pid;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}
