import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A host interpreter and what must be visible inside the sandbox for it to start. */
export interface HostInterpreter {
  /** The real file, symbolic links resolved. */
  readonly executable: string;
  /** Such as `Python 3.11.2`. */
  readonly description: string;
  /** Host folders and files, mounted read-only at the same place. */
  readonly mounts: readonly string[];
  /** Folders with third-party modules (Python only). */
  readonly modulePaths: readonly string[];
}

const describePython = `
import json, os, sys, sysconfig
paths = sysconfig.get_paths()
print(json.dumps({
  "version": ".".join(map(str, sys.version_info[:3])),
  "prefix": sys.base_prefix,
  "stdlib": [paths["stdlib"], paths["platstdlib"]],
}))`;

const describeVenv = 'import json, site; print(json.dumps(site.getsitepackages()))';

/**
 * Asks a Python on the host where its parts lie. `venvPath` is an operator's virtual environment whose
 * interpreter and modules are used. Throws when the interpreter does not answer.
 */
export async function findPython(options: {
  readonly executable: string;
  readonly venvPath: string | undefined;
}): Promise<HostInterpreter> {
  const command = options.venvPath ? join(options.venvPath, 'bin', 'python3') : options.executable;
  const executable = realpathSync(command);
  const answer = JSON.parse(await ask(executable, ['-I', '-S', '-c', describePython])) as {
    version: string;
    prefix: string;
    stdlib: string[];
  };
  const modulePaths = options.venvPath
    ? (JSON.parse(await ask(command, ['-I', '-c', describeVenv])) as string[]).filter((path) =>
        existsSync(path),
      )
    : [];
  // A Python outside the system folders (a version manager's, /usr/local) brings its own libraries.
  const ownFolders = answer.prefix === '/usr' ? answer.stdlib : [join(answer.prefix, 'lib')];
  return {
    executable,
    description: `Python ${answer.version}`,
    mounts: [executable, ...ownFolders, ...modulePaths],
    modulePaths,
  };
}

/** Asks a Node on the host for its version. Throws when it does not answer. */
export async function findNode(executable: string): Promise<HostInterpreter> {
  const real = realpathSync(executable);
  const version = (await ask(real, ['--version'])).trim();
  return {
    executable: real,
    description: `Node ${version.replace(/^v/, '')}`,
    mounts: [real],
    modulePaths: [],
  };
}

/** Finds a program in the usual system folders. */
export function findProgram(name: string): string | undefined {
  return ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** The host's folders of shared libraries, and the links through which programs name them. */
export function libraryFolders(): {
  readonly folders: string[];
  readonly links: [target: string, at: string][];
} {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/lib32'].filter((path) => existsSync(path));
  const links: [string, string][] = [];
  for (const name of ['/lib', '/lib64', '/lib32']) {
    if (!existsSync(name)) continue;
    const real = realpathSync(name);
    if (real === name) folders.push(name);
    else if (dirname(real) === '/usr') links.push([real.slice(1), name]);
    else folders.push(name);
  }
  return { folders, links };
}

async function ask(executable: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(executable, [...args], { timeout: 10_000, env: {}, cwd: '/' });
  return stdout;
}
