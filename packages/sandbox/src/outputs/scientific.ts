import { type ExactObject, type ExactValue, PythonFloat } from '../exact-json.ts';

const scientificNotation = /^-?\d+\.?\d*e[+-]\d+$/i;

/**
 * Turns texts in scientific notation (`1e+20`) anywhere in a result into numbers, as the reference product
 * does. Texts whose number would be infinite stay texts.
 */
export function convertScientific(value: ExactObject): ExactObject;
export function convertScientific(value: ExactValue): ExactValue;
export function convertScientific(value: ExactValue): ExactValue {
  if (typeof value === 'string') {
    if (value.length > 400 || !scientificNotation.test(value)) return value;
    const number = Number(value);
    if (!Number.isFinite(number)) return value;
    return Number.isInteger(number) ? new PythonFloat(number) : number;
  }
  if (Array.isArray(value)) return value.map((item) => convertScientific(item));
  if (value !== null && typeof value === 'object' && !(value instanceof PythonFloat)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convertScientific(item)]));
  }
  return value;
}
