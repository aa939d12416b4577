import { Callable, isNumeric, Range, Tuple, type Value } from '../values/model.ts';

/** Attributes of integers, floats and ranges. */
export function numberAttribute(target: Value, name: string): Value | undefined {
  if (target instanceof Range) {
    return name === 'start' || name === 'stop' || name === 'step' ? target[name] : undefined;
  }
  if (!isNumeric(target)) return undefined;
  const method = (call: () => Value) => new Callable({ title: `<built-in method ${name}>`, call });
  const number = typeof target === 'boolean' ? BigInt(target) : target;
  switch (name) {
    case 'real':
      return number;
    case 'imag':
      return typeof number === 'bigint' ? 0n : 0;
    case 'conjugate':
      return method(() => number);
    default:
  }
  if (typeof number === 'number') {
    return name === 'is_integer' ? method(() => Number.isInteger(number)) : undefined;
  }
  switch (name) {
    case 'numerator':
      return number;
    case 'denominator':
      return 1n;
    case 'bit_length':
      return method(() => (number === 0n ? 0n : BigInt((number < 0n ? -number : number).toString(2).length)));
    case 'as_integer_ratio':
      return method(() => new Tuple([number, 1n]));
    default:
      return undefined;
  }
}
