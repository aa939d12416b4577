import type { AppEvent } from '@trellis/contracts';
import { ThinkSplitter } from '@trellis/models';
import type { Logger } from 'pino';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { ModelService } from '../models/service.ts';

/** Text is spoken a few sentences at a time: fewer calls than by sentence, and sound long before the end. */
const minCharacters = 60;
const sentenceEnd = /[。.!?！？\n]/u;

/** What speaks an answer. */
export interface TurnSpeechOptions {
  scope: WorkspaceScope;
  runId: string;
  /** Empty: the first one that the model has. */
  voice: string;
  models: ModelService;
  log: Logger;
  publish: (event: AppEvent) => void;
  signal: AbortSignal;
}

/** Speaks an answer while it is being written. Pieces are spoken one after the other, in order. */
export class TurnSpeech {
  readonly #options: TurnSpeechOptions;
  readonly #splitter = new ThinkSplitter();
  #pending = '';
  /** Rises when the answer is replaced; what was to be spoken before is dropped. */
  #edition = 0;
  #spoken: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(options: TurnSpeechOptions) {
    this.#options = options;
  }

  /** Takes a piece of the answer; reasoning in it is not spoken. */
  add(text: string): void {
    this.#splitter.push(text, (piece) => {
      if (piece.t === 'text') this.#pending += piece.v;
    });
    const cut = lastSentenceEnd(this.#pending);
    if (cut >= minCharacters) {
      this.#speak(this.#pending.slice(0, cut));
      this.#pending = this.#pending.slice(cut);
    }
  }

  /** Takes back what has not been spoken yet: this text is the answer. */
  replace(text: string): void {
    this.#edition += 1;
    this.#pending = text;
  }

  /** Speaks what is left and says that it was all. A failure costs the sound, never the answer. */
  async finish(): Promise<void> {
    this.#splitter.end((piece) => {
      if (piece.t === 'text') this.#pending += piece.v;
    });
    this.#speak(this.#pending);
    await this.#spoken;
    this.#options.publish({ event: 'tts_message_end', audio: '' });
  }

  #speak(text: string): void {
    if (text.trim() === '') return;
    const edition = this.#edition;
    this.#spoken = this.#spoken.then(() => this.#publish(text, edition));
  }

  async #publish(text: string, edition: number): Promise<void> {
    const { scope, runId, voice, models, log, publish, signal } = this.#options;
    if (this.#failed || signal.aborted || edition !== this.#edition) return;
    try {
      const { audio } = await models.speak(scope, { text, voice, signal });
      for await (const bytes of audio) {
        if (edition !== this.#edition) return;
        publish({ event: 'tts_message', audio: Buffer.from(bytes).toString('base64') });
      }
    } catch (error) {
      this.#failed = true;
      if (!signal.aborted) log.warn({ err: error, run_id: runId }, 'an answer could not be spoken');
    }
  }
}

/** Where the last complete sentence of a text ends; 0 when there is none. */
function lastSentenceEnd(text: string): number {
  for (let at = text.length; at > 0; at -= 1) if (sentenceEnd.test(text[at - 1] ?? '')) return at;
  return 0;
}
