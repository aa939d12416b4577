import { tryParseJson } from '../adapters/json.ts';
import type { Emit, LlmDecoder } from '../adapters/llm-adapter.ts';
import { eventData, LineSplitter } from '../transport/line-splitter.ts';
import { notJsonError } from './upstream-error.ts';

/** Feeds the bytes of a stream, line by line, to an adapter's decoder. */
export class StreamReader {
  readonly #lines = new LineSplitter();
  readonly #decoder: LlmDecoder;
  readonly #emit: Emit;
  readonly #provider: string;
  /** The model said why it stopped; what follows, if anything, is usage. */
  finished = false;
  /** The stream said that it is over; anything after that is not read. */
  ended = false;

  constructor(options: { decoder: LlmDecoder; emit: Emit; provider: string }) {
    this.#decoder = options.decoder;
    this.#provider = options.provider;
    this.#emit = (event) => {
      if (event.t === 'finish') this.finished = true;
      options.emit(event);
    };
  }

  /** @throws UpstreamEventError, ModelError for what is no answer */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes, this.#line);
  }

  /** The stream is over: reads what stood after the last line break. */
  end(): void {
    this.#lines.end(this.#line);
    this.#decoder.end(this.#emit);
  }

  readonly #line = (line: string): void => {
    if (this.ended) return;
    const payload = eventData(line)?.trim();
    if (payload === undefined || payload === '') return;
    if (payload === '[DONE]') {
      this.ended = true;
      return;
    }
    const document = tryParseJson(payload);
    if (document !== undefined) this.#decoder.chunk(document, this.#emit);
    // Some servers append plain text to a finished answer; before that it is a broken one.
    else if (!this.finished) throw notJsonError(payload, this.#provider);
  };
}
