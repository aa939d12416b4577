import { Agent, request } from 'undici';
import * as z from 'zod';
import { readReport } from '../../code/report.ts';
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
import { resultTooLarge, timeoutError } from '../bubblewrap/execute.ts';
import { aborted } from '../concurrency-gate.ts';
import { remoteProgram } from './program.ts';

/** Where a dify-sandbox-compatible service is, and how patiently it is asked. */
export interface HttpBackendOptions {
  /** Base address (`CODE_EXECUTION_ENDPOINT`). */
  readonly endpoint: string;
  /** `CODE_EXECUTION_API_KEY`. */
  readonly apiKey: string;
  /** `CODE_EXECUTION_SSL_VERIFY`, default true. */
  readonly verifyTls?: boolean;
  /** `CODE_EXECUTION_CONNECT_TIMEOUT`, default 10 s. */
  readonly connectTimeoutMs?: number;
  /** `CODE_EXECUTION_READ_TIMEOUT`, default 60 s. */
  readonly readTimeoutMs?: number;
  /** `CODE_EXECUTION_POOL_MAX_CONNECTIONS`, default 100. */
  readonly maxConnections?: number;
}

const answerSchema = z.object({
  code: z.number(),
  message: z.string().nullish(),
  data: z
    .object({
      stdout: z.string().nullish(),
      error: z.string().nullish(),
      stderr: z.string().nullish(),
      exit_code: z.number().nullish(),
    })
    .nullish(),
});

/**
 * Prepares the HTTP backend. The service is not asked at start: it may come up later than the server, and
 * each execution reports its absence by itself.
 */
export async function probeHttp(options: {
  readonly options: HttpBackendOptions | undefined;
  readonly allowNetwork: boolean;
  readonly sources: RunnerSources;
}): Promise<BackendProbe> {
  if (!options.options) return { refused: 'no code execution endpoint is configured.' };
  if (!URL.canParse(options.options.endpoint))
    return { refused: 'the code execution endpoint is not an address.' };
  return { backend: new HttpBackend({ ...options, options: options.options }), missing: {} };
}

class HttpBackend implements SandboxBackend {
  readonly name = 'http';
  readonly languages: readonly { readonly language: CodeLanguage; readonly interpreter: string }[];
  readonly #options: HttpBackendOptions;
  readonly #allowNetwork: boolean;
  readonly #sources: RunnerSources;
  readonly #agent: Agent;
  readonly #address: string;

  constructor(options: {
    readonly options: HttpBackendOptions;
    readonly allowNetwork: boolean;
    readonly sources: RunnerSources;
  }) {
    this.#options = options.options;
    this.#allowNetwork = options.allowNetwork;
    this.#sources = options.sources;
    const interpreter = `service at ${new URL(options.options.endpoint).origin}`;
    this.languages = [
      { language: 'python3', interpreter },
      { language: 'javascript', interpreter },
    ];
    this.#address = `${options.options.endpoint.replace(/\/+$/, '')}/v1/sandbox/run`;
    const readTimeoutMs = options.options.readTimeoutMs ?? 60_000;
    this.#agent = new Agent({
      connections: options.options.maxConnections ?? 100,
      headersTimeout: readTimeoutMs,
      bodyTimeout: readTimeoutMs,
      connect: {
        timeout: options.options.connectTimeoutMs ?? 10_000,
        rejectUnauthorized: options.options.verifyTls ?? true,
      },
    });
  }

  openRun(): BackendRun {
    const closing = new AbortController();
    return {
      execute: (execution) => this.#execute(execution, closing.signal),
      close: async () => closing.abort(),
    };
  }

  usage() {
    return { interpreters: 0, residentBytes: 0 };
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #execute(execution: Execution, closing: AbortSignal): Promise<ExecutionReport> {
    const program = remoteProgram({ ...execution, sources: this.#sources });
    const body = JSON.stringify({
      language: program.language,
      code: program.code,
      preload: '',
      enable_network: this.#allowNetwork,
    });
    const stdout = await this.#ask(body, execution, closing);
    const found = program.findReport(stdout);
    if (!found) {
      throw new SandboxError('code_crashed', 'The code ended without a readable result.', {
        stdout: stdout.slice(0, execution.limits.stdoutBytes),
      });
    }
    const printed = found.printed.slice(0, execution.limits.stdoutBytes);
    if (found.report.length > execution.limits.resultBytes) {
      throw resultTooLarge(execution.limits.resultBytes, printed);
    }
    return readReport(found.report, printed);
  }

  /** Sends the program and returns what it printed. */
  async #ask(body: string, execution: Execution, closing: AbortSignal): Promise<string> {
    const { limits, signal } = execution;
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    const text = await this.#exchange(body, {
      signal: AbortSignal.any([deadline, closing, ...(signal ? [signal] : [])]),
      maxBytes: 2 * (limits.resultBytes + limits.stdoutBytes),
    }).catch((error: unknown) => {
      if (error instanceof SandboxError) throw error;
      if (signal?.aborted) throw aborted(signal);
      if (closing.aborted)
        throw new SandboxError('sandbox_closed', 'The run was closed while its code was running.');
      if (deadline.aborted) throw timeoutError(limits.timeoutMs, '');
      const reason = error instanceof Error ? error.message : String(error);
      throw new SandboxError(
        'sandbox_unavailable',
        `Failed to execute code, which is likely a network issue, please check if the sandbox service is running. (Error: ${reason})`,
        { cause: error },
      );
    });
    return readAnswer(text);
  }

  async #exchange(
    body: string,
    options: { readonly signal: AbortSignal; readonly maxBytes: number },
  ): Promise<string> {
    const response = await request(this.#address, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json', 'x-api-key': this.#options.apiKey },
      body,
      signal: options.signal,
    });
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new SandboxError(
        'sandbox_unavailable',
        response.statusCode === 503
          ? 'Code execution service is unavailable.'
          : `Failed to execute code, got status code ${response.statusCode}, please check if the sandbox service is running.`,
      );
    }
    const chunks: Buffer[] = [];
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > options.maxBytes) {
        throw new SandboxError('code_output_too_large', 'The code printed or returned too much.');
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

function readAnswer(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SandboxError('sandbox_unavailable', 'The code execution service did not answer with JSON.', {
      cause,
    });
  }
  const answer = answerSchema.safeParse(value);
  if (!answer.success) {
    throw new SandboxError('sandbox_unavailable', 'The code execution service gave an unknown answer.');
  }
  const { code, message, data } = answer.data;
  if (code !== 0) {
    throw new SandboxError('code_failed', `Got error code: ${code}. Got error msg: ${message ?? ''}`);
  }
  const stdout = data?.stdout ?? '';
  const error = data?.error ?? data?.stderr ?? '';
  if (error !== '') {
    if (/time ?out/i.test(error)) throw new SandboxError('code_timeout', error, { stdout });
    throw new SandboxError('code_failed', error, { stdout });
  }
  return stdout;
}
