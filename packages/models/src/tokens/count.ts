import { Worker } from 'node:worker_threads';
import { estimateTokens } from './estimate.ts';

/** Longer texts are counted off the main thread, in characters. */
const workerThreshold = 20_000;
/** Longer texts are counted by their beginning. */
const sampleThreshold = 200_000;
const longestRun = 256;

type Encode = (text: string) => number;

let loading: Promise<Encode> | undefined;

/** The o200k encoding; a few dozen megabytes, hence loaded at first use. */
async function loadEncoding(): Promise<Encode> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // Special markers in a text are text like any other.
  return (text) => countTokens(text, { disallowedSpecial: new Set() });
}

/** Counts in the calling thread. Runs of one character are cut first: encoding them takes time without end. */
export async function countInThread(text: string): Promise<number> {
  loading ??= loadEncoding();
  const encode = await loading;
  let skipped = 0;
  const capped = text.replace(/(.)\1{256,}/gsu, (run) => {
    skipped += run.length - longestRun;
    return run.slice(0, longestRun);
  });
  // Eight repeated characters make about one token.
  return encode(capped) + Math.ceil(skipped / 8);
}

/** Counts tokens of texts exactly (o200k) up to 200,000 characters, above that by the share of the beginning. */
export class TokenCounter {
  #worker: Worker | undefined;
  #nextId = 0;
  readonly #waiting = new Map<number, { resolve: (tokens: number) => void; text: string }>();

  /** Tokens of a text. Never fails: without its worker it estimates. */
  async count(text: string): Promise<number> {
    if (text.length <= workerThreshold) return countInThread(text);
    if (text.length <= sampleThreshold) return this.#countInWorker(text);
    const sample = await countInThread(text.slice(0, workerThreshold));
    return Math.ceil((sample * text.length) / workerThreshold);
  }

  /** Stops the worker; texts that are waiting for it are estimated. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#giveUp();
    await worker?.terminate();
  }

  #countInWorker(text: string): Promise<number> {
    const worker = this.#worker ?? this.#start();
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve) => {
      this.#waiting.set(id, { resolve, text });
      worker.ref();
      worker.postMessage({ id, text });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./count-worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', ({ id, tokens }: { id: number; tokens: number }) => {
      this.#waiting.get(id)?.resolve(tokens);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', () => this.#giveUp());
    this.#worker = worker;
    return worker;
  }

  #giveUp(): void {
    this.#worker = undefined;
    for (const { resolve, text } of this.#waiting.values()) resolve(estimateTokens(text));
    this.#waiting.clear();
  }
}
