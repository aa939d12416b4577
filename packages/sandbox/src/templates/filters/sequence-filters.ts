import { typeError } from '../template-error.ts';
import { characterCount, charactersOf } from '../text/characters.ts';
import { missing, ownAttribute } from '../values/access.ts';
import { arithmetic } from '../values/arithmetic.ts';
import { Bound, toInteger } from '../values/bind.ts';
import { compare, equals, isTrue } from '../values/compare.ts';
import { isIterable, iterate, listOf } from '../values/iterate.ts';
import {
  type Arguments,
  Dict,
  DictView,
  Markup,
  PyGenerator,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
  valueOr,
} from '../values/model.ts';
import { sortValues } from '../values/sort.ts';
import {
  argumentError,
  attributeGetter,
  type Filter,
  type FilterContext,
  type FilterTable,
  ignoreCase,
} from './filter.ts';

const length: Filter = (value) => {
  const text = textOf(value);
  if (text !== undefined) return BigInt(characterCount(text));
  if (Array.isArray(value)) return BigInt(value.length);
  if (value instanceof Tuple) return BigInt(value.items.length);
  if (value instanceof Dict) return BigInt(value.size);
  if (value instanceof DictView) return BigInt(value.dict.size);
  if (value instanceof Range) return BigInt(value.length);
  if (value instanceof Undefined) return 0n;
  throw typeError(`object of type '${typeName(value)}' has no len()`);
};

const first: Filter = (value, _args, { budget }) => {
  for (const item of iterate(value, budget)) return item;
  return new Undefined('No first item, sequence was empty.');
};

const last: Filter = (value, args, context) => {
  const item = [...iterate(reversed(value, args, context), context.budget)][0];
  return valueOr(item, () => new Undefined('No last item, sequence was empty.'));
};

const reversed: Filter = (value, _args, { budget }) => {
  const text = textOf(value);
  if (text !== undefined) {
    const characters = charactersOf(text).reverse().join('');
    return value instanceof Markup ? new Markup(characters) : characters;
  }
  if (!isIterable(value)) throw argumentError('argument must be iterable');
  const items = listOf(value, budget).reverse();
  return new PyGenerator(items.values(), '<list_reverseiterator object>');
};

const sort: Filter = (value, args, context) => {
  const bound = new Bound('sort', ['reverse', 'case_sensitive', 'attribute'], args);
  const caseless = !isTrue(bound.value('case_sensitive', false));
  const attribute = bound.optional('attribute');
  const text = attribute === undefined ? undefined : textOf(attribute);
  const getters = (text?.split(',') ?? [attribute]).map((part) =>
    attributeGetter(part, context, { ignoreCase: caseless }),
  );
  return sortValues(listOf(value, context.budget), {
    key: (item) => [...getters.map((getter) => getter(item))],
    reverse: isTrue(bound.value('reverse', false)),
    budget: context.budget,
  });
};

const dictSort: Filter = (value, args, { budget }) => {
  const bound = new Bound('dictsort', ['case_sensitive', 'by', 'reverse'], args);
  const by = bound.value('by', 'key');
  if (by !== 'key' && by !== 'value') throw argumentError('You can only sort by either "key" or "value"');
  if (!(value instanceof Dict)) throw typeError(`'${typeName(value)}' object has no attribute 'items'`);
  const caseless = !isTrue(bound.value('case_sensitive', false));
  const items = Array.from(value.entries(), (entry) => new Tuple(entry));
  const key = (item: Value) => {
    const part = (item instanceof Tuple ? item.items[by === 'key' ? 0 : 1] : null) ?? null;
    return caseless ? ignoreCase(part) : part;
  };
  return sortValues(items, { key, reverse: isTrue(bound.value('reverse', false)), budget });
};

