// Python's whitespace and line ends have a few control characters that JavaScript's have not.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are whitespace in Python
const space = /[\s\x1c-\x1f\x85]/u;

/** A run of Python's whitespace. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are whitespace in Python
export const spaceRun = /[\s\x1c-\x1f\x85]+/u;

/** A line end as `str.splitlines` knows it, captured. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they end lines in Python
export const lineEnd = /(\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029])/;

/** Whether a character is whitespace to Python. */
export function isSpace(character: string): boolean {
  return space.test(character);
}
