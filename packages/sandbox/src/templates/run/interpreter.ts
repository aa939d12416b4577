import type { Signature, Statement, Target, Template } from '../parse/ast.ts';
import { TemplateError, typeError, valueError } from '../template-error.ts';
import { escapeHtml } from '../text/html.ts';
import { setMember } from '../values/access.ts';
import { isTrue } from '../values/compare.ts';
import { isIterable, listOf } from '../values/iterate.ts';
import { Callable, LoopState, Markup, typeName, Undefined, type Value } from '../values/model.ts';
import { toText } from '../values/text.ts';
import type { Budget } from './budget.ts';
import { Evaluator } from './evaluator.ts';
import { createGlobals } from './globals.ts';
import { createMacro } from './macro.ts';
import { Output, outputTooLarge } from './output.ts';
import { Scope } from './scope.ts';

type ForStatement = Extract<Statement, { type: 'for' }>;
type BlockStatement = Extract<Statement, { type: 'block' }>;
type CallBlockStatement = Extract<Statement, { type: 'call-block' }>;

/** Runs a parsed template once. */
export class Interpreter {
  readonly #template: Template;
  readonly #budget: Budget;
  readonly #evaluator: Evaluator;
  readonly #root: Scope;

  constructor(options: {
    readonly template: Template;
    readonly variables: ReadonlyMap<string, Value>;
    readonly budget: Budget;
  }) {
    this.#template = options.template;
    this.#budget = options.budget;
    this.#evaluator = new Evaluator(options.budget);
    const globals = new Scope();
    for (const [name, value] of createGlobals(options.budget)) globals.set(name, value);
    globals.set('self', this.#selfReference());
    this.#root = new Scope(globals);
    for (const [name, value] of options.variables) this.#root.set(name, value);
  }

  /** Errors: `TemplateError`. */
  run(maxOutputLength: number): string {
    const output = new Output(this.#budget, maxOutputLength);
    this.#all(this.#template.body, this.#root, output);
    const text = output.toString();
    if (text.length > maxOutputLength && Array.from(text).length > maxOutputLength)
      throw outputTooLarge(maxOutputLength);
    return text;
  }

  #all(statements: readonly Statement[], scope: Scope, output: Output): void {
    for (const statement of statements) {
      try {
        this.#budget.spend(1);
        this.#one(statement, scope, output);
      } catch (error) {
        // The innermost statement is the first to see the error.
        if (error instanceof TemplateError) error.line ??= statement.line;
        throw error;
      }
    }
  }

  #one(statement: Statement, scope: Scope, output: Output): void {
    const evaluator = this.#evaluator;
    switch (statement.type) {
      case 'text':
        output.append(statement.text);
        break;
      case 'output':
        for (const expression of statement.expressions)
          output.append(this.#show(evaluator.evaluate(expression, scope)));
        break;
      case 'if': {
        const branch = statement.branches.find(({ test }) => isTrue(evaluator.evaluate(test, scope)));
        this.#all(branch?.body ?? statement.otherwise, scope, output);
        break;
      }
      case 'for':
        this.#loop(statement, evaluator.evaluate(statement.iterable, scope), { scope, output, depth0: 0 });
        break;
      case 'set':
        this.#assign(statement.target, evaluator.evaluate(statement.value, scope), scope);
        break;
      case 'set-block': {
        const text = this.#capture(statement.body, new Scope(scope));
        const value = statement.filter ? evaluator.filterBlock(statement.filter, text, scope) : text;
        this.#assign(statement.target, value, scope);
        break;
      }
      case 'macro':
        scope.set(statement.name, this.#macro(statement.name, statement, scope));
        break;
      case 'call-block':
        output.append(this.#show(this.#callBlock(statement, scope)));
        break;
      case 'filter-block': {
        const text = this.#capture(statement.body, new Scope(scope));
        output.append(this.#show(evaluator.filterBlock(statement.filter, text, scope)));
        break;
      }
      case 'with': {
        const inner = new Scope(scope);
        for (const [target, value] of statement.assignments)
          this.#assign(target, evaluator.evaluate(value, scope), inner);
        this.#all(statement.body, inner, output);
        break;
      }
      case 'autoescape':
        this.#autoescape(isTrue(evaluator.evaluate(statement.enabled, scope)), () =>
          this.#all(statement.body, new Scope(scope), output),
        );
        break;
      case 'block':
        this.#block(statement, statement.scoped ? scope : this.#root, output);
        break;
      case 'other-template':
        throw typeError('no loader for this environment specified');
    }
  }

  #show(value: Value): string {
    const text = toText(value);
    return this.#evaluator.autoescape && !(value instanceof Markup) ? escapeHtml(text) : text;
  }

  #capture(body: readonly Statement[], scope: Scope): Value {
    const output = new Output(this.#budget);
    this.#all(body, scope, output);
    return this.#evaluator.autoescape ? new Markup(output.toString()) : output.toString();
  }

  #autoescape(enabled: boolean, run: () => void): void {
    const before = this.#evaluator.autoescape;
    this.#evaluator.autoescape = enabled;
    try {
      run();
    } finally {
      this.#evaluator.autoescape = before;
    }
  }

  #loop(
    statement: ForStatement,
    iterable: Value,
    place: { readonly scope: Scope; readonly output: Output; readonly depth0: number },
  ): void {
    const { scope, output, depth0 } = place;
    const items = listOf(iterable, this.#budget).filter((item) => this.#passes(statement, item, scope));
    const recurse = (children: Value): Value => {
      const inner = new Output(this.#budget);
      this.#loop(statement, children, { scope, output: inner, depth0: depth0 + 1 });
      return this.#evaluator.autoescape ? new Markup(inner.toString()) : inner.toString();
    };
    const loop = new LoopState({ items, depth0, recurse: statement.recursive ? recurse : undefined });
    for (const item of items) {
      this.#budget.spend(1);
      loop.index0 += 1;
      // A fresh scope per round: what a round sets is gone in the next.
      const inner = new Scope(scope);
      inner.set('loop', loop);
      this.#assign(statement.target, item, inner);
      this.#all(statement.body, inner, output);
    }
    if (items.length === 0) this.#all(statement.otherwise, new Scope(scope), output);
  }

  #passes(statement: ForStatement, item: Value, scope: Scope): boolean {
    if (!statement.test) return true;
    const inner = new Scope(scope);
    this.#assign(statement.target, item, inner);
    return isTrue(this.#evaluator.evaluate(statement.test, inner));
  }

  #assign(target: Target, value: Value, scope: Scope): void {
    if (target.type === 'name') {
      scope.set(target.name, value);
    } else if (target.type === 'member') {
      setMember(scope.find(target.name) ?? null, target.member, value);
    } else {
      const wanted = target.items.length;
      if (value instanceof Undefined || !isIterable(value)) {
        if (value instanceof Undefined)
          throw valueError(`not enough values to unpack (expected ${wanted}, got 0)`);
        throw typeError(`cannot unpack non-iterable ${typeName(value)} object`);
      }
      const values = listOf(value, this.#budget);
      if (values.length < wanted) {
        throw valueError(`not enough values to unpack (expected ${wanted}, got ${values.length})`);
      }
      if (values.length > wanted) throw valueError(`too many values to unpack (expected ${wanted})`);
      target.items.forEach((item, index) => {
        this.#assign(item, values[index] ?? null, scope);
      });
    }
  }

  #macro(
    name: string,
    definition: { readonly signature: Signature; readonly body: readonly Statement[] },
    scope: Scope,
  ): Callable {
    return createMacro({
      name,
      signature: definition.signature,
      body: definition.body,
      scope,
      evaluateDefault: (index, inner) => {
        const node = definition.signature.defaults[index];
        return node ? this.#evaluator.evaluate(node, inner) : null;
      },
      render: (inner) => this.#capture(definition.body, inner),
    });
  }

  #callBlock(statement: CallBlockStatement, scope: Scope): Value {
    const { call } = statement;
    if (call.type !== 'call') throw typeError('a call block calls a macro');
    const callerName = '\0caller';
    const inner = new Scope(scope);
    inner.set(callerName, this.#macro('caller', statement, scope));
    const keyword = [
      ...call.args.keyword,
      ['caller', { type: 'name', name: callerName, line: call.line }] as const,
    ];
    return this.#evaluator.evaluate({ ...call, args: { ...call.args, keyword } }, inner);
  }

  #block(statement: BlockStatement, scope: Scope, output: Output): void {
    if (statement.required) {
      throw new TemplateError('TemplateRuntimeError', `Required block '${statement.name}' not found`);
    }
    const inner = new Scope(scope);
    inner.set('super', new Undefined(`there is no parent block called '${statement.name}'.`));
    this.#all(statement.body, inner, output);
  }

  #selfReference(): Callable {
    const attributes = new Map(
      [...this.#template.blocks].map(([name, block]): [string, Value] => [
        name,
        new Callable({
          title: `<Block ${name}>`,
          call: () => {
            const output = new Output(this.#budget);
            this.#block(block, this.#root, output);
            return this.#evaluator.autoescape ? new Markup(output.toString()) : output.toString();
          },
        }),
      ]),
    );
    const notCallable = () => {
      throw typeError("'TemplateReference' object is not callable");
    };
    return new Callable({ title: '<TemplateReference None>', call: notCallable, attributes });
  }
}
