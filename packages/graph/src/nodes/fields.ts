import { z } from 'zod';

/**
 * A field that old files may lack or hold as null: both become `fallback`.
 *
 * Schemas of node data use this instead of `.default()`, which would let null through.
 */
export function orElse<S extends z.ZodType, F>(schema: S, fallback: () => F) {
  return schema.nullish().transform((value): NonNullable<z.output<S>> | F => value ?? fallback());
}

/** A text that hand-written YAML may hold as a bare number or boolean (an unquoted node id, a version). */
export const looseText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** Text; absent or null becomes empty. */
export const textOrEmpty = orElse(looseText, () => '');

/** A flag; absent or null is false. Old files hold 0 and 1. */
export const flag = orElse(
  z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean),
  () => false,
);

/** A flag that is on unless a file says otherwise. */
export const flagOn = orElse(
  z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean),
  () => true,
);

/** A list; absent, null or the empty text of old files becomes empty. */
export function list<S extends z.ZodType>(item: S) {
  return z
    .unknown()
    .optional()
    .transform((value) => (value === undefined || value === null || value === '' ? [] : value))
    .pipe(z.array(item));
}

/** A mapping with free keys; absent or null becomes empty. */
export function mapping<S extends z.ZodType>(value: S) {
  return orElse(z.record(z.string(), value), (): Record<string, z.output<S>> => ({}));
}

/** A whole number that old files may hold as text. */
export const looseNumber = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^[-+]?\d+(\.\d+)?$/, 'must be a number')
    .transform(Number),
]);

/** A number that may be unset: absent, null and empty text become null. */
export const numberOrNull = z
  .union([z.literal('').transform(() => null), looseNumber])
  .nullish()
  .transform((value) => value ?? null);

/**
 * A variable selector: `[node id, variable name, …path into an object or file]`.
 * Unset selectors (absent, null, empty text) become `[]`; numbers in YAML without quotes become text.
 */
export const selector = list(looseText);

/** A variable selector, see `selector`. */
export type Selector = string[];

/** A named input of a code, template or prompt: the name it has inside and where its value comes from. */
export const variableBinding = z.looseObject({ variable: textOrEmpty, value_selector: selector });

/** A named input, see `variableBinding`. */
export type VariableBinding = z.output<typeof variableBinding>;

/**
 * A parameter of a tool, agent strategy or event: a constant, a text with placeholders (`mixed`), or the value of
 * a variable (then `value` is a selector).
 */
export const typedValue = z.looseObject({
  type: orElse(z.enum(['constant', 'mixed', 'variable']), () => 'constant' as const),
  value: z.unknown().optional(),
});

/** A parameter value, see `typedValue`. */
export type TypedValue = z.output<typeof typedValue>;
