import type { NodeContext } from '../node-context.ts';
import { type SplitPiece, separateReasoning, ThinkSplitter } from './think-splitter.ts';

/**
 * Passes a model's text on while it comes. `tagged` leaves thoughts in the text between `<think>` tags, also those
 * that the provider sends apart; `separated` takes them out and streams them on `reasoning_content`.
 */
export class TextRelay {
  readonly #context: NodeContext;
  readonly #splitter: ThinkSplitter | null;
  readonly #raw: string[] = [];
  readonly #thoughts: string[] = [];
  #isThinking = false;
  #hasThought = false;

  constructor(context: NodeContext, format: 'tagged' | 'separated') {
    this.#context = context;
    this.#splitter = format === 'separated' ? new ThinkSplitter() : null;
  }

  text(text: string): void {
    if (text === '') return;
    this.#closeThought();
    this.#raw.push(text);
    if (this.#splitter === null) this.#context.stream('text', text, false);
    else this.#pass(this.#splitter.push(text));
  }

  /** Thoughts that the provider sends apart. */
  reasoning(text: string): void {
    if (text === '') return;
    if (this.#splitter !== null) {
      this.#thoughts.push(text);
      this.#think(text);
      return;
    }
    const opened = this.#isThinking ? text : `<think>\n${text}`;
    this.#isThinking = true;
    this.#raw.push(opened);
    this.#context.stream('text', opened, false);
  }

  #closeThought(): void {
    if (!this.#isThinking) return;
    this.#isThinking = false;
    this.#raw.push('\n</think>');
    this.#context.stream('text', '\n</think>', false);
  }

  #pass(pieces: readonly SplitPiece[]): void {
    for (const { kind, text } of pieces) {
      if (kind === 'text') this.#context.stream('text', text, false);
      else this.#think(text);
    }
  }

  #think(text: string): void {
    this.#hasThought = true;
    this.#context.stream('reasoning_content', text, false);
  }

  /** Closes the streams; returns the whole text and the thoughts. */
  end(): { text: string; reasoning: string } {
    this.#closeThought();
    if (this.#splitter !== null) this.#pass(this.#splitter.end());
    if (this.#hasThought) this.#context.stream('reasoning_content', '', true);
    this.#context.stream('text', '', true);
    const raw = this.#raw.join('');
    if (this.#splitter === null) return { text: raw, reasoning: '' };
    const { text, reasoning } = separateReasoning(raw);
    const thoughts = [this.#thoughts.join('').trim(), reasoning].filter((thought) => thought !== '');
    return { text, reasoning: thoughts.join('\n') };
  }
}
