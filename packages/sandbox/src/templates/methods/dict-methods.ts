import type { Budget } from '../run/budget.ts';
import { TemplateError, typeError } from '../template-error.ts';
import { Bound } from '../values/bind.ts';
import { iterate, listOf } from '../values/iterate.ts';
import { type Arguments, Dict, DictView, Tuple, type Value, valueOr } from '../values/model.ts';
import { toRepr } from '../values/text.ts';
import type { Method } from './find-method.ts';

/** Python's methods of `dict`. */
export const dictMethods: ReadonlyMap<string, Method<Dict>> = new Map<string, Method<Dict>>([
  ['keys', (self) => new DictView(self, 'keys')],
  ['values', (self) => new DictView(self, 'values')],
  ['items', (self) => new DictView(self, 'items')],
  [
    'get',
    (self, args) => {
      const bound = new Bound('get', ['key', 'default'], args);
      return valueOr(self.get(bound.required('key')), () => bound.value('default', null));
    },
  ],
  [
    'pop',
    (self, args) => {
      const bound = new Bound('pop', ['key', 'default'], args);
      const key = bound.required('key');
      const value = self.has(key) ? self.get(key) : bound.optional('default');
      if (value === undefined) throw new TemplateError('KeyError', toRepr(key));
      self.delete(key);
      return value;
    },
  ],
  [
    'popitem',
    (self) => {
      const last = [...self.entries()].at(-1);
      if (!last) throw new TemplateError('KeyError', "'popitem(): dictionary is empty'");
      self.delete(last[0]);
      return new Tuple(last);
    },
  ],
  [
    'setdefault',
    (self, args) => {
      const bound = new Bound('setdefault', ['key', 'default'], args);
      const key = bound.required('key');
      if (!self.has(key)) self.set(key, bound.value('default', null));
      return self.get(key) ?? null;
    },
  ],
  [
    'update',
    (self, args, budget) => {
      fill(self, args, budget);
      return null;
    },
  ],
  [
    'copy',
    (self, _args, budget) => {
      const copy = new Dict();
      for (const [key, value] of self.entries()) {
        budget.spend(1);
        copy.set(key, value);
      }
      return copy;
    },
  ],
  [
    'clear',
    (self) => {
      self.clear();
      return null;
    },
  ],
]);

/** Writes what `dict(...)` or `update(...)` was called with into a dict. Errors: `TypeError`, `ValueError`. */
export function fill(dict: Dict, args: Arguments, budget: Budget): void {
  const [source] = args.positional;
  if (args.positional.length > 1)
    throw typeError(`dict expected at most 1 argument, got ${args.positional.length}`);
  if (source instanceof Dict) {
    for (const [key, value] of source.entries()) {
      budget.spend(1);
      dict.set(key, value);
    }
  } else if (source !== undefined) {
    for (const pair of iterate(source, budget)) {
      const [key, value, ...more] = listOf(pair, budget);
      if (key === undefined || value === undefined || more.length > 0) {
        throw new TemplateError(
          'ValueError',
          'dictionary update sequence element has wrong length; 2 is required',
        );
      }
      dict.set(key, value);
    }
  }
  for (const [name, value] of args.keyword) dict.set(name, value);
}

/** `dict(...)` */
export function makeDict(args: Arguments, budget: Budget): Value {
  const dict = new Dict();
  fill(dict, args, budget);
  return dict;
}
