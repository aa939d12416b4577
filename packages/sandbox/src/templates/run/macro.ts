import type { Signature, Statement } from '../parse/ast.ts';
import { typeError } from '../template-error.ts';
import { type Arguments, Callable, Dict, Tuple, Undefined, type Value, valueOr } from '../values/model.ts';
import { Scope } from './scope.ts';

/** What a macro is made of. */
export interface MacroOptions {
  readonly name: string;
  readonly signature: Signature;
  readonly body: readonly Statement[];
  /** Where it was defined: names in its body are looked up there. */
  readonly scope: Scope;
  readonly evaluateDefault: (index: number, scope: Scope) => Value;
  readonly render: (scope: Scope) => Value;
}

/** Makes a macro callable, with Jinja's rules for its arguments. */
export function createMacro(options: MacroOptions): Callable {
  const { name, signature } = options;
  const names = signature.names;
  const used = specialNames(options.body);
  const takes = (special: string) => used.has(special) && !names.includes(special);
  return new Callable({
    title: `<Macro ${name === '' ? 'anonymous' : `'${name}'`}>`,
    attributes: new Map<string, Value>([
      ['name', name],
      ['arguments', new Tuple(names)],
      ['catch_kwargs', takes('kwargs')],
      ['catch_varargs', takes('varargs')],
      ['caller', takes('caller')],
    ]),
    call: (args) => {
      const scope = new Scope(options.scope);
      bindParameters(options, args, scope);
      if (takes('varargs')) scope.set('varargs', new Tuple(args.positional.slice(names.length)));
      else if (args.positional.length > names.length) {
        throw typeError(`macro '${name}' takes not more than ${names.length} argument(s)`);
      }
      const extra = new Map([...args.keyword].filter(([key]) => !names.includes(key)));
      if (takes('caller')) {
        scope.set(
          'caller',
          valueOr(extra.get('caller'), () => new Undefined('No caller defined')),
        );
        extra.delete('caller');
      }
      if (takes('kwargs')) scope.set('kwargs', dictOf(extra));
      const [unknown] = extra.keys();
      if (unknown !== undefined && !takes('kwargs')) {
        throw typeError(`macro '${name}' takes no keyword argument '${unknown}'`);
      }
      return options.render(scope);
    },
  });
}

function bindParameters(options: MacroOptions, args: Arguments, scope: Scope): void {
  const { names, defaults } = options.signature;
  const firstDefault = names.length - defaults.length;
  names.forEach((name, index) => {
    const given = args.positional[index];
    const named = args.keyword.get(name);
    if (given !== undefined && named !== undefined) {
      throw typeError(`macro '${options.name}' got multiple values for argument '${name}'`);
    }
    const value = given === undefined ? named : given;
    if (value !== undefined) scope.set(name, value);
    else if (index >= firstDefault) scope.set(name, options.evaluateDefault(index - firstDefault, scope));
    else scope.set(name, new Undefined(`parameter '${name}' was not provided`));
  });
}

function dictOf(values: ReadonlyMap<string, Value>): Dict {
  const dict = new Dict();
  for (const [key, value] of values) dict.set(key, value);
  return dict;
}

/** Which of the names that a macro gets beyond its parameters occur in its body. */
function specialNames(body: readonly Statement[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if ('type' in node && node.type === 'name' && 'name' in node && typeof node.name === 'string')
      found.add(node.name);
    // Constants hold values of the template, not syntax.
    if ('type' in node && node.type === 'constant') return;
    for (const item of Object.values(node)) visit(item);
  };
  visit(body);
  return new Set(['varargs', 'kwargs', 'caller'].filter((name) => found.has(name)));
}
