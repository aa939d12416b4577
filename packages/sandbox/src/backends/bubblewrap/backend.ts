import type { RunnerSources } from '../../code/runner-sources.ts';
import type { BackendProbe, BackendRun, CodeLanguage, Execution, SandboxBackend } from '../../contract.ts';
import { SandboxError } from '../../errors.ts';
import { defaultExecutionLimits, type ExecutionLimits } from '../../limits.ts';
import { bubblewrapArguments, mountArguments, type SandboxLayout } from './arguments.ts';
import { executeCommand, type SandboxCommand } from './execute.ts';
import { findNode, findProgram, findPython, type HostInterpreter } from './interpreters.ts';
import { type SeccompArchitecture, writeSeccompFilter } from './seccomp.ts';

/** Options of the bubblewrap backend. */
export interface BubblewrapOptions {
  readonly sources: RunnerSources;
  /** Lets code reach the network (`SANDBOX_ENABLE_NETWORK`); it then also sees the host's own addresses. */
  readonly network: boolean;
  /** Host user and group of sandboxed processes when the server runs as root. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** An operator's virtual environment with third-party modules (`SANDBOX_PYTHON_PATH`). */
  readonly venvPath: string | undefined;
  readonly pythonCandidates: readonly string[];
  readonly nodeCandidates: readonly string[];
  readonly hiddenPaths: readonly string[];
}

/** Proves inside the sandbox that it holds; anything but this answer refuses the backend. */
const selfTests: Record<CodeLanguage, string> = {
  python3: `
import os, socket
def main():
    seen = [path for path in ("/etc/passwd", "/proc/1", "/sys/kernel", "/root", "/home") if os.path.exists(path)]
    try:
        os.fork()
        seen.append("fork")
    except OSError:
        pass
    return {"user": os.getuid(), "seen": seen, "environment": "HOME" in os.environ and len(os.environ) < 12}
`,
  javascript: `
function main() {
  const fs = require('node:fs');
  const seen = ['/etc/passwd', '/proc/1', '/sys/kernel', '/root', '/home'].filter((path) => fs.existsSync(path));
  if (require('node:child_process').spawnSync(process.execPath, ['-v']).status === 0) seen.push('fork');
  return { user: process.getuid(), seen, environment: 'HOME' in process.env && Object.keys(process.env).length < 12 };
}
`,
};
const expectedSelfTest = { user: 65534, seen: [], environment: true };

/** Finds out by real executions whether bubblewrap works here, and for which languages. */
export async function probeBubblewrap(options: BubblewrapOptions): Promise<BackendProbe> {
  if (process.platform !== 'linux')
    return { refused: `bubblewrap needs Linux, this is ${process.platform}.` };
  const architecture = process.arch;
  if (architecture !== 'x64' && architecture !== 'arm64') {
    return { refused: `no system call filter for the processor architecture ${architecture}.` };
  }
  const executable = findProgram('bwrap');
  if (!executable) return { refused: 'the program bwrap is not installed (package bubblewrap).' };
  const prlimit = findProgram('prlimit');
  if (!prlimit) return { refused: 'the program prlimit is not installed (package util-linux).' };

  const backend = new BubblewrapBackend({ ...options, executable, prlimit, architecture });
  const missing: Partial<Record<CodeLanguage, string>> = {};
  await Promise.all(
    (['python3', 'javascript'] as const).map(async (language) => {
      const reason = await backend.adopt(language);
      if (reason) missing[language] = reason;
    }),
  );
  if (backend.languages.length > 0) return { backend, missing };
  return { refused: `the self-test failed: ${[...new Set(Object.values(missing))].join('; ')}` };
}

class BubblewrapBackend implements SandboxBackend {
  readonly name = 'bubblewrap';
  readonly #options: BubblewrapOptions;
  readonly #executable: string;
  readonly #layout: SandboxLayout;
  readonly #seccompFilter: Uint8Array;
  readonly #interpreters = new Map<CodeLanguage, HostInterpreter>();
  readonly #mounts = new Map<HostInterpreter, readonly string[]>();
  readonly #kills = new Set<() => void>();

