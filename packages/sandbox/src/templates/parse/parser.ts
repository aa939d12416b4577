import { TemplateError } from '../template-error.ts';
import type { Expression, Signature, Statement, Target, Template } from './ast.ts';
import { ExpressionParser } from './expression-parser.ts';
import { tokenize } from './lexer.ts';
import { TokenStream } from './token-stream.ts';

const reservedNames = new Set([
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'not',
  'and',
  'or',
  'if',
  'else',
  'is',
  'in',
]);

/** The filters and tests that a template may name. */
export interface KnownNames {
  readonly filters: ReadonlySet<string>;
  readonly tests: ReadonlySet<string>;
}

/**
 * Parses a template.
 *
 * Errors: `TemplateError` of kind `TemplateSyntaxError`, or `TemplateAssertionError` for a filter or test
 * that does not exist (under a condition that is found out when the template runs).
 */
export function parseTemplate(source: string, known: KnownNames): Template {
  return new Parser(new TokenStream(tokenize(source)), known).template();
}

type BlockStatement = Extract<Statement, { type: 'block' }>;

class Parser {
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionParser;
  readonly #blocks = new Map<string, BlockStatement>();
  readonly #openTags: string[] = [];
  readonly #endTags: (readonly string[])[] = [];
  #conditions = 0;

