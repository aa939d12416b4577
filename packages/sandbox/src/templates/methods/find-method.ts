import type { Budget } from '../run/budget.ts';
import { type Arguments, Callable, Dict, Markup, Tuple, typeName, type Value } from '../values/model.ts';
import { dictMethods } from './dict-methods.ts';
import { listMethods, tupleMethods } from './list-methods.ts';
import { numberAttribute } from './number-methods.ts';
import { stringMethods } from './string-methods.ts';

/** A method of one of Python's types. */
export type Method<Self> = (self: Self, args: Arguments, budget: Budget) => Value;

/** The method or attribute of a value by name; nothing but what these tables list can be found. */
export function findMethod(target: Value, name: string, budget: Budget): Value | undefined {
  if (typeof target === 'string') return bound(stringMethods.get(name), target, { name, budget, target });
  if (target instanceof Markup) {
    const method = stringMethods.get(name);
    return bound(method && markupMethod(method), target, { name, budget, target });
  }
  if (target instanceof Dict) return bound(dictMethods.get(name), target, { name, budget, target });
  if (Array.isArray(target)) return bound(listMethods.get(name), target, { name, budget, target });
  if (target instanceof Tuple) return bound(tupleMethods.get(name), target.items, { name, budget, target });
  return numberAttribute(target, name);
}

function bound<Self>(
  method: Method<Self> | undefined,
  self: Self,
  { name, budget, target }: { readonly name: string; readonly budget: Budget; readonly target: Value },
): Value | undefined {
  if (!method) return undefined;
  return new Callable({
    title: `<built-in method ${name} of ${typeName(target)} object>`,
    call: (args) => {
      budget.spend(1);
      return method(self, args, budget);
    },
  });
}

/** Methods of safe HTML give safe HTML again. */
function markupMethod(method: Method<string>): Method<Markup> {
  return (self, args, budget) => {
    const result = method(self.text, args, budget);
    if (typeof result === 'string') return new Markup(result);
    return Array.isArray(result)
      ? result.map((item) => (typeof item === 'string' ? new Markup(item) : item))
      : result;
  };
}
