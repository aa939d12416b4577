import { SandboxError } from '../errors.ts';
import { type ExactObject, type ExactValue, PythonFloat } from '../exact-json.ts';
import type { OutputLimits } from '../limits.ts';
import { formatPythonFloat } from '../python/float-repr.ts';
import type { OutputDeclaration, OutputDeclarations } from './declarations.ts';

/**
 * Checks the result of `main` against the declared outputs and the limits, and returns it with booleans
 * in number outputs as 0 or 1 and without NUL characters.
 *
 * Errors: `outputs_invalid`, `outputs_unexpected` (keys nobody declared), `outputs_too_deep`.
 */
export function checkOutputs(options: {
  readonly result: ExactObject;
  readonly declared: OutputDeclarations;
  readonly limits: OutputLimits;
}): ExactObject {
  return new OutputChecker(options.limits).declaredObject(options.result, options.declared, {
    path: '',
    depth: 1,
  });
}

interface Position {
  /** Dotted path from the root, empty at the root. */
  readonly path: string;
  readonly depth: number;
}

class OutputChecker {
  readonly #limits: OutputLimits;

  constructor(limits: OutputLimits) {
    this.#limits = limits;
  }

  declaredObject(value: ExactObject, declared: OutputDeclarations, at: Position): ExactObject {
    this.#checkDepth(at);
    const checked: [string, ExactValue][] = [];
    for (const [name, declaration] of Object.entries(declared)) {
      const path = join(at.path, name);
      if (!Object.hasOwn(value, name)) throw invalid(`Output ${path} is missing.`);
      checked.push([name, this.#declared(value[name] ?? null, declaration, { ...at, path })]);
    }
    const extra = Object.keys(value).filter((name) => !Object.hasOwn(declared, name));
    if (extra.length > 0) {
      const names = extra.map((name) => join(at.path, name)).join(', ');
      throw new SandboxError('outputs_unexpected', `Not all output parameters are validated: ${names}.`);
    }
    return Object.fromEntries(checked);
  }

  #declared(value: ExactValue, declaration: OutputDeclaration, at: Position): ExactValue {
    if (value === null) return null;
    switch (declaration.type) {
      case 'string':
        return this.#string(value, at.path);
      case 'number':
        return this.#number(value, at.path);
      case 'boolean':
        return this.#boolean(value, at.path);
      case 'object': {
        if (!isObject(value))
          throw invalid(`Output ${at.path} is not an object, got ${typeName(value)} instead.`);
        const inside = { path: at.path, depth: at.depth + 1 };
        return declaration.children
          ? this.declaredObject(value, declaration.children, inside)
          : this.#anyObject(value, inside);
      }
      case 'array[string]':
        return this.#list(value, at, this.#limits.maxStringArrayLength).map((item, index) =>
          item === null ? null : this.#string(item, `${at.path}[${index}]`),
        );
      case 'array[number]':
        return this.#list(value, at, this.#limits.maxNumberArrayLength).map((item, index) =>
          this.#number(item, `${at.path}[${index}]`),
        );
      case 'array[boolean]':
        return this.#list(value, at, this.#limits.maxNumberArrayLength).map((item, index) =>
          item === null ? null : this.#boolean(item, `${at.path}[${index}]`),
        );
      case 'array[object]':
        return this.#list(value, at, this.#limits.maxObjectArrayLength).map((item, index) => {
          const path = `${at.path}[${index}]`;
          if (item === null) return null;
          if (!isObject(item))
            throw invalid(`Output ${path} is not an object, got ${typeName(item)} instead.`);
          const inside = { path, depth: at.depth + 1 };
          return declaration.children
            ? this.declaredObject(item, declaration.children, inside)
            : this.#anyObject(item, inside);
        });
    }
  }

  /** An object without declared fields: every content is allowed that an output could be. */
  #anyObject(value: ExactObject, at: Position): ExactObject {
    this.#checkDepth(at);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        this.#any(item, { ...at, path: join(at.path, name) }),
      ]),
    );
  }

  #any(value: ExactValue, at: Position): ExactValue {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return this.#string(value, at.path);
    if (Array.isArray(value)) return this.#anyList(value, at);
    if (isObject(value)) return this.#anyObject(value, { path: at.path, depth: at.depth + 1 });
    return this.#number(value, at.path);
  }

  #anyList(value: ExactValue[], at: Position): ExactValue[] {
    this.#checkDepth(at);
    const kinds = new Set(value.filter((item) => item !== null).map(kindOf));
    if (kinds.size > 1) {
      throw invalid(`Output ${at.path} is not a valid array: all elements must be of the same type.`);
    }
    const [kind] = kinds;
    const most =
      kind === 'string'
        ? this.#limits.maxStringArrayLength
        : kind === 'object' || kind === 'list'
          ? this.#limits.maxObjectArrayLength
          : this.#limits.maxNumberArrayLength;
    this.#checkLength(value, at, most);
    const inside = { depth: at.depth + (kind === 'list' ? 1 : 0) };
    return value.map((item, index) => this.#any(item, { ...inside, path: `${at.path}[${index}]` }));
  }

  #list(value: ExactValue, at: Position, most: number): ExactValue[] {
    if (!Array.isArray(value))
      throw invalid(`Output ${at.path} is not an array, got ${typeName(value)} instead.`);
    this.#checkLength(value, at, most);
    return value;
  }

  #checkLength(value: readonly ExactValue[], at: Position, most: number): void {
    if (value.length > most) {
      throw invalid(`The length of output variable \`${at.path}\` must be at most ${most} elements.`);
    }
  }

  #checkDepth(at: Position): void {
    if (at.depth > this.#limits.maxDepth) {
      const where = at.path === '' ? '' : ` at ${at.path}`;
      throw new SandboxError(
        'outputs_too_deep',
        `Depth limit ${this.#limits.maxDepth} reached, object too deep${where}.`,
      );
    }
  }

  #string(value: ExactValue, path: string): string {
    if (typeof value !== 'string') throw wrongType(path, 'a string', value);
    if (value.length > this.#limits.maxStringLength && codePoints(value) > this.#limits.maxStringLength) {
      throw invalid(
        `The length of output variable \`${path}\` must be at most ${this.#limits.maxStringLength} characters.`,
      );
    }
    return value.includes('\0') ? value.replaceAll('\0', '') : value;
  }

  #boolean(value: ExactValue, path: string): boolean {
    if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
    return value;
  }

  #number(value: ExactValue, path: string): ExactValue {
    if (typeof value === 'boolean') return value ? 1 : 0;
    const isFloat = value instanceof PythonFloat || (typeof value === 'number' && !Number.isInteger(value));
    if (!isFloat && typeof value !== 'number' && typeof value !== 'bigint') {
      throw wrongType(path, 'a number', value);
    }
    const { maxNumber, minNumber, maxPrecision } = this.#limits;
    const number = value instanceof PythonFloat ? value.value : value;
    // Number and bigint compare exactly with one another, so no rounding moves a value over the limit.
    if (number > maxNumber || number < minNumber) {
      throw invalid(
        `Output variable \`${path}\` is out of range, it must be between ${minNumber} and ${maxNumber}.`,
      );
    }
    if (isFloat && decimals(Number(number)) > maxPrecision) {
      throw invalid(
        `Output variable \`${path}\` has too high precision, it must be at most ${maxPrecision} digits.`,
      );
    }
    return value;
  }
}

function invalid(message: string): SandboxError {
  return new SandboxError('outputs_invalid', message);
}

function wrongType(path: string, wanted: string, value: ExactValue): SandboxError {
  return invalid(`Output variable \`${path}\` must be ${wanted}, got ${typeName(value)} instead.`);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isObject(value: ExactValue): value is ExactObject {
  return (
    value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof PythonFloat)
  );
}

/** The type of a value in words of the language most code nodes are written in. */
function typeName(value: ExactValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof PythonFloat) return 'float';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  return typeof value === 'number' && !Number.isInteger(value) ? 'float' : 'int';
}

function kindOf(value: ExactValue): 'string' | 'boolean' | 'number' | 'object' | 'list' {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'list';
  return isObject(value) ? 'object' : 'number';
}

function decimals(value: number): number {
  const [mantissa = '', exponent = '0'] = formatPythonFloat(value).toLowerCase().split('e');
  const fraction = (mantissa.split('.')[1] ?? '').replace(/0+$/, '').length;
  return Math.max(0, fraction - Number(exponent));
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
