import { parseJson } from '../values/float.ts';
import { separateReasoning } from './llm/think-splitter.ts';

/** Openings that are tried: an answer of brackets alone must not cost the square of its length. */
const mostAttempts = 200;

/**
 * The first JSON object or list in a model's answer that can be read: think blocks are left out, fences and words
 * around it are passed over. Undefined when there is none.
 */
export function findJson(answer: string): unknown {
  const { text } = separateReasoning(answer);
  let attempts = 0;
  for (
    let start = nextOpening(text, 0);
    start >= 0 && attempts < mostAttempts;
    start = nextOpening(text, start + 1)
  ) {
    attempts += 1;
    const end = closingOf(text, start);
    if (end < 0) continue;
    try {
      return parseJson(text.slice(start, end + 1));
    } catch {
      // Brackets that hold no JSON: the next ones may.
    }
  }
  return undefined;
}

function nextOpening(text: string, from: number): number {
  const offset = text.slice(from).search(/[{[]/);
  return offset < 0 ? -1 : from + offset;
}

/** Place of the bracket that closes the one at `start`, brackets in strings not counted; −1 without one. */
function closingOf(text: string, start: number): number {
  let depth = 0;
  let isString = false;
  for (let position = start; position < text.length; position += 1) {
    const character = text[position];
    if (isString) {
      if (character === '\\') position += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') {
      isString = true;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return position;
    }
  }
  return -1;
}
