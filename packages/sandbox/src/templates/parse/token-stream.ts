import { TemplateError } from '../template-error.ts';
import type { Token, TokenType } from './lexer.ts';

/** Reads tokens one after the other. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#index] ?? { type: 'end', text: '', line: 1 };
  }

  get next(): Token {
    return this.#tokens[this.#index + 1] ?? { type: 'end', text: '', line: 1 };
  }

  /** Returns the current token and moves on. */
  take(): Token {
    const token = this.current;
    if (token.type !== 'end') this.#index += 1;
    return token;
  }

  is(type: TokenType, text?: string): boolean {
    return this.current.type === type && (text === undefined || this.current.text === text);
  }

  isOperator(text: string): boolean {
    return this.is('operator', text);
  }

  isName(...texts: readonly string[]): boolean {
    return this.current.type === 'name' && (texts.length === 0 || texts.includes(this.current.text));
  }

  /** Moves on when the current token is the one asked for. */
  skipOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.take();
    return true;
  }

  /** Moves on when the current token is the keyword asked for. */
  skipName(text: string): boolean {
    if (!this.isName(text)) return false;
    this.take();
    return true;
  }

  /** Takes a token of the given kind. Errors: `TemplateSyntaxError` for any other. */
  expect(type: TokenType, text?: string): Token {
    if (this.is(type, text)) return this.take();
    const wanted = text ?? describeType(type);
    if (this.current.type === 'end') {
      throw this.error(`unexpected end of template, expected '${wanted}'.`);
    }
    throw this.error(`expected token '${wanted}', got '${describeToken(this.current)}'`);
  }

  error(message: string, line = this.current.line): TemplateError {
    return new TemplateError('TemplateSyntaxError', message, line);
  }
}

/** A token in words of the template's author. */
export function describeToken(token: Token): string {
  if (token.type === 'name' || token.type === 'operator') return token.text;
  return describeType(token.type);
}

function describeType(type: TokenType): string {
  switch (type) {
    case 'block-begin':
      return 'begin of statement block';
    case 'block-end':
      return 'end of statement block';
    case 'variable-begin':
      return 'begin of print statement';
    case 'variable-end':
      return 'end of print statement';
    case 'data':
      return 'template data / text';
    case 'end':
      return 'end of template';
    default:
      return type;
  }
}
