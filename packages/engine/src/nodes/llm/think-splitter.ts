/** A piece of model text: for the reader, or thought. */
export interface SplitPiece {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

const longestAttributes = 512;
const openTag = new RegExp(`^<think(?:\\s[^<>]{0,${longestAttributes}})?>`, 'i');
/** What may still become an opening tag when more text comes. */
const openTagStart = new RegExp(
  `^(?:<|<t|<th|<thi|<thin|<think|<think\\s[^<>]{0,${longestAttributes}})$`,
  'i',
);
const closeTag = '</think>';

/**
 * Tells `<think>…</think>` blocks apart from text, across the borders of chunks. Tags are recognised in any case and
 * with attributes; what only starts like one stays text. A block that is never closed is thought to its end.
 * White space between a leading block and the text is dropped.
 */
export class ThinkSplitter {
  #pending = '';
  #isThinking = false;
  #hasText = false;
  #dropSpace = false;

  /** Takes a chunk; returns what is certain by now. */
  push(chunk: string): SplitPiece[] {
    this.#pending += chunk;
    return this.#split(false);
  }

  /** Gives what was held back. */
  end(): SplitPiece[] {
    return this.#split(true);
  }

  #split(isEnd: boolean): SplitPiece[] {
    const pieces: SplitPiece[] = [];
    while (this.#pending !== '') {
      const before = this.#pending;
      if (this.#isThinking) this.#think(pieces, isEnd);
      else this.#speak(pieces, isEnd);
      if (this.#pending === before) break;
    }
    return pieces;
  }

  #think(pieces: SplitPiece[], isEnd: boolean): void {
    const text = this.#pending;
    const close = text.toLowerCase().indexOf(closeTag);
    if (close >= 0) {
      if (close > 0) pieces.push({ kind: 'reasoning', text: text.slice(0, close) });
      this.#pending = text.slice(close + closeTag.length);
      this.#isThinking = false;
      this.#dropSpace = !this.#hasText;
      return;
    }
    const kept = isEnd ? 0 : overlapWithClose(text);
    if (text.length > kept) pieces.push({ kind: 'reasoning', text: text.slice(0, text.length - kept) });
    this.#pending = text.slice(text.length - kept);
  }

  #speak(pieces: SplitPiece[], isEnd: boolean): void {
    const bracket = this.#pending.indexOf('<');
    if (bracket !== 0) {
      const end = bracket < 0 ? this.#pending.length : bracket;
      this.#say(pieces, this.#pending.slice(0, end));
      this.#pending = this.#pending.slice(end);
      return;
    }
    const tag = openTag.exec(this.#pending);
    if (tag !== null) {
      this.#pending = this.#pending.slice(tag[0].length);
      this.#isThinking = true;
    } else if (isEnd || !openTagStart.test(this.#pending)) {
      this.#say(pieces, '<');
      this.#pending = this.#pending.slice(1);
    }
  }

  #say(pieces: SplitPiece[], said: string): void {
    const text = this.#dropSpace ? said.trimStart() : said;
    if (text === '') return;
    this.#dropSpace = false;
    this.#hasText ||= text.trim() !== '';
    const last = pieces.at(-1);
    if (last?.kind === 'text') pieces[pieces.length - 1] = { kind: 'text', text: last.text + text };
    else pieces.push({ kind: 'text', text });
  }
}

function overlapWithClose(text: string): number {
  const lower = text.toLowerCase();
  for (let length = Math.min(closeTag.length - 1, lower.length); length > 0; length -= 1) {
    if (closeTag.startsWith(lower.slice(-length))) return length;
  }
  return 0;
}

/** Text without its think blocks, blank lines collapsed and trimmed, and the thoughts joined by newlines. */
export function separateReasoning(text: string): { text: string; reasoning: string } {
  const splitter = new ThinkSplitter();
  const said: string[] = [];
  const thoughts: string[] = [];
  let isContinued = false;
  for (const piece of [...splitter.push(text), ...splitter.end()]) {
    if (piece.kind === 'text') {
      said.push(piece.text);
      isContinued = false;
    } else if (isContinued) {
      thoughts.push(`${thoughts.pop() ?? ''}${piece.text}`);
    } else {
      thoughts.push(piece.text);
      isContinued = true;
    }
  }
  return {
    text: said
      .join('')
      .replace(/\n\s*\n/g, '\n\n')
      .trim(),
    reasoning: thoughts
      .map((thought) => thought.trim())
      .filter((thought) => thought !== '')
      .join('\n'),
  };
}
