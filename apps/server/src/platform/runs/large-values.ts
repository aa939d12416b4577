import { createHash } from 'node:crypto';

/** Values whose JSON text is longer than this are stored beside the log. */
export const largeValueBytes = 32_768;

/** A value as it is stored: JSON text, named by its content. */
export interface StoredValue {
  hash: string;
  payload: string;
}

/**
 * A value that a record refers to. `JSON.stringify` writes no spaces between its tokens, so no value of a run can look
 * like a reference, whatever it holds.
 */
const reference = /\{ "\$value": "([\w-]{43})" \}/g;

/**
 * The large values of one run. A record gives up every text, list or object over {@link largeValueBytes}; each distinct
 * one is handed out to be stored once, however many records it goes through.
 */
export class LargeValues {
  readonly #known = new Set<string>();

  /** The record with references in place of its large values, and those that are met for the first time. */
  separate(record: string): { payload: string; values: StoredValue[] } {
    if (Buffer.byteLength(record) <= largeValueBytes) return { payload: record, values: [] };
    const values: StoredValue[] = [];
    const fields = Object.entries(JSON.parse(record) as Record<string, unknown>);
    // The record itself stays one: its kind and its node can be asked for in SQL.
    const payload = objectText(fields, (value) => this.#shorten(value, values));
    return { payload, values };
  }

  /** JSON text of a value. From the inside out, so that what is large is taken at its smallest part. */
  #shorten(value: unknown, values: StoredValue[]): string {
    const inner = (item: unknown) => this.#shorten(item, values);
    let text: string;
    if (Array.isArray(value)) text = `[${value.map(inner).join(',')}]`;
    else if (typeof value === 'object' && value !== null) text = objectText(Object.entries(value), inner);
    else text = JSON.stringify(value);
    if (Buffer.byteLength(text) <= largeValueBytes) return text;
    const hash = createHash('sha256').update(text).digest('base64url');
    if (!this.#known.has(hash)) {
      this.#known.add(hash);
      values.push({ hash, payload: text });
    }
    return `{ "$value": "${hash}" }`;
  }
}

/** Names of the values that texts refer to. */
export function referencesIn(texts: Iterable<string>): Set<string> {
  const hashes = new Set<string>();
  for (const text of texts) for (const [, hash] of text.matchAll(reference)) hashes.add(hash ?? '');
  return hashes;
}

/** A text with the values in place of their references. Values may hold references themselves. */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(reference, (_, hash: string) => {
    const value = values.get(hash);
    if (value === undefined) throw new Error(`the value ${hash} of a run is missing`);
    return withValues(value, values);
  });
}

function objectText(fields: readonly [string, unknown][], textOf: (value: unknown) => string): string {
  return `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(',')}}`;
}
