import type { Budget } from '../run/budget.ts';
import { TemplateError, typeError, valueError } from '../template-error.ts';
import { formatBraces } from '../text/brace-format.ts';
import { characterCount, sliceCharacters, unitToCharacter } from '../text/characters.ts';
import { isSpace, lineEnd, spaceRun } from '../text/whitespace.ts';
import { Bound, strictText } from '../values/bind.ts';
import { isTrue } from '../values/compare.ts';
import { iterate } from '../values/iterate.ts';
import { type Arguments, Dict, Tuple, textOf, typeName, type Value } from '../values/model.ts';
import type { Method } from './find-method.ts';
import { stringPredicates } from './string-predicates.ts';

const simple: readonly (readonly [string, (text: string) => Value])[] = [
  ['upper', (text) => text.toUpperCase()],
  ['lower', (text) => text.toLowerCase()],
  ['casefold', (text) => text.toLowerCase().replaceAll('ß', 'ss')],
  ['capitalize', capitalize],
  ['title', titleCase],
  [
    'swapcase',
    (text) => Array.from(text, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  ],
  ...stringPredicates,
];

/** Python's methods of `str`. */
export const stringMethods: ReadonlyMap<string, Method<string>> = new Map<string, Method<string>>([
  ...simple.map(([name, apply]): [string, Method<string>] => [
    name,
    (self, args, budget) => {
      if (args.positional.length > 0)
        throw typeError(`str.${name}() takes no arguments (${args.positional.length} given)`);
      budget.spendText(self.length);
      return apply(self);
    },
  ]),
  [
    'strip',
    (self, args) => trimCharacters(self, new Bound('strip', ['chars'], args).value('chars', null), 'both'),
  ],
  [
    'lstrip',
    (self, args) => trimCharacters(self, new Bound('lstrip', ['chars'], args).value('chars', null), 'left'),
  ],
  [
    'rstrip',
    (self, args) => trimCharacters(self, new Bound('rstrip', ['chars'], args).value('chars', null), 'right'),
  ],
  ['split', (self, args, budget) => split(self, args, budget)],
  ['rsplit', (self, args, budget) => splitFromRight(self, args, budget)],
  [
    'splitlines',
    (self, args, budget) => {
      budget.spend(self.length / 16);
      return splitLines(self, isTrue(new Bound('splitlines', ['keepends'], args).value('keepends', false)));
    },
  ],
  [
    'join',
    (self, args, budget) =>
      joinTexts(self, new Bound('join', ['iterable'], args).required('iterable'), budget),
  ],
  ['replace', (self, args, budget) => replaceText(self, args, budget)],
  ['find', (self, args) => BigInt(search(self, args, 'find'))],
  ['rfind', (self, args) => BigInt(search(self, args, 'rfind'))],
  ['index', (self, args) => found(search(self, args, 'find'))],
  ['rindex', (self, args) => found(search(self, args, 'rfind'))],
  [
    'count',
    (self, args, budget) => {
      const bound = new Bound('count', ['sub', 'start', 'end'], args);
      const text = sliced(self, bound);
      budget.spendText(self.length);
      const part = bound.text('sub');
      return BigInt(part === '' ? characterCount(text) + 1 : text.split(part).length - 1);
    },
  ],
  ['startswith', (self, args) => affix(self, args, 'startswith', (text, part) => text.startsWith(part))],
  ['endswith', (self, args) => affix(self, args, 'endswith', (text, part) => text.endsWith(part))],
  [
    'removeprefix',
    (self, args) => {
      const prefix = new Bound('removeprefix', ['prefix'], args).text('prefix');
      return self.startsWith(prefix) ? self.slice(prefix.length) : self;
    },
  ],
  [
    'removesuffix',
    (self, args) => {
      const suffix = new Bound('removesuffix', ['suffix'], args).text('suffix');
      return suffix !== '' && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self;
    },
  ],
  ['partition', (self, args) => partition(self, args, 'partition', (text, part) => text.indexOf(part))],
  ['rpartition', (self, args) => partition(self, args, 'rpartition', (text, part) => text.lastIndexOf(part))],
  ['center', (self, args, budget) => padded(self, args, budget, 'center')],
  ['ljust', (self, args, budget) => padded(self, args, budget, 'ljust')],
  ['rjust', (self, args, budget) => padded(self, args, budget, 'rjust')],
  [
    'zfill',
    (self, args, budget) => {
      const width = new Bound('zfill', ['width'], args).integer('width');
      budget.spendText(Math.max(0, width));
      const [sign, digits] = /^[+-]/.test(self) ? [self.slice(0, 1), self.slice(1)] : ['', self];
      return sign + '0'.repeat(Math.max(0, width - characterCount(self))) + digits;
    },
  ],
  [
    'expandtabs',
    (self, args, budget) =>
      expandTabs(self, new Bound('expandtabs', ['tabsize'], args).integer('tabsize', 8), budget),
  ],
  ['format', (self, args, budget) => formatBraces(self, args, budget)],
  [
    'format_map',
    (self, args, budget) => {
      const mapping = new Bound('format_map', ['mapping'], args).required('mapping');
      if (!(mapping instanceof Dict)) throw typeError(`'${typeName(mapping)}' object is not a mapping`);
      const keyword = new Map([...mapping.entries()].map(([key, value]) => [textOf(key) ?? '', value]));
      return formatBraces(self, { positional: [], keyword }, budget);
    },
  ],
  [
    'translate',
    (self, args, budget) =>
      translate(self, new Bound('translate', ['table'], args).required('table'), budget),
  ],
]);

/** Python's `str.capitalize`. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

/** Python's `str.title`: a letter after anything that is no letter is large. */
function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, capitalize);
}

