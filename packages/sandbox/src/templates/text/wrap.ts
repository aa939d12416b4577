import type { Budget } from '../run/budget.ts';
import { characterCount, sliceCharacters } from './characters.ts';

// A word's pieces: a dash run between words, or letters up to and with a hyphen that letters follow.
const pieces =
  /(?<=[\p{L}\p{N}_!"'&.,?])-{2,}(?=[\p{L}\p{N}_])|-*[^\s-]*[\p{L}_]-(?=[\p{L}_])|-+[^\s-]*|[^\s-]+/gu;

/**
 * Python's `textwrap.wrap` of one line, whitespace inside lines kept: words are moved to the next line
 * when they do not fit, and cut when they are longer than a line.
 */
export function wrapLine(
  line: string,
  options: {
    readonly width: number;
    readonly breakLongWords: boolean;
    readonly breakOnHyphens: boolean;
    readonly budget: Budget;
  },
): string[] {
  const { width } = options;
  const chunks = splitChunks(line, options.breakOnHyphens).reverse();
  options.budget.spend(chunks.length);
  const lines: string[] = [];
  while (chunks.length > 0) {
    const current: string[] = [];
    let length = 0;
    if ((chunks.at(-1) ?? '').trim() === '' && lines.length > 0) chunks.pop();
    while (chunks.length > 0) {
      const size = characterCount(chunks.at(-1) ?? '');
      if (length + size > width) break;
      current.push(chunks.pop() ?? '');
      length += size;
    }
    const next = chunks.at(-1);
    if (next !== undefined && characterCount(next) > width) {
      const room = Math.max(1, width - length);
      if (options.breakLongWords) {
        const cut = cutPoint(next, room, options.breakOnHyphens);
        current.push(sliceCharacters(next, 0, cut));
        chunks[chunks.length - 1] = sliceCharacters(next, cut, characterCount(next));
      } else if (current.length === 0) {
        current.push(chunks.pop() ?? '');
      }
    }
    if ((current.at(-1) ?? '').trim() === '') current.pop();
    if (current.length > 0) lines.push(current.join(''));
    options.budget.spend(1);
  }
  return lines;
}

function cutPoint(chunk: string, room: number, breakOnHyphens: boolean): number {
  if (!breakOnHyphens || characterCount(chunk) <= room) return room;
  const hyphen = sliceCharacters(chunk, 0, room).lastIndexOf('-');
  return hyphen > 0 && /[^-]/.test(chunk.slice(0, hyphen)) ? hyphen + 1 : room;
}

function splitChunks(line: string, breakOnHyphens: boolean): string[] {
  const words = line.split(/(\s+)/u).filter((part) => part !== '');
  if (!breakOnHyphens) return words;
  return words.flatMap((word) => {
    const parts = word.includes('-') ? (word.match(pieces) ?? []) : [];
    // A word of a form that the pieces do not cover is not broken.
    return parts.join('') === word ? parts : [word];
  });
}
