import { readSync, writeSync } from 'node:fs';

/** What a child is asked to run. */
export interface ChildRequest {
  /** Drawn by the parent for this execution; an answer without it ends the child. */
  readonly nonce: string;
  readonly code: string;
  readonly inputs: string;
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly stdoutBytes: number;
}

/** What a child answers; the first line, without a nonce, says that it is ready. */
export interface ChildAnswer {
  readonly nonce: string;
  /** Text of the runner's report. */
  readonly report: string;
  readonly stdout: string;
}

// Taken before the host is sealed.
const read = readSync;
const write = writeSync;
const { parse, stringify } = JSON;
const newline = 10;

/** The next request from standard input, or `undefined` when the parent has closed it. */
export function readRequest(): ChildRequest | undefined {
  for (;;) {
    const end = pending.indexOf(newline);
    if (end >= 0) {
      const line = pending.subarray(0, end).toString('utf8');
      pending = pending.subarray(end + 1);
      return parse(line) as ChildRequest;
    }
    const chunk = Buffer.allocUnsafe(65_536);
    const count = read(0, chunk);
    if (count === 0) return undefined;
    pending = Buffer.concat([pending, chunk.subarray(0, count)]);
  }
}

/** A number of bytes from standard input. */
export function readExactly(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  for (let received = 0; received < count; ) {
    const part = read(0, bytes, received, count - received, null);
    if (part === 0) throw new Error('Standard input ended early.');
    received += part;
  }
  return bytes;
}

let pending: Buffer = Buffer.alloc(0);

/** Sends one line to the parent. */
export function sendLine(value: unknown): void {
  sendBytes(Buffer.from(`${stringify(value)}\n`));
}

/** Sends bytes to the parent. */
export function sendBytes(bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += write(1, bytes, sent);
    } catch (error) {
      // The pipe is full and happens not to block.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

/** Printed text up to a limit; what follows is dropped. */
export class PrintedText {
  readonly #chunks: Buffer[] = [];
  #left: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  add(bytes: Uint8Array): void {
    if (this.#left <= 0) return;
    const part = Buffer.from(bytes.subarray(0, this.#left));
    this.#left -= part.length;
    this.#chunks.push(part);
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
