import { TemplateError } from '../template-error.ts';

/** A lexical unit; `text` of strings is what they stand for, of numbers their source without underscores. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly line: number;
}

/** Kinds of {@link Token}. */
export type TokenType =
  | 'data'
  | 'variable-begin'
  | 'variable-end'
  | 'block-begin'
  | 'block-end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'end';

const opening = /\{(?:\{|%|#)/g;
const rawBegin = /\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})/y;
const rawEnd = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\})/g;
const commentEnd = /(?:\+#\}|-#\}\s*|#\})/g;
const whitespace = /\s+/y;
const float = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const integer = /(?:0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*)/iy;
const name = /[\p{L}\p{N}\p{M}\p{Pc}]+/uy;
const identifier = /^[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}\p{Pc}]*$/u;
const string = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const tagEnds = { 'block-end': /(?:\+%\}|-%\}\s*|%\})/y, 'variable-end': /(?:-\}\}\s*|\}\})/y };
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Cuts a template into tokens, with the whitespace rules of Jinja's default environment: `-` beside a tag
 * takes the whitespace on that side, one newline at the end of the template is dropped, newlines become
 * `\n`. Errors: `TemplateSyntaxError`.
 */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #position = 0;
  #line = 1;
  #lineCountedTo = 0;

  constructor(source: string) {
    const text = source.replace(/\r\n|\r/g, '\n');
    this.#source = text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  run(): Token[] {
    while (this.#position < this.#source.length) {
      opening.lastIndex = this.#position;
      const found = opening.exec(this.#source);
      if (!found) {
        this.#data(this.#source.length, false);
        break;
      }
      const strips = this.#source[found.index + 2] === '-';
      this.#data(found.index, strips);
      if (found[0] === '{#') this.#comment();
      else if (found[0] === '{{') this.#tag('variable-begin', 'variable-end');
      else if (!this.#raw()) this.#tag('block-begin', 'block-end');
    }
    this.#push('end', '');
    return this.#tokens;
  }

  #data(end: number, strips: boolean): void {
    const text = this.#source.slice(this.#position, end);
    const kept = strips ? text.trimEnd() : text;
    if (kept !== '') this.#push('data', kept);
    this.#position = end;
  }

  #comment(): void {
    commentEnd.lastIndex = this.#position + 2;
    const end = commentEnd.exec(this.#source);
    if (!end) throw this.#error('Missing end of comment tag');
    this.#position = end.index + end[0].length;
  }

  #raw(): boolean {
    const begin = this.#match(rawBegin);
    if (begin === undefined) return false;
    rawEnd.lastIndex = this.#position;
    const end = rawEnd.exec(this.#source);
    if (!end) throw this.#error('Missing end of raw directive');
    this.#data(end.index, end[1] === '-');
    this.#position = end.index + end[0].length;
    return true;
  }

  #tag(begin: 'variable-begin' | 'block-begin', end: 'variable-end' | 'block-end'): void {
    this.#push(begin, '');
    this.#position += 2;
    // The sign beside an opening is part of it; `{{+1}}` is a plus.
    const sign = this.#source[this.#position];
    if (sign === '-' || (sign === '+' && begin === 'block-begin')) this.#position += 1;
    const open: string[] = [];
    while (this.#position < this.#source.length) {
      if (open.length === 0) {
        // Counted before the match, because a `-` takes following lines with it.
        const line = this.#lineAt(this.#position);
        if (this.#match(tagEnds[end]) !== undefined) {
          this.#tokens.push({ type: end, text: '', line });
          return;
        }
      }
      this.#expressionToken(open);
    }
  }

  #expressionToken(open: string[]): void {
    if (this.#match(whitespace) !== undefined) return;
    const at = this.#position;
    const previous = this.#source[at - 1];
    const number = previous === '.' ? undefined : this.#match(float);
    const [type, text] = this.#literal(number);
    if (type) {
      this.#pushAt(at, type, text);
      return;
    }
    const sign = this.#match(operator);
    if (sign === undefined) {
      const character = String.fromCodePoint(this.#source.codePointAt(at) ?? 0);
      throw this.#error(`unexpected char ${character === "'" ? `"'"` : `'${character}'`} at ${at}`);
    }
    this.#balance(sign, open);
    this.#pushAt(at, 'operator', sign);
  }

  #literal(float: string | undefined): [type: TokenType, text: string] | [type: undefined] {
    if (float !== undefined) return ['float', float.replaceAll('_', '')];
    const whole = this.#match(integer);
    if (whole !== undefined) return ['integer', whole.replaceAll('_', '')];
    const word = this.#match(name);
    if (word !== undefined) {
      if (!identifier.test(word)) throw this.#error('Invalid character in identifier');
      return ['name', word];
    }
    const quoted = this.#match(string);
    return quoted === undefined ? [undefined] : ['string', unescapeString(quoted.slice(1, -1))];
  }

  #balance(sign: string, open: string[]): void {
    const closer = closers[sign];
    if (closer) {
      open.push(closer);
      return;
    }
    if (sign !== ')' && sign !== ']' && sign !== '}') return;
    const expected = open.pop();
    if (expected === undefined) throw this.#error(`unexpected '${sign}'`);
    if (expected !== sign) throw this.#error(`unexpected '${sign}', expected '${expected}'`);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#source);
    if (!found) return undefined;
    this.#position += found[0].length;
    return found[0];
  }

  #push(type: TokenType, text: string): void {
    this.#pushAt(this.#position, type, text);
  }

  #pushAt(position: number, type: TokenType, text: string): void {
    this.#tokens.push({ type, text, line: this.#lineAt(position) });
  }

  #lineAt(position: number): number {
    for (; this.#lineCountedTo < position; this.#lineCountedTo += 1) {
      if (this.#source[this.#lineCountedTo] === '\n') this.#line += 1;
    }
    return this.#line;
  }

  #error(message: string): TemplateError {
    return new TemplateError('TemplateSyntaxError', message, this.#lineAt(this.#position));
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};

function unescapeString(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, hex: string, short: string, long: string, octal: string, character: string) => {
      if (character !== undefined) return simpleEscapes[character] ?? whole;
      const code =
        octal === undefined ? Number.parseInt(hex ?? short ?? long, 16) : Number.parseInt(octal, 8);
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    },
  );
}