  constructor(
    options: BubblewrapOptions & {
      readonly executable: string;
      readonly prlimit: string;
      readonly architecture: SeccompArchitecture;
    },
  ) {
    this.#options = options;
    this.#executable = options.executable;
    this.#layout = { prlimit: options.prlimit, network: options.network, hiddenPaths: options.hiddenPaths };
    this.#seccompFilter = writeSeccompFilter(options);
  }

  get languages() {
    return [...this.#interpreters].map(([language, { description }]) => ({
      language,
      interpreter: description,
    }));
  }

  /** Tries the candidates for a language; returns why none will do. */
  async adopt(language: CodeLanguage): Promise<string | undefined> {
    const { venvPath, pythonCandidates, nodeCandidates } = this.#options;
    const candidates = language === 'python3' ? (venvPath ? [venvPath] : pythonCandidates) : nodeCandidates;
    let reason = `no ${language === 'python3' ? 'Python 3' : 'Node'} was found on the host`;
    for (const candidate of candidates) {
      try {
        const interpreter =
          language === 'python3'
            ? await findPython({ executable: candidate, venvPath })
            : await findNode(candidate);
        await this.#selfTest(language, interpreter);
        this.#interpreters.set(language, interpreter);
        return undefined;
      } catch (error) {
        if (!isMissingFile(error))
          reason = `${candidate}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    return reason;
  }

  openRun(): BackendRun {
    const kills = new Set<() => void>();
    return {
      execute: (execution) => {
        const interpreter = this.#interpreters.get(execution.language);
        if (!interpreter)
          throw new SandboxError('sandbox_unavailable', `No interpreter for ${execution.language}.`);
        return this.#execute(execution, interpreter, kills);
      },
      close: async () => {
        for (const kill of kills) kill();
      },
    };
  }

  usage() {
    return { interpreters: this.#kills.size, residentBytes: 0 };
  }

  async close(): Promise<void> {
    for (const kill of this.#kills) kill();
  }

  async #execute(execution: Execution, interpreter: HostInterpreter, kills: Set<() => void>) {
    let kill: (() => void) | undefined;
    try {
      return await executeCommand({
        command: this.#command(execution.language, interpreter, execution.limits),
        execution,
        onStart: (killChild) => {
          kill = killChild;
          kills.add(killChild);
          this.#kills.add(killChild);
        },
      });
    } finally {
      if (kill) {
        kills.delete(kill);
        this.#kills.delete(kill);
      }
    }
  }

  #command(language: CodeLanguage, interpreter: HostInterpreter, limits: ExecutionLimits): SandboxCommand {
    const { sources, user } = this.#options;
    const program =
      language === 'python3'
        ? `import sys\nsys.path.extend(sys.argv[1:])\n${sources.pythonRunner}\n${sources.pythonProcess}`
        : sources.javascriptProcess;
    return {
      executable: this.#executable,
      args: bubblewrapArguments({
        prlimit: this.#layout.prlimit,
        mounts: this.#mountsOf(interpreter),
        interpreter,
        language,
        limits,
        program,
      }),
      // Root inside the server would be root on the host: the sandbox's user is mapped to a host user of its own.
      user: process.getuid?.() === 0 ? user : undefined,
      seccompFilter: this.#seccompFilter,
    };
  }

  #mountsOf(interpreter: HostInterpreter): readonly string[] {
    let mounts = this.#mounts.get(interpreter);
    if (!mounts) {
      mounts = mountArguments(this.#layout, interpreter);
      this.#mounts.set(interpreter, mounts);
    }
    return mounts;
  }

  async #selfTest(language: CodeLanguage, interpreter: HostInterpreter): Promise<void> {
    const report = await executeCommand({
      command: this.#command(language, interpreter, defaultExecutionLimits),
      execution: {
        language,
        code: selfTests[language],
        inputsJson: '{}',
        limits: defaultExecutionLimits,
        signal: undefined,
      },
      onStart: () => {},
    });
    const answer = JSON.stringify(JSON.parse(report.resultJson));
    if (answer !== JSON.stringify(expectedSelfTest)) throw new Error(`the isolation test answered ${answer}`);
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
