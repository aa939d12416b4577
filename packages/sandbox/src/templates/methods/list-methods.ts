import { TemplateError, valueError } from '../template-error.ts';
import { Bound } from '../values/bind.ts';
import { equals, isTrue } from '../values/compare.ts';
import { listOf } from '../values/iterate.ts';
import type { Value } from '../values/model.ts';
import { sortValues } from '../values/sort.ts';
import { toRepr } from '../values/text.ts';
import type { Method } from './find-method.ts';

const index: Method<readonly Value[]> = (self, args, budget) => {
  const bound = new Bound('index', ['value', 'start', 'stop'], args);
  const wanted = bound.required('value');
  const fromEnd = (position: number) => (position < 0 ? Math.max(0, position + self.length) : position);
  const start = fromEnd(bound.integer('start', 0));
  const stop = Math.min(fromEnd(bound.integer('stop', self.length)), self.length);
  for (let position = start; position < stop; position += 1) {
    budget.spend(1);
    if (equals(self[position] ?? null, wanted)) return BigInt(position);
  }
  throw valueError(`${toRepr(wanted)} is not in list`);
};

const count: Method<readonly Value[]> = (self, args, budget) => {
  const wanted = new Bound('count', ['value'], args).required('value');
  budget.spend(self.length);
  return BigInt(self.filter((item) => equals(item, wanted)).length);
};

/** Python's methods of `tuple`. */
export const tupleMethods: ReadonlyMap<string, Method<readonly Value[]>> = new Map([
  ['index', index],
  ['count', count],
]);

/** Python's methods of `list`; they change the template's own copy of the variables only. */
export const listMethods: ReadonlyMap<string, Method<Value[]>> = new Map<string, Method<Value[]>>([
  ['index', index],
  ['count', count],
  [
    'append',
    (self, args, budget) => {
      budget.spend(8);
      self.push(new Bound('append', ['object'], args).required('object'));
      return null;
    },
  ],
  [
    'extend',
    (self, args, budget) => {
      for (const item of listOf(new Bound('extend', ['iterable'], args).required('iterable'), budget))
        self.push(item);
      return null;
    },
  ],
  [
    'insert',
    (self, args, budget) => {
      const bound = new Bound('insert', ['index', 'object'], args);
      budget.spend(self.length / 16);
      self.splice(bound.integer('index'), 0, bound.required('object'));
      return null;
    },
  ],
  [
    'pop',
    (self, args, budget) => {
      const at = new Bound('pop', ['index'], args).integer('index', -1);
      if (self.length === 0) throw new TemplateError('IndexError', 'pop from empty list');
      const position = at < 0 ? at + self.length : at;
      if (position < 0 || position >= self.length)
        throw new TemplateError('IndexError', 'pop index out of range');
      budget.spend((self.length - position) / 16);
      return self.splice(position, 1)[0] ?? null;
    },
  ],
  [
    'remove',
    (self, args, budget) => {
      const wanted = new Bound('remove', ['value'], args).required('value');
      budget.spend(self.length);
      const position = self.findIndex((item) => equals(item, wanted));
      if (position < 0) throw valueError('list.remove(x): x not in list');
      self.splice(position, 1);
      return null;
    },
  ],
  [
    'reverse',
    (self, _args, budget) => {
      budget.spend(self.length);
      self.reverse();
      return null;
    },
  ],
  [
    'sort',
    (self, args, budget) => {
      const bound = new Bound('sort', ['key', 'reverse'], args);
      const sorted = sortValues(self, {
        key: (item) => item,
        reverse: isTrue(bound.value('reverse', false)),
        budget,
      });
      self.splice(0, self.length, ...sorted);
      return null;
    },
  ],
  [
    'copy',
    (self, _args, budget) => {
      budget.spend(self.length);
      return [...self];
    },
  ],
  [
    'clear',
    (self) => {
      self.length = 0;
      return null;
    },
  ],
]);
