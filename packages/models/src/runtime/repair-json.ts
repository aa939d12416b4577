/**
 * Reads JSON as models write it: inside code fences or prose, with single quotes, unquoted keys, Python's literals,
 * comments, trailing commas, raw line breaks in texts, or cut off in the middle.
 *
 * @returns the first value found, preferring objects and arrays; undefined when there is none
 */
export function repairJson(text: string): unknown {
  const fenced = /```(?:json)?\s*([\s\S]*?)(?:```|$)/iu.exec(text)?.[1];
  for (const candidate of fenced === undefined ? [text] : [fenced, text]) {
    const start = candidate.search(/[[{]/u);
    if (start >= 0) return new LenientParser(candidate, start).value();
  }
  return undefined;
}

const literals: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
  ['undefined', null],
  ['NaN', null],
]);

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
]);

const quotes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
]);

const maxDepth = 200;

class LenientParser {
  readonly #text: string;
  #at: number;
  #depth = 0;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  value(): unknown {
    this.#skipBlank();
    const first = this.#text[this.#at];
    if (first === '{' && this.#depth < maxDepth) return this.#nested(() => this.#object());
    if (first === '[' && this.#depth < maxDepth) return this.#nested(() => this.#array());
    if (first !== undefined && quotes.has(first)) return this.#quoted();
    return this.#bare();
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (;;) {
      this.#skipBlank(',');
      const next = this.#text[this.#at];
      if (next === undefined || next === '}') {
        this.#at += 1;
        return Object.fromEntries(entries);
      }
      // A stray closing bracket belongs to a level above.
      if (next === ']') return Object.fromEntries(entries);
      const before = this.#at;
      const key = quotes.has(next) ? this.#quoted() : this.#word(':');
      this.#skipBlank();
      if (this.#text[this.#at] === ':') {
        this.#at += 1;
        entries.push([key, this.value()]);
      } else if (this.#at === before) {
        this.#at += 1;
      }
    }
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      this.#skipBlank(',');
      const next = this.#text[this.#at];
      if (next === undefined || next === ']') {
        this.#at += 1;
        return items;
      }
      if (next === '}') return items;
      const before = this.#at;
      items.push(this.value());
      if (this.#at === before) this.#at += 1;
    }
  }

  #quoted(): string {
    const close = quotes.get(this.#text[this.#at] ?? '') ?? '"';
    this.#at += 1;
    let result = '';
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (character === close && this.#closes()) {
        this.#at += 1;
        return result;
      }
      result += character === '\\' ? this.#escape() : character;
    }
    return result;
  }

  /** A quote that is followed by more prose is one that the model forgot to escape. */
  #closes(): boolean {
    return /^\s*(?:[,:}\]]|$)/u.test(this.#text.slice(this.#at + 1, this.#at + 200));
  }

  #escape(): string {
    this.#at += 1;
    const code = this.#text[this.#at] ?? '';
    if (code !== 'u') return escapes.get(code) ?? code;
    const digits = /^[0-9a-f]{4}/iu.exec(this.#text.slice(this.#at + 1, this.#at + 5))?.[0];
    if (digits === undefined) return 'u';
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #bare(): unknown {
    const word = this.#word('');
    if (literals.has(word)) return literals.get(word);
    const number = Number(word);
    return word !== '' && Number.isFinite(number) ? number : word === '' ? null : word;
  }

  #word(alsoEndsAt: string): string {
    const start = this.#at;
    const ends = `,}]\n${alsoEndsAt}`;
    while (this.#at < this.#text.length && !ends.includes(this.#text[this.#at] ?? '') && !this.#atComment())
      this.#at += 1;
    return this.#text.slice(start, this.#at).trim();
  }

  /** A comment stands behind a blank; two slashes inside a word are an address. */
  #atComment(): boolean {
    return this.#text[this.#at] === '/' && /^\s\/[/*]/u.test(this.#text.slice(this.#at - 1, this.#at + 2));
  }

  #skipBlank(also = ''): void {
    for (;;) {
      const blank = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/u.exec(
        this.#text.slice(this.#at, this.#at + 1000),
      )?.[0];
      if (blank !== undefined) this.#at += blank.length;
      else if (also !== '' && this.#text[this.#at] === also) this.#at += 1;
      else return;
    }
  }
}
