import type { BinaryOperator, CallArguments, CompareOperator, Expression, FilterExpression } from './ast.ts';
import { describeToken, type TokenStream } from './token-stream.ts';

const constants = new Map<string, null | boolean>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const noArguments: CallArguments = {
  positional: [],
  keyword: [],
  spread: undefined,
  keywordSpread: undefined,
};

/** A use of a filter or test, to be checked against the known names. */
export interface NameUse {
  readonly kind: 'filter' | 'test';
  readonly name: string;
  readonly line: number;
}

/** Parses expressions, loosest binding first. */
export class ExpressionParser {
  readonly #tokens: TokenStream;
  readonly #onUse: (use: NameUse) => void;

  /** `onUse` is told every filter and test as it is read. */
  constructor(tokens: TokenStream, onUse: (use: NameUse) => void) {
    this.#tokens = tokens;
    this.#onUse = onUse;
  }

  expression(options: { readonly withCondition: boolean } = { withCondition: true }): Expression {
    return options.withCondition ? this.#condition() : this.#or();
  }

  /**
   * One expression, or several between commas as a tuple. `endsAt` names keywords that end the tuple;
   * in parentheses an empty tuple is allowed.
   */
  tuple(
    options: { withCondition?: boolean; endsAt?: readonly string[]; parenthesised?: boolean } = {},
  ): Expression {
    const { withCondition = true, endsAt = [], parenthesised = false } = options;
    const { line } = this.#tokens.current;
    const items: Expression[] = [];
    let isTuple = false;
    while (!this.#atTupleEnd(endsAt)) {
      items.push(this.expression({ withCondition }));
      if (!this.#tokens.skipOperator(',')) break;
      isTuple = true;
    }
    const [only] = items;
    if (!isTuple && only) return only;
    if (!isTuple && !parenthesised) {
      throw this.#tokens.error(`Expected an expression, got '${describeToken(this.#tokens.current)}'`);
    }
    return { type: 'tuple', items, line };
  }

  /** Filters without a target, as a filter block has them: `upper | trim`. */
  blockFilters(): FilterExpression {
    let filter = this.#filter(undefined);
    while (this.#tokens.skipOperator('|')) filter = this.#filter(filter);
    return filter;
  }

  #atTupleEnd(endsAt: readonly string[]): boolean {
    const { type } = this.#tokens.current;
    if (type === 'variable-end' || type === 'block-end' || this.#tokens.isOperator(')')) return true;
    return endsAt.length > 0 && this.#tokens.isName(...endsAt);
  }

  #condition(): Expression {
    const { line } = this.#tokens.current;
    let then = this.#or();
    while (this.#tokens.skipName('if')) {
      const test = this.#or();
      const otherwise = this.#tokens.skipName('else') ? this.#condition() : undefined;
      then = { type: 'condition', test, then, otherwise, line };
    }
    return then;
  }

  #or(): Expression {
    const { line } = this.#tokens.current;
    let left = this.#and();
    while (this.#tokens.skipName('or')) left = { type: 'or', left, right: this.#and(), line };
    return left;
  }

  #and(): Expression {
    const { line } = this.#tokens.current;
    let left = this.#not();
    while (this.#tokens.skipName('and')) left = { type: 'and', left, right: this.#not(), line };
    return left;
  }

  #not(): Expression {
    const { line } = this.#tokens.current;
    if (this.#tokens.skipName('not')) return { type: 'not', operand: this.#not(), line };
    return this.#compare();
  }

  #compare(): Expression {
    const { line } = this.#tokens.current;
    const first = this.#sum();
    const rest: { operator: CompareOperator; operand: Expression }[] = [];
    for (;;) {
      const operator = this.#compareOperator();
      if (!operator) break;
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { type: 'compare', first, rest, line };
  }

  #compareOperator(): CompareOperator | undefined {
    const tokens = this.#tokens;
    if (tokens.current.type === 'operator' && comparisons.has(tokens.current.text)) {
      return tokens.take().text as CompareOperator;
    }
    if (tokens.skipName('in')) return 'in';
    if (tokens.isName('not') && tokens.next.type === 'name' && tokens.next.text === 'in') {
      tokens.take();
      tokens.take();
      return 'not in';
    }
    return undefined;
  }

