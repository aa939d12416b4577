/**
 * Reads JSON as people write it: missing quotes and commas, single quotes, trailing commas, unclosed brackets and
 * Python's `True`, `False` and `None` are understood.
 *
 * @throws {SyntaxError} for text that says nothing, or goes on after its value
 */
export function repairJson(text: string): unknown {
  return new LenientReader(text).read();
}

const deepest = 200;
const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['True', true],
  ['False', false],
  ['None', null],
]);

class LenientReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    const value = this.#value(0);
    this.#skipSpace();
    if (value === undefined || this.#position < this.#text.length) {
      throw new SyntaxError(`Unexpected text at position ${this.#position}`);
    }
    return value;
  }

  get #next(): string {
    return this.#text.charAt(this.#position);
  }

  #skipSpace(): void {
    while (/\s/.test(this.#next)) this.#position += 1;
  }

  /** A value, or undefined where there is none. */
  #value(depth: number): unknown {
    if (depth > deepest) throw new SyntaxError('Nested too deeply');
    this.#skipSpace();
    switch (this.#next) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
      case "'":
        return this.#string();
      default:
        return this.#bare(/[,\]}\n]/);
    }
  }

  #object(depth: number): Record<string, unknown> {
    this.#position += 1;
    const entries: [string, unknown][] = [];
    while (this.#enter('}')) {
      const key =
        this.#next === '"' || this.#next === "'" ? this.#string() : String(this.#bareText(/[:,}\s]/));
      this.#skipSpace();
      if (this.#next === ':') this.#position += 1;
      else if (key === '') throw new SyntaxError(`Key expected at position ${this.#position}`);
      entries.push([key, this.#value(depth + 1) ?? null]);
    }
    return Object.fromEntries(entries);
  }

  #list(depth: number): unknown[] {
    this.#position += 1;
    const items: unknown[] = [];
    while (this.#enter(']')) {
      const before = this.#position;
      const item = this.#value(depth + 1);
      if (item !== undefined) items.push(item);
      else if (this.#position === before) throw new SyntaxError(`Value expected at position ${before}`);
    }
    return items;
  }

  /** Passes commas; false at the closing bracket (passed too) or at the end of the text. */
  #enter(close: string): boolean {
    this.#skipSpace();
    while (this.#next === ',') {
      this.#position += 1;
      this.#skipSpace();
    }
    if (this.#next === '') return false;
    if (this.#next !== close) return true;
    this.#position += 1;
    return false;
  }

  #string(): string {
    const quote = this.#next;
    this.#position += 1;
    let out = '';
    while (this.#next !== quote && this.#next !== '') {
      out += this.#next === '\\' ? this.#escape() : this.#take();
    }
    this.#position += 1;
    return out;
  }

  #take(): string {
    const character = this.#next;
    this.#position += 1;
    return character;
  }

  #escape(): string {
    this.#position += 1;
    const mark = this.#take();
    const simple = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[mark];
    if (simple !== undefined) return simple;
    if (mark !== 'u') return mark;
    const digits = this.#text.slice(this.#position, this.#position + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return mark;
    this.#position += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #bareText(end: RegExp): string {
    const start = this.#position;
    while (this.#next !== '' && !end.test(this.#next)) this.#position += 1;
    return this.#text.slice(start, this.#position).trim();
  }

  /** A word without quotes: a number, a constant, else text. */
  #bare(end: RegExp): unknown {
    const text = this.#bareText(end);
    if (text === '') return undefined;
    if (words.has(text)) return words.get(text);
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
  }
}
