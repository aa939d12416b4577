import { TemplateError, typeError } from '../template-error.ts';
import { type Arguments, isNumeric, Markup, typeName, Undefined, type Value, valueOr } from './model.ts';

/**
 * Gives the values of a call to named parameters, as Python does; missing ones stay undefined.
 * Errors: `TypeError` for too many, unknown or missing arguments.
 */
export class Bound {
  readonly #title: string;
  readonly #values = new Map<string, Value>();

  constructor(title: string, parameters: readonly string[], args: Arguments) {
    this.#title = title;
    if (args.positional.length > parameters.length) {
      throw typeError(
        `${title}() takes at most ${parameters.length} arguments but ${args.positional.length} were given`,
      );
    }
    args.positional.forEach((value, index) => {
      this.#values.set(parameters[index] ?? '', value);
    });
    for (const [name, value] of args.keyword) {
      if (!parameters.includes(name))
        throw typeError(`${title}() got an unexpected keyword argument '${name}'`);
      if (this.#values.has(name)) throw typeError(`${title}() got multiple values for argument '${name}'`);
      this.#values.set(name, value);
    }
  }

  /** The argument or `undefined`. */
  optional(name: string): Value | undefined {
    return this.#values.get(name);
  }

  value(name: string, otherwise: Value): Value {
    return valueOr(this.#values.get(name), () => otherwise);
  }

  required(name: string): Value {
    const value = this.#values.get(name);
    if (value === undefined)
      throw typeError(`${this.#title}() missing 1 required positional argument: '${name}'`);
    return value;
  }

  text(name: string, otherwise?: string): string {
    const value = this.#values.get(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    return strictText(this.required(name), this.#title);
  }

  integer(name: string, otherwise?: number): number {
    const value = this.#values.get(name);
    if (value === undefined && otherwise !== undefined) return otherwise;
    return toInteger(this.required(name));
  }
}

/** The text of a string. Errors: `TypeError` for other values. */
export function strictText(value: Value, title: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) throw value.error();
  throw typeError(`${title}() argument must be str, not ${typeName(value)}`);
}

/** A size or index as a number. Errors: `TypeError`, `OverflowError`. */
export function toInteger(value: Value): number {
  if (value instanceof Undefined) throw value.error();
  if (!isNumeric(value) || typeof value === 'number') {
    throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new TemplateError('OverflowError', 'Python int too large to convert to C ssize_t');
  return number;
}
