import { typeError, valueError } from '../template-error.ts';
import { escapeHtml } from '../text/html.ts';
import { toJsonText } from '../text/json.ts';
import { Bound } from '../values/bind.ts';
import { isTrue } from '../values/compare.ts';
import { Dict, isNumeric, Markup, textOf, typeName, Undefined } from '../values/model.ts';
import { toText } from '../values/text.ts';
import { type Filter, type FilterTable, like } from './filter.ts';

const escapeFilter: Filter = (value, _args, { budget }) => {
  if (value instanceof Markup) return value;
  const text = toText(value);
  budget.spendText(text.length);
  return new Markup(escapeHtml(text));
};

const toJson: Filter = (value, args, { budget }) => {
  const indent = new Bound('tojson', ['indent'], args).value('indent', null);
  const blanks =
    indent === null
      ? undefined
      : (textOf(indent) ?? (isNumeric(indent) ? ' '.repeat(Math.min(64, Math.max(0, Number(indent)))) : ''));
  if (value instanceof Undefined) throw typeError('Object of type Undefined is not JSON serializable');
  const text = toJsonText(value, blanks);
  budget.spendText(text.length * 2);
  const safe = text.replace(
    /[<>&']/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return new Markup(safe);
};

const xmlAttributes: Filter = (value, args, { autoescape }) => {
  if (!(value instanceof Dict)) throw typeError(`'${typeName(value)}' object has no attribute 'items'`);
  const parts: string[] = [];
  for (const [key, item] of value.entries()) {
    if (item === null || item instanceof Undefined) continue;
    const name = toText(key);
    if (/[\s/>=]/.test(name)) throw valueError(`Invalid character in attribute name: '${name}'`);
    parts.push(`${escapeHtml(name)}="${item instanceof Markup ? item.text : escapeHtml(toText(item))}"`);
  }
  const spaced =
    isTrue(new Bound('xmlattr', ['autospace'], args).value('autospace', true)) && parts.length > 0;
  const text = (spaced ? ' ' : '') + parts.join(' ');
  return autoescape ? new Markup(text) : text;
};

const urlize: Filter = (value, args, { autoescape, budget }) => {
  const bound = new Bound('urlize', ['trim_url_limit', 'nofollow', 'target', 'rel', 'extra_schemes'], args);
  const limit = bound.value('trim_url_limit', null) === null ? undefined : bound.integer('trim_url_limit');
  const rel = new Set(toText(bound.value('rel', '')).split(/\s+/).filter(Boolean));
  if (isTrue(bound.value('nofollow', false))) rel.add('nofollow');
  rel.add('noopener');
  const target = bound.value('target', null);
  const attributes =
    ` rel="${escapeHtml([...rel].sort().join(' '))}"` +
    (target === null ? '' : ` target="${escapeHtml(toText(target))}"`);
  const shorten = (text: string) =>
    limit !== undefined && text.length > limit ? `${text.slice(0, limit)}...` : text;
  const text = escapeHtml(toText(value));
  budget.spend(text.length / 4);
  const linked = text
    .split(/(\s+)/)
    .map((word) => linkWord(word, { attributes, shorten }))
    .join('');
  return autoescape ? new Markup(linked) : like(value, linked);
};

/** Filters about HTML and JSON. */
export const markupFilters: FilterTable = [
  ['e', escapeFilter],
  ['escape', escapeFilter],
  ['forceescape', (value) => new Markup(escapeHtml(toText(value)))],
  ['safe', (value) => (value instanceof Markup ? value : new Markup(toText(value)))],
  ['tojson', toJson],
  ['urlize', urlize],
  ['xmlattr', xmlAttributes],
];

interface LinkStyle {
  readonly attributes: string;
  readonly shorten: (text: string) => string;
}

function linkWord(word: string, { attributes, shorten }: LinkStyle): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  const rest = word.slice(head.length);
  const tail = /(?:[)>.,\n]|&gt;)+$/.exec(rest)?.[0] ?? '';
  const middle = tail === '' ? rest : rest.slice(0, -tail.length);
  const address = linkAddress(middle);
  return address === undefined
    ? word
    : `${head}<a href="${address}"${address.startsWith('mailto:') ? '' : attributes}>${shorten(middle)}</a>${tail}`;
}

function linkAddress(text: string): string | undefined {
  if (/^https?:\/\/[\w-]+(?:[.:/?#@%][^\s]*)?$/i.test(text)) return text;
  if (
    /^www\.[\w-]+\.[^\s]+$/i.test(text) ||
    /^[\w-]+(?:\.[\w-]+)*\.(?:com|net|int|edu|gov|org|info|mil)$/i.test(text)
  ) {
    return `https://${text}`;
  }
  return /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(text) ? `mailto:${text}` : undefined;
}
