import { fill, makeDict } from '../methods/dict-methods.ts';
import { typeError, valueError } from '../template-error.ts';
import { Bound } from '../values/bind.ts';
import {
  type Arguments,
  Callable,
  Dict,
  Namespace,
  Range,
  textOf,
  typeName,
  Undefined,
  type Value,
} from '../values/model.ts';
import { toText } from '../values/text.ts';
import type { Budget } from './budget.ts';

const titles = new Map([
  ['range', "<class 'range'>"],
  ['dict', "<class 'dict'>"],
  ['namespace', "<class 'jinja2.utils.Namespace'>"],
  ['cycler', "<class 'jinja2.utils.Cycler'>"],
  ['joiner', "<class 'jinja2.utils.Joiner'>"],
]);

/** The names that every template can use without a variable of that name. */
export function createGlobals(budget: Budget): ReadonlyMap<string, Value> {
  const define = (name: string, call: (args: Arguments) => Value): [string, Value] => [
    name,
    new Callable({ title: titles.get(name) ?? `<function ${name}>`, call }),
  ];
  return new Map([
    define('range', range),
    define('dict', (args) => makeDict(args, budget)),
    define('namespace', (args) => namespace(args, budget)),
    define('cycler', cycler),
    define('joiner', joiner),
    define('lipsum', (args) => lipsum(args, budget)),
  ]);
}

function range({ positional }: Arguments): Value {
  const [first, second, third] = positional.map((value) => {
    if (value instanceof Undefined) throw value.error();
    if (typeof value === 'bigint') return value;
    if (typeof value === 'boolean') return BigInt(value);
    throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  });
  if (first === undefined) throw typeError('range expected at least 1 argument, got 0');
  if (positional.length > 3) throw typeError(`range expected at most 3 arguments, got ${positional.length}`);
  const step = third ?? 1n;
  if (step === 0n) throw valueError('range() arg 3 must not be zero');
  return second === undefined ? new Range(0n, first, step) : new Range(first, second, step);
}

function namespace(args: Arguments, budget: Budget): Value {
  const dict = new Dict();
  fill(dict, args, budget);
  const made = new Namespace();
  for (const [key, value] of dict.entries()) made.attributes.set(toText(key), value);
  return made;
}

function cycler({ positional }: Arguments): Value {
  if (positional.length === 0) throw typeError('at least one item has to be provided');
  let position = 0;
  const attributes = new Map<string, Value>();
  const show = () => attributes.set('current', positional[position] ?? null);
  const method = (title: string, act: () => Value) =>
    new Callable({ title: `<bound method Cycler.${title}>`, call: act });
  attributes.set(
    'next',
    method('next', () => {
      const value = positional[position] ?? null;
      position = (position + 1) % positional.length;
      show();
      return value;
    }),
  );
  attributes.set(
    'reset',
    method('reset', () => {
      position = 0;
      show();
      return null;
    }),
  );
  show();
  const notCallable = () => {
    throw typeError("'Cycler' object is not callable");
  };
  return new Callable({ title: '<jinja2.utils.Cycler object>', call: notCallable, attributes });
}

function joiner(args: Arguments): Value {
  const separator = new Bound('joiner', ['sep'], args).text('sep', ', ');
  let used = false;
  return new Callable({
    title: '<jinja2.utils.Joiner object>',
    call: () => {
      const shown = used ? separator : '';
      used = true;
      return shown;
    },
  });
}

const fillerWords =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore dolore magna aliqua'.split(
    ' ',
  );

/** Filler text; the words are drawn anew each time, as templates expect. */
function lipsum(args: Arguments, budget: Budget): Value {
  const bound = new Bound('lipsum', ['n', 'html', 'min', 'max'], args);
  const paragraphs = Math.max(0, bound.integer('n', 5));
  const most = Math.max(1, bound.integer('max', 100));
  const least = Math.min(most, Math.max(1, bound.integer('min', 20)));
  budget.spend(paragraphs * most);
  const made = Array.from({ length: paragraphs }, () => {
    const words = Array.from(
      { length: least + Math.floor(Math.random() * (most - least)) },
      () => fillerWords[Math.floor(Math.random() * fillerWords.length)] ?? '',
    ).join(' ');
    return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
  });
  const html = bound.value('html', true);
  const plain = html === false || textOf(html) === '';
  return plain ? made.join('\n\n') : made.map((text) => `<p>${text}</p>`).join('\n');
}
