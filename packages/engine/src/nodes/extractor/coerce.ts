import type { ExtractedParameter } from '@trellis/graph';
import { asFloat, Float, numberOf } from '../../values/float.ts';
import { isElementOf, isObject } from '../../values/types.ts';

/** What is wrong with extracted values, or null: their number, required ones, types, options. */
export function extractionFault(
  values: Readonly<Record<string, unknown>>,
  parameters: readonly ExtractedParameter[],
): string | null {
  const count = Object.keys(values).length;
  if (count !== parameters.length) return 'Invalid number of parameters';
  for (const { name, type, required, options } of parameters) {
    const value = values[name];
    const isMissing = value === undefined || value === null;
    if (required && isMissing) return `Parameter ${name} is required`;
    if (isMissing) continue;
    if (!fits(type, value)) return `Invalid ${type} value for parameter ${name}`;
    if (options.length > 0 && !options.includes(String(value))) return `Invalid option for parameter ${name}`;
  }
  return null;
}

function fits(type: ExtractedParameter['type'], value: unknown): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'number') return numberOf(value) !== undefined;
  if (type === 'boolean') return typeof value === 'boolean';
  return Array.isArray(value) && value.every((item) => isElementOf(type, item));
}

/** Values as outputs: cast where that is sure, elements of the wrong type dropped, the rest defaults of their types. */
export function coerceValues(
  values: Readonly<Record<string, unknown>>,
  parameters: readonly ExtractedParameter[],
): Record<string, unknown> {
  return Object.fromEntries(
    parameters.map(({ name, type }) => [name, coerce(type, values[name]) ?? defaultOf(type)]),
  );
}

function defaultOf(type: ExtractedParameter['type']): unknown {
  if (type === 'string') return '';
  if (type === 'number') return 0;
  return type === 'boolean' ? false : [];
}

/** The value as the type, or undefined where it cannot be one. */
function coerce(type: ExtractedParameter['type'], value: unknown): unknown {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'number':
      return coerceNumber(value);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return numberOf(value) === undefined ? undefined : numberOf(value) !== 0;
    default:
      return Array.isArray(value) ? coerceList(type, value) : undefined;
  }
}

function coerceNumber(value: unknown): number | Float | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' || value instanceof Float) return value;
  if (typeof value !== 'string' || value.trim() === '' || Number.isNaN(Number(value))) return undefined;
  return /[.eE]/.test(value) ? asFloat(Number(value)) : Number(value);
}

function coerceList(type: ExtractedParameter['type'], items: readonly unknown[]): unknown[] {
  return items.flatMap((item) => {
    if (type === 'array[number]') {
      const number = coerceNumber(item);
      return number === undefined ? [] : [number];
    }
    const isKept = type === 'array[object]' ? isObject(item) : isElementOf(type as 'array[string]', item);
    return isKept ? [item] : [];
  });
}
