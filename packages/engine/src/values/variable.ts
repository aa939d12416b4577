import { inferType, type ValueType } from './types.ts';

/** A value in the pool with its type: declared where something declares it, else inferred when first asked for. */
export class Variable {
  readonly value: unknown;
  #type: ValueType | undefined;

  constructor(value: unknown, declaredType?: ValueType) {
    this.value = value === undefined ? null : value;
    this.#type = declaredType === 'number' ? inferType(this.value) : declaredType;
  }

  /** Type of the value; never `number`, which at run time is `integer` or `float`. */
  get type(): ValueType {
    this.#type ??= inferType(this.value);
    return this.#type;
  }
}
