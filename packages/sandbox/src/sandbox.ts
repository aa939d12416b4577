import { availableParallelism } from 'node:os';
import { probeBubblewrap } from './backends/bubblewrap/backend.ts';
import { ConcurrencyGate } from './backends/concurrency-gate.ts';
import { type HttpBackendOptions, probeHttp } from './backends/http/backend.ts';
import { probeWasm } from './backends/wasm/backend.ts';
import { type RunnerSources, readRunnerSources } from './code/runner-sources.ts';
import type {
  BackendName,
  BackendProbe,
  BackendRun,
  CodeLanguage,
  LanguageStatus,
  RunRequest,
  RunResult,
  Sandbox,
  SandboxBackend,
  SandboxRun,
  SandboxStatus,
} from './contract.ts';
import { SandboxError } from './errors.ts';
import { type ExactObject, PythonFloat, parseExactJson, stringifyExactJson, toPlain } from './exact-json.ts';
import {
  defaultExecutionLimits,
  defaultOutputLimits,
  type ExecutionLimits,
  type OutputLimits,
} from './limits.ts';
import { checkOutputs } from './outputs/check-outputs.ts';
import { convertScientific } from './outputs/scientific.ts';

/** Options of {@link createSandbox}; every one has a safe default. */
export interface SandboxOptions {
  /** `auto`: HTTP when `http` is given, else bubblewrap where its self-test passes, else WASM. */
  readonly backend?: 'auto' | BackendName;
  /** A service speaking the dify-sandbox protocol (`CODE_EXECUTION_ENDPOINT` and kin). */
  readonly http?: HttpBackendOptions;
  /** Network inside bubblewrap or the HTTP service; WASM has none ever. Default false. */
  readonly allowNetwork?: boolean;
  /** A virtual environment whose modules Python code may import; bubblewrap only. */
  readonly pythonPath?: string;
  /** Host user and group of sandboxed processes when the server is root. Must own nothing else. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Folders that code must never see even if they lie below a system folder. */
  readonly hiddenPaths?: readonly string[];
  /** A writable folder for the WASM interpreter's start image; a temporary one by default. */
  readonly cacheFolder?: string;
  readonly limits?: Partial<ExecutionLimits>;
  readonly outputLimits?: Partial<OutputLimits>;
  /** Executions at once; others wait. Default: four per processor. */
  readonly maxConcurrent?: number;
  /** Live WASM interpreters at once; idle ones of other runs are ended first. Default 8. */
  readonly maxInterpreters?: number;
}

/** The host user of sandboxed processes under a root server: not root, not `nobody`, not the database's. */
const defaultUser = { uid: 64_742, gid: 64_742 };
const languages: readonly CodeLanguage[] = ['python3', 'javascript'];

interface Choice {
  readonly backends: readonly SandboxBackend[];
  readonly byLanguage: ReadonlyMap<CodeLanguage, SandboxBackend>;
  readonly statuses: readonly LanguageStatus[];
  readonly refused: readonly { readonly backend: BackendName; readonly reason: string }[];
}

