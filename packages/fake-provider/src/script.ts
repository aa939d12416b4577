import type { Pacing } from './chat.ts';
import type { FakeAnswer } from './rules.ts';

/** A request as the fake provider received it. */
export interface RecordedRequest {
  method: string;
  /** Path with the query, below the server's origin. */
  path: string;
  headers: Record<string, string>;
  /** The parsed JSON body; undefined when the body was none. */
  json: unknown;
  body: Buffer;
  /** Port of the caller's end, which tells connections apart; empty without a socket. */
  remotePort: string;
  /** The caller went away before the whole answer was sent. */
  aborted: boolean;
}

/** What to answer to one request (or several) instead of the rules' answer. */
export interface ScriptedReply extends FakeAnswer, Pacing {
  /** Which requests it is for; without it, any. */
  when?: ((request: RecordedRequest) => boolean) | undefined;
  /** How many requests it answers; 1 when absent. `Infinity` keeps it for good. */
  times?: number;
  /** Pause before anything is sent. */
  delayMs?: number;
  /** With a status (or a body), the answer is sent raw instead of being made from the text. */
  status?: number;
  headers?: Record<string, string>;
  /** Raw body: a text as it is, a list piece by piece (with `chunkDelayMs` between), anything else as JSON. */
  body?: unknown;
}

/** Scripted replies in the order in which they were added; each is used up by the requests that it answers. */
export class Script {
  #entries: { reply: ScriptedReply; left: number }[] = [];

  /** Adds replies behind those that are waiting. */
  add(...replies: readonly ScriptedReply[]): void {
    this.#entries.push(...replies.map((reply) => ({ reply, left: reply.times ?? 1 })));
  }

  /** Takes the first reply that is for this request. */
  take(request: RecordedRequest): ScriptedReply | undefined {
    const entry = this.#entries.find(({ reply }) => reply.when === undefined || reply.when(request));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#entries = this.#entries.filter((other) => other !== entry);
    return entry.reply;
  }

  /** Forgets what was not used. */
  clear(): void {
    this.#entries = [];
  }
}
