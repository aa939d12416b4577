import { z } from 'zod';

/** One environment variable: its name, how its text becomes a value, and what it says about itself. */
export interface Field<T> {
  readonly name: string;
  /** Older names, tried in order when `name` is unset; using one is worth a warning. */
  readonly aliases: readonly string[];
  /** Whether the value must never be shown. */
  readonly secret: boolean;
  readonly schema: z.ZodType<T, string | undefined>;
}

/** What can be said about any variable besides its default. */
export interface FieldOptions {
  readonly aliases?: readonly string[];
}

/** Variables that belong together, by the names that code uses for them. */
export type FieldGroup = Readonly<Record<string, Field<unknown>>>;

/** The values of a group. */
export type ValuesOf<G extends FieldGroup> = {
  readonly [K in keyof G]: G[K] extends Field<infer T> ? T : never;
};

const raw = z.string().optional();

function field<T>(
  name: string,
  read: (text: string) => Reading<T>,
  fallback: T,
  options: FieldOptions & { secret?: boolean },
): Field<T> {
  const schema = raw.transform((text, context): T => {
    if (text === undefined) return fallback;
    const reading = read(text);
    if ('value' in reading) return reading.value;
    context.issues.push({ code: 'custom', message: reading.allowed, input: text });
    return z.NEVER;
  });
  return { name, aliases: options.aliases ?? [], secret: options.secret ?? false, schema };
}

/** Either the value, or what would have been allowed. */
type Reading<T> = { readonly value: T } | { readonly allowed: string };

const asText = (text: string): Reading<string> => ({ value: text });

/** A text with a default. */
export function text(name: string, fallback: string, options: FieldOptions = {}): Field<string> {
  return field(name, asText, fallback, options);
}

/** A text that may be absent. */
export function optionalText(name: string, options: FieldOptions = {}): Field<string | undefined> {
  return field<string | undefined>(name, asText, undefined, options);
}

/** A text that may be absent and is never shown: passwords, keys, tokens, addresses with credentials. */
export function secret(name: string, options: FieldOptions = {}): Field<string | undefined> {
  return field<string | undefined>(name, asText, undefined, { ...options, secret: true });
}

/** `true`, `1`, `yes`, `on` and their opposites, in any case. */
export function flag(name: string, fallback: boolean, options: FieldOptions = {}): Field<boolean> {
  const read = (given: string): Reading<boolean> => {
    if (/^(true|1|yes|on)$/i.test(given)) return { value: true };
    if (/^(false|0|no|off)$/i.test(given)) return { value: false };
    return { allowed: 'true, false (or 1, 0, yes, no, on, off)' };
  };
  return field(name, read, fallback, options);
}

/** Bounds of a number, both inclusive. */
export interface Bounds extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number within bounds (from 0 unless said otherwise). */
export function integer(name: string, fallback: number, bounds: Bounds = {}): Field<number> {
  return field(name, readNumber(/^[+-]?\d+$/, 'a whole number', bounds), fallback, bounds);
}

/** A whole number that may be absent. */
export function optionalInteger(name: string, bounds: Bounds = {}): Field<number | undefined> {
  return field(name, readNumber(/^[+-]?\d+$/, 'a whole number', bounds), undefined, bounds);
}

/** A number with decimals within bounds (from 0 unless said otherwise). */
export function decimal(name: string, fallback: number, bounds: Bounds = {}): Field<number> {
  return field(name, readNumber(/^[+-]?(\d+\.?\d*|\.\d+)$/, 'a number', bounds), fallback, bounds);
}

/** A whole number beyond what a double holds exactly. */
export function bigInteger(name: string, fallback: bigint, options: FieldOptions = {}): Field<bigint> {
  const read = (given: string): Reading<bigint> =>
    /^[+-]?\d+$/.test(given) ? { value: BigInt(given) } : { allowed: 'a whole number' };
  return field(name, read, fallback, options);
}

function readNumber(pattern: RegExp, kind: string, bounds: Bounds): (text: string) => Reading<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return (given) => {
    const value = Number(given);
    if (pattern.test(given) && value >= min && value <= max) return { value };
    return { allowed: `${kind} ${range}` };
  };
}

const unitsInMs = { milliseconds: 1, seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** A span of time, written in the unit that its name has always had; the value is in milliseconds. */
export function duration(
  name: string,
  fallback: number,
  unit: keyof typeof unitsInMs,
  options: FieldOptions = {},
): Field<number> {
  const factor = unitsInMs[unit];
  const number = readNumber(/^\d+(\.\d+)?$/, `a number of ${unit}`, {});
  return field(name, scaled(number, factor), fallback * factor, options);
}

/** A size, written in mebibytes; the value is in bytes. */
export function megabytes(name: string, fallback: number, options: FieldOptions = {}): Field<number> {
  const factor = 1024 * 1024;
  const number = readNumber(/^\d+(\.\d+)?$/, 'a number of megabytes', {});
  return field(name, scaled(number, factor), fallback * factor, options);
}

function scaled(read: (text: string) => Reading<number>, factor: number): (text: string) => Reading<number> {
  return (given) => {
    const reading = read(given);
    return 'value' in reading ? { value: Math.round(reading.value * factor) } : reading;
  };
}

/** One of a few words, in any case. */
export function choice<const T extends string>(
  name: string,
  allowed: readonly T[],
  fallback: T,
  options: FieldOptions = {},
): Field<T> {
  return field(name, readChoice(allowed), fallback, options);
}

/** One of a few words, or nothing. */
export function optionalChoice<const T extends string>(
  name: string,
  allowed: readonly T[],
  options: FieldOptions = {},
): Field<T | undefined> {
  return field<T | undefined>(name, readChoice(allowed), undefined, options);
}

function readChoice<T extends string>(allowed: readonly T[]): (text: string) => Reading<T> {
  return (given) => {
    const value = allowed.find((word) => word.toLowerCase() === given.toLowerCase());
    return value === undefined ? { allowed: allowed.join(', ') } : { value };
  };
}

/** One of a few words of the contract, each standing for a word of ours. */
export function mappedChoice<const T extends string>(
  name: string,
  meanings: Readonly<Record<string, T>>,
  fallback: T,
  options: FieldOptions = {},
): Field<T> {
  const word = readChoice(Object.keys(meanings));
  const read = (given: string): Reading<T> => {
    const reading = word(given);
    if (!('value' in reading)) return reading;
    const value = meanings[reading.value];
    return value === undefined ? { allowed: Object.keys(meanings).join(', ') } : { value };
  };
  return field(name, read, fallback, options);
}

/** Words separated by commas or spaces. */
export function list(
  name: string,
  fallback: readonly string[] = [],
  options: FieldOptions = {},
): Field<readonly string[]> {
  const read = (given: string): Reading<readonly string[]> => ({
    value: given.split(/[\s,]+/).filter((word) => word !== ''),
  });
  return field(name, read, fallback, options);
}

/** The address of a server or page, without a slash at the end; empty when unset. */
export function address(name: string, fallback = '', options: FieldOptions = {}): Field<string> {
  const read = (given: string): Reading<string> => {
    const url = URL.canParse(given) ? new URL(given) : undefined;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return { value: given.replace(/\/+$/, '') };
    return { allowed: 'an address that starts with http:// or https://' };
  };
  return field(name, read, fallback, options);
}