  #sum(): Expression {
    return this.#binary(['+', '-'], () => this.#concat());
  }

  #concat(): Expression {
    const { line } = this.#tokens.current;
    const parts = [this.#product()];
    while (this.#tokens.skipOperator('~')) parts.push(this.#product());
    const [only] = parts;
    return parts.length === 1 && only ? only : { type: 'concat', parts, line };
  }

  #product(): Expression {
    return this.#binary(['*', '/', '//', '%'], () => this.#power());
  }

  // Powers bind to the left here, unlike in Python: so does the language that templates are written in.
  #power(): Expression {
    return this.#binary(['**'], () => this.#unary({ withFilters: true }));
  }

  #binary(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    const { line } = this.#tokens.current;
    let left = operand();
    for (;;) {
      const operator = operators.find((text) => this.#tokens.isOperator(text));
      if (!operator) return left;
      this.#tokens.take();
      left = { type: 'binary', operator, left, right: operand(), line };
    }
  }

  #unary({ withFilters }: { readonly withFilters: boolean }): Expression {
    const { line } = this.#tokens.current;
    let node: Expression;
    if (this.#tokens.skipOperator('-')) {
      node = { type: 'negative', operand: this.#unary({ withFilters: false }), line };
    } else if (this.#tokens.skipOperator('+')) {
      node = { type: 'positive', operand: this.#unary({ withFilters: false }), line };
    } else {
      node = this.#primary();
    }
    node = this.#postfix(node);
    return withFilters ? this.#filtersAndTests(node) : node;
  }

  #primary(): Expression {
    const tokens = this.#tokens;
    const { type, text, line } = tokens.current;
    if (type === 'name') {
      tokens.take();
      const constant = constants.get(text);
      return constant === undefined
        ? { type: 'name', name: text, line }
        : { type: 'constant', value: constant, line };
    }
    if (type === 'string') {
      let value = '';
      while (tokens.is('string')) value += tokens.take().text;
      return { type: 'constant', value, line };
    }
    if (type === 'integer') return { type: 'constant', value: BigInt(tokens.take().text), line };
    if (type === 'float') return { type: 'constant', value: Number(tokens.take().text), line };
    if (tokens.skipOperator('(')) {
      const inner = this.tuple({ parenthesised: true });
      tokens.expect('operator', ')');
      return inner;
    }
    if (tokens.isOperator('[')) return this.#list();
    if (tokens.isOperator('{')) return this.#dict();
    throw tokens.error(`unexpected '${describeToken(tokens.current)}'`);
  }

  #list(): Expression {
    const { line } = this.#tokens.take();
    const items: Expression[] = [];
    while (!this.#tokens.isOperator(']')) {
      if (items.length > 0) this.#tokens.expect('operator', ',');
      if (this.#tokens.isOperator(']')) break;
      items.push(this.expression());
    }
    this.#tokens.expect('operator', ']');
    return { type: 'list', items, line };
  }

  #dict(): Expression {
    const { line } = this.#tokens.take();
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.#tokens.isOperator('}')) {
      if (entries.length > 0) this.#tokens.expect('operator', ',');
      if (this.#tokens.isOperator('}')) break;
      const key = this.expression();
      this.#tokens.expect('operator', ':');
      entries.push([key, this.expression()]);
    }
    this.#tokens.expect('operator', '}');
    return { type: 'dict', entries, line };
  }

  #postfix(start: Expression): Expression {
    let node = start;
    for (;;) {
      if (this.#tokens.isOperator('.') || this.#tokens.isOperator('[')) node = this.#subscript(node);
      else if (this.#tokens.isOperator('(')) node = this.#call(node);
      else return node;
    }
  }

  #filtersAndTests(start: Expression): Expression {
    let node = start;
    for (;;) {
      if (this.#tokens.skipOperator('|')) node = this.#filter(node);
      else if (this.#tokens.isName('is')) node = this.#test(node);
      else if (this.#tokens.isOperator('(')) node = this.#call(node);
      else return node;
    }
  }

  #subscript(target: Expression): Expression {
    const tokens = this.#tokens;
    const { line } = tokens.current;
    if (tokens.take().text === '.') {
      const token = tokens.take();
      if (token.type === 'name') return { type: 'attribute', target, name: token.text, line };
      if (token.type !== 'integer') throw tokens.error('expected name or number', token.line);
      return { type: 'item', target, key: { type: 'constant', value: BigInt(token.text), line }, line };
    }
    const keys: Expression[] = [];
    let isTuple = false;
    while (!tokens.isOperator(']')) {
      if (keys.length > 0) {
        tokens.expect('operator', ',');
        isTuple = true;
        if (tokens.isOperator(']')) break;
      }
      keys.push(this.#subscriptKey());
    }
    tokens.expect('operator', ']');
    const [only] = keys;
    const key: Expression = only && !isTuple ? only : { type: 'tuple', items: keys, line };
    return { type: 'item', target, key, line };
  }

  #subscriptKey(): Expression {
    const tokens = this.#tokens;
    const { line } = tokens.current;
    const atEnd = () => tokens.isOperator(':') || tokens.isOperator(']') || tokens.isOperator(',');
    const start = tokens.isOperator(':') ? undefined : this.expression();
    if (!tokens.skipOperator(':')) {
      if (start) return start;
      throw tokens.error(`unexpected '${describeToken(tokens.current)}'`);
    }
    const stop = atEnd() ? undefined : this.expression();
    const step = tokens.skipOperator(':') && !atEnd() ? this.expression() : undefined;
    return { type: 'slice', start, stop, step, line };
  }

  #call(target: Expression): Expression {
    const { line } = this.#tokens.current;
    return { type: 'call', target, args: this.#callArguments(), line };
  }

  #callArguments(): CallArguments {
    const tokens = this.#tokens;
    const { line } = tokens.expect('operator', '(');
    const positional: Expression[] = [];
    const keyword: (readonly [string, Expression])[] = [];
    let spread: Expression | undefined;
    let keywordSpread: Expression | undefined;
    const ensure = (allowed: boolean) => {
      if (!allowed) throw tokens.error('invalid syntax for function call expression', line);
    };
    let needsComma = false;
    while (!tokens.isOperator(')')) {
      if (needsComma) {
        tokens.expect('operator', ',');
        if (tokens.isOperator(')')) break;
      }
      if (tokens.skipOperator('*')) {
        ensure(!spread && !keywordSpread);
        spread = this.expression();
      } else if (tokens.skipOperator('**')) {
        ensure(!keywordSpread);
        keywordSpread = this.expression();
      } else if (tokens.is('name') && tokens.next.type === 'operator' && tokens.next.text === '=') {
        ensure(!keywordSpread);
        const { text } = tokens.take();
        tokens.take();
        keyword.push([text, this.expression()]);
      } else {
        ensure(!spread && !keywordSpread && keyword.length === 0);
        positional.push(this.expression());
      }
      needsComma = true;
    }
    tokens.expect('operator', ')');
    return { positional, keyword, spread, keywordSpread };
  }

  #filter(target: Expression | undefined): FilterExpression {
    const { line } = this.#tokens.current;
    const name = this.#dottedName();
    this.#onUse({ kind: 'filter', name, line });
    const args = this.#tokens.isOperator('(') ? this.#callArguments() : noArguments;
    return { type: 'filter', target, name, args, line };
  }

  #test(target: Expression): Expression {
    const tokens = this.#tokens;
    const { line } = tokens.take();
    const negated = tokens.skipName('not');
    const name = this.#dottedName();
    this.#onUse({ kind: 'test', name, line });
    return { type: 'test', target, name, args: this.#testArguments(), negated, line };
  }

  #testArguments(): CallArguments {
    const tokens = this.#tokens;
    if (tokens.isOperator('(')) return this.#callArguments();
    const { type } = tokens.current;
    const begins =
      type === 'name' ||
      type === 'string' ||
      type === 'integer' ||
      type === 'float' ||
      tokens.isOperator('[') ||
      tokens.isOperator('{');
    if (!begins || tokens.isName('else', 'or', 'and')) return noArguments;
    if (tokens.isName('is')) throw tokens.error('You cannot chain multiple tests with is');
    return { ...noArguments, positional: [this.#postfix(this.#primary())] };
  }

  #dottedName(): string {
    let name = this.#tokens.expect('name').text;
    while (this.#tokens.skipOperator('.')) name += `.${this.#tokens.expect('name').text}`;
    return name;
  }
}
