import { capitalize, center, replaceCount, splitLines, trimCharacters } from '../methods/string-methods.ts';
import { typeError } from '../template-error.ts';
import { characterCount, charactersOf, sliceCharacters } from '../text/characters.ts';
import { escapeHtml, stripTags } from '../text/html.ts';
import { formatPercent } from '../text/percent-format.ts';
import { prettyText } from '../text/pretty.ts';
import { wrapLine } from '../text/wrap.ts';
import { Bound } from '../values/bind.ts';
import { isTrue } from '../values/compare.ts';
import { iterate } from '../values/iterate.ts';
import { Dict, Markup, Tuple, textOf, Undefined, type Value } from '../values/model.ts';
import { toText } from '../values/text.ts';
import { argumentError, attributeGetter, type Filter, type FilterTable, like } from './filter.ts';

const capitalizeFilter: Filter = (value) => like(value, capitalize(toText(value)));

const title: Filter = (value, _args, { budget }) => {
  const text = toText(value);
  budget.spendText(text.length);
  const words = text.split(/([-\s({[<]+)/u).filter((part) => part !== '');
  return like(value, words.map(capitalize).join(''));
};

const join: Filter = (value, args, context) => {
  const bound = new Bound('join', ['d', 'attribute'], args);
  const separator = bound.value('d', '');
  const read = attributeGetter(bound.optional('attribute'), context);
  const items: Value[] = [];
  for (const item of iterate(value, context.budget)) items.push(read(item));
  const safe = context.autoescape && [separator, ...items].some((item) => item instanceof Markup);
  const show = (item: Value) => (safe && !(item instanceof Markup) ? escapeHtml(toText(item)) : toText(item));
  const texts = items.map(show);
  const glue = show(separator);
  context.budget.spendText(texts.reduce((sum, text) => sum + text.length + glue.length, 0));
  return safe ? new Markup(texts.join(glue)) : texts.join(glue);
};

const replace: Filter = (value, args, { budget }) => {
  const bound = new Bound('replace', ['old', 'new', 'count'], args);
  const count = bound.value('count', null) === null ? -1 : bound.integer('count');
  const options = { from: toText(bound.required('old')), to: toText(bound.required('new')), count, budget };
  return like(value, replaceCount(toText(value), options));
};

const truncate: Filter = (value, args, { budget }) => {
  const bound = new Bound('truncate', ['length', 'killwords', 'end', 'leeway'], args);
  const text = toText(value);
  const length = bound.integer('length', 255);
  const end = bound.text('end', '...');
  const leeway = bound.value('leeway', null) === null ? 5 : bound.integer('leeway');
  const endLength = characterCount(end);
  if (length < endLength) throw typeError(`expected length >= ${endLength}, got ${length}`);
  if (leeway < 0) throw typeError(`expected leeway >= 0, got ${leeway}`);
  budget.spendText(text.length);
  if (characterCount(text) <= length + leeway) return like(value, text);
  const cut = sliceCharacters(text, 0, length - endLength);
  if (isTrue(bound.value('killwords', false))) return like(value, cut + end);
  const space = cut.lastIndexOf(' ');
  return like(value, (space < 0 ? cut : cut.slice(0, space)) + end);
};

const indent: Filter = (value, args, { budget }) => {
  const bound = new Bound('indent', ['width', 'first', 'blank'], args);
  const width = bound.value('width', 4n);
  const blanks =
    textOf(width) ?? ' '.repeat(bounded(bound.integer('width', 4), (size) => budget.spendText(size)));
  const indentFirst = isTrue(bound.value('first', false));
  // The line end that is added keeps a last empty line, which splitting would drop.
  const lines = splitLines(`${toText(value)}\n`);
  budget.spendText(lines.length * blanks.length + toText(value).length);
  const all = isTrue(bound.value('blank', false));
  const indented = lines.map((line, index) => (index === 0 || (line === '' && !all) ? line : blanks + line));
  return like(value, (indentFirst ? blanks : '') + indented.join('\n'));
};

const wordWrap: Filter = (value, args, { budget }) => {
  const bound = new Bound('wordwrap', ['width', 'break_long_words', 'wrapstring', 'break_on_hyphens'], args);
  const width = bound.integer('width', 79);
  if (width <= 0) throw argumentError(`invalid width ${width} (must be > 0)`);
  const wrapString = bound.value('wrapstring', null) === null ? '\n' : bound.text('wrapstring');
  const options = {
    width,
    breakLongWords: isTrue(bound.value('break_long_words', true)),
    breakOnHyphens: isTrue(bound.value('break_on_hyphens', true)),
    budget,
  };
  const text = toText(value);
  budget.spend(text.length / 8);
  return like(
    value,
    splitLines(text)
      .map((line) => wrapLine(line, options).join(wrapString))
      .join(wrapString),
  );
};

const format: Filter = (value, args, { budget }) => {
  if (args.positional.length > 0 && args.keyword.size > 0) {
    throw argumentError("can't handle positional and keyword arguments at the same time");
  }
  let values: Value = new Tuple(args.positional);
  if (args.keyword.size > 0) {
    const named = new Dict();
    for (const [name, item] of args.keyword) named.set(name, item);
    values = named;
  }
  return like(value, formatPercent(toText(value), values, { budget, escape: value instanceof Markup }));
};

const urlEncode: Filter = (value, _args, { budget }) => {
  const text = textOf(value);
  if (text !== undefined) return quoteUrl(text, { budget, query: false });
  const pairs: string[] = [];
  const entries =
    value instanceof Dict ? Array.from(value.entries(), (entry) => new Tuple(entry)) : undefined;
  if (!entries && !isPairs(value)) return quoteUrl(toText(value), { budget, query: false });
  for (const pair of entries ?? iterate(value, budget)) {
    const [key = null, item = null] = [...iterate(pair, budget)];
    pairs.push(
      `${quoteUrl(toText(key), { budget, query: true })}=${quoteUrl(toText(item), { budget, query: true })}`,
    );
  }
  return pairs.join('&');
};

/** Filters that work on text. */
export const textFilters: FilterTable = [
  ['capitalize', capitalizeFilter],
  [
    'center',
    (value, args, { budget }) =>
      like(value, center(toText(value), new Bound('center', ['width'], args).integer('width', 80), budget)),
  ],
  ['format', format],
  ['indent', indent],
  ['join', join],
  ['lower', (value) => like(value, toText(value).toLowerCase())],
  [
    'pprint',
    (value, _args, { budget }) => {
      const text = prettyText(value);
      budget.spendText(text.length * 4);
      return text;
    },
  ],
  ['replace', replace],
  ['string', (value) => (value instanceof Markup ? value : toText(value))],
  [
    'striptags',
    (value, _args, { budget }) => {
      budget.spendText(toText(value).length);
      return stripTags(toText(value));
    },
  ],
  ['title', title],
  [
    'trim',
    (value, args) =>
      like(
        value,
        trimCharacters(toText(value), new Bound('trim', ['chars'], args).value('chars', null), 'both'),
      ),
  ],
  ['truncate', truncate],
  ['upper', (value) => like(value, toText(value).toUpperCase())],
  ['urlencode', urlEncode],
  [
    'wordcount',
    (value, _args, { budget }) => {
      budget.spendText(toText(value).length);
      return BigInt(toText(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0);
    },
  ],
  ['wordwrap', wordWrap],
];

function bounded(size: number, pay: (size: number) => void): number {
  pay(Math.max(0, size));
  return Math.max(0, size);
}

function isPairs(value: Value): boolean {
  return value !== null && typeof value === 'object' && !(value instanceof Undefined);
}

/** Percent-encodes UTF-8 text; a slash stays in paths, a blank becomes a plus in queries. */
function quoteUrl(
  text: string,
  options: { readonly budget: { spendText(length: number): void }; readonly query: boolean },
): string {
  options.budget.spendText(text.length * 3);
  const encoded = charactersOf(text).map((character) => {
    if (/^[A-Za-z0-9_.~-]$/.test(character) || (character === '/' && !options.query)) return character;
    if (character === ' ' && options.query) return '+';
    return Array.from(
      Buffer.from(character),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join('');
  });
  return encoded.join('');
}
