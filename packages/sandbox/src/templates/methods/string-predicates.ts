import { isSpace } from '../text/whitespace.ts';

/** Python's questions about a string, such as `isdigit`. */
export const stringPredicates: readonly (readonly [name: string, test: (text: string) => boolean])[] = [
  ['isalpha', (text) => /^\p{L}+$/u.test(text)],
  ['isalnum', (text) => /^[\p{L}\p{N}]+$/u.test(text)],
  ['isdecimal', (text) => /^\p{Nd}+$/u.test(text)],
  [
    'isdigit',
    (text) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468]+$/u.test(text),
  ],
  ['isnumeric', (text) => /^[\p{N}〇零一二三四五六七八九十百千万亿]+$/u.test(text)],
  ['isspace', (text) => text !== '' && Array.from(text).every(isSpace)],
  ['isascii', (text) => !/[^\p{ASCII}]/u.test(text)],
  ['isprintable', (text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(text)],
  ['isidentifier', (text) => /^[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}\p{Pc}]*$/u.test(text)],
  ['islower', (text) => isCased(text) && text === text.toLowerCase()],
  ['isupper', (text) => isCased(text) && text === text.toUpperCase()],
  ['istitle', (text) => isCased(text) && !/\p{Ll}\p{Lu}|\p{Lu}\p{Lu}|(?<!\p{L})\p{Ll}/u.test(text)],
];

function isCased(text: string): boolean {
  return /[\p{Lu}\p{Ll}\p{Lt}]/u.test(text);
}
