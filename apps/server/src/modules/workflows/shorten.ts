import type { AppEvent } from '@trellis/contracts';

/** How much of a value people are shown at once (spec: workflow §1.2, §10.1). Whole values are stored all the same. */
export interface DisplayLimits {
  /** Of one set of inputs or outputs as JSON. */
  maxBytes: number;
  /** Characters of one text. */
  stringLength: number;
  /** Items of one list. */
  arrayLength: number;
}

/** What the console shortens in a record of a node; each has a flag that says whether it was. */
const shortened = ['inputs', 'process_data', 'outputs'] as const;

const ending = '...';

/** A value as it is shown, and whether something of it is missing. */
export function shorten(value: unknown, limits: DisplayLimits): { value: unknown; truncated: boolean } {
  const cut = new Cutter(limits);
  const shown = cut.fit(cut.limit(value), limits.maxBytes);
  // What cannot be made smaller, such as an empty list, is kept as it is.
  return { value: shown, truncated: cut.isCut && JSON.stringify(shown) !== JSON.stringify(value) };
}

/** A node's record as it is shown: what is too large is shortened and flagged. */
export function shortenRecord<Record extends object>(record: Record, limits: DisplayLimits): Record {
  const changes: { [key: string]: unknown } = {};
  for (const key of shortened) {
    const { [key]: whole } = record as { [name: string]: unknown };
    if (whole === undefined || whole === null) continue;
    const { value, truncated } = shorten(whole, limits);
    if (truncated) Object.assign(changes, { [key]: value, [`${key}_truncated`]: true });
  }
  return { ...record, ...changes };
}

/** An event as the console streams it: those of nodes and their rounds carry values. */
export function shortenEvent(event: AppEvent, limits: DisplayLimits): AppEvent {
  if (!/^(node|iteration|loop)_/.test(event.event) || !('data' in event)) return event;
  return { ...event, data: shortenRecord(event.data as object, limits) } as AppEvent;
}

class Cutter {
  readonly #limits: DisplayLimits;
  /** Whether something was too large. */
  isCut = false;

  constructor(limits: DisplayLimits) {
    this.#limits = limits;
  }

  /** Bounds every text and list by itself. */
  limit(value: unknown): unknown {
    if (typeof value === 'string') return this.#cutText(value, this.#limits.stringLength);
    if (Array.isArray(value)) {
      if (value.length > this.#limits.arrayLength) this.isCut = true;
      return value.slice(0, this.#limits.arrayLength).map((item) => this.limit(item));
    }
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.limit(item)]));
  }

  /** Cuts until the value takes no more than so many bytes; in an object small members are kept before large ones. */
  fit(value: unknown, bytes: number): unknown {
    if (bytesOf(value) <= bytes) return value;
    if (typeof value === 'string') return this.#cutText(value, Math.max(0, Math.floor(bytes / 4)));
    this.isCut = true;
    if (Array.isArray(value)) {
      const kept: unknown[] = [];
      let left = bytes;
      for (const item of value) {
        left -= bytesOf(item) + 1;
        if (left < 0) return kept.length === 0 ? [this.fit(item, bytes)] : kept;
        kept.push(item);
      }
      return kept;
    }
    if (!isPlain(value)) return null;
    const members = Object.entries(value);
    const bySize = members.toSorted(([, a], [, b]) => bytesOf(a) - bytesOf(b));
    const shown = new Map<string, unknown>();
    let left = bytes;
    bySize.forEach(([key, item], place) => {
      const fitted = this.fit(item, Math.max(0, left) / (bySize.length - place));
      shown.set(key, fitted);
      left -= bytesOf(fitted) + key.length + 4;
    });
    return Object.fromEntries(members.map(([key]) => [key, shown.get(key)]));
  }

  #cutText(text: string, length: number): string {
    if (text.length <= length) return text;
    this.isCut = true;
    return text.slice(0, length).toWellFormed() + ending;
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
