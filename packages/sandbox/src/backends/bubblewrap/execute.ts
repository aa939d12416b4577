import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { readReport } from '../../code/report.ts';
import type { Execution, ExecutionReport } from '../../contract.ts';
import { SandboxError } from '../../errors.ts';
import { CollectedStream } from '../collected-stream.ts';
import { aborted } from '../concurrency-gate.ts';
import { descriptors } from './arguments.ts';

/** How a sandboxed process is started. */
export interface SandboxCommand {
  readonly executable: string;
  readonly args: readonly string[];
  /** Host user and group of the process; `undefined` keeps those of the server. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly seccompFilter: Uint8Array;
}

/** Printed text beyond this many times the kept size ends the execution: a flood costs the host time. */
const floodFactor = 16;

type Ending = 'timeout' | 'aborted' | 'result-too-large' | 'flood' | 'closed';

/**
 * Starts one sandboxed process, hands it the request and waits for its report.
 *
 * Errors: those of the code, `code_timeout`, `code_memory`, `code_crashed`, `code_output_too_large`,
 * `code_aborted`, `sandbox_unavailable` when the sandbox itself could not be set up.
 */
export function executeCommand(options: {
  readonly command: SandboxCommand;
  readonly execution: Execution;
  /** Told the process, so that its owner can end it. */
  readonly onStart: (kill: () => void) => void;
}): Promise<ExecutionReport> {
  const { command, execution } = options;
  const { limits, signal } = execution;
  if (signal?.aborted) return Promise.reject(aborted(signal));
  return new Promise((resolve, reject) => {
    const child = spawn(command.executable, command.args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
      ...(command.user ?? {}),
    });
    let ending: Ending | undefined;
    const end = (why: Ending) => {
      ending ??= why;
      child.kill('SIGKILL');
    };
    options.onStart(() => end('closed'));
    const onAbort = () => end('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(() => end('timeout'), limits.timeoutMs);
    const settle = (outcome: () => ExecutionReport) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      try {
        resolve(outcome());
      } catch (error) {
        reject(error);
      }
    };

    const pipes = childPipes(child);
    const stdout = new CollectedStream({
      stream: pipes.stdout,
      keepBytes: limits.stdoutBytes,
      onReceived: (total) => total > floodFactor * limits.stdoutBytes && end('flood'),
    });
    const stderr = new CollectedStream({
      stream: pipes.stderr,
      keepBytes: 64 * 1024,
      onReceived: (total) => total > floodFactor * limits.stdoutBytes && end('flood'),
    });
    const report = new CollectedStream({
      stream: pipes.report,
      keepBytes: limits.resultBytes,
      onReceived: (total) => total > limits.resultBytes && end('result-too-large'),
    });
    writeAll(pipes.seccomp, command.seccompFilter);
    writeAll(pipes.stdin, JSON.stringify({ code: execution.code, inputs: execution.inputsJson }));

    child.once('error', (cause) =>
      settle(() => {
        throw new SandboxError('sandbox_unavailable', `The sandbox could not be started: ${cause.message}.`, {
          cause,
        });
      }),
    );
    child.once('close', (exitCode) =>
      settle(() => {
        if (ending) throw endingError(ending, execution, stdout.text());
        const text = report.text();
        if (text !== '') return readReport(text, stdout.text());
        throw exitError(exitCode, stderr.text(), stdout.text());
      }),
    );
  });
}

function childPipes(child: ChildProcess): {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  report: Readable;
  seccomp: Writable;
} {
  const [stdin, stdout, stderr] = child.stdio;
  // The extra pipes carry both directions; each is used for one.
  const report = child.stdio[descriptors.report] as Readable | undefined;
  const seccomp = child.stdio[descriptors.seccomp] as Writable | undefined;
  if (!stdin || !stdout || !stderr || !report || !seccomp)
    throw new Error('A child was started without pipes.');
  return { stdin, stdout, stderr, report, seccomp };
}

function writeAll(stream: Writable, content: string | Uint8Array): void {
  // A child that ends before it has read everything breaks the pipe; its exit tells why.
  stream.on('error', () => {});
  stream.end(content);
}

function endingError(ending: Ending, execution: Execution, stdout: string): SandboxError {
  switch (ending) {
    case 'timeout':
      return timeoutError(execution.limits.timeoutMs, stdout);
    case 'aborted':
      return aborted(execution.signal);
    case 'closed':
      return new SandboxError('sandbox_closed', 'The run was closed while its code was running.', { stdout });
    case 'flood':
      return new SandboxError('code_output_too_large', 'The code printed too much.', { stdout });
    case 'result-too-large':
      return resultTooLarge(execution.limits.resultBytes, stdout);
  }
}

/** The error of an execution that took too long. */
export function timeoutError(timeoutMs: number, stdout: string): SandboxError {
  return new SandboxError('code_timeout', `The code ran longer than ${timeoutMs / 1000} s and was stopped.`, {
    stdout,
  });
}

/** The error of a result larger than the limit. */
export function resultTooLarge(resultBytes: number, stdout: string): SandboxError {
  return new SandboxError('code_output_too_large', `The result is larger than ${resultBytes} bytes.`, {
    stdout,
  });
}

function exitError(exitCode: number | null, stderr: string, stdout: string): SandboxError {
  const setUp = /^(?:bwrap|prlimit): (.*)/m.exec(stderr);
  if (setUp && exitCode !== 0) {
    return new SandboxError('sandbox_unavailable', `The sandbox could not be set up: ${setUp[0]}.`, {
      stdout,
    });
  }
  if (/out of memory|bad_alloc|Cannot allocate memory/i.test(stderr)) {
    return new SandboxError('code_memory', 'The code ran out of memory.', { stdout });
  }
  // 128 + SIGXCPU and SIGKILL: the processor-time limit.
  if (exitCode === 152 || exitCode === 137) {
    return new SandboxError('code_timeout', 'The code used too much processor time and was stopped.', {
      stdout,
    });
  }
  return new SandboxError(
    'code_crashed',
    `The code ended its interpreter (status ${exitCode}) before main returned.`,
    {
      stdout,
    },
  );
}
