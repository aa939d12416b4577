import { filters } from '../filters/all-filters.ts';
import type { FilterContext } from '../filters/filter.ts';
import type { CallArguments, Expression, FilterExpression } from '../parse/ast.ts';
import { TemplateError, typeError } from '../template-error.ts';
import { tests } from '../tests.ts';
import { getAttribute, getItem, getSlice } from '../values/access.ts';
import { arithmetic, concatenate, signed } from '../values/arithmetic.ts';
import { compareBy, isTrue } from '../values/compare.ts';
import { iterate } from '../values/iterate.ts';
import {
  type Arguments,
  Callable,
  Dict,
  LoopState,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
  valueOr,
} from '../values/model.ts';
import type { Budget } from './budget.ts';
import { callLoop } from './loop.ts';
import type { Scope } from './scope.ts';

/** Evaluates expressions. */
export class Evaluator implements FilterContext {
  readonly budget: Budget;
  autoescape = false;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** The value of an expression. Errors: `TemplateError` as Python would raise, fuel. */
  evaluate(node: Expression, scope: Scope): Value {
    this.budget.spend(1);
    switch (node.type) {
      case 'constant':
        return node.value;
      case 'name':
        return valueOr(scope.find(node.name), () => new Undefined(`'${node.name}' is undefined`));
      case 'list':
        return node.items.map((item) => this.evaluate(item, scope));
      case 'tuple':
        return new Tuple(node.items.map((item) => this.evaluate(item, scope)));
      case 'dict': {
        const dict = new Dict();
        for (const [key, value] of node.entries)
          dict.set(this.evaluate(key, scope), this.evaluate(value, scope));
        return dict;
      }
      case 'condition':
        if (isTrue(this.evaluate(node.test, scope))) return this.evaluate(node.then, scope);
        return node.otherwise
          ? this.evaluate(node.otherwise, scope)
          : new Undefined('the inline if-expression evaluated to false and no else section was defined.');
      case 'and': {
        const left = this.evaluate(node.left, scope);
        return isTrue(left) ? this.evaluate(node.right, scope) : left;
      }
      case 'or': {
        const left = this.evaluate(node.left, scope);
        return isTrue(left) ? left : this.evaluate(node.right, scope);
      }
      case 'not':
        return !isTrue(this.evaluate(node.operand, scope));
      case 'negative':
        return signed('-', this.evaluate(node.operand, scope));
      case 'positive':
        return signed('+', this.evaluate(node.operand, scope));
      case 'compare': {
        let left = this.evaluate(node.first, scope);
        for (const { operator, operand } of node.rest) {
          const right = this.evaluate(operand, scope);
          if (!compareBy(operator, left, right)) return false;
          left = right;
        }
        return true;
      }
      case 'binary':
        return arithmetic(
          node.operator,
          this.evaluate(node.left, scope),
          this.evaluate(node.right, scope),
          this.budget,
        );
      case 'concat':
        return concatenate(
          node.parts.map((part) => this.evaluate(part, scope)),
          this,
        );
      case 'attribute':
        return getAttribute(this.evaluate(node.target, scope), node.name, this.budget);
      case 'item':
        return this.#item(node.target, node.key, scope);
      case 'slice':
        throw new TemplateError('TemplateSyntaxError', 'a slice stands outside of brackets', node.line);
      case 'call':
        return this.call(this.evaluate(node.target, scope), this.#arguments(node.args, scope));
      case 'filter':
        return this.#filter(node, scope);
      case 'test': {
        const value = this.evaluate(node.target, scope);
        return this.#test(node.name, value, this.#arguments(node.args, scope)) !== node.negated;
      }
    }
  }

  /** Applies the filters of a block to its text. */
  filterBlock(node: FilterExpression, text: Value, scope: Scope): Value {
    const value = node.target?.type === 'filter' ? this.filterBlock(node.target, text, scope) : text;
    return this.applyFilter(node.name, value, this.#arguments(node.args, scope));
  }

  /** Calls a value. Errors: `TypeError` when it is none that can be called. */
  call(target: Value, args: Arguments): Value {
    if (target instanceof Callable) return target.call(args);
    if (target instanceof LoopState) return callLoop(target, args.positional);
    if (target instanceof Undefined) throw target.error();
    throw typeError(`'${typeName(target)}' object is not callable`);
  }

  applyFilter(name: string, value: Value, args: Arguments): Value {
    const filter = filters.get(name);
    if (!filter) throw new TemplateError('TemplateRuntimeError', `No filter named '${name}'.`);
    this.budget.spend(1);
    return filter(value, args, this);
  }

  applyTest(name: string, value: Value, args: Arguments): boolean {
    const test = tests.get(name);
    if (!test) throw new TemplateError('TemplateRuntimeError', `No test named '${name}'.`);
    this.budget.spend(1);
    return test(value, args, this);
  }

  #test(name: string, value: Value, args: Arguments): boolean {
    // Names that stand in the template are checked when it is parsed, except under a condition.
    if (!tests.has(name)) throw new TemplateError('TemplateRuntimeError', `No test named '${name}' found.`);
    return this.applyTest(name, value, args);
  }

  #filter(node: FilterExpression, scope: Scope): Value {
    if (!node.target) throw new TemplateError('TemplateSyntaxError', 'a filter has no value', node.line);
    if (!filters.has(node.name)) {
      throw new TemplateError('TemplateRuntimeError', `No filter named '${node.name}' found.`);
    }
    return this.applyFilter(node.name, this.evaluate(node.target, scope), this.#arguments(node.args, scope));
  }

  #item(targetNode: Expression, keyNode: Expression, scope: Scope): Value {
    const target = this.evaluate(targetNode, scope);
    if (keyNode.type !== 'slice') return getItem(target, this.evaluate(keyNode, scope), this.budget);
    const bound = (node: Expression | undefined) => (node ? this.evaluate(node, scope) : null);
    const bounds = { start: bound(keyNode.start), stop: bound(keyNode.stop), step: bound(keyNode.step) };
    return getSlice(target, bounds, this.budget);
  }

  #arguments(args: CallArguments, scope: Scope): Arguments {
    const positional = args.positional.map((node) => this.evaluate(node, scope));
    if (args.spread) {
      for (const value of iterate(this.evaluate(args.spread, scope), this.budget)) positional.push(value);
    }
    const keyword = new Map(args.keyword.map(([name, node]) => [name, this.evaluate(node, scope)]));
    if (args.keywordSpread) {
      const mapping = this.evaluate(args.keywordSpread, scope);
      if (!(mapping instanceof Dict))
        throw typeError(`argument after ** must be a mapping, not ${typeName(mapping)}`);
      for (const [key, value] of mapping.entries()) {
        const name = textOf(key);
        if (name === undefined) throw typeError('keywords must be strings');
        if (keyword.has(name)) throw typeError(`got multiple values for keyword argument '${name}'`);
        keyword.set(name, value);
      }
    }
    return { positional, keyword };
  }
}