const unique: Filter = (value, args, context) => {
  const bound = new Bound('unique', ['case_sensitive', 'attribute'], args);
  const caseless = !isTrue(bound.value('case_sensitive', false));
  const read = attributeGetter(bound.optional('attribute'), context, { ignoreCase: caseless });
  return generator('unique', function* () {
    const seen = new Dict();
    for (const item of iterate(value, context.budget)) {
      const key = read(item);
      if (seen.has(key)) continue;
      seen.set(key, true);
      yield item;
    }
  });
};

function extreme(sign: 1 | -1): Filter {
  return (value, args, context) => {
    const bound = new Bound(sign > 0 ? 'max' : 'min', ['case_sensitive', 'attribute'], args);
    const caseless = !isTrue(bound.value('case_sensitive', false));
    const read = attributeGetter(bound.optional('attribute'), context, { ignoreCase: caseless });
    let best: Value | undefined;
    for (const item of iterate(value, context.budget)) {
      if (best === undefined || sign * compare(read(item), read(best), sign > 0 ? '>' : '<') > 0) best = item;
    }
    return valueOr(best, () => new Undefined('No aggregated item, sequence was empty.'));
  };
}

const sum: Filter = (value, args, context) => {
  const bound = new Bound('sum', ['attribute', 'start'], args);
  const read = attributeGetter(bound.value('attribute', null), context);
  let total = bound.value('start', 0n);
  if (textOf(total) !== undefined) throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
  for (const item of iterate(value, context.budget))
    total = arithmetic('+', total, read(item), context.budget);
  return total;
};

const batch: Filter = (value, args, { budget }) => {
  const bound = new Bound('batch', ['linecount', 'fill_with'], args);
  const size = toInteger(bound.required('linecount'));
  const fill = bound.value('fill_with', null);
  return generator('do_batch', function* () {
    let row: Value[] = [];
    for (const item of iterate(value, budget)) {
      if (row.length === size) {
        yield row;
        row = [];
      }
      row.push(item);
    }
    if (row.length === 0) return;
    if (fill !== null && row.length < size) {
      budget.spend(size);
      while (row.length < size) row.push(fill);
    }
    yield row;
  });
};

const slice: Filter = (value, args, { budget }) => {
  const bound = new Bound('slice', ['slices', 'fill_with'], args);
  const slices = toInteger(bound.required('slices'));
  const fill = bound.value('fill_with', null);
  return generator('do_slice', function* () {
    const items = listOf(value, budget);
    if (slices === 0) throw typeError('integer division or modulo by zero');
    const perSlice = Math.floor(items.length / slices);
    const withExtra = items.length % slices;
    let offset = 0;
    for (let number = 0; number < slices; number += 1) {
      budget.spend(1);
      const size = perSlice + (number < withExtra ? 1 : 0);
      const part = items.slice(offset, offset + size);
      offset += size;
      if (fill !== null && number >= withExtra) part.push(fill);
      yield part;
    }
  });
};

const groupBy: Filter = (value, args, context) => {
  const bound = new Bound('groupby', ['attribute', 'default', 'case_sensitive'], args);
  const caseless = !isTrue(bound.value('case_sensitive', false));
  const attribute = bound.required('attribute');
  const fallback = bound.optional('default');
  const options = fallback === undefined || fallback === null ? {} : { missing: fallback };
  const exact = attributeGetter(attribute, context, options);
  const key = attributeGetter(attribute, context, { ...options, ignoreCase: caseless });
  const sorted = sortValues(listOf(value, context.budget), { key, reverse: false, budget: context.budget });
  const groups: { key: Value; grouper: Value; items: Value[] }[] = [];
  for (const item of sorted) {
    const itemKey = key(item);
    const current = groups.at(-1);
    if (current && equals(current.key, itemKey)) current.items.push(item);
    else groups.push({ key: itemKey, grouper: exact(item), items: [item] });
  }
  return groups.map(({ grouper, items }) => new Tuple([grouper, items], ['grouper', 'list']));
};

const map: Filter = (value, args, context) => {
  const apply = mapper(args, context);
  return generator('sync_do_map', function* () {
    if (!isTrue(value) && !(value instanceof PyGenerator)) return;
    for (const item of iterate(value, context.budget)) yield apply(item);
  });
};

