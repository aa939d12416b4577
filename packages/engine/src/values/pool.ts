import { fileAttribute, isFile, isFileAttribute } from './file.ts';
import { isObject } from './types.ts';
import { Variable } from './variable.ts';

/** Path to a value: node id (or a reserved first key), variable name, then keys into objects or a file attribute. */
export type Selector = readonly string[];

/** First keys that no node owns. */
export const reservedKeys = {
  system: 'sys',
  environment: 'env',
  conversation: 'conversation',
  rag: 'rag',
} as const;

/** What a node may do with the pool: read. Writes are results, applied when the node is done. */
export interface PoolReader {
  /** The variable at a selector, or undefined. Present null values are found. */
  get(selector: Selector): Variable | undefined;
  /** The variables under one first key. */
  entries(owner: string): Iterable<[string, Variable]>;
}

/**
 * The variables of a run: first key → name → value.
 *
 * Values are never changed in place, so a copy for an iteration item shares them: `fork` costs one entry per
 * owner, whatever the values weigh.
 */
export class VariablePool implements PoolReader {
  readonly #owners: Map<string, ReadonlyMap<string, Variable>>;

  constructor(owners?: ReadonlyMap<string, ReadonlyMap<string, Variable>>) {
    this.#owners = new Map(owners);
  }

  get(selector: Selector): Variable | undefined {
    const [owner, name] = selector;
    if (owner === undefined || name === undefined) return undefined;
    const variable = this.#owners.get(owner)?.get(name);
    if (variable === undefined) return this.#systemVariable(selector);
    return selector.length === 2 ? variable : follow(variable.value, selector);
  }

  /** Old files reach system variables through the start node: `[start, "sys.query"]` or `[start, "sys", "query"]`. */
  #systemVariable([owner = '', name = '', ...path]: Selector): Variable | undefined {
    if (!this.#owners.has(owner) || !/^sys(\.|$)/.test(name)) return undefined;
    const rest = name === reservedKeys.system ? path : [name.slice(reservedKeys.system.length + 1), ...path];
    return owner === reservedKeys.system ? undefined : this.get([reservedKeys.system, ...rest]);
  }

  entries(owner: string): Iterable<[string, Variable]> {
    return this.#owners.get(owner) ?? [];
  }

  /** Sets one variable. */
  set(owner: string, name: string, variable: Variable): void {
    const next = new Map(this.#owners.get(owner));
    next.set(name, variable);
    this.#owners.set(owner, next);
  }

  /** Sets every key of a mapping under one owner. */
  setAll(owner: string, values: Readonly<Record<string, unknown>>): void {
    const next = new Map(this.#owners.get(owner));
    for (const name in values) next.set(name, new Variable(values[name]));
    this.#owners.set(owner, next);
  }

  /** Forgets everything under one owner. */
  delete(owner: string): void {
    this.#owners.delete(owner);
  }

  /** All first keys that hold variables. */
  owners(): Iterable<string> {
    return this.#owners.keys();
  }

  /** A pool with the same content whose later writes do not reach this one. */
  fork(): VariablePool {
    return new VariablePool(this.#owners);
  }

  /** Takes over what `other` holds under one owner. */
  adopt(other: VariablePool, owner: string): void {
    const theirs = other.#owners.get(owner);
    if (theirs !== undefined) this.#owners.set(owner, theirs);
  }
}

function follow(start: unknown, selector: Selector): Variable | undefined {
  let value = start;
  for (let position = 2; position < selector.length; position += 1) {
    const key = selector[position] as string;
    if (isFile(value)) {
      return isFileAttribute(key) ? new Variable(fileAttribute(value, key)) : undefined;
    }
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return new Variable(value);
}