/** Python's `str.strip` and kin; `characters` is a set of characters, None means whitespace. */
export function trimCharacters(text: string, characters: Value, side: 'left' | 'right' | 'both'): string {
  const set = characters === null ? undefined : new Set(strictText(characters, 'strip'));
  const drop = (character: string) => (set ? set.has(character) : isSpace(character));
  const all = Array.from(text);
  let start = 0;
  let end = all.length;
  if (side !== 'right') while (start < end && drop(all[start] ?? '')) start += 1;
  if (side !== 'left') while (end > start && drop(all[end - 1] ?? '')) end -= 1;
  return all.slice(start, end).join('');
}

/** Python's `str.splitlines`. */
export function splitLines(text: string, keepEnds = false): string[] {
  const parts = text.split(lineEnd);
  const lines: string[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const line = parts[index] ?? '';
    const end = parts[index + 1];
    if (end === undefined && line === '') break;
    lines.push(keepEnds ? line + (end ?? '') : line);
  }
  return lines;
}

/** Python's `separator.join(values)`. Errors: `TypeError` for an element that is no text. */
function joinTexts(separator: string, values: Value, budget: Budget): string {
  const texts: string[] = [];
  for (const value of iterate(values, budget)) {
    const text = textOf(value);
    if (text === undefined) {
      throw typeError(`sequence item ${texts.length}: expected str instance, ${typeName(value)} found`);
    }
    budget.spendText(text.length + separator.length);
    texts.push(text);
  }
  return texts.join(separator);
}

function split(self: string, args: Arguments, budget: Budget): Value[] {
  const bound = new Bound('split', ['sep', 'maxsplit'], args);
  const most = bound.integer('maxsplit', -1);
  budget.spend(self.length / 16);
  if (bound.value('sep', null) !== null) {
    return splitBy(self, separatorOf(bound), most);
  }
  const words: string[] = [];
  let rest = trimCharacters(self, null, 'left');
  while (rest !== '' && (most < 0 || words.length < most)) {
    const gap = spaceRun.exec(rest);
    if (!gap) break;
    words.push(rest.slice(0, gap.index));
    rest = rest.slice(gap.index + gap[0].length);
  }
  if (rest !== '') words.push(rest);
  return words;
}

function splitFromRight(self: string, args: Arguments, budget: Budget): Value[] {
  const bound = new Bound('rsplit', ['sep', 'maxsplit'], args);
  const most = bound.integer('maxsplit', -1);
  budget.spend(self.length / 16);
  const hasSeparator = bound.value('sep', null) !== null;
  const all = hasSeparator
    ? splitBy(self, separatorOf(bound), -1)
    : trimCharacters(self, null, 'both')
        .split(spaceRun)
        .filter((word) => word !== '');
  if (most < 0 || all.length <= most + 1) return all;
  const kept = most === 0 ? [] : all.slice(-most);
  if (hasSeparator) return [all.slice(0, all.length - most).join(separatorOf(bound)), ...kept];
  let rest = trimCharacters(self, null, 'right');
  for (const word of [...kept].reverse())
    rest = trimCharacters(rest.slice(0, rest.length - word.length), null, 'right');
  return [rest, ...kept];
}

function separatorOf(bound: Bound): string {
  const separator = bound.text('sep');
  if (separator === '') throw valueError('empty separator');
  return separator;
}

