// Python counts characters (code points), JavaScript UTF-16 units. Texts without surrogate pairs, nearly all,
// take the short way.

const surrogate = /[\uD800-\uDFFF]/;

/** Whether units and characters of a text differ. */
function hasPairs(text: string): boolean {
  return surrogate.test(text);
}

/** The characters of a text. */
export function charactersOf(text: string): string[] {
  return hasPairs(text) ? Array.from(text) : text.split('');
}

/** How many characters a text has. */
export function characterCount(text: string): number {
  if (!hasPairs(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Characters from `start` up to `stop`, both counted in characters. */
export function sliceCharacters(text: string, start: number, stop: number): string {
  return hasPairs(text) ? Array.from(text).slice(start, stop).join('') : text.slice(start, stop);
}

/** Turns an index in UTF-16 units into one in characters; negative ones stay. */
export function unitToCharacter(text: string, unit: number): number {
  return unit <= 0 || !hasPairs(text) ? unit : characterCount(text.slice(0, unit));
}

/** Compares two texts by code points, as Python orders them. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  if (!hasPairs(left) && !hasPairs(right)) return left < right ? -1 : 1;
  const [a, b] = [Array.from(left), Array.from(right)];
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}
