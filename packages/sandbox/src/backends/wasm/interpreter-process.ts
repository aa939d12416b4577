import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import { readReport } from '../../code/report.ts';
import type { Execution, ExecutionReport } from '../../contract.ts';
import { SandboxError } from '../../errors.ts';
import { resultTooLarge, timeoutError } from '../bubblewrap/execute.ts';
import { aborted } from '../concurrency-gate.ts';
import type { ChildRequest } from './child-frames.ts';

/** How an interpreter's process is started. */
export interface InterpreterCommand {
  readonly args: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** Sent before the first request. */
  readonly firstInput?: Uint8Array;
}

const answerSchema = z.object({ nonce: z.string(), report: z.string(), stdout: z.string() });
const startTimeoutMs = 30_000;
const watchIntervalMs = 50;
/** What an interpreter takes before any code runs. */
const baselineBytes = 320 * 1024 * 1024;
const pageBytes = 4096;

/** One interpreter in a process of its own; runs one execution at a time. */
export class InterpreterProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ready: Promise<void>;
  #stderr = '';
  #buffer: Buffer[] = [];
  #received = 0;
  #maxBytes = 1024;
  #onLine: ((line: string) => void) | undefined;
  #onEnd: ((error: SandboxError) => void) | undefined;
  #ended = false;
  /** When the last execution ended, for choosing which idle interpreter makes room. */
  lastUsed = 0;
  busy = false;

  constructor(command: InterpreterCommand) {
    this.#child = spawn(process.execPath, [...command.args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
      ...(command.user ?? {}),
    });
    this.#child.stdin.on('error', () => {});
    this.#child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('latin1')).slice(-4096);
    });
    this.#child.once('error', (cause) => this.#end(unavailable(cause.message)));
    this.#child.once('close', (status, signal) => this.#end(this.#exitError(status ?? signal)));
    if (command.firstInput) this.#child.stdin.write(command.firstInput);
    this.#ready = this.#firstLine();
    // An interpreter may be ended before anybody waits for it.
    this.#ready.catch(() => {});
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when the interpreter has started. Errors: `sandbox_unavailable`. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  get residentBytes(): number {
    return this.#ended ? 0 : residentBytesOf(this.#child.pid);
  }

  /**
   * Runs code. The process does not survive an execution that was stopped.
   *
   * Errors: those of the code, `code_timeout`, `code_memory`, `code_crashed`, `code_output_too_large`,
   * `code_aborted`, `sandbox_closed`.
   */
  async execute(execution: Execution): Promise<ExecutionReport> {
    this.busy = true;
    try {
      await this.#ready;
      return await this.#exchange(execution);
    } finally {
      this.busy = false;
      this.lastUsed = performance.now();
    }
  }

  /** Ends the process; an execution under way fails with the given error. */
  kill(error: SandboxError): void {
    this.#end(error);
  }

  #exchange(execution: Execution): Promise<ExecutionReport> {
    const { limits, signal } = execution;
    if (signal?.aborted) return Promise.reject(aborted(signal));
    const nonce = randomBytes(16).toString('hex');
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        clearInterval(watch);
        signal?.removeEventListener('abort', onAbort);
        this.#onLine = undefined;
        this.#onEnd = undefined;
      };
      const onAbort = () => this.#end(aborted(signal));
      const timer = setTimeout(() => this.#end(timeoutError(limits.timeoutMs, '')), limits.timeoutMs);
      const watch = setInterval(() => {
        if (this.residentBytes > limits.memoryBytes + baselineBytes) this.#end(outOfMemory());
      }, watchIntervalMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#onEnd = (error) => {
        settle();
        reject(error);
      };
      this.#onLine = (line) => {
        settle();
        try {
          resolve(this.#readAnswer(line, nonce, execution));
        } catch (error) {
          reject(error);
        }
      };
      // An answer of a QuickJS interrupt comes before this process is given up.
      this.#maxBytes = 4 * (limits.resultBytes + limits.stdoutBytes) + 65_536;
      const request: ChildRequest = {
        nonce,
        code: execution.code,
        inputs: execution.inputsJson,
        timeoutMs: limits.timeoutMs,
        memoryBytes: limits.memoryBytes,
        stdoutBytes: limits.stdoutBytes,
      };
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  #readAnswer(line: string, nonce: string, execution: Execution): ExecutionReport {
    let answer: z.infer<typeof answerSchema>;
    try {
      answer = answerSchema.parse(JSON.parse(line));
      if (answer.nonce !== nonce) throw new Error('The answer belongs to no execution.');
    } catch (cause) {
      // Only code that reached the channel itself writes such a line.
      const error = new SandboxError('code_crashed', 'The code disturbed its interpreter.', { cause });
      this.#end(error);
      throw error;
    }
    const { report, stdout } = answer;
    if (report.length > execution.limits.resultBytes)
      throw resultTooLarge(execution.limits.resultBytes, stdout);
    return readReport(report, stdout);
  }

  async #firstLine(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.#end(unavailable('it did not start in time')), startTimeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.#onLine = undefined;
        this.#onEnd = undefined;
      };
      this.#onEnd = (error) => {
        settle();
        reject(error);
      };
      this.#onLine = (line) => {
        settle();
        if (line === '{"ready":true}') resolve();
        else reject(unavailable('it spoke out of turn'));
      };
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    this.#received += chunk.length;
    if (!this.#onLine) {
      this.#end(new SandboxError('code_crashed', 'The code disturbed its interpreter.'));
      return;
    }
    if (this.#received > this.#maxBytes) {
      this.#end(new SandboxError('code_output_too_large', 'The code printed or returned too much.'));
      return;
    }
    this.#buffer.push(chunk);
    if (chunk[chunk.length - 1] !== 10) return;
    const line = Buffer.concat(this.#buffer).toString('utf8').slice(0, -1);
    this.#buffer = [];
    this.#received = 0;
    this.#onLine(line);
  }

  #end(error: SandboxError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#child.kill('SIGKILL');
    this.#onEnd?.(error);
  }

  #exitError(status: number | string | null): SandboxError {
    if (/out of memory|Allocation failed|memory access out of bounds/i.test(this.#stderr))
      return outOfMemory();
    return new SandboxError(
      'code_crashed',
      `The code ended its interpreter (${status}) before main returned.`,
      {
        cause: this.#stderr,
      },
    );
  }
}

function unavailable(reason: string): SandboxError {
  return new SandboxError('sandbox_unavailable', `The interpreter could not be started: ${reason}.`);
}

function outOfMemory(): SandboxError {
  return new SandboxError('code_memory', 'The code ran out of memory.');
}

/** Resident memory of a process where the system tells it (Linux), else 0. */
function residentBytesOf(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return 0;
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * pageBytes;
  } catch {
    return 0;
  }
}
