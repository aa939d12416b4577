const openTag = /<think(?:\s[^>]{0,512})?>/iu;
const closeTag = /<\/think>/iu;
/** A suffix that may be the beginning of a tag: `<`, `</thi`, `<think class="x`. */
const openBeginning = /<(?:t(?:h(?:i(?:n(?:k(?:\s[^>]{0,512})?)?)?)?)?)?$/iu;
const closeBeginning = /<(?:\/(?:t(?:h(?:i(?:n(?:k)?)?)?)?)?)?$/iu;

/** A piece of a text in which reasoning is marked inline. */
export interface ThinkPiece {
  t: 'text' | 'reasoning';
  v: string;
}

/**
 * Splits streamed text with inline `<think>` blocks into answer and reasoning. Tags may be cut anywhere by chunk
 * borders: only what may be the beginning of a tag is held back. A block that is never closed is reasoning.
 */
export class ThinkSplitter {
  #inside = false;
  #held = '';
  /** A line break right after the opening tag belongs to the markup. */
  #atStart = false;

  /** Takes a piece of text and hands out what is decided. */
  push(text: string, emit: (piece: ThinkPiece) => void): void {
    // The usual case by far: no tag in sight.
    if (!this.#inside && this.#held === '' && !text.includes('<')) {
      emit({ t: 'text', v: text });
      return;
    }
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') {
      const tag = (this.#inside ? closeTag : openTag).exec(rest);
      if (tag === null) {
        this.#hold(rest, emit);
        return;
      }
      this.#emit(rest.slice(0, tag.index), emit, true);
      rest = rest.slice(tag.index + tag[0].length);
      this.#inside = !this.#inside;
      this.#atStart = this.#inside;
    }
  }

  /** The text is over: hands out what was held back. */
  end(emit: (piece: ThinkPiece) => void): void {
    const held = this.#held;
    this.#held = '';
    this.#emit(held, emit, true);
  }

  #hold(text: string, emit: (piece: ThinkPiece) => void): void {
    const beginning = (this.#inside ? closeBeginning : openBeginning).exec(text);
    let keepFrom = beginning?.index ?? text.length;
    // The line break before a closing tag belongs to the markup too.
    if (this.#inside && text[keepFrom - 1] === '\n') keepFrom -= 1;
    this.#held = text.slice(keepFrom);
    this.#emit(text.slice(0, keepFrom), emit, false);
  }

  #emit(text: string, emit: (piece: ThinkPiece) => void, beforeTag: boolean): void {
    let piece = text;
    if (this.#inside) {
      if (this.#atStart && piece !== '') {
        piece = piece.replace(/^\r?\n/u, '');
        this.#atStart = false;
      }
      if (beforeTag) piece = piece.replace(/\n$/u, '');
    }
    if (piece !== '') emit({ t: this.#inside ? 'reasoning' : 'text', v: piece });
  }
}

/**
 * Renders a stream of answer and reasoning as one text with the reasoning inline:
 * `<think>\n{reasoning}\n</think>{answer}`. The closing tag comes right before the first answer text or tool call.
 */
export class ThinkTagger {
  #inside = false;

  /** The text to show for one piece; may be empty. */
  push(piece: { t: string; v?: string }): string {
    if (piece.t === 'reasoning') {
      const opening = this.#inside ? '' : '<think>\n';
      this.#inside = true;
      return `${opening}${piece.v ?? ''}`;
    }
    if (piece.t !== 'text' && piece.t !== 'tool') return '';
    return `${this.end()}${piece.t === 'text' ? (piece.v ?? '') : ''}`;
  }

  /** Closes a block that is still open. */
  end(): string {
    const closing = this.#inside ? '\n</think>' : '';
    this.#inside = false;
    return closing;
  }
}

/** A finished text with its inline reasoning taken out. */
export interface SeparatedText {
  text: string;
  reasoning: string;
}

/**
 * Separates a finished text from its `<think>` blocks: the blocks are removed, runs of blank lines become one, the
 * ends are trimmed; reasoning parts are joined by line breaks. A closing tag without an opening one means that
 * everything before it is reasoning.
 */
export function separateThink(tagged: string): SeparatedText {
  const lone = closeTag.exec(tagged);
  const opening = openTag.exec(tagged);
  const whole =
    lone !== null && (opening === null || opening.index > lone.index) ? `<think>${tagged}` : tagged;
  const pieces: ThinkPiece[] = [];
  const splitter = new ThinkSplitter();
  const emit = (piece: ThinkPiece) => {
    const last = pieces.at(-1);
    if (last?.t === piece.t) last.v += piece.v;
    else pieces.push({ ...piece });
  };
  splitter.push(whole, emit);
  splitter.end(emit);
  const joined = (kind: ThinkPiece['t']) =>
    pieces.filter((piece) => piece.t === kind).map((piece) => piece.v);
  return {
    text: joined('text')
      .join('')
      .replace(/\n\s*\n+/gu, '\n\n')
      .trim(),
    reasoning: joined('reasoning')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join('\n'),
  };
}

/** A text without its `<think>` blocks, for history, titles, speech and comparisons. */
export function stripThink(text: string): string {
  return /<\/?think/iu.test(text) ? separateThink(text).text : text;
}
