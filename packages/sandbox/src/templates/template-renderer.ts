import { Worker } from 'node:worker_threads';
import { ConcurrencyGate } from '../backends/concurrency-gate.ts';
import { isSandboxError, SandboxError, type SandboxErrorCode } from '../errors.ts';
import { stringifyExactJson } from '../exact-json.ts';
import { defaultTemplateLimits, type TemplateLimits } from '../limits.ts';
import type { RenderAnswer, RenderRequest } from './render-messages.ts';

/** Options of {@link createTemplateRenderer}. */
export interface TemplateRendererOptions {
  readonly limits?: Partial<TemplateLimits>;
  /** Threads, started when first needed. Default 2. */
  readonly threads?: number;
  /** Memory of one thread's heap in megabytes. Default 256. */
  readonly heapMegabytes?: number;
}

/** One rendering of a template. */
export interface TemplateRequest {
  readonly template: string;
  /** JSON values by name (`bigint` and `PythonFloat` allowed), or JSON text of an object. */
  readonly variables: Readonly<Record<string, unknown>> | string;
  readonly limits?: Partial<TemplateLimits>;
  readonly signal?: AbortSignal;
}

/** Renders Jinja templates off the main thread. */
export interface TemplateRenderer {
  /**
   * The rendered text.
   *
   * Errors: `SandboxError` with a `template_…` code; its message begins with the Python exception's name.
   */
  render(request: TemplateRequest): Promise<string>;
  /** Ends the threads; renderings under way fail. */
  close(): Promise<void>;
}

/** Creates a renderer; its threads start with the first rendering. */
export function createTemplateRenderer(options: TemplateRendererOptions = {}): TemplateRenderer {
  return new ThreadedRenderer(options);
}

class ThreadedRenderer implements TemplateRenderer {
  readonly #limits: TemplateLimits;
  readonly #heapMegabytes: number;
  readonly #gate: ConcurrencyGate;
  readonly #idle: RenderThread[] = [];
  readonly #all = new Set<RenderThread>();
  #closed = false;

  constructor(options: TemplateRendererOptions) {
    this.#limits = { ...defaultTemplateLimits, ...options.limits };
    this.#heapMegabytes = options.heapMegabytes ?? 256;
    this.#gate = new ConcurrencyGate(options.threads ?? 2);
  }

  async render(request: TemplateRequest): Promise<string> {
    const limits = { ...this.#limits, ...request.limits };
    const variables =
      typeof request.variables === 'string' ? request.variables : stringifyExactJson(request.variables);
    const answer = await this.#gate
      .run(request.signal, () =>
        this.#withThread((thread) =>
          thread.render(
            {
              template: request.template,
              variables,
              fuel: limits.fuel,
              maxOutputLength: limits.maxOutputLength,
            },
            { timeoutMs: limits.timeoutMs, signal: request.signal },
          ),
        ),
      )
      .catch((error: unknown) => {
        if (isSandboxError(error, 'code_aborted')) throw renderingAborted(request.signal);
        throw error;
      });
    return readAnswer(answer);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((thread) => thread.end()));
  }

  async #withThread(use: (thread: RenderThread) => Promise<RenderAnswer>): Promise<RenderAnswer> {
    if (this.#closed) throw new SandboxError('sandbox_closed', 'The template renderer is closed.');
    const thread = this.#idle.pop() ?? this.#start();
    try {
      return await use(thread);
    } finally {
      if (thread.usable && !this.#closed) this.#idle.push(thread);
      else this.#all.delete(thread);
    }
  }

  #start(): RenderThread {
    const thread = new RenderThread(this.#heapMegabytes);
    this.#all.add(thread);
    return thread;
  }
}

/** A thread that renders one template at a time; after a failure of its own it is not used again. */
class RenderThread {
  readonly #worker: Worker;
  usable = true;

  constructor(heapMegabytes: number) {
    this.#worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    });
    this.#worker.unref();
  }

  render(
    request: RenderRequest,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<RenderAnswer> {
    const { timeoutMs, signal } = options;
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        // A thread that waits for work must not keep the process alive.
        worker.unref();
      };
      const fail = (error: SandboxError) => {
        settle();
        reject(error);
        void this.end();
      };
      const onMessage = (answer: RenderAnswer) => {
        settle();
        resolve(answer);
      };
      const onError = (cause: unknown) => fail(crashed(cause));
      const onExit = () => fail(crashed('The thread ended.'));
      const onAbort = () => fail(renderingAborted(signal));
      const timer = setTimeout(() => fail(timedOut(timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.ref();
      worker.postMessage(request);
    });
  }

  async end(): Promise<void> {
    this.usable = false;
    await this.#worker.terminate();
  }
}

const codes: Readonly<Record<string, SandboxErrorCode | undefined>> = {
  TemplateSyntaxError: 'template_syntax',
  TemplateAssertionError: 'template_syntax',
  FuelExhausted: 'template_too_expensive',
  OutputTooLarge: 'template_output_too_large',
};

function readAnswer(answer: RenderAnswer): string {
  if ('text' in answer) return answer.text;
  if ('defect' in answer) {
    throw new SandboxError('template_crashed', 'The template renderer failed.', { cause: answer.defect });
  }
  const { kind, message, line } = answer;
  const place = line === undefined ? '' : ` (line ${line})`;
  const isLimit = kind === 'FuelExhausted' || kind === 'OutputTooLarge';
  throw new SandboxError(
    codes[kind] ?? 'template_failed',
    isLimit ? message : `${kind}: ${message}${place}`,
    {
      exception: kind,
      ...(line === undefined ? {} : { line }),
    },
  );
}

function renderingAborted(signal: AbortSignal | undefined): SandboxError {
  return new SandboxError('template_aborted', 'The rendering was stopped.', { cause: signal?.reason });
}

function timedOut(timeoutMs: number): SandboxError {
  const seconds = timeoutMs / 1000;
  return new SandboxError('template_timeout', `The template ran longer than ${seconds} s and was stopped.`);
}

function crashed(cause: unknown): SandboxError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new SandboxError('template_too_expensive', 'The template ran out of memory.', { cause });
  }
  return new SandboxError('template_crashed', 'The template renderer failed.', { cause });
}
