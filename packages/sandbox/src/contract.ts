import type { PlainObject } from './exact-json.ts';
import type { ExecutionLimits } from './limits.ts';
import type { OutputDeclarations } from './outputs/declarations.ts';

/** A language that user code may be written in. */
export type CodeLanguage = 'python3' | 'javascript';

/** Where code runs. */
export type BackendName = 'bubblewrap' | 'wasm' | 'http';

/** One execution of user code. */
export interface RunRequest {
  readonly language: CodeLanguage;
  /** Defines `main`: keyword arguments in Python, one object argument in JavaScript. */
  readonly code: string;
  /**
   * The arguments of `main`: JSON values, where `bigint` is a large Python integer and `PythonFloat` a
   * float such as `3.0`. Given as text it must be a JSON object and is handed on unparsed.
   */
  readonly inputs: Readonly<Record<string, unknown>> | string;
  /** Overrides of the sandbox's limits. */
  readonly limits?: Partial<ExecutionLimits>;
  /** Ends the execution at once. */
  readonly signal?: AbortSignal;
  /** Declared outputs; given, the result is checked against them. */
  readonly outputs?: OutputDeclarations;
}

/** The result of one execution. */
export interface RunResult {
  /** Plain JSON. */
  readonly outputs: PlainObject;
  /** The same as JSON text that keeps Python's number types (`3.0`, integers beyond 2^53). */
  readonly outputsJson: string;
  /** What the code printed, cut at the limit. */
  readonly stdout: string;
}

/** The code executions of one workflow run; holds its interpreters where the backend keeps any. */
export interface SandboxRun {
  readonly runId: string;
  /**
   * Runs code once.
   *
   * Errors: `SandboxError`.
   */
  run(request: RunRequest): Promise<RunResult>;
  /** Ends the interpreters of this run; executions under way fail with `sandbox_closed`. */
  close(): Promise<void>;
}

/** Which backend serves a language, and why. */
export interface LanguageStatus {
  readonly language: CodeLanguage;
  /** `undefined` when no backend can run the language. */
  readonly backend: BackendName | undefined;
  /** One sentence for the operator. */
  readonly reason: string;
  /** Interpreter and version, such as `Python 3.11.2`. */
  readonly interpreter: string | undefined;
}

/** The operator's status page. */
export interface SandboxStatus {
  readonly languages: readonly LanguageStatus[];
  /** Backends that were tried and refused, each with the reason. */
  readonly refused: readonly { readonly backend: BackendName; readonly reason: string }[];
  readonly networkAllowed: boolean;
  /** Executions under way and waiting for a place. */
  readonly running: number;
  readonly waiting: number;
  /** Live interpreter processes and their resident memory in bytes, where the backend keeps any. */
  readonly interpreters: number;
  readonly residentBytes: number;
}

/** Runs untrusted code. */
export interface Sandbox {
  openRun(options: { readonly runId: string }): SandboxRun;
  status(): SandboxStatus;
  /** Ends every interpreter. */
  close(): Promise<void>;
}

/** What a backend is asked to execute: everything resolved, nothing optional. */
export interface Execution {
  readonly language: CodeLanguage;
  readonly code: string;
  /** JSON object with the arguments of `main`. */
  readonly inputsJson: string;
  readonly limits: ExecutionLimits;
  readonly signal: AbortSignal | undefined;
}

/** What a backend hands back: the runner's report, before any check. */
export interface ExecutionReport {
  /** JSON text of `main`'s result. */
  readonly resultJson: string;
  readonly stdout: string;
}

/** The executions of one run on one backend. */
export interface BackendRun {
  execute(execution: Execution): Promise<ExecutionReport>;
  close(): Promise<void>;
}

/** One way of isolating code. */
export interface SandboxBackend {
  readonly name: BackendName;
  readonly languages: readonly { readonly language: CodeLanguage; readonly interpreter: string }[];
  openRun(runId: string): BackendRun;
  usage(): { readonly interpreters: number; readonly residentBytes: number };
  close(): Promise<void>;
}

/** The outcome of asking whether a backend works on this machine. */
export type BackendProbe =
  | {
      readonly backend: SandboxBackend;
      /** Why languages that the backend could serve are not served. */
      readonly missing: Readonly<Partial<Record<CodeLanguage, string>>>;
    }
  | { readonly refused: string };
