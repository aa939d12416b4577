import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { DocumentPart } from '../document.ts';
import { ExtractionError } from '../errors.ts';
import type { ExtractionLimits } from '../limits.ts';
import { encodeFrame, type Frame, FrameReader, frameKinds } from './frames.ts';
import { failureMessage, partMessage, type ReadRequest } from './messages.ts';

/** How a reading process is started. */
export interface ReadingCommand {
  readonly args: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

const startTimeoutMs = 30_000;
const watchIntervalMs = 50;
const pageBytes = 4096;
const contentPieceBytes = 1024 * 1024;

/** One process that reads documents, one at a time. It does not survive one that was stopped. */
export class ReadingProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #frames: FrameReader;
  readonly #waiting: Frame[] = [];
  #stderr = '';
  #ended = false;
  #reason: ExtractionError | undefined;
  /** Told once, when the process has ended for whatever reason. */
  onEnd: (() => void) | undefined;

  constructor(command: ReadingCommand, maxFrameBytes: number) {
    this.#child = spawn(process.execPath, [...command.args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {},
      cwd: '/',
      ...(command.user ?? {}),
    });
    this.#frames = new FrameReader(maxFrameBytes);
    this.#pieces = this.#child.stdout.iterator({ destroyOnReturn: false });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('latin1')).slice(-4096);
    });
    this.#child.once('error', (cause) => this.#end(unavailable(cause.message)));
    this.#child.once('exit', (status, signal) => this.#end(this.#exitError(status ?? signal)));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Memory of the process, in bytes; 0 where the system does not tell. */
  get residentBytes(): number {
    return this.#ended ? 0 : residentBytesOf(this.#child.pid);
  }

  /** Resolves when the process can take a document. Errors: `extractor_unavailable`. */
  async ready(): Promise<void> {
    const timer = setTimeout(() => this.#end(unavailable('it did not start in time')), startTimeoutMs);
    try {
      const frame = await this.#next();
      if (frame.kind !== frameKinds.ready) throw this.#kill(unavailable('it spoke out of turn'));
    } catch (error) {
      // What ends it before it was ready is the machine's doing and no document's.
      if (error instanceof ExtractionError && error.code === 'extraction_crashed') {
        throw unavailable(this.#stderr.trim().split('\n').at(-1) ?? 'it ended');
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends a document and yields its parts as they are read. Whoever stops taking them ends the process.
   *
   * Errors: what the reader says, `extraction_timeout`, `extraction_memory`, `extraction_crashed`,
   * `extraction_aborted`, `extractor_closed`, `document_too_large`.
   */
  async *read(
    request: ReadRequest & { readonly bytes: Uint8Array },
    options: { readonly limits: ExtractionLimits; readonly signal: AbortSignal | undefined },
  ): AsyncGenerator<DocumentPart, void, undefined> {
    const { limits, signal } = options;
    const { bytes, ...head } = request;
    const onAbort = () => this.#end(aborted(signal));
    const watch = setInterval(() => {
      if (this.residentBytes > limits.memoryBytes) this.#end(outOfMemory());
    }, watchIntervalMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    let finished = false;
    try {
      if (signal?.aborted) throw aborted(signal);
      this.#send(head, bytes);
      let textBytes = 0;
      for (let leftMs = limits.timeoutMs; ; ) {
        const before = performance.now();
        const frame = await this.#nextWithin(leftMs);
        leftMs -= performance.now() - before;
        if (frame.kind === frameKinds.end || frame.kind === frameKinds.failure) finished = true;
        if (frame.kind === frameKinds.end) return;
        if (frame.kind === frameKinds.failure) throw failureOf(frame.body);
        textBytes += frame.body.length;
        if (textBytes > limits.maxTextBytes) throw tooMuchText(limits.maxTextBytes);
        yield partMessage.parse(JSON.parse(frame.body.toString()));
      }
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
      if (!finished) this.kill(new ExtractionError('extraction_aborted', 'Nobody takes the text any more.'));
    }
  }

  /** Ends the process; an extraction under way fails with the given error. */
  kill(error: ExtractionError): void {
    this.#end(error);
  }

  #send(head: ReadRequest, bytes: Uint8Array): void {
    const { stdin } = this.#child;
    stdin.write(encodeFrame(frameKinds.request, JSON.stringify(head)));
    for (let start = 0; start < bytes.length; start += contentPieceBytes) {
      stdin.write(encodeFrame(frameKinds.content, bytes.subarray(start, start + contentPieceBytes)));
    }
    stdin.write(encodeFrame(frameKinds.end));
  }

  async #nextWithin(timeoutMs: number): Promise<Frame> {
    const timer = setTimeout(
      () => this.#end(new ExtractionError('extraction_timeout', 'Extraction timed out')),
      Math.max(timeoutMs, 1),
    );
    try {
      return await this.#next();
    } finally {
      clearTimeout(timer);
    }
  }

  async #next(): Promise<Frame> {
    for (;;) {
      const frame = this.#waiting.shift();
      if (frame) return frame;
      const piece = await this.#pieces.next().catch(() => ({ done: true as const, value: undefined }));
      if (piece.done) throw await this.#endReason();
      try {
        this.#waiting.push(...this.#frames.push(piece.value));
      } catch {
        throw this.#kill(tooMuchText(undefined));
      }
    }
  }

  /** The output has ended; why is known when the process has ended. */
  async #endReason(): Promise<ExtractionError> {
    if (!this.#ended) await new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    return this.#reason ?? new ExtractionError('extraction_crashed', 'The reader of the document ended.');
  }

  #kill(error: ExtractionError): ExtractionError {
    this.#end(error);
    return error;
  }

  #end(reason: ExtractionError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.#child.kill('SIGKILL');
    this.#child.stdout.destroy();
    this.onEnd?.();
  }

  #exitError(status: number | string | null): ExtractionError {
    if (/out of memory|Allocation failed/i.test(this.#stderr)) return outOfMemory();
    return new ExtractionError(
      'extraction_crashed',
      `The reader of the document ended unexpectedly (${status}).`,
      {
        cause: this.#stderr,
      },
    );
  }
}

function failureOf(body: Buffer): ExtractionError {
  const { code, message, detail } = failureMessage.parse(JSON.parse(body.toString()));
  return new ExtractionError(code, message, { cause: detail });
}

function aborted(signal: AbortSignal | undefined): ExtractionError {
  return new ExtractionError('extraction_aborted', 'The extraction was stopped.', { cause: signal?.reason });
}

function outOfMemory(): ExtractionError {
  return new ExtractionError('extraction_memory', 'The document needs more memory than its reader may use.');
}

function tooMuchText(maxBytes: number | undefined): ExtractionError {
  const limit = maxBytes === undefined ? '' : ` than ${Math.floor(maxBytes / 1024 / 1024)} MB`;
  return new ExtractionError(
    'document_too_large',
    `The document holds more text${limit === '' ? ' than is read' : limit}.`,
  );
}

function unavailable(reason: string): ExtractionError {
  return new ExtractionError(
    'extractor_unavailable',
    `The reader of documents could not be started: ${reason}.`,
  );
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
