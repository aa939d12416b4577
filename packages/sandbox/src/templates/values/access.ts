import { findMethod } from '../methods/find-method.ts';
import type { Budget } from '../run/budget.ts';
import { loopAttribute } from '../run/loop.ts';
import { TemplateError, typeError, valueError } from '../template-error.ts';
import { characterCount, charactersOf } from '../text/characters.ts';
import { toInteger } from './bind.ts';
import {
  Callable,
  Dict,
  LoopState,
  Markup,
  Namespace,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
  valueOr,
} from './model.ts';
import { toRepr } from './text.ts';

/** `start:stop:step` between brackets. */
export interface SliceBounds {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}

/** `target.name`: an attribute first, then an item of that name. Errors: `UndefinedError`. */
export function getAttribute(target: Value, name: string, budget: Budget): Value {
  const own = ownAttribute(target, name, budget);
  if (own !== undefined) return own;
  return valueOr(target instanceof Dict ? target.get(name) : undefined, () => missing(target, name));
}

/** `target[key]`: an item first, then an attribute of that name. Errors: `UndefinedError`. */
export function getItem(target: Value, key: Value, budget: Budget): Value {
  if (target instanceof Undefined) throw target.error();
  const item = ownItem(target, key);
  if (item !== undefined) return item;
  const name = textOf(key);
  const own = name === undefined ? undefined : ownAttribute(target, name, budget);
  return valueOr(own, () => missing(target, key));
}

/** The attribute of a value that Python's own types have, without looking at items. */
export function ownAttribute(target: Value, name: string, budget: Budget): Value | undefined {
  if (target instanceof Undefined) throw target.error();
  if (target instanceof Namespace) return target.attributes.get(name);
  if (target instanceof LoopState) return loopAttribute(target, name, budget);
  if (target instanceof Callable) return target.attributes.get(name);
  if (target instanceof Tuple) {
    const index = target.names.indexOf(name);
    if (index >= 0) return target.items[index];
  }
  return findMethod(target, name, budget);
}

/** `target[start:stop:step]`. Errors: `TypeError`, `ValueError`. */
export function getSlice(target: Value, bounds: SliceBounds, budget: Budget): Value {
  const text = textOf(target);
  if (text !== undefined) {
    budget.spendText(text.length);
    const characters = charactersOf(text);
    const part = pick(characters.length, bounds)
      .map((index) => characters[index] ?? '')
      .join('');
    return target instanceof Markup ? new Markup(part) : part;
  }
  if (Array.isArray(target)) {
    const indexes = pick(target.length, bounds);
    budget.spend(indexes.length);
    return indexes.map((index) => target[index] ?? null);
  }
  if (target instanceof Tuple) {
    return new Tuple(pick(target.items.length, bounds).map((index) => target.items[index] ?? null));
  }
  if (target instanceof Range) {
    const indexes = pick(target.length, bounds, budget);
    return indexes.map((index) => target.at(index));
  }
  if (target instanceof Undefined) throw target.error();
  // Subscribing a dict with a slice fails as a lookup and so is undefined.
  if (target instanceof Dict) return new Undefined(`${objectName(target)} has no element slice`);
  return missing(target, null);
}

/** The value that stands for an attribute or item that does not exist. */
export function missing(target: Value, key: Value): Undefined {
  const name = textOf(key);
  return new Undefined(
    name === undefined
      ? `${objectName(target)} has no element ${toRepr(key)}`
      : `'${objectName(target)}' has no attribute ${toRepr(name)}`,
  );
}

function objectName(target: Value): string {
  if (target === null) return 'None';
  const name = typeName(target);
  if (target instanceof LoopState) return 'jinja2.runtime.LoopContext object';
  if (target instanceof Namespace) return 'jinja2.utils.Namespace object';
  if (target instanceof Markup) return 'markupsafe.Markup object';
  return `${name} object`;
}

function ownItem(target: Value, key: Value): Value | undefined {
  if (target instanceof Dict) {
    // Looking up a list or dict is an error to Python, which the template language turns into undefined.
    return isHashable(key) ? target.get(key) : undefined;
  }
  if (typeof key !== 'bigint' && typeof key !== 'boolean') return undefined;
  const index = Number(key);
  const text = textOf(target);
  if (text !== undefined) {
    const characters =
      index >= 0 && index < text.length && characterCount(text) === text.length ? text : charactersOf(text);
    return characters.at(index);
  }
  if (Array.isArray(target)) return target.at(index);
  if (target instanceof Tuple) return target.items.at(index);
  if (target instanceof Range) {
    const at = index < 0 ? index + target.length : index;
    return at >= 0 && at < target.length ? target.at(at) : undefined;
  }
  return undefined;
}

function isHashable(key: Value): boolean {
  if (key instanceof Tuple) return key.items.every(isHashable);
  return !Array.isArray(key) && !(key instanceof Dict);
}

function pick(length: number, bounds: SliceBounds, budget?: Budget): number[] {
  const step = bounds.step === null ? 1 : toInteger(bounds.step);
  if (step === 0) throw valueError('slice step cannot be zero');
  const lowest = step < 0 ? -1 : 0;
  const highest = step < 0 ? length - 1 : length;
  const clamp = (value: Value, otherwise: number) => {
    if (value === null) return otherwise;
    if (typeof value !== 'bigint' && typeof value !== 'boolean') {
      throw typeError('slice indices must be integers or None or have an __index__ method');
    }
    // Clamped as a bigint: an index may be larger than every number.
    const index = BigInt(value) < 0n ? BigInt(value) + BigInt(length) : BigInt(value);
    return index < BigInt(lowest) ? lowest : index > BigInt(highest) ? highest : Number(index);
  };
  const start = clamp(bounds.start, step < 0 ? highest : lowest);
  const stop = clamp(bounds.stop, step < 0 ? lowest : highest);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  budget?.spend(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** Sets an attribute of a namespace. Errors: `TemplateRuntimeError` for every other value. */
export function setMember(target: Value, name: string, value: Value): void {
  if (!(target instanceof Namespace)) {
    throw new TemplateError('TemplateRuntimeError', 'cannot assign attribute on non-namespace object');
  }
  target.attributes.set(name, value);
}
