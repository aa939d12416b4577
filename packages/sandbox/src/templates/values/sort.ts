import type { Budget } from '../run/budget.ts';
import { compare } from './compare.ts';
import type { Value } from './model.ts';

/** Sorts stably by a key; reversed sorting keeps equal elements in their order, as Python's does. */
export function sortValues(
  items: readonly Value[],
  options: { readonly key: (item: Value) => Value; readonly reverse: boolean; readonly budget: Budget },
): Value[] {
  options.budget.spend(items.length * Math.log2(items.length + 2));
  const keyed = items.map((item) => ({ item, key: options.key(item) }));
  const direction = options.reverse ? -1 : 1;
  keyed.sort((left, right) => direction * (compare(left.key, right.key, '<') || 0));
  return keyed.map(({ item }) => item);
}