function mapper(args: Arguments, context: FilterContext): (item: Value) => Value {
  if (args.positional.length === 0 && args.keyword.has('attribute')) {
    const bound = new Bound('map', ['attribute', 'default'], args);
    const fallback = bound.optional('default');
    return attributeGetter(
      bound.required('attribute'),
      context,
      fallback === undefined ? {} : { missing: fallback },
    );
  }
  const [name, ...rest] = args.positional;
  const filter = name === undefined ? undefined : textOf(name);
  if (filter === undefined) throw argumentError('map requires a filter argument');
  return (item) => context.applyFilter(filter, item, { positional: rest, keyword: args.keyword });
}

function selecting(options: { readonly keep: boolean; readonly byAttribute: boolean }): Filter {
  return (value, args, context) => {
    const attribute = options.byAttribute ? args.positional[0] : undefined;
    const others = options.byAttribute ? args.positional.slice(1) : args.positional;
    if (options.byAttribute && attribute === undefined)
      throw argumentError('Missing parameter for attribute name');
    const read = attributeGetter(attribute, context);
    const [name, ...rest] = others;
    const test = name === undefined ? undefined : textOf(name);
    if (name !== undefined && test === undefined) throw argumentError('the name of a test must be a string');
    return generator('select_or_reject', function* () {
      if (!isTrue(value) && !(value instanceof PyGenerator)) return;
      for (const item of iterate(value, context.budget)) {
        const subject = read(item);
        const holds =
          test === undefined
            ? isTrue(subject)
            : context.applyTest(test, subject, { positional: rest, keyword: args.keyword });
        if (holds === options.keep) yield item;
      }
    });
  };
}

const items: Filter = (value) => {
  if (value instanceof Undefined) return generator('do_items', function* () {});
  if (!(value instanceof Dict)) throw typeError('Can only get item pairs from a mapping.');
  return generator('do_items', function* () {
    for (const entry of value.entries()) yield new Tuple(entry);
  });
};

const defaultFilter: Filter = (value, args) => {
  const bound = new Bound('default', ['default_value', 'boolean'], args);
  const replace = value instanceof Undefined || (isTrue(bound.value('boolean', false)) && !isTrue(value));
  return replace ? bound.value('default_value', '') : value;
};

const attr: Filter = (value, args, { budget }) => {
  const name = new Bound('attr', ['name'], args).text('name');
  return valueOr(ownAttribute(value, name, budget), () => missing(value, name));
};

const random: Filter = (value, _args, { budget }) => {
  const candidates = listOf(value, budget);
  const drawn = candidates[Math.floor(Math.random() * candidates.length)];
  return valueOr(drawn, () => new Undefined('No random item, sequence was empty.'));
};

/** Filters that work on sequences and mappings. */
export const sequenceFilters: FilterTable = [
  ['attr', attr],
  ['batch', batch],
  ['count', length],
  ['d', defaultFilter],
  ['default', defaultFilter],
  ['dictsort', dictSort],
  ['first', first],
  ['groupby', groupBy],
  ['items', items],
  ['last', last],
  ['length', length],
  ['list', (value, _args, { budget }) => listOf(value, budget)],
  ['map', map],
  ['max', extreme(1)],
  ['min', extreme(-1)],
  ['random', random],
  ['reject', selecting({ keep: false, byAttribute: false })],
  ['rejectattr', selecting({ keep: false, byAttribute: true })],
  ['reverse', reversed],
  ['select', selecting({ keep: true, byAttribute: false })],
  ['selectattr', selecting({ keep: true, byAttribute: true })],
  ['slice', slice],
  ['sort', sort],
  ['sum', sum],
  ['unique', unique],
];

function generator(title: string, run: () => Generator<Value>): PyGenerator {
  return new PyGenerator(run(), `<generator object ${title}>`);
}