/**
 * Tests which backends work on this machine and returns a sandbox on the best of them, language by
 * language. Never fails for want of a backend: `status()` then says so and executions fail with
 * `sandbox_unavailable`.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return new ChosenSandbox(await choose(options, readRunnerSources()), options);
}

async function choose(options: SandboxOptions, sources: RunnerSources): Promise<Choice> {
  const backends: SandboxBackend[] = [];
  const refused: { backend: BackendName; reason: string }[] = [];
  const byLanguage = new Map<CodeLanguage, SandboxBackend>();
  const reasons = new Map<CodeLanguage, string>();
  for (const name of candidates(options)) {
    const probe = await probeBackend(name, options, sources);
    if ('refused' in probe) {
      refused.push({ backend: name, reason: probe.refused });
      continue;
    }
    backends.push(probe.backend);
    for (const [language, reason] of Object.entries(probe.missing))
      refused.push({ backend: name, reason: `${language}: ${reason}` });
    for (const { language } of probe.backend.languages) {
      if (byLanguage.has(language)) continue;
      byLanguage.set(language, probe.backend);
      reasons.set(language, chosenBecause(name, options, refused));
    }
    if (byLanguage.size === languages.length) break;
  }
  const statuses = languages.map((language): LanguageStatus => {
    const backend = byLanguage.get(language);
    const interpreter = backend?.languages.find((entry) => entry.language === language)?.interpreter;
    const nothing = `No backend can run ${language}: ${refused.map(({ backend: name, reason }) => `${name}: ${reason}`).join('; ')}`;
    return { language, backend: backend?.name, reason: reasons.get(language) ?? nothing, interpreter };
  });
  return { backends, byLanguage, statuses, refused };
}

function candidates(options: SandboxOptions): readonly BackendName[] {
  if (options.backend && options.backend !== 'auto') return [options.backend];
  return options.http ? ['http'] : ['bubblewrap', 'wasm'];
}

function probeBackend(
  name: BackendName,
  options: SandboxOptions,
  sources: RunnerSources,
): Promise<BackendProbe> {
  switch (name) {
    case 'http':
      return probeHttp({ options: options.http, allowNetwork: options.allowNetwork ?? false, sources });
    case 'bubblewrap':
      return probeBubblewrap({
        sources,
        network: options.allowNetwork ?? false,
        user: options.user ?? defaultUser,
        venvPath: options.pythonPath,
        pythonCandidates: ['/usr/bin/python3', '/usr/local/bin/python3'],
        nodeCandidates: [process.execPath, '/usr/local/bin/node', '/usr/bin/node'],
        hiddenPaths: options.hiddenPaths ?? [],
      });
    case 'wasm':
      return probeWasm({
        sources,
        cacheFolder: options.cacheFolder,
        maxInterpreters: options.maxInterpreters ?? 8,
        user: options.user ?? defaultUser,
      });
  }
}

function chosenBecause(
  name: BackendName,
  options: SandboxOptions,
  refused: readonly { readonly backend: BackendName; readonly reason: string }[],
): string {
  if (name === 'http') return 'A code execution service is configured.';
  if (name === options.backend) return `The operator chose ${name}.`;
  if (name === 'bubblewrap') return 'Bubblewrap passed its isolation test on this machine.';
  const why = refused.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ');
  return `Built-in WebAssembly interpreters, because better isolation is not available (${why}).`;
}

class ChosenSandbox implements Sandbox {
  readonly #choice: Choice;
  readonly #options: SandboxOptions;
  readonly #gate: ConcurrencyGate;
  readonly #limits: ExecutionLimits;
  readonly #outputLimits: OutputLimits;
  #closed = false;

  constructor(choice: Choice, options: SandboxOptions) {
    this.#choice = choice;
    this.#options = options;
    this.#gate = new ConcurrencyGate(options.maxConcurrent ?? 4 * availableParallelism());
    this.#limits = { ...defaultExecutionLimits, ...options.limits };
    this.#outputLimits = { ...defaultOutputLimits, ...options.outputLimits };
  }

  openRun({ runId }: { readonly runId: string }): SandboxRun {
    const backendRuns = new Map<SandboxBackend, BackendRun>();
    let closed = false;
    return {
      runId,
      run: async (request) => {
        if (closed || this.#closed) throw new SandboxError('sandbox_closed', 'The run is closed.');
        const backend = this.#backendFor(request.language);
        let backendRun = backendRuns.get(backend);
        if (!backendRun) {
          backendRun = backend.openRun(runId);
          backendRuns.set(backend, backendRun);
        }
        return this.#run(request, backendRun);
      },
      close: async () => {
        closed = true;
        await Promise.all([...backendRuns.values()].map((backendRun) => backendRun.close()));
      },
    };
  }

  status(): SandboxStatus {
    const usages = this.#choice.backends.map((backend) => backend.usage());
    return {
      languages: this.#choice.statuses,
      refused: this.#choice.refused,
      networkAllowed:
        (this.#options.allowNetwork ?? false) &&
        this.#choice.statuses.some(({ backend }) => backend !== 'wasm'),
      running: this.#gate.running,
      waiting: this.#gate.waiting,
      interpreters: usages.reduce((sum, usage) => sum + usage.interpreters, 0),
      residentBytes: usages.reduce((sum, usage) => sum + usage.residentBytes, 0),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#choice.backends.map((backend) => backend.close()));
  }

  #backendFor(language: CodeLanguage): SandboxBackend {
    const backend = this.#choice.byLanguage.get(language);
    if (backend) return backend;
    if (!languages.includes(language)) {
      throw new SandboxError('code_language_unsupported', `Unsupported code language ${String(language)}.`);
    }
    const reason = this.#choice.statuses.find((status) => status.language === language)?.reason ?? '';
    throw new SandboxError('sandbox_unavailable', reason);
  }

  async #run(request: RunRequest, backendRun: BackendRun): Promise<RunResult> {
    const limits = { ...this.#limits, ...request.limits };
    const inputsJson =
      typeof request.inputs === 'string' ? request.inputs : stringifyExactJson(request.inputs);
    const report = await this.#gate.run(request.signal, () =>
      backendRun.execute({
        language: request.language,
        code: request.code,
        inputsJson,
        limits,
        signal: request.signal,
      }),
    );
    const result = convertScientific(readResult(report.resultJson, report.stdout));
    const checked = request.outputs
      ? checkOutputs({ result, declared: request.outputs, limits: this.#outputLimits })
      : result;
    return { outputs: toPlain(checked), outputsJson: stringifyExactJson(checked), stdout: report.stdout };
  }
}

function readResult(json: string, stdout: string): ExactObject {
  let value: unknown;
  try {
    value = parseExactJson(json);
  } catch (cause) {
    throw new SandboxError('code_result_invalid', 'The result of main is not valid JSON.', { cause, stdout });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof PythonFloat) {
    throw new SandboxError('code_result_invalid', 'The result of main must be an object (dict).', { stdout });
  }
  return value as ExactObject;
}
