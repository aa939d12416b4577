import { TemplateError, typeError } from '../template-error.ts';

/**
 * A value inside a template. Python's types stand for themselves: `bigint` is int, `number` is float,
 * an array is list. No other object of the host can be a value, so none can be reached.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Value[]
  | Tuple
  | Dict
  | Range
  | PyGenerator
  | DictView
  | Undefined
  | Markup
  | Callable
  | Namespace
  | LoopState;

/** A Python tuple; `names` are those of a named one, such as the groups of `groupby`. */
export class Tuple {
  readonly items: readonly Value[];
  readonly names: readonly string[];

  constructor(items: readonly Value[], names: readonly string[] = []) {
    this.items = items;
    this.names = names;
  }
}

/** A Python dict: insertion order, keys equal by value (`1`, `1.0` and `True` are one key). */
export class Dict {
  readonly #entries = new Map<string, { readonly key: Value; value: Value }>();

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(hashKey(key))?.value;
  }

  has(key: Value): boolean {
    return this.#entries.has(hashKey(key));
  }

  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    const entry = this.#entries.get(hash);
    if (entry) entry.value = value;
    else this.#entries.set(hash, { key, value });
  }

  delete(key: Value): boolean {
    return this.#entries.delete(hashKey(key));
  }

  clear(): void {
    this.#entries.clear();
  }

  *keys(): Generator<Value> {
    for (const { key } of this.#entries.values()) yield key;
  }

  *values(): Generator<Value> {
    for (const { value } of this.#entries.values()) yield value;
  }

  *entries(): Generator<[Value, Value]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }
}

/** A Python range. */
export class Range {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;

  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  get length(): number {
    const span = this.step > 0n ? this.stop - this.start : this.start - this.stop;
    const step = this.step > 0n ? this.step : -this.step;
    return span <= 0n ? 0 : Number((span + step - 1n) / step);
  }

  at(index: number): bigint {
    return this.start + this.step * BigInt(index);
  }
}

/** A Python generator or iterator: can be gone through once. `title` is what it prints as. */
export class PyGenerator {
  readonly iterator: Iterator<Value>;
  readonly title: string;

  constructor(iterator: Iterator<Value>, title: string) {
    this.iterator = iterator;
    this.title = title;
  }
}

/** `dict.keys()`, `dict.values()` or `dict.items()`. */
export class DictView {
  readonly dict: Dict;
  readonly kind: 'keys' | 'values' | 'items';

  constructor(dict: Dict, kind: 'keys' | 'values' | 'items') {
    this.dict = dict;
    this.kind = kind;
  }
}

/** A name, attribute or item that does not exist; prints as nothing and fails when used. */
export class Undefined {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }

  /** The error of using this value. */
  error(): TemplateError {
    return new TemplateError('UndefinedError', this.message);
  }
}

/** Text that is safe as HTML: text that is joined to it is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Arguments of a call. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly keyword: ReadonlyMap<string, Value>;
}

/** A function, method, macro or one of the callable globals. */
export class Callable {
  readonly title: string;
  readonly call: (args: Arguments) => Value;
  readonly attributes: ReadonlyMap<string, Value>;

  constructor(options: {
    /** What it prints as. */
    readonly title: string;
    readonly call: (args: Arguments) => Value;
    readonly attributes?: ReadonlyMap<string, Value>;
  }) {
    this.title = options.title;
    this.call = options.call;
    this.attributes = options.attributes ?? new Map();
  }
}

/** `namespace()`: an object whose attributes a template may assign. */
export class Namespace {
  readonly attributes = new Map<string, Value>();
}

/** `loop` inside a for loop. */
export class LoopState {
  readonly items: readonly Value[];
  readonly depth0: number;
  readonly recurse: ((iterable: Value) => Value) | undefined;
  index0 = -1;
  lastChanged: readonly Value[] | undefined;

  constructor(options: {
    readonly items: readonly Value[];
    readonly depth0: number;
    readonly recurse: ((iterable: Value) => Value) | undefined;
  }) {
    this.items = options.items;
    this.depth0 = options.depth0;
    this.recurse = options.recurse;
  }
}

/** Whether a value is a number in Python's eyes; booleans are. */
export function isNumeric(value: Value): value is bigint | number | boolean {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
}

/** The value if there is one; `None` is one, which the language's own `??` would pass over. */
export function valueOr(value: Value | undefined, otherwise: () => Value): Value {
  return value === undefined ? otherwise() : value;
}

/** Text of a string or of safe HTML, `undefined` for other values. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Markup ? value.text : undefined;
}

/** The name of a value's Python class. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Tuple) return value.names.length > 0 ? '_GroupTuple' : 'tuple';
  if (value instanceof Dict) return 'dict';
  if (value instanceof Range) return 'range';
  if (value instanceof DictView) return `dict_${value.kind}`;
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Markup) return 'Markup';
  if (value instanceof Namespace) return 'Namespace';
  if (value instanceof LoopState) return 'LoopContext';
  return value instanceof PyGenerator ? 'generator' : 'function';
}

/** A text that is the same for equal keys and for no others. Errors: `TypeError` for unhashable values. */
function hashKey(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (key === null) return 'None';
  if (typeof key === 'boolean') return key ? 'n1' : 'n0';
  if (typeof key === 'bigint') return `n${key}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `f${key}`;
  if (key instanceof Markup) return `s${key.text}`;
  if (key instanceof Tuple) {
    return `t${key.items
      .map((item) => {
        const hash = hashKey(item);
        return `${hash.length}:${hash}`;
      })
      .join('')}`;
  }
  if (key instanceof Undefined) return 'undefined';
  throw typeError(`unhashable type: '${typeName(key)}'`);
}
