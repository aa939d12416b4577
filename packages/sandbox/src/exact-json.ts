import { formatPythonFloat } from './python/float-repr.ts';

/**
 * A Python `float` whose value is a whole number, such as `3.0`. JavaScript cannot tell it from `3`, and
 * Python prints the two differently; floats with a fraction are ordinary numbers.
 */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toString(): string {
    return formatPythonFloat(this.value);
  }

  toJSON(): number {
    return this.value;
  }
}

/** A JSON value that keeps the difference between integers of any size and floats. */
export type ExactValue = null | boolean | string | number | bigint | PythonFloat | ExactValue[] | ExactObject;

/** An object of {@link ExactValue}s. */
export interface ExactObject {
  [key: string]: ExactValue;
}

/** Plain JSON as the rest of the program uses it. */
export type PlainValue = null | boolean | string | number | PlainValue[] | PlainObject;

/** An object of {@link PlainValue}s. */
export interface PlainObject {
  [key: string]: PlainValue;
}

interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): ExactValue;
  rawJSON(text: string): unknown;
}

// The reviver's source text and raw JSON are part of the language (ES2026) but not yet of the type library.
const exactJson = JSON as unknown as JsonWithSource;

/** A whole float, an exponent or a long integer; may also match inside a string, which costs time only. */
const numberToKeep = /\d(?:\.0+(?!\d)|[eE])|\d{16}/;

/**
 * Parses JSON text; integers beyond the safe range become `bigint`, whole floats {@link PythonFloat}.
 * Throws `SyntaxError` for text that is not JSON.
 */
export function parseExactJson(text: string): ExactValue {
  // Most texts hold no number that needs care, and the plain parser is many times faster.
  if (!numberToKeep.test(text)) return JSON.parse(text) as ExactValue;
  return exactJson.parse(text, (_key, value, context) => {
    if (typeof value !== 'number' || context.source === undefined) return value;
    if (/[.eE]/.test(context.source)) return Number.isInteger(value) ? new PythonFloat(value) : value;
    return Number.isSafeInteger(value) ? value : BigInt(context.source);
  });
}

/** Writes JSON text in which every number keeps its Python type. Throws `TypeError` for a cyclic value. */
export function stringifyExactJson(value: unknown): string {
  return (
    JSON.stringify(value, function (this: Record<string, unknown>, key, shown: unknown) {
      // `toJSON` has already turned a PythonFloat into a number: the holder still has the original.
      const original = this[key];
      if (original instanceof PythonFloat) return exactJson.rawJSON(formatPythonFloat(original.value));
      if (typeof original === 'bigint') return exactJson.rawJSON(original.toString());
      // A whole number beyond the safe range is not an exact integer: it can only have been a float.
      if (typeof shown === 'number' && Number.isInteger(shown) && !Number.isSafeInteger(shown)) {
        return exactJson.rawJSON(formatPythonFloat(shown));
      }
      return shown;
    }) ?? 'null'
  );
}

/** Turns exact values into plain JSON: `3.0` becomes 3, and a huge integer the nearest number. */
export function toPlain(value: ExactObject): PlainObject;
export function toPlain(value: ExactValue): PlainValue;
export function toPlain(value: ExactValue): PlainValue {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PythonFloat) return value.value;
  if (Array.isArray(value)) return value.map((item) => toPlain(item));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  }
  return value;
}
