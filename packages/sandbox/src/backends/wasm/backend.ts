import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunnerSources } from '../../code/runner-sources.ts';
import type {
  BackendProbe,
  BackendRun,
  CodeLanguage,
  Execution,
  ExecutionReport,
  SandboxBackend,
} from '../../contract.ts';
import { SandboxError } from '../../errors.ts';
import { defaultExecutionLimits } from '../../limits.ts';
import { closed, InterpreterPool } from './interpreter-pool.ts';
import { type InterpreterCommand, InterpreterProcess } from './interpreter-process.ts';
import { PythonImage } from './python-image.ts';

/** Options of the WASM backend. */
export interface WasmOptions {
  readonly sources: RunnerSources;
  /** Where the start image of Python is kept; a temporary folder when not given. */
  readonly cacheFolder: string | undefined;
  readonly maxInterpreters: number;
  /** Host user and group of the interpreters when the server runs as root and they can read the program. */
  readonly user: { readonly uid: number; readonly gid: number };
}

type HostUser = WasmOptions['user'] | undefined;

const here = realpathSync(fileURLToPath(new URL('.', import.meta.url)));
const packageFile = realpathSync(fileURLToPath(new URL('../../../package.json', import.meta.url)));
const selfTest = 'function main({ n }) { return { answer: n * 2 }; }';

/** Finds out by a real execution whether the WASM interpreters start here. */
export async function probeWasm(options: WasmOptions): Promise<BackendProbe> {
  const root = process.getuid?.() === 0;
  let reason = 'unknown';
  // As another user the interpreters may not be able to read the program, for example below a private home.
  for (const user of root ? [options.user, undefined] : [undefined]) {
    const backend = new WasmBackend(options, user);
    const run = backend.openRun();
    try {
      const report = await run.execute({
        language: 'javascript',
        code: selfTest,
        inputsJson: '{"n":21}',
        limits: defaultExecutionLimits,
        signal: undefined,
      });
      if (report.resultJson === '{"answer":42}') return { backend, missing: {} };
      reason = `the self-test answered ${report.resultJson}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    } finally {
      await run.close();
    }
    await backend.close();
  }
  return { refused: `the self-test failed: ${reason}` };
}

class WasmBackend implements SandboxBackend {
  readonly name = 'wasm';
  readonly languages = [
    { language: 'python3', interpreter: `Python in WebAssembly (Pyodide ${packageVersion('pyodide')})` },
    {
      language: 'javascript',
      interpreter: `QuickJS in WebAssembly (${packageVersion('quickjs-emscripten')})`,
    },
  ] as const;
  readonly #user: HostUser;
  readonly #pool: InterpreterPool;
  readonly #image: PythonImage;
  readonly #cache: { readonly folder: string; readonly temporary: boolean };

  constructor(options: WasmOptions, user: HostUser) {
    this.#user = user;
    this.#pool = new InterpreterPool({
      size: options.maxInterpreters,
      start: (language) => this.#start(language),
    });
    const temporary = options.cacheFolder === undefined;
    this.#cache = {
      folder: options.cacheFolder ?? mkdtempSync(join(tmpdir(), 'trellis-sandbox-')),
      temporary,
    };
    this.#image = new PythonImage({
      folder: this.#cache.folder,
      key: `${packageVersion('pyodide')}-${process.version}-1`,
      args: pythonArguments({ mode: 'snapshot', imageBytes: 0 }),
      user,
    });
  }

  openRun(): BackendRun {
    return new WasmRun(this.#pool);
  }

  usage() {
    return this.#pool.usage();
  }

  async close(): Promise<void> {
    this.#pool.close();
    if (this.#cache.temporary) rmSync(this.#cache.folder, { recursive: true, force: true });
  }

  async #start(language: CodeLanguage): Promise<InterpreterProcess> {
    if (language === 'javascript')
      return new InterpreterProcess({ args: javascriptArguments(), user: this.#user });
    const image = await this.#image.read();
    const command: InterpreterCommand = {
      args: pythonArguments({ mode: 'serve', imageBytes: image?.length ?? 0 }),
      user: this.#user,
      ...(image ? { firstInput: image } : {}),
    };
    return new InterpreterProcess(command);
  }
}

/** The interpreters of one workflow run: one per language, started when first needed, shared with no other. */
class WasmRun implements BackendRun {
  readonly #pool: InterpreterPool;
  readonly #interpreters = new Map<CodeLanguage, InterpreterProcess>();
  readonly #queues = new Map<CodeLanguage, Promise<unknown>>();
  #closed = false;

  constructor(pool: InterpreterPool) {
    this.#pool = pool;
  }

  execute(execution: Execution): Promise<ExecutionReport> {
    // One after the other: an interpreter does one thing at a time.
    const previous = this.#queues.get(execution.language) ?? Promise.resolve();
    const result = previous.then(() => this.#execute(execution));
    this.#queues.set(
      execution.language,
      result.catch(() => {}),
    );
    return result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const interpreter of this.#interpreters.values()) interpreter.kill(closed());
    this.#interpreters.clear();
    this.#pool.freed();
  }

  async #execute(execution: Execution): Promise<ExecutionReport> {
    if (this.#closed) throw closed();
    let interpreter = this.#interpreters.get(execution.language);
    if (!interpreter || interpreter.ended) {
      interpreter = await this.#pool.start(execution.language);
      this.#interpreters.set(execution.language, interpreter);
      if (this.#closed) interpreter.kill(closed());
    }
    try {
      return await interpreter.execute(execution);
    } finally {
      this.#pool.freed();
    }
  }
}

/** Arguments of every child: no file but those given, no process, worker, addon; no code from text. */
function nodeArguments(readable: readonly string[]): string[] {
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    '--max-old-space-size=256',
    '--v8-pool-size=1',
  ];
}

function pythonArguments(options: {
  readonly mode: 'serve' | 'snapshot';
  readonly imageBytes: number;
}): string[] {
  const folder = packageFolder('pyodide');
  const runner = realpathSync(fileURLToPath(new URL('../../code/python-runner.py', import.meta.url)));
  return [
    ...nodeArguments([`${here}${sep}`, packageFile, runner, `${folder}${sep}`]),
    `--wasm-max-mem-pages=${Math.ceil((defaultExecutionLimits.memoryBytes + 64 * 1024 * 1024) / 65_536)}`,
    join(here, 'python-child.ts'),
    options.mode,
    `${folder}${sep}`,
    runner,
    String(options.imageBytes),
  ];
}

function javascriptArguments(): string[] {
  const core = packageFolder('quickjs-emscripten-core');
  const variant = packageFolder('@jitl/quickjs-wasmfile-release-sync');
  const readable = [core, variant, packageFolder('@jitl/quickjs-ffi-types')].map(
    (folder) => `${folder}${sep}`,
  );
  return [
    ...nodeArguments([`${here}${sep}`, packageFile, ...readable]),
    join(here, 'javascript-child.ts'),
    ...[core, variant].map((folder) => pathToFileURL(join(folder, 'dist', 'index.mjs')).href),
  ];
}

/** The folder of an installed package, found upwards from here as Node does. */
function packageFolder(name: string): string {
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder)
      throw new SandboxError('sandbox_unavailable', `The package ${name} is not installed.`);
  }
}

function packageVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