  constructor(tokens: TokenStream, known: KnownNames) {
    this.#tokens = tokens;
    this.#expressions = new ExpressionParser(tokens, ({ kind, name, line }) => {
      const names = kind === 'filter' ? known.filters : known.tests;
      if (this.#conditions === 0 && !names.has(name)) {
        throw new TemplateError('TemplateAssertionError', `No ${kind} named '${name}'.`, line);
      }
    });
  }

  template(): Template {
    const body = this.#statements(undefined);
    return { body, blocks: this.#blocks };
  }

  /** Statements up to one of the end tags, whose name is left as the current token. */
  #statements(endTags: readonly string[] | undefined): Statement[] {
    const tokens = this.#tokens;
    const statements: Statement[] = [];
    if (endTags) this.#endTags.push(endTags);
    try {
      for (;;) {
        const { type, text, line } = tokens.current;
        if (type === 'end') {
          if (endTags) throw this.#unclosed();
          return statements;
        }
        tokens.take();
        if (type === 'data') {
          statements.push({ type: 'text', text, line });
        } else if (type === 'variable-begin') {
          statements.push({ type: 'output', expressions: [this.#expressions.tuple()], line });
          tokens.expect('variable-end');
        } else {
          if (endTags && tokens.isName(...endTags)) return statements;
          statements.push(this.#statement());
          tokens.expect('block-end');
        }
      }
    } finally {
      if (endTags) this.#endTags.pop();
    }
  }

  #statement(): Statement {
    const tokens = this.#tokens;
    if (!tokens.is('name')) throw tokens.error('tag name expected');
    const { text: tag, line } = tokens.current;
    const parse = this.#tags.get(tag);
    if (!parse) throw this.#unknownTag(tag);
    tokens.take();
    this.#openTags.push(tag);
    try {
      return parse(line);
    } finally {
      this.#openTags.pop();
    }
  }

  /** A body in its tag: after the opening tag's end, up to and including the name of the closing tag. */
  #body(...endTags: readonly string[]): Statement[] {
    // A colon after a tag, as in Python, is allowed.
    this.#tokens.skipOperator(':');
    this.#tokens.expect('block-end');
    return this.#statements(endTags);
  }

  readonly #tags = new Map<string, (line: number) => Statement>([
    ['for', (line) => this.#for(line)],
    ['if', (line) => this.#if(line)],
    ['set', (line) => this.#set(line)],
    ['with', (line) => this.#with(line)],
    ['macro', (line) => this.#macro(line)],
    ['call', (line) => this.#callBlock(line)],
    ['filter', (line) => this.#filterBlock(line)],
    ['autoescape', (line) => this.#autoescape(line)],
    ['block', (line) => this.#block(line)],
    ['print', (line) => this.#print(line)],
    ['include', (line) => this.#otherTemplate(line)],
    ['import', (line) => this.#otherTemplate(line)],
    ['from', (line) => this.#otherTemplate(line)],
    ['extends', (line) => this.#otherTemplate(line)],
  ]);

  #filterBlock(line: number): Statement {
    const filter = this.#expressions.blockFilters();
    return { type: 'filter-block', filter, body: this.#closing('endfilter'), line };
  }

  #autoescape(line: number): Statement {
    const enabled = this.#expressions.expression();
    return { type: 'autoescape', enabled, body: this.#closing('endautoescape'), line };
  }

  #print(line: number): Statement {
    const expressions: Expression[] = [];
    while (!this.#tokens.is('block-end')) {
      if (expressions.length > 0) this.#tokens.expect('operator', ',');
      expressions.push(this.#expressions.expression());
    }
    return { type: 'output', expressions, line };
  }

  #for(line: number): Statement {
    const target = this.#target({ members: false, endsAt: ['in'] });
    this.#tokens.expect('name', 'in');
    const iterable = this.#expressions.tuple({ withCondition: false, endsAt: ['recursive'] });
    const test = this.#tokens.skipName('if') ? this.#expressions.expression() : undefined;
    const recursive = this.#tokens.skipName('recursive');
    const body = this.#body('endfor', 'else');
    const otherwise = this.#tokens.take().text === 'else' ? this.#closing('endfor') : [];
    return { type: 'for', target, iterable, test, recursive, body, otherwise, line };
  }

  #if(line: number): Statement {
    const branches: { test: Expression; body: readonly Statement[] }[] = [];
    for (;;) {
      const test = this.#expressions.tuple({ withCondition: false });
      this.#conditions += 1;
      const body = this.#body('elif', 'else', 'endif');
      this.#conditions -= 1;
      branches.push({ test, body });
      const { text } = this.#tokens.take();
      if (text === 'elif') continue;
      if (text === 'endif') return { type: 'if', branches, otherwise: [], line };
      this.#conditions += 1;
      const otherwise = this.#closing('endif');
      this.#conditions -= 1;
      return { type: 'if', branches, otherwise, line };
    }
  }

  #set(line: number): Statement {
    const target = this.#target({ members: true, endsAt: [] });
    if (this.#tokens.skipOperator('=')) {
      return { type: 'set', target, value: this.#expressions.tuple(), line };
    }
    const filter = this.#tokens.skipOperator('|') ? this.#expressions.blockFilters() : undefined;
    return { type: 'set-block', target, filter, body: this.#closing('endset'), line };
  }

  #with(line: number): Statement {
    const assignments: (readonly [Target, Expression])[] = [];
    while (!this.#tokens.is('block-end')) {
      if (assignments.length > 0) this.#tokens.expect('operator', ',');
      const target = this.#target({ members: false, endsAt: [], single: true });
      this.#tokens.expect('operator', '=');
      assignments.push([target, this.#expressions.expression()]);
    }
    return { type: 'with', assignments, body: this.#closing('endwith'), line };
  }

  #macro(line: number): Statement {
    const name = this.#assignableName();
    const signature = this.#signature();
    return { type: 'macro', name, signature, body: this.#closing('endmacro'), line };
  }

  #callBlock(line: number): Statement {
    const signature = this.#tokens.isOperator('(') ? this.#signature() : { names: [], defaults: [] };
    const call = this.#expressions.expression();
    if (call.type !== 'call') throw this.#tokens.error('expected call', line);
    return { type: 'call-block', call, signature, body: this.#closing('endcall'), line };
  }

  #block(line: number): Statement {
    const name = this.#tokens.expect('name').text;
    const scoped = this.#tokens.skipName('scoped');
    const required = this.#tokens.skipName('required');
    if (this.#tokens.isOperator('-')) {
      throw this.#tokens.error(
        'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
      );
    }
    if (this.#blocks.has(name)) {
      throw new TemplateError('TemplateAssertionError', `block '${name}' defined twice`, line);
    }
    const body = this.#body('endblock');
    this.#tokens.take();
    // The closing tag may repeat the name.
    this.#tokens.skipName(name);
    const block: BlockStatement = { type: 'block', name, scoped, required, body, line };
    this.#blocks.set(name, block);
    return block;
  }

  #otherTemplate(line: number): Statement {
    // What follows is read only to find its end: without other templates every form fails the same way.
    while (!this.#tokens.is('block-end') && !this.#tokens.is('end')) this.#tokens.take();
    return { type: 'other-template', line };
  }

  #closing(endTag: string): Statement[] {
    const body = this.#body(endTag);
    this.#tokens.take();
    return body;
  }

  #signature(): Signature {
    const tokens = this.#tokens;
    const names: string[] = [];
    const defaults: Expression[] = [];
    tokens.expect('operator', '(');
    while (!tokens.isOperator(')')) {
      if (names.length > 0) tokens.expect('operator', ',');
      names.push(this.#assignableName());
      if (tokens.skipOperator('=')) defaults.push(this.#expressions.expression());
      else if (defaults.length > 0) throw tokens.error('non-default argument follows default argument');
    }
    tokens.expect('operator', ')');
    return { names, defaults };
  }

  #target(options: {
    readonly members: boolean;
    readonly endsAt: readonly string[];
    readonly single?: boolean;
  }): Target {
    const tokens = this.#tokens;
    const { line } = tokens.current;
    if (options.members && tokens.next.type === 'operator' && tokens.next.text === '.') {
      const name = tokens.expect('name').text;
      tokens.take();
      return { type: 'member', name, member: tokens.expect('name').text, line };
    }
    const items: Target[] = [];
    let isTuple = false;
    while (!tokens.isName(...(options.endsAt.length > 0 ? options.endsAt : ['\0'])) && !this.#atTargetEnd()) {
      items.push(this.#targetItem(options));
      if (options.single || !tokens.skipOperator(',')) break;
      isTuple = true;
    }
    const [only] = items;
    if (only && !isTuple) return only;
    if (items.length === 0)
      throw tokens.error(`Expected an expression, got '${tokens.current.text || 'end of statement block'}'`);
    return { type: 'tuple', items, line };
  }

  #targetItem(options: { readonly members: boolean; readonly endsAt: readonly string[] }): Target {
    const { line } = this.#tokens.current;
    if (this.#tokens.skipOperator('(')) {
      const inner = this.#target({ members: false, endsAt: [] });
      this.#tokens.expect('operator', ')');
      return inner;
    }
    if (!this.#tokens.is('name')) {
      throw this.#tokens.error("can't assign to 'const'");
    }
    const name = this.#assignableName();
    if (options.members && this.#tokens.skipOperator('.')) {
      return { type: 'member', name, member: this.#tokens.expect('name').text, line };
    }
    return { type: 'name', name, line };
  }

  #atTargetEnd(): boolean {
    return ['=', ')', '|'].some((text) => this.#tokens.isOperator(text)) || this.#tokens.is('block-end');
  }

  #assignableName(): string {
    const { text } = this.#tokens.expect('name');
    if (reservedNames.has(text)) throw this.#tokens.error("can't assign to 'const'");
    return text;
  }

  #unknownTag(tag: string): TemplateError {
    const parts = [`Encountered unknown tag '${tag}'.`];
    const expected = this.#endTags.at(-1);
    const open = this.#openTags.at(-1);
    if (expected?.includes(tag)) {
      parts.push(
        'You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for',
      );
    } else if (expected) {
      parts.push(`Jinja was looking for the following tags: ${orList(expected)}.`);
    }
    if (open) parts.push(`The innermost block that needs to be closed is '${open}'.`);
    return this.#tokens.error(parts.join(' '));
  }

  #unclosed(): TemplateError {
    const parts = ['Unexpected end of template.'];
    const expected = this.#endTags.at(-1);
    const open = this.#openTags.at(-1);
    if (expected) parts.push(`Jinja was looking for the following tags: ${orList(expected)}.`);
    if (open) parts.push(`The innermost block that needs to be closed is '${open}'.`);
    return this.#tokens.error(parts.join(' '));
  }
}

function orList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ');
}
