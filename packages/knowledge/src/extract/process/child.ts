import { Console } from 'node:console';
import { Worker } from 'node:worker_threads';
import { isExtractionError, tooDeep } from '../errors.ts';
import { type ReadableFormat, readers } from '../readers/registry.ts';
import { encodeFrame, FrameReader, frameKinds } from './frames.ts';
import { closeNetwork } from './guard.ts';
import type { ReadRequest } from './messages.ts';

// A process that reads documents, one after the other, from standard input to standard output.

const maxFrameBytes = 64 * 1024 * 1024;

new Worker(new URL('./parent-watch-worker.ts', import.meta.url), { env: {} }).unref();
closeNetwork();
// Libraries that print warnings must not speak into the answers.
globalThis.console = new Console(process.stderr);

let request: ReadRequest | undefined;
let content: Buffer[] = [];
const frames = new FrameReader(maxFrameBytes);

send(frameKinds.ready);
for await (const piece of process.stdin) {
  for (const { kind, body } of frames.push(piece as Buffer)) {
    if (kind === frameKinds.request) request = JSON.parse(body.toString()) as ReadRequest;
    // The frame's memory belongs to the stream.
    else if (kind === frameKinds.content) content.push(Buffer.from(body));
    else if (kind === frameKinds.end && request) {
      const bytes = content.length === 1 && content[0] ? content[0] : Buffer.concat(content);
      content = [];
      await answer(request, bytes);
      request = undefined;
    }
  }
}

async function answer({ format, label, archive }: ReadRequest, bytes: Buffer): Promise<void> {
  try {
    const read = await readers[format as ReadableFormat]();
    for await (const part of read({ bytes, label, archive })) send(frameKinds.part, JSON.stringify(part));
    send(frameKinds.end);
  } catch (error) {
    send(frameKinds.failure, JSON.stringify(describe(error, label)));
  }
}

function describe(error: unknown, label: string): { code: string; message: string; detail: string } {
  const detail = error instanceof Error ? (error.stack ?? error.message).slice(0, 4_000) : String(error);
  if (isExtractionError(error)) return { code: error.code, message: error.message, detail };
  // Recursion that a document drives ends here.
  if (error instanceof RangeError && /call stack/i.test(error.message)) return describe(tooDeep(), label);
  return { code: 'document_damaged', message: `The file is not ${label}, or is damaged.`, detail };
}

function send(kind: Parameters<typeof encodeFrame>[0], body?: string): void {
  process.stdout.write(encodeFrame(kind, body));
}
