/** Number of dimensions when the request names none. */
export const defaultDimensions = 256;

function hash(text: string): number {
  // FNV-1a, 32 bit: small, stable over releases, and spread well enough for hashing features into buckets.
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  // FNV's low bits are weak for short texts; one round of mixing evens them out.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/**
 * A deterministic embedding of length 1: words and their three-letter pieces hashed into signed buckets. Texts that
 * share words or word stems come out close (cosine), unrelated ones near zero. It knows nothing about meaning.
 */
export function embed(text: string, dimensions = defaultDimensions): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const add = (feature: string, weight: number) => {
    const code = hash(feature);
    const bucket = code % dimensions;
    vector[bucket] = (vector[bucket] ?? 0) + (code & 0x8000_0000 ? -weight : weight);
  };
  for (const word of text.toLowerCase().match(/[\u3040-\u30ff\u3400-\u9fff]+|[\p{L}\p{N}]+/gu) ?? []) {
    add(`w:${word}`, 1);
    const piece = /[\u3040-\u30ff\u3400-\u9fff]/u.test(word) ? 2 : 3;
    const padded = piece === 3 ? `^${word}$` : word;
    for (let start = 0; start + piece <= padded.length; start += 1) {
      add(`g:${padded.slice(start, start + piece)}`, 0.4);
    }
  }
  const length = Math.hypot(...vector);
  if (length === 0) {
    vector[0] = 1;
    return vector;
  }
  return vector.map((value) => value / length);
}

/** Cosine of two vectors of length 1. */
export function cosine(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
