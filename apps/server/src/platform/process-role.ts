import type { Environment } from './environment.ts';

/** What this process does; one that does both needs no other. */
export interface ProcessRole {
  /** Serves console, web apps and service API, and carries out what it accepts. */
  readonly serves: boolean;
  /** Works on jobs, schedules and housekeeping, and goes on with runs whose process died. */
  readonly works: boolean;
}

/** Thrown with a sentence for the operator when `MODE` asks for what cannot be. */
export class ProcessRoleError extends Error {
  override readonly name = 'ProcessRoleError';
}

/**
 * The role that `MODE` gives a process. A part of the work needs others for the rest, so it needs a database that all of
 * them reach. `beat`, which kept the schedules elsewhere, is a worker: schedules are kept by the queue.
 */
export function roleOf(
  mode: Environment['server']['mode'],
  { external }: { external: boolean },
): ProcessRole {
  if (mode === 'all') return { serves: true, works: true };
  if (mode === 'job' || mode === 'migration') {
    const instead = 'npm run trellis -- COMMAND';
    throw new ProcessRoleError(`MODE=${mode} is not a server. Leave MODE unset, or use ${instead}.`);
  }
  if (!external) {
    throw new ProcessRoleError(
      `MODE=${mode} needs a PostgreSQL that several processes share: set DB_HOST and its companions. ` +
        'With the embedded database one process does everything: leave MODE unset.',
    );
  }
  return mode === 'api' ? { serves: true, works: false } : { serves: false, works: true };
}
