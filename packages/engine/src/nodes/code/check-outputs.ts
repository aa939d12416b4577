import type { CodeOutput } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import { Float, numberOf } from '../../values/float.ts';
import { isObject } from '../../values/types.ts';

/** Bounds of what code may give back. */
export interface CodeLimits {
  readonly maxStringLength: number;
  readonly maxNumber: number;
  readonly minNumber: number;
  /** Decimals of a float. */
  readonly maxPrecision: number;
  readonly maxDepth: number;
  readonly maxStrings: number;
  readonly maxObjects: number;
  readonly maxNumbers: number;
}

/** Limits where nothing else is configured. */
export const defaultCodeLimits: CodeLimits = {
  maxStringLength: 400_000,
  maxNumber: 2 ** 63,
  minNumber: -(2 ** 63),
  maxPrecision: 20,
  maxDepth: 5,
  maxStrings: 30,
  maxObjects: 30,
  maxNumbers: 1000,
};

type Declared = Readonly<Record<string, CodeOutput>>;

/**
 * What code gave back, checked against what it declares: no output missing or extra, each of its type and size.
 * Without declarations, content is checked by itself: lists must be of one kind.
 *
 * @throws {NodeError} `OutputValidationError`, `CodeNodeError`, `DepthLimitError`
 */
export function checkOutputs(
  outputs: Readonly<Record<string, unknown>>,
  declared: Declared,
  limits: CodeLimits = defaultCodeLimits,
): Record<string, unknown> {
  return new OutputChecker(limits).object(outputs, { declared, path: '', depth: 1 });
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

const mistyped = 'OutputValidationError';

class OutputChecker {
  readonly #limits: CodeLimits;

  constructor(limits: CodeLimits) {
    this.#limits = limits;
  }

  object(
    value: Readonly<Record<string, unknown>>,
    { declared, path, depth }: Place & { declared: Declared },
  ): Record<string, unknown> {
    this.#checkDepth(depth);
    if (Object.keys(declared).length === 0) return this.#free(value, { path, depth });
    const checked: Record<string, unknown> = {};
    for (const [name, output] of Object.entries(declared)) {
      const inner = path === '' ? name : `${path}.${name}`;
      if (!Object.hasOwn(value, name)) throw new NodeError(mistyped, `Output ${inner} is missing`);
      checked[name] = this.#typed(value[name], output, { path: inner, depth });
    }
    const extra = Object.keys(value).find((name) => !Object.hasOwn(declared, name));
    if (extra !== undefined)
      throw new NodeError(
        'CodeNodeError',
        `Output ${path === '' ? extra : `${path}.${extra}`} is not declared`,
      );
    return checked;
  }

  #checkDepth(depth: number): void {
    if (depth <= this.#limits.maxDepth) return;
    throw new NodeError('DepthLimitError', `Depth limit ${this.#limits.maxDepth} reached, object too deep`);
  }

  #typed(value: unknown, { type, children }: CodeOutput, place: Place): unknown {
    if (value === null || value === undefined) return null;
    switch (type) {
      case 'string':
        return this.#string(value, place.path);
      case 'number':
        return this.#number(value, place.path);
      case 'boolean':
        return this.#boolean(value, place.path);
      case 'object':
        if (!isObject(value)) throw wrongType(place.path, 'an object', value);
        return this.object(value, { declared: children ?? {}, path: place.path, depth: place.depth + 1 });
      default:
        return this.#list(value, type, place, children);
    }
  }

  #string(value: unknown, path: string): string {
    if (typeof value !== 'string') throw wrongType(path, 'a string', value);
    if (value.length > this.#limits.maxStringLength) {
      throw new NodeError(
        mistyped,
        `The length of output ${path} must be at most ${this.#limits.maxStringLength} characters`,
      );
    }
    return value.replaceAll('\0', '');
  }

  /** Booleans count as 0 and 1; so does text in scientific notation, which some runtimes print for large floats. */
  #number(value: unknown, path: string): number | Float {
    if (typeof value === 'boolean') return Number(value);
    const read =
      typeof value === 'string' && /^[-+]?\d+(\.\d+)?e[-+]?\d+$/i.test(value)
        ? new Float(Number(value))
        : value;
    const number = numberOf(read);
    if (number === undefined) throw wrongType(path, 'a number', value);
    const { maxNumber, minNumber, maxPrecision } = this.#limits;
    if (number > maxNumber || number < minNumber) {
      throw new NodeError(mistyped, `Output ${path} must be between ${minNumber} and ${maxNumber}`);
    }
    const decimals = String(number).split('.')[1]?.split('e')[0]?.length ?? 0;
    if (decimals > maxPrecision) {
      throw new NodeError(mistyped, `Output ${path} must have at most ${maxPrecision} decimals`);
    }
    return read as number | Float;
  }

  #boolean(value: unknown, path: string): boolean {
    if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
    return value;
  }

  #list(
    value: unknown,
    type: CodeOutput['type'],
    { path, depth }: Place,
    children: Declared | null,
  ): unknown[] {
    if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
    const { maxStrings, maxObjects, maxNumbers } = this.#limits;
    const most = { 'array[number]': maxNumbers, 'array[string]': maxStrings, 'array[object]': maxObjects }[
      type as string
    ];
    if (most !== undefined && value.length > most) {
      throw new NodeError(mistyped, `The length of output ${path} must be at most ${most} elements`);
    }
    return value.map((item: unknown, index) => {
      const inner = `${path}[${index}]`;
      if (item === null && type !== 'array[number]') return null;
      switch (type) {
        case 'array[number]':
          return this.#number(item, inner);
        case 'array[string]':
          return this.#string(item, inner);
        case 'array[boolean]':
          return this.#boolean(item, inner);
        default:
          if (!isObject(item)) throw wrongType(inner, 'an object', item);
          return this.object(item, { declared: children ?? {}, path: inner, depth: depth + 1 });
      }
    });
  }

  /** Content without declaration. */
  #free(value: Readonly<Record<string, unknown>>, { path, depth }: Place): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => {
        const inner = path === '' ? name : `${path}.${name}`;
        return [name, this.#freeValue(entry, { path: inner, depth })];
      }),
    );
  }

  #freeValue(value: unknown, { path, depth }: Place): unknown {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return this.#string(value, path);
    if (typeof value === 'boolean') return value;
    if (numberOf(value) !== undefined) return this.#number(value, path);
    if (Array.isArray(value)) return this.#list(value, homogeneousType(value, path), { path, depth }, null);
    if (!isObject(value)) throw wrongType(path, 'JSON', value);
    return this.object(value, { declared: {}, path, depth: depth + 1 });
  }
}

/** The list type of an undeclared list; the first element that is not null decides. */
function homogeneousType(items: readonly unknown[], path: string): CodeOutput['type'] {
  const first = items.find((item) => item !== null);
  if (first === undefined || typeof first === 'string') return 'array[string]';
  if (numberOf(first) !== undefined) return 'array[number]';
  if (typeof first === 'boolean') return 'array[boolean]';
  if (isObject(first)) return 'array[object]';
  throw wrongType(`${path}[0]`, 'a string, number, boolean or object', first);
}

function wrongType(path: string, wanted: string, value: unknown): NodeError {
  const got = Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value;
  return new NodeError(mistyped, `Output ${path} must be ${wanted}, got ${got} instead`);
}
