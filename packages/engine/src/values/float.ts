/**
 * A number that is a float although its value is whole, as Python's `2.0`.
 *
 * Numbers with a fraction are floats anyway and stay plain numbers; whole plain numbers are integers. The
 * distinction only shows in text forms (`2.0` against `2`), and app authors compare those byte by byte.
 */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  /** Clients see an ordinary number. */
  toJSON(): number {
    return this.value;
  }

  valueOf(): number {
    return this.value;
  }
}

/** Marks `value` as a float; numbers with a fraction need no mark. */
export function asFloat(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** The plain number behind a number or a marked float, or undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof Float ? value.value : undefined;
}

/** True for whole numbers that carry no float mark. */
export function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** Text of a number as Python prints it: `5`, `1.5`, `1.0`, `1e+20`, `1e-07`. */
export function numberText(value: number | Float): string {
  if (value instanceof Float) return floatText(value.value);
  return Number.isInteger(value) ? integerText(value) : floatText(value);
}

function integerText(value: number): string {
  return Math.abs(value) < 1e21 ? String(value === 0 ? 0 : value) : BigInt(value).toString();
}

/** Python's repr: scientific below 1e-4 and from 1e16 on, at least two digits of exponent, always a mark of being a float. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e16) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/**
 * Reads JSON text, keeping floats that are whole (`1.0`, `1e3`) apart from integers.
 * Throws SyntaxError like `JSON.parse`.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, reviveNumber);
}

function reviveNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value)) return value;
  return context?.source !== undefined && /[.eE]/.test(context.source) ? new Float(value) : value;
}
