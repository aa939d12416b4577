import type { Budget } from '../run/budget.ts';
import { typeError } from '../template-error.ts';
import { charactersOf } from '../text/characters.ts';
import {
  Dict,
  DictView,
  PyGenerator,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './model.ts';
import { viewItems } from './text.ts';

/** Steps that an element costs which stays in memory. */
const keptCost = 8;

/** Goes through a value as Python's `for` does, paying a step per element. Errors: `TypeError`. */
export function* iterate(value: Value, budget: Budget): Generator<Value> {
  const text = textOf(value);
  if (text !== undefined) {
    budget.spendText(text.length);
    for (const character of charactersOf(text)) {
      budget.spend(1);
      yield character;
    }
  } else if (Array.isArray(value)) {
    // By index: a list may grow while it is gone through.
    for (let index = 0; index < value.length; index += 1) {
      budget.spend(1);
      yield value[index] ?? null;
    }
  } else if (value instanceof Tuple) {
    for (const item of value.items) {
      budget.spend(1);
      yield item;
    }
  } else if (value instanceof Dict) {
    for (const key of value.keys()) {
      budget.spend(1);
      yield key;
    }
  } else if (value instanceof DictView) {
    for (const item of viewItems(value)) {
      budget.spend(1);
      yield item;
    }
  } else if (value instanceof Range) {
    for (let index = 0; index < value.length; index += 1) {
      budget.spend(1);
      yield value.at(index);
    }
  } else if (value instanceof PyGenerator) {
    for (let step = value.iterator.next(); !step.done; step = value.iterator.next()) {
      budget.spend(1);
      yield step.value;
    }
  } else if (!(value instanceof Undefined)) {
    throw typeError(`'${typeName(value)}' object is not iterable`);
  }
}

/** All elements of a value; dearer than going through them, because they are all kept. Errors: `TypeError`. */
export function listOf(value: Value, budget: Budget): Value[] {
  const items: Value[] = [];
  for (const item of iterate(value, budget)) {
    budget.spend(keptCost);
    items.push(item);
  }
  return items;
}

/** Whether Python could go through a value. */
export function isIterable(value: Value): boolean {
  return (
    textOf(value) !== undefined ||
    Array.isArray(value) ||
    value instanceof Tuple ||
    value instanceof Dict ||
    value instanceof DictView ||
    value instanceof Range ||
    value instanceof PyGenerator ||
    value instanceof Undefined
  );
}