function splitBy(text: string, separator: string, most: number): string[] {
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

function replaceText(self: string, args: Arguments, budget: Budget): string {
  const bound = new Bound('replace', ['old', 'new', 'count'], args);
  return replaceCount(self, {
    from: bound.text('old'),
    to: bound.text('new'),
    count: bound.integer('count', -1),
    budget,
  });
}

/** Python's `str.replace`; a negative count means all. */
export function replaceCount(
  text: string,
  options: { readonly from: string; readonly to: string; readonly count: number; readonly budget: Budget },
): string {
  const { from, to, count, budget } = options;
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from);
  const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  budget.spendText(text.length + times * to.length);
  return (
    parts.slice(0, times + 1).join(to) +
    parts
      .slice(times + 1)
      .map((part) => from + part)
      .join('')
  );
}

function bounds(self: string, bound: Bound): { readonly start: number; readonly end: number } {
  const length = characterCount(self);
  const position = (name: string, otherwise: number) => {
    const value = bound.value(name, null) === null ? otherwise : bound.integer(name);
    return Math.max(0, Math.min(length, value < 0 ? value + length : value));
  };
  return { start: position('start', 0), end: position('end', length) };
}

function sliced(self: string, bound: Bound): string {
  const { start, end } = bounds(self, bound);
  return sliceCharacters(self, start, end);
}

function search(self: string, args: Arguments, direction: 'find' | 'rfind'): number {
  const bound = new Bound(direction, ['sub', 'start', 'end'], args);
  const { start, end } = bounds(self, bound);
  if (start > end) return -1;
  const text = sliceCharacters(self, start, end);
  const part = bound.text('sub');
  const unit = direction === 'find' ? text.indexOf(part) : text.lastIndexOf(part);
  return unit < 0 ? -1 : start + unitToCharacter(text, unit);
}

function found(position: number): bigint {
  if (position < 0) throw valueError('substring not found');
  return BigInt(position);
}

function affix(
  self: string,
  args: Arguments,
  title: string,
  test: (text: string, part: string) => boolean,
): boolean {
  const bound = new Bound(title, ['affix', 'start', 'end'], args);
  const wanted = bound.required('affix');
  const text = sliced(self, bound);
  const parts = wanted instanceof Tuple ? wanted.items : [wanted];
  return parts.some((part) => {
    if (textOf(part) === undefined) {
      throw typeError(`${title} first arg must be str or a tuple of str, not ${typeName(part)}`);
    }
    return test(text, strictText(part, title));
  });
}

function partition(
  self: string,
  args: Arguments,
  title: 'partition' | 'rpartition',
  locate: (text: string, part: string) => number,
): Tuple {
  const separator = separatorOf(new Bound(title, ['sep'], args));
  const at = locate(self, separator);
  if (at < 0) return new Tuple(title === 'partition' ? [self, '', ''] : ['', '', self]);
  return new Tuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
}

function padded(self: string, args: Arguments, budget: Budget, kind: 'center' | 'ljust' | 'rjust'): string {
  const bound = new Bound(kind, ['width', 'fillchar'], args);
  const fill = bound.text('fillchar', ' ');
  if (characterCount(fill) !== 1) throw typeError('The fill character must be exactly one character long');
  const missing = bound.integer('width') - characterCount(self);
  if (missing <= 0) return self;
  budget.spendText(missing);
  if (kind === 'center') return centered(self, missing, { fill, width: bound.integer('width') });
  return kind === 'ljust' ? self + fill.repeat(missing) : fill.repeat(missing) + self;
}

/** Python puts the odd blank of a centred text left when the width is odd. */
function centered(
  text: string,
  missing: number,
  { fill, width }: { readonly fill: string; readonly width: number },
): string {
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** Python's `str.center` with blanks. */
export function center(text: string, width: number, budget: Budget): string {
  const missing = width - characterCount(text);
  if (missing <= 0) return text;
  budget.spendText(missing);
  return centered(text, missing, { fill: ' ', width });
}

function expandTabs(text: string, size: number, budget: Budget): string {
  let column = 0;
  let result = '';
  for (const character of text) {
    if (character === '\t') {
      const blanks = size > 0 ? size - (column % size) : 0;
      budget.spendText(blanks);
      result += ' '.repeat(blanks);
      column += blanks;
    } else {
      result += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return result;
}

function translate(text: string, table: Value, budget: Budget): string {
  if (!(table instanceof Dict)) throw typeError(`'${typeName(table)}' object is not subscriptable`);
  budget.spendText(text.length);
  return Array.from(text, (character) => {
    const replacement = table.get(BigInt(character.codePointAt(0) ?? 0));
    if (replacement === undefined) return character;
    if (replacement === null) return '';
    if (typeof replacement === 'bigint') return String.fromCodePoint(Number(replacement));
    const replaced = textOf(replacement);
    if (replaced === undefined)
      throw new TemplateError('TypeError', 'character mapping must return integer, None or str');
    budget.spendText(replaced.length);
    return replaced;
  }).join('');
}
