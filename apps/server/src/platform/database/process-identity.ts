import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseError } from './errors.ts';

/** The user and group that a child process runs as. */
export interface ProcessIdentity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so under root it gets a number of its own that no account has: not `nobody`, which
 * the code sandbox and other programs use. Below 65,536, so that it exists in user namespaces of usual size.
 */
export const databaseUserId = 58_543;

/**
 * As whom the database runs on `folder`: as ourselves (undefined) unless we are root; then as the folder's owner, or,
 * where that is root or there is no folder yet, as `databaseUserId`.
 */
export async function databaseIdentity(folder: string): Promise<ProcessIdentity | undefined> {
  const ourId = process.getuid?.();
  const owner = await stat(folder).catch(() => undefined);
  if (ourId === 0) {
    if (owner === undefined || owner.uid === 0) return { uid: databaseUserId, gid: databaseUserId };
    return { uid: owner.uid, gid: owner.gid };
  }
  if (owner !== undefined && owner.uid !== ourId) {
    throw new DatabaseError(
      'database_start_failed',
      `The database in ${folder} belongs to user ${owner.uid}, this server runs as user ${ourId}. ` +
        `It was probably made when the server ran as root: start it as root again, or run "chown -R ${ourId} ${folder}".`,
    );
  }
  return undefined;
}

/**
 * An account that initdb can run as under root: initdb insists on a user with a name. The folder is handed to the
 * database's own user afterwards.
 */
export function namedIdentity(): ProcessIdentity {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const account = accounts.find(({ name }) => name === 'nobody') ?? accounts[0];
  if (account !== undefined) return { uid: account.uid, gid: account.gid };
  throw new DatabaseError(
    'database_start_failed',
    'The embedded database cannot be made as root on a system without any other account. ' +
      'Start the server as another user, or name a PostgreSQL with DB_HOST.',
  );
}

/** Whether `identity` may pass through every folder above `path`. */
export async function canReach(identity: ProcessIdentity | undefined, path: string): Promise<boolean> {
  if (identity === undefined) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}
