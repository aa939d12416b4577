import { existsSync } from 'node:fs';
import type { CodeLanguage } from '../../contract.ts';
import type { ExecutionLimits } from '../../limits.ts';
import { type HostInterpreter, libraryFolders } from './interpreters.ts';

/** The file descriptors a sandboxed process is started with, besides the three standard ones. */
export const descriptors = { report: 3, seccomp: 4 } as const;

const nodeOverheadBytes = 384 * 1024 * 1024;

/** What does not change from one execution to the next. */
export interface SandboxLayout {
  readonly prlimit: string;
  readonly network: boolean;
  /** Host folders below a mount that must not be seen, such as the product's own data. */
  readonly hiddenPaths: readonly string[];
}

/**
 * The arguments of `bwrap` for one execution: own user, process, network, IPC and host-name spaces, a
 * read-only root with the interpreter and the system libraries, a small /tmp, no /proc and no /sys.
 */
export function bubblewrapArguments(options: {
  readonly prlimit: string;
  /** From {@link mountArguments}. */
  readonly mounts: readonly string[];
  readonly interpreter: HostInterpreter;
  readonly language: CodeLanguage;
  readonly limits: ExecutionLimits;
  readonly program: string;
}): string[] {
  const { limits } = options;
  return [
    // Before the other mounts: an operator's modules may lie below /tmp.
    ...['--size', String(limits.fileBytes), '--tmpfs', '/tmp'],
    ...options.mounts,
    ...['--chdir', '/tmp', '--remount-ro', '/'],
    ...['--seccomp', String(descriptors.seccomp), '--'],
    ...limitArguments(options.prlimit, options.language, limits),
    ...interpreterArguments(options.language, options.interpreter, options.program, limits),
  ];
}

/** The part of the arguments that is the same for every execution of an interpreter. */
export function mountArguments(layout: SandboxLayout, interpreter: HostInterpreter): string[] {
  const { folders, links } = libraryFolders();
  const readable = [
    ...folders,
    ...['/etc/ld.so.cache', '/usr/share/zoneinfo'],
    ...(layout.network
      ? ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/ssl', '/usr/share/ca-certificates']
      : []),
    layout.prlimit,
    ...interpreter.mounts,
  ];
  const mounted = outermost(readable.filter((path) => existsSync(path)));
  return [
    ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
    ...(layout.network ? [] : ['--unshare-net']),
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--hostname', 'sandbox'],
    ...['--uid', '65534', '--gid', '65534', '--clearenv'],
    ...['--setenv', 'PATH', '/usr/bin', '--setenv', 'HOME', '/tmp', '--setenv', 'LANG', 'C.UTF-8'],
    ...['--setenv', 'TZ', 'UTC', '--setenv', 'MPLCONFIGDIR', '/tmp'],
    ...mounted.flatMap((path) => ['--ro-bind', path, path]),
    ...links.flatMap(([target, at]) => ['--symlink', target, at]),
    ...layout.hiddenPaths
      .filter((path) => mounted.some((mount) => isBelow(path, mount)))
      .flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
    ...['--dev', '/dev', '--remount-ro', '/dev'],
  ];
}

function limitArguments(prlimit: string, language: CodeLanguage, limits: ExecutionLimits): string[] {
  const memory = limits.memoryBytes + (language === 'javascript' ? nodeOverheadBytes : 0);
  const cpuSeconds = Math.ceil(limits.timeoutMs / 1000) + 1;
  const bounds: Record<string, number> = {
    data: memory,
    fsize: limits.fileBytes,
    nproc: limits.threads,
    nofile: 256,
    cpu: cpuSeconds,
    core: 0,
  };
  return [prlimit, ...Object.entries(bounds).map(([name, value]) => `--${name}=${value}:${value}`), '--'];
}

function interpreterArguments(
  language: CodeLanguage,
  interpreter: HostInterpreter,
  program: string,
  limits: ExecutionLimits,
): string[] {
  if (language === 'python3') {
    // Isolated, without site-packages: the standard library and the operator's modules only.
    return [interpreter.executable, '-I', '-S', '-B', '-c', program, ...interpreter.modulePaths];
  }
  const heap = Math.max(32, Math.floor(limits.memoryBytes / 1024 / 1024));
  return [
    interpreter.executable,
    `--max-old-space-size=${heap}`,
    ...['--max-semi-space-size=16', '--v8-pool-size=1', '--no-addons', '--no-warnings'],
    ...['--input-type=commonjs', '-e', program],
  ];
}

/** Leaves out paths that lie below another of the list: a second mount inside a read-only one would fail. */
function outermost(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)];
  return unique.filter((path) => !unique.some((other) => other !== path && isBelow(path, other)));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
